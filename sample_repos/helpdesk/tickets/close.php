<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

ticket_status((int) $_GET['id'], 'closed');
go('/tickets/list.php');
