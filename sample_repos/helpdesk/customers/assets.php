<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_login();
$customer_id = (int) $_REQUEST['customer_id'];
$error = '';
if (isset($_POST['gone'])) {
    $error = asset_retire((int) $_POST['gone']);
} elseif (isset($_POST['tag'])) {
    $error = asset_save((int) $_POST['id'], $customer_id, $_POST['tag'], $_POST['kind'], $_POST['model'], $_POST['serial'], $_POST['bought'], $_POST['warranty']);
}
$title = 'Machines of ' . customer_name($customer_id);
include dirname(__FILE__) . '/../inc/header.inc.php';
echo '<p class="error">' . $error . '</p>';
foreach (assets_of($customer_id) as $a) { ?>
<form method="post" action="/customers/assets.php"><input type="hidden" name="customer_id" value="<?php echo $customer_id; ?>">
<?php echo h($a['tag'] . ' ' . $ASSET_KINDS[$a['kind']] . ' ' . $a['model'] . ' ' . $a['serial']); ?>,
<?php echo asset_in_warranty($a) ? 'warranty until ' . $a['warranty_until'] : 'no warranty'; ?>, <?php echo $a['ticket_count']; ?> tickets
<input type="hidden" name="gone" value="<?php echo $a['id']; ?>"><input type="submit" value="is gone"></form>
<?php } ?>
<form method="post" action="/customers/assets.php"><input type="hidden" name="customer_id" value="<?php echo $customer_id; ?>"><input type="hidden" name="id" value="0">
Tag <input name="tag" size="8"> <select name="kind"><?php echo options($ASSET_KINDS, 'pc'); ?></select> Model <input name="model"> Serial <input name="serial">
Bought <input name="bought"> Warranty <input name="warranty"> <input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
