<?php
/* 07:30 on working days */
include_once dirname(__FILE__) . '/../lib/mail.inc.php';
include_once dirname(__FILE__) . '/../lib/sla.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';

if (sla_holiday(date('Y-m-d', now()))) {
    echo "holiday\n";
    return;
}
$n = mail_digest();
foreach (date('j', now()) == '1' ? kb_to_review() : array() as $a) {
    mail_enqueue($a['email'], 'Please look at "' . $a['title'] . '"', 'Changed ' . show_date($a['changed']) . ', +' . $a['good'] . ' -' . $a['bad']);
    $n++;
}
echo $n . " mails\n";
