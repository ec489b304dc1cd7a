<?php
/* portal: new ticket */
if (isset($_POST['subject'])) {
    $id = ticket_create(array('customer_id' => $contact['customer_id'], 'contact_id' => $contact['id'], 'subject' => $_POST['subject'],
        'body' => $_POST['body'], 'source' => 'portal'));
    echo is_array($id) ? '<p>' . implode(', ', $id) . '</p>' : '<p>Thank you, your number is ' . db_value('SELECT number FROM tickets WHERE id = ' . $id) . '</p>';
}
if (!contract_ok(contract_of($contact['customer_id']))) {
    echo '<p>You have no contract, we will charge the time.</p>';
}
?>
<form method="post" action="/portal.php?page=new"><input name="subject"><textarea name="body"></textarea><input type="submit" value="Send"></form>
