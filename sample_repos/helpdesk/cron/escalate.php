<?php
/* every ten minutes */
include_once dirname(__FILE__) . '/../lib/sla.inc.php';

$lock = sys_get_temp_dir() . '/helpdesk_escalate.lock';   // of this box only
if (file_exists($lock) && filemtime($lock) > time() - 3600) {
    echo "still running\n";
    return;
}
touch($lock);
$told = sla_escalate();
unlink($lock);
echo $told . " told\n";
