<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_login();
$error = '';
$customer_id = (int) $_REQUEST['customer_id'];
if (isset($_POST['email'])) {
    $error = contact_save($customer_id, $_POST['name'], $_POST['email'], $_POST['phone']);
    if ($error == '') {
        go('/customers/view.php?id=' . $customer_id);
    }
}
$title = 'New contact of ' . customer_name($customer_id);
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/customers/contacts.php"><input type="hidden" name="customer_id" value="<?php echo $customer_id; ?>">
Name <input name="name"> Mail <input name="email"> Phone <input name="phone"> <input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
