<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

$n = 0;
foreach (array_keys($_SESSION['basket']) as $id) {
    if (isset($_POST['assign'])) {
        ticket_assign($id, (int) $_POST['agent_id']);
    } else {
        ticket_status($id, 'closed');
    }
    $n++;
}
$_SESSION['basket'] = array();
flash($n . ' tickets changed');
go('/tickets/list.php');
