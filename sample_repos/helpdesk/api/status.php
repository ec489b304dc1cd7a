<?php
/* Screen in the hall until 2014. Nobody asks any more, see access log. */
include_once dirname(__FILE__) . '/../inc/session.inc.php';
header('Content-Type: text/plain');
echo 'open ' . db_value("SELECT COUNT(*) FROM tickets WHERE status IN ('new', 'open')") . "\n";
echo 'late ' . db_value("SELECT COUNT(*) FROM tickets WHERE status IN ('new', 'open') AND due_fix < '" . stamp() . "'") . "\n";
