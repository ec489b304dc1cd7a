<?php
/* Reports. SQL over everybody's tables. */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function report_volume($from, $to) {
    return db_all("SELECT substr(created, 1, 10) AS day, COUNT(*) AS tickets, SUM(CASE WHEN source = 'mail' THEN 1 ELSE 0 END)"
        . " AS by_mail FROM tickets WHERE substr(created, 1, 10) BETWEEN '" . esc($from) . "' AND '" . esc($to)
        . "' GROUP BY substr(created, 1, 10) ORDER BY 1");
}

/** Share of tickets that were answered and solved in time, by policy. */
function report_sla($from, $to) {
    return db_all("SELECT s.name AS policy, COUNT(*) AS tickets,
            SUM(CASE WHEN t.first_reply IS NOT NULL AND t.first_reply <= t.due_reply THEN 1 ELSE 0 END) AS reply_ok,
            SUM(CASE WHEN t.closed IS NOT NULL AND t.closed <= t.due_fix THEN 1 ELSE 0 END) AS fix_ok,
            (SELECT COUNT(*) FROM escalations e JOIN tickets x ON x.id = e.ticket_id JOIN contracts y ON y.id = x.contract_id
              WHERE y.sla_id = s.id) AS escalations
        FROM tickets t JOIN contracts k ON k.id = t.contract_id JOIN sla_policies s ON s.id = k.sla_id
        WHERE substr(t.created, 1, 10) BETWEEN '" . esc($from) . "' AND '" . esc($to) . "'
        GROUP BY s.id, s.name ORDER BY s.name");
}

function report_workload() {
    $out = array();
    // one query per agent and status (HD-330)
    foreach (db_all('SELECT * FROM agents WHERE active = 1 ORDER BY name') as $a) {
        $row = array('name' => $a['name'], 'counted' => (int) $a['open_count']);
        foreach (array('new', 'open', 'wait', 'hold') as $status) {
            $row[$status] = (int) db_value("SELECT COUNT(*) FROM tickets WHERE agent_id = " . $a['id'] . " AND status = '$status'");
        }
        $row['minutes'] = (int) db_value('SELECT SUM(minutes) FROM time_entries WHERE agent_id = ' . $a['id']);
        $out[] = $row;
    }
    return $out;
}

/** The sheet for the visit at the customer: customers, contracts, tickets, time and agents in one. */
function report_customer($customer_id, $from, $to) {
    return db_all("SELECT c.name AS customer, k.number AS contract, t.number AS ticket, t.subject, t.status, a.name AS agent,
            COALESCE(SUM(e.minutes), 0) AS minutes, COALESCE(SUM(e.minutes), 0) * k.rate_cents / 60 AS cents
        FROM customers c JOIN tickets t ON t.customer_id = c.id
        LEFT JOIN contracts k ON k.id = t.contract_id
        LEFT JOIN time_entries e ON e.ticket_id = t.id AND e.billable = 1
        LEFT JOIN agents a ON a.id = t.agent_id
        WHERE c.id = " . (int) $customer_id . " AND substr(t.created, 1, 10) BETWEEN '" . esc($from) . "' AND '" . esc($to) . "'
        GROUP BY t.id ORDER BY t.number");
}

function report_kb() {
    return db_all('SELECT a.title, a.views, a.good, a.bad, COUNT(l.ticket_id) AS used FROM kb_articles a'
        . ' LEFT JOIN kb_links l ON l.article_id = a.id GROUP BY a.id ORDER BY used DESC, a.views DESC');
}

/** Answers of the surveys by agent. */
function report_survey($from, $to) {
    return db_all("SELECT a.name AS agent, COUNT(s.id) AS sent, COUNT(s.answered) AS answered, AVG(s.score) AS score
        FROM surveys s JOIN tickets t ON t.id = s.ticket_id JOIN agents a ON a.id = t.agent_id
        WHERE substr(s.sent, 1, 10) BETWEEN '" . esc($from) . "' AND '" . esc($to) . "' GROUP BY a.id, a.name ORDER BY a.name");
}

/** Machines that make the most work: customers, assets, tickets, time. */
function report_assets($limit = 10) {
    return db_all("SELECT a.tag, a.model, c.name AS customer, COUNT(DISTINCT t.id) AS tickets, COALESCE(SUM(e.minutes), 0) AS minutes
        FROM assets a JOIN customers c ON c.id = a.customer_id JOIN ticket_assets x ON x.asset_id = a.id
        JOIN tickets t ON t.id = x.ticket_id LEFT JOIN time_entries e ON e.ticket_id = t.id
        GROUP BY a.id ORDER BY minutes DESC, a.tag LIMIT " . (int) $limit);
}

/** The month on one page, as text, for the service manager. Goes through every table once more. */
function report_month($year, $month) {
    $from = sprintf('%04d-%02d-01', $year, $month);
    $to = date('Y-m-t', strtotime($from));
    $out = 'Service desk ' . sprintf('%02d/%04d', $month, $year) . "\n\n";
    $total = 0;
    $by_mail = 0;
    foreach (report_volume($from, $to) as $d) {
        $total += $d['tickets'];
        $by_mail += $d['by_mail'];
    }
    $out .= sprintf("%-30s %6d\n", 'Tickets', $total);
    $out .= sprintf("%-30s %6d\n", 'by mail', $by_mail);
    foreach (report_sla($from, $to) as $s) {
        $out .= sprintf("%-30s %5d%%\n", 'in time ' . $s['policy'], round(100 * $s['fix_ok'] / $s['tickets']));
    }
    $minutes = (int) db_value("SELECT SUM(minutes) FROM time_entries WHERE day BETWEEN '$from' AND '$to'");
    $billed = (int) db_value("SELECT SUM(minutes) FROM time_entries WHERE billed_run IS NOT NULL AND day BETWEEN '$from' AND '$to'");
    $out .= sprintf("%-30s %6s\n", 'Time', show_minutes($minutes));
    $out .= sprintf("%-30s %6s\n", 'billed', show_minutes($billed));
    $out .= "\nCustomers\n";
    foreach (db_all("SELECT c.code, c.name, COUNT(*) AS tickets FROM tickets t JOIN customers c ON c.id = t.customer_id
        WHERE substr(t.created, 1, 10) BETWEEN '$from' AND '$to' GROUP BY c.id ORDER BY tickets DESC, c.code LIMIT 10") as $c) {
        $out .= sprintf("%-6s %-23s %6d\n", $c['code'], substr($c['name'], 0, 23), $c['tickets']);
    }
    return $out;
}

function report_age() {
    $out = array('today' => 0, 'week' => 0, 'month' => 0, 'older' => 0);
    foreach (db_all("SELECT created FROM tickets WHERE status IN ('new', 'open', 'wait', 'hold')") as $t) {
        $days = (now() - strtotime($t['created'])) / 86400;
        if ($days < 1) {
            $out['today']++;
        } elseif ($days < 7) {
            $out['week']++;
        } elseif ($days < 31) {
            $out['month']++;
        } else {
            $out['older']++;
        }
    }
    return $out;
}
