<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/reports.inc.php';
require_login();
$title = 'Service levels';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (report_sla('2000-01-01', date('Y-m-d', now())) as $r) {
    echo '<div>' . h($r['policy']) . ': ' . $r['tickets'] . ' tickets, answered in time ' . round(100 * $r['reply_ok'] / $r['tickets'])
        . '%, solved in time ' . round(100 * $r['fix_ok'] / $r['tickets']) . '%, ' . $r['escalations'] . ' escalations</div>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
