<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_login();

$id = isset($_REQUEST['id']) ? (int) $_REQUEST['id'] : 0;
$error = '';
if (isset($_POST['off'])) {
    $error = customer_deactivate($id);
    if ($error == '') {
        go('/customers/list.php');
    }
} elseif (isset($_POST['code'])) {
    $error = customer_save($id, $_POST['code'], $_POST['name'], $_POST['street'], $_POST['city'], $_POST['phone'], $_POST['notes']);
    if ($error == '') {
        go('/customers/list.php');
    }
}
$c = $id ? customer_get($id) : array();
$c = array_merge(array('code' => '', 'name' => '', 'street' => '', 'city' => '', 'phone' => '', 'notes' => ''), (array) $c, $_POST);
$title = $id ? 'Change customer' : 'New customer';
include dirname(__FILE__) . '/../inc/header.inc.php';
echo '<p class="error">' . $error . '</p>';
?>
<form method="post" action="/customers/edit.php">
<input type="hidden" name="id" value="<?php echo $id; ?>">
<?php foreach (array('code', 'name', 'street', 'city', 'phone') as $f) { ?>
<?php echo ucfirst($f); ?> <input name="<?php echo $f; ?>" value="<?php echo h($c[$f]); ?>"><br>
<?php } ?>
<textarea name="notes"><?php echo html($c['notes']); ?></textarea>
<input type="submit" value="Save"> <?php if ($id) { ?><input type="submit" name="off" value="Leaves us"><?php } ?>
</form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
