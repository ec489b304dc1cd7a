<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

$id = (int) $_POST['id'];
$error = '';
if ($_POST['kind'] == 'note') {
    ticket_note($id, me(), $_POST['body']);
} else {
    $error = ticket_reply($id, me(), $_POST['body'], $_POST['status']);
}
if ($error == '' && (int) $_POST['minutes'] > 0) {
    $error = ticket_time($id, me(), date('Y-m-d', now()), (int) $_POST['minutes'], $_POST['body'], empty($_POST['free']) ? 1 : 0);
}
if ($error == '' && $_POST['kind'] != 'note' && !ticket_is_open($_POST['status'])) {
    ticket_status($id, $_POST['status']);   // the reply has set it already, so the counters stay (HD-374)
}
flash($error);
go('/tickets/view.php?id=' . $id);
