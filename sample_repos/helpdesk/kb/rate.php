<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
// no login: customers come here from the portal
kb_rate((int) $_GET['id'], !empty($_GET['good']));
go(isset($_SESSION['agent']) ? '/kb/article.php?id=' . (int) $_GET['id'] : '/portal.php?page=kb');
