<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/reports.inc.php';
require_login();
$from = read_date(isset($_GET['from']) ? $_GET['from'] : '') ?: date('Y-m-01', now());
$to = read_date(isset($_GET['to']) ? $_GET['to'] : '') ?: date('Y-m-d', now());
$rows = report_volume($from, $to);
if (isset($_GET['csv'])) {
    header('Content-Type: text/csv');
    foreach ($rows as $r) {
        echo csv_line($r);
    }
    return;
}
$title = 'Tickets by day';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach ($rows as $r) {
    echo '<div>' . $r['day'] . ' <b>' . $r['tickets'] . '</b> by mail ' . $r['by_mail'] . '</div>';
}
?>
<a href="/reports/volume.php?csv=1&from=<?php echo $from; ?>&to=<?php echo $to; ?>">CSV</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
