<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_role('lead');
$done = null;
if (isset($_POST['csv'])) {
    $done = customers_import($_POST['csv']);
}
$title = 'Import customers';
include dirname(__FILE__) . '/../inc/header.inc.php';
if ($done) {
    echo '<p>' . $done['new'] . ' new, ' . $done['changed'] . ' changed</p><p>' . implode('<br>', $done['errors']) . '</p>';
}
?>
<form method="post" action="/customers/import.php"><textarea name="csv" rows="10" cols="80"></textarea><input type="submit" value="Import"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
