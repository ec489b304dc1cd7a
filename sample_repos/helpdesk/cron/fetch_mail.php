<?php
/* every two minutes: the maildir of desk@. A mail that kills us stays there and kills the next run too. */
include_once dirname(__FILE__) . '/../lib/mail.inc.php';

$n = 0;
$files = glob($CFG['maildir'] . '/*');
sort($files);
foreach ($files as $file) {
    $id = mail_receive(file_get_contents($file));
    write_log('MAIL', basename($file) . ' -> ' . $id);
    unlink($file);
    $n++;
}
echo $n . " mails\n";
