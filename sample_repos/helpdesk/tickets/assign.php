<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

// a link, so that it can be in a mail
$agent = isset($_GET['agent']) ? (int) $_GET['agent'] : me();
if ($agent == 0) {
    $t = ticket_get($_GET['id']);
    $agent = agent_next($t['team_id']);
}
flash(ticket_assign((int) $_GET['id'], $agent));
go('/tickets/view.php?id=' . (int) $_GET['id']);
