<?php
/* Up and down. Everybody who is logged in gets every file. */
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

if (isset($_POST['ticket_id'])) {
    if (isset($_FILES['file']) && $_FILES['file']['size'] > 0) {
        ticket_attach((int) $_POST['ticket_id'], $_FILES['file']['name'], file_get_contents($_FILES['file']['tmp_name']));
    }
    go('/tickets/view.php?id=' . (int) $_POST['ticket_id']);
}
$a = db_row('SELECT * FROM attachments WHERE id = ' . (int) $_GET['id']);
if (!$a) {
    die_page('No such file');
}
header('Content-Type: application/octet-stream');
header('Content-Disposition: attachment; filename="' . $a['name'] . '"');
echo file_get_contents($CFG['upload_dir'] . '/' . $a['stored']);
