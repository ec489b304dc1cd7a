<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();
$t = ticket_get($_GET['id']);
$title = 'History of ' . $t['number'];
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (ticket_history($t['id']) as $row) {
    echo '<div>' . show_date($row['at']) . ' ' . h($row['what']) . ' ' . h($row['text']) . '</div>';
}
foreach (ticket_similar($t['id']) as $other) {
    echo '<div>See also <a href="/tickets/view.php?id=' . $other['id'] . '">' . $other['number'] . '</a> ' . h($other['subject']) . '</div>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
