<?php
include_once dirname(__FILE__) . '/inc/session.inc.php';
// what was in the basket is lost
$_SESSION = array();
go('/login.php');
