<?php
/* portal: one ticket. The id is not compared with the customer (HD-396). */
$t = ticket_get($_GET['id']);
if (isset($_POST['body']) && trim($_POST['body']) != '') {
    ticket_answer($t['id'], $contact['name'], $_POST['body']);
}
echo '<h1>' . h($t['number'] . ' ' . $t['subject']) . '</h1>';
foreach (ticket_messages($t['id']) as $m) {
    if ($m['kind'] != 'note') {
        echo '<div>' . h($m['author']) . ': ' . nl2br(h($m['body'])) . '</div>';
    }
}
?>
<form method="post" action="/portal.php?page=ticket&id=<?php echo (int) $t['id']; ?>"><textarea name="body"></textarea><input type="submit" value="Answer"></form>
