<?php
/*
 * First of the month, 06:00. If it fails after the transfer the entries are not marked, and
 * whoever starts it again sends them a second time. Call accounting first (HD-319).
 */
include_once dirname(__FILE__) . '/../lib/billing.inc.php';

$lines = billing_select();
list($no, $file) = billing_write($lines);
if (!billing_send($file)) {
    echo "NOT SENT: $file\n";
    return;
}
billing_mark($no, $lines);
echo count($lines) . " lines in $file\n";
