<?php
/* every minute */
include_once dirname(__FILE__) . '/../lib/mail.inc.php';
include_once dirname(__FILE__) . '/../lib/class.Mailer.php';

list($sent, $failed) = mail_send_queue(new Mailer($CFG));
echo $sent . ' sent, ' . $failed . " failed\n";
