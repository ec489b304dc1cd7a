<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/reports.inc.php';
require_login();
$from = read_date(isset($_GET['from']) ? $_GET['from'] : '') ?: date('Y-01-01', now());
$to = read_date(isset($_GET['to']) ? $_GET['to'] : '') ?: date('Y-m-d', now());
$title = 'Sheet for ' . customer_name($_GET['customer_id']);
include dirname(__FILE__) . '/../inc/header.inc.php';
$sum = 0;
foreach (report_customer($_GET['customer_id'], $from, $to) as $r) {
    $sum += $r['cents'];
    echo '<div>' . $r['ticket'] . ' ' . h($r['subject']) . ', ' . h($r['agent']) . ', ' . show_minutes($r['minutes']) . ', ' . money($r['cents']) . '</div>';
}
echo '<b>' . money($sum) . '</b>';
include dirname(__FILE__) . '/../inc/footer.inc.php';
