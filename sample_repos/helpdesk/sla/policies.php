<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/sla.inc.php';
require_role('lead');
$error = '';
if (isset($_POST['name'])) {
    $error = sla_save((int) $_POST['id'], $_POST['name'], $_POST['reply'], $_POST['fix'], $_POST['from'], $_POST['to'], $_POST['days']);
    if ($error == '') {
        go('/sla/policies.php');
    }
}
$title = 'Service levels';
include dirname(__FILE__) . '/../inc/header.inc.php';
echo '<p class="error">' . $error . '</p>';
foreach (array_merge(sla_policies(), array(array('id' => 0, 'name' => '', 'reply_minutes' => 240, 'fix_minutes' => 1440, 'hours_from' => 9, 'hours_to' => 17, 'days' => '12345'))) as $p) { ?>
<form method="post" action="/sla/policies.php"><input type="hidden" name="id" value="<?php echo $p['id']; ?>">
<input name="name" value="<?php echo h($p['name']); ?>"> reply <input name="reply" value="<?php echo $p['reply_minutes']; ?>"> fix <input name="fix" value="<?php echo $p['fix_minutes']; ?>">
<input name="from" value="<?php echo $p['hours_from']; ?>">-<input name="to" value="<?php echo $p['hours_to']; ?>"> days <input name="days" value="<?php echo $p['days']; ?>">
<input type="submit" value="Save"></form>
<?php } ?>
<a href="/sla/holidays.php">Holidays</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
