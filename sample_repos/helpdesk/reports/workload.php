<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/reports.inc.php';
require_role('lead');
$title = 'Workload';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (report_workload() as $r) {
    echo '<div>' . h($r['name']) . ': new ' . $r['new'] . ', open ' . $r['open'] . ', waiting ' . $r['wait'] . ', hold ' . $r['hold']
        . ', counted ' . $r['counted'] . ', time ' . show_minutes($r['minutes']) . '</div>';
}
foreach (report_kb() as $a) {
    echo '<div>' . h($a['title']) . ' used ' . $a['used'] . ', +' . $a['good'] . ' -' . $a['bad'] . '</div>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
