<?php
include_once dirname(__FILE__) . '/inc/session.inc.php';
include_once dirname(__FILE__) . '/lib/tickets.inc.php';
$me = require_login();

list($mine_total, $mine) = ticket_list(array('agent_id' => $me['id']));
list($team_total, $team) = ticket_list(array('team_id' => $me['team_id'], 'status' => 'new'));
$late = db_value("SELECT COUNT(*) FROM tickets WHERE status IN ('new', 'open', 'hold') AND due_fix < '" . stamp() . "'");

$title = 'Desk of ' . $me['name'];
include dirname(__FILE__) . '/inc/header.inc.php';
?>
<p>Late tickets: <b><?php echo $late; ?></b></p>
<h2>Mine (<?php echo $mine_total; ?>)</h2>
<?php foreach ($mine as $t) { ?>
  <div><a href="/tickets/view.php?id=<?php echo $t['id']; ?>"><?php echo $t['number']; ?></a>
    <?php echo html($t['subject']); ?> (<?php echo html(customer_name($t['customer_id'])); ?>)</div>
<?php } ?>
<h2>New in the team (<?php echo $team_total; ?>)</h2>
<?php foreach ($team as $t) { ?>
  <div><a href="/tickets/view.php?id=<?php echo $t['id']; ?>"><?php echo $t['number']; ?></a> <?php echo html($t['subject']); ?>
    <a href="/tickets/assign.php?id=<?php echo $t['id']; ?>&agent=<?php echo $me['id']; ?>">take it</a></div>
<?php } ?>
<?php include dirname(__FILE__) . '/inc/footer.inc.php'; ?>
