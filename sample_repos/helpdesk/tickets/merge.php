<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_role('agent');

$into = ticket_by_number($_POST['number']);
$error = ticket_merge((int) $_POST['from'], (int) $into);
flash($error);
go('/tickets/view.php?id=' . ($error == '' ? (int) $into : (int) $_POST['from']));
