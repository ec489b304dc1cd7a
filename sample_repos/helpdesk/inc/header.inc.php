<?php /* needs $title */ ?>
<html>
<head><title><?php echo h($CFG['company'] . ' - ' . $title); ?></title></head>
<body>
<div id="menu">
  <a href="/index.php">Desk</a> |
  <a href="/tickets/list.php">Tickets</a> <a href="/tickets/new.php">New</a> <a href="/tickets/search.php">Search</a> |
  <a href="/customers/list.php">Customers</a> |
  <a href="/kb/index.php">Knowledge</a> |
  <a href="/reports/index.php">Reports</a> |
<?php if (!empty($_SESSION['agent']) && $_SESSION['agent']['role'] != 'agent') { ?>
  <a href="/agents/list.php">Agents</a> <a href="/agents/teams.php">Teams</a>
  <a href="/sla/policies.php">SLA</a> <a href="/mail/queue.php">Mail</a> |
<?php } ?>
  <?php echo h($_SESSION['agent']['name'] ?? ''); ?> <a href="/agents/password.php">Password</a> <a href="/logout.php">Out</a>
</div>
<?php $flash = flash(); if ($flash != '') { ?><p class="flash"><?php echo $flash; ?></p><?php } ?>
<h1><?php echo h($title); ?></h1>
