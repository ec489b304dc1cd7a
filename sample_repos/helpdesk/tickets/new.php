<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

$errors = array();
$customer_id = $contact_id = 0;
$subject = $body = '';
$priority = 3;
extract($_REQUEST, EXTR_OVERWRITE);   // as before register_globals went away

if (isset($save)) {
    $id = ticket_create(array('customer_id' => $customer_id, 'contact_id' => $contact_id, 'subject' => $subject,
        'body' => $body, 'priority' => $priority, 'source' => 'phone'));
    if (!is_array($id)) {
        if (isset($_POST['take'])) {
            ticket_assign($id, me());
        }
        unset($_SESSION['draft']);
        go('/tickets/view.php?id=' . $id);
    }
    $errors = $id;
}
// half a ticket survives a change to the customer page
$_SESSION['draft'] = array('customer_id' => $customer_id, 'subject' => $subject, 'body' => $body);

$title = 'New ticket';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach ($errors as $e) {
    echo '<p class="error">' . $e . '</p>';
}
?>
<form method="post" action="/tickets/new.php">
Customer <select name="customer_id"><?php foreach (customer_list() as $c) { ?>
<option value="<?php echo $c['id']; ?>"<?php echo $c['id'] == $customer_id ? ' selected' : ''; ?>><?php echo html($c['code'] . ' ' . $c['name']); ?></option>
<?php } ?></select>
Contact <select name="contact_id"><?php foreach (contacts_of($customer_id) as $k) { ?>
<option value="<?php echo $k['id']; ?>"><?php echo html($k['name']); ?></option>
<?php } ?></select>
Priority <select name="priority"><?php echo options($PRIORITY, $priority); ?></select><br>
<input name="subject" size="60" value="<?php echo $subject; ?>"><br>
<textarea name="body" rows="8" cols="60"><?php echo html($body); ?></textarea><br>
<label><input type="checkbox" name="take" value="1"> I do it</label> <input type="submit" name="save" value="Save">
</form>
<?php
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
foreach ($subject == '' ? array() : kb_search($subject) as $a) { ?>
<p>See <a href="/kb/article.php?id=<?php echo $a['id']; ?>"><?php echo html($a['title']); ?></a></p>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
