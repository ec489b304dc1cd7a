<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
require_login();
$title = 'Reports';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<a href="/reports/volume.php">Tickets by day</a><br>
<a href="/reports/sla.php">Service levels</a><br>
<a href="/reports/workload.php">Workload</a><br>
<a href="/reports/month.php">Month</a><br>
<a href="/reports/billing.php">Time for Ledgerway</a><br>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
