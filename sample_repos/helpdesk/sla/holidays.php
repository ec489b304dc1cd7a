<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/sla.inc.php';
require_role('lead');
if (isset($_POST['day'])) {
    $day = read_date($_POST['day']);
    if ($day != '') {
        db_exec("REPLACE INTO holidays (day, name) VALUES ('" . $day . "', '" . esc($_POST['name']) . "')");
    }
    go('/sla/holidays.php');
}
$title = 'Holidays';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (db_all('SELECT * FROM holidays ORDER BY day') as $d) {
    echo '<div>' . $d['day'] . ' ' . h($d['name']) . '</div>';
}
?>
<form method="post" action="/sla/holidays.php">Day <input name="day"> <input name="name"> <input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
