<?php
/* nightly: closes what is solved, counts again what the counters lost, forgets old mails */
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';

$days = (int) setting('auto_close_days', 7);
$before = stamp(now() - $days * 86400);
$n = 0;
foreach (db_all("SELECT id FROM tickets WHERE status = 'solved' AND changed < '" . $before . "'") as $t) {
    ticket_status($t['id'], 'closed');
    $n++;
}
db_exec("UPDATE customers SET open_tickets = (SELECT COUNT(*) FROM tickets t WHERE t.customer_id = customers.id
    AND t.status IN ('new', 'open', 'wait', 'hold'))");
db_exec("UPDATE agents SET open_count = (SELECT COUNT(*) FROM tickets t WHERE t.agent_id = agents.id
    AND t.status IN ('new', 'open', 'wait', 'hold'))");
db_exec("DELETE FROM mail_seen WHERE received < '" . stamp(now() - 90 * 86400) . "'");
echo $n . " closed\n";
