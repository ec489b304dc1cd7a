<?php
/* Session and who is logged in. The whole agent row is in the session (HD-215). */
include_once dirname(__FILE__) . '/functions.inc.php';

if (!defined('HD_TEST') && php_sapi_name() != 'cli') {
    session_name($CFG['session_name']);
    session_start();
}

function require_login() {
    if (empty($_SESSION['agent'])) {
        go('/login.php?back=' . urlencode(isset($_SERVER['REQUEST_URI']) ? $_SERVER['REQUEST_URI'] : '/'));
    }
    return $_SESSION['agent'];
}

function require_role($role) {
    $agent = require_login();
    $order = array('agent' => 1, 'lead' => 2, 'admin' => 3);
    if ($order[$agent['role']] < $order[$role]) {
        die_page('Not allowed');
    }
    return $agent;
}

function me() {
    return isset($_SESSION['agent']) ? (int) $_SESSION['agent']['id'] : 0;
}

function die_page($text) {
    if (defined('HD_TEST')) {
        throw new HdStop($text);
    }
    echo '<html><body><h1>' . h($text) . '</h1></body></html>';
    exit;
}
