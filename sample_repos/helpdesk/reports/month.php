<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/reports.inc.php';
require_role('lead');
$year = isset($_GET['year']) ? (int) $_GET['year'] : (int) date('Y', now());
$month = isset($_GET['month']) ? (int) $_GET['month'] : (int) date('n', now());
$title = 'Month';
include dirname(__FILE__) . '/../inc/header.inc.php';
echo '<pre>' . h(report_month($year, $month)) . '</pre>';
foreach (report_age() as $age => $n) {
    echo '<div>' . $age . ' ' . $n . '</div>';
}
foreach (report_survey($year . '-01-01', $year . '-12-31') as $s) {
    echo '<div>' . h($s['agent']) . ' ' . $s['answered'] . ' of ' . $s['sent'] . ', ' . round($s['score'], 1) . '</div>';
}
foreach (report_assets() as $a) {
    echo '<div>' . h($a['tag'] . ' ' . $a['model'] . ' ' . $a['customer']) . ' ' . $a['tickets'] . ' tickets ' . show_minutes($a['minutes']) . '</div>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
