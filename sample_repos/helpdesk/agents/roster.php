<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_login();
$day = read_date(isset($_GET['day']) ? $_GET['day'] : '') ?: date('Y-m-d', now());
$title = 'Who is there, ' . $day;
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (roster($day) as $team => $agents) {
    echo '<h2>' . h($team) . '</h2>';
    foreach ($agents as $a) {
        echo '<div>' . h($a['name']) . ($a['there'] ? '' : ' away: ' . h($a['reason']) . ($a['cover'] == '' ? '' : ', see ' . h($a['cover']))) . '</div>';
    }
}
foreach (agent_timesheet(me(), date('Y-m-01', strtotime($day)), $day) as $d => $sheet) {
    echo '<h3>' . $d . ' ' . show_minutes($sheet['minutes']) . '</h3>';
    foreach ($sheet['rows'] as $e) {
        echo '<div>' . h($e['number'] . ' ' . $e['code'] . ' ' . $e['text']) . ' ' . show_minutes($e['minutes']) . '</div>';
    }
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
