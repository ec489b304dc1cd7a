<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
include_once dirname(__FILE__) . '/../lib/sla.inc.php';
require_role('lead');
$error = '';
$customer_id = (int) $_REQUEST['customer_id'];
if (isset($_POST['number'])) {
    $error = contract_save($customer_id, $_POST['number'], $_POST['sla_id'], $_POST['starts'], $_POST['ends'],
        $_POST['hours'] * 60, round($_POST['rate'] * 100));
    if ($error == '') {
        go('/customers/view.php?id=' . $customer_id);
    }
}
$policies = array();
foreach (sla_policies() as $p) {
    $policies[$p['id']] = $p['name'];
}
$title = 'New contract of ' . customer_name($customer_id);
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/customers/contracts.php"><input type="hidden" name="customer_id" value="<?php echo $customer_id; ?>">
Number <input name="number"> SLA <select name="sla_id"><?php echo options($policies, 1); ?></select>
From <input name="starts"> to <input name="ends"> Hours <input name="hours" size="4"> Rate <input name="rate" size="6">
<input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
