<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_role('lead');
if (isset($_POST['id'])) {
    flash(contract_renew((int) $_POST['id'], (int) $_POST['months']));
    go('/customers/renew.php');
}
$title = 'Contracts to renew';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (contracts_to_renew() as $k) { ?>
<form method="post" action="/customers/renew.php"><?php echo h($k['code'] . ' ' . $k['customer'] . ' ' . $k['number'] . ' until ' . $k['ends']); ?>,
<?php echo show_minutes(contract_minutes_left($k)); ?> left <input type="hidden" name="id" value="<?php echo $k['id']; ?>">
<input name="months" value="12" size="3"> months <input type="submit" value="Renew"></form>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
