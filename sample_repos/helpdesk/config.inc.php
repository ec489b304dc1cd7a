<?php
/*
 * Configuration of the service desk. Copied by hand to the server, so this one
 * may be older than what runs (HD-402).
 */

// old code, old warnings. Do not switch on E_ALL on the server (HD-377)
error_reporting(E_ERROR | E_PARSE);
ini_set('display_errors', '1');
date_default_timezone_set('Europe/London');

$CFG = array(
    'company'      => 'Brackwell IT Services',
    'url'          => 'http://desk.brackwell.example/',
    'dsn'          => 'sqlite:/srv/helpdesk/data/helpdesk.db',
    'upload_dir'   => '/srv/helpdesk/uploads',
    'export_dir'   => '/srv/helpdesk/export',
    'maildir'      => '/var/mail/desk/new',
    'log_file'     => '/var/log/helpdesk.log',
    'smtp_host'    => '10.20.0.25',
    'smtp_port'    => 25,
    'smtp_user'    => 'desk',
    'smtp_pass'    => 'desk2006',
    'mail_from'    => 'desk@brackwell.example',
    'session_name' => 'HDSESS',
    // Ledgerway does our invoices since 2013
    'ftp_host'     => 'ftp.ledgerway.example',
    'ftp_user'     => 'brackwell',
    'ftp_pass'     => 'Lw-0813-brk',
    'ftp_dir'      => '/in/brackwell',
    'api_key'      => '5f1c9b6a77e04d',
    'page_size'    => 25,
    'master_pw'    => 'e6f5d2ce2d1b0d0f2b6c5a5f6f3f9c1a',  // md5, for agents who forgot theirs
);

// second box for tests, see tests/bootstrap.php
if (getenv('HELPDESK_DSN')) {
    $CFG['dsn'] = getenv('HELPDESK_DSN');
    $CFG['upload_dir'] = getenv('HELPDESK_DATA') . '/uploads';
    $CFG['export_dir'] = getenv('HELPDESK_DATA') . '/export';
    $CFG['maildir'] = getenv('HELPDESK_DATA') . '/maildir';
    $CFG['log_file'] = getenv('HELPDESK_DATA') . '/helpdesk.log';
    $CFG['smtp_host'] = '';
    $CFG['ftp_host'] = '';
}

$STATUS = array('new' => 'New', 'open' => 'Open', 'wait' => 'Waiting for customer', 'hold' => 'On hold',
    'solved' => 'Solved', 'closed' => 'Closed', 'merged' => 'Merged');
$PRIORITY = array(1 => 'Critical', 2 => 'High', 3 => 'Normal', 4 => 'Low');
$ROLES = array('agent' => 'Agent', 'lead' => 'Team lead', 'admin' => 'Administrator');
