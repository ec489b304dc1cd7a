<?php
/* portal: tickets of the customer, all contacts see all */
$rows = db_all('SELECT * FROM tickets WHERE customer_id = ' . (int) $contact['customer_id'] . ' ORDER BY id DESC');
foreach ($rows as $t) {
    echo '<div><a href="/portal.php?page=ticket&id=' . $t['id'] . '">' . $t['number'] . '</a> ' . h($t['subject']) . ' ' . $STATUS[$t['status']] . '</div>';
}
