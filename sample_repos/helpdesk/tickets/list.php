<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

$page = isset($_GET['page']) ? max(1, (int) $_GET['page']) : 1;
$order = isset($_GET['order']) ? $_GET['order'] : 't.due_fix';
list($total, $rows) = ticket_list($_GET, $page, $order);

// basket for "close all" and "assign all", kept in the session until it is used
if (isset($_GET['pick'])) {
    $_SESSION['basket'][(int) $_GET['pick']] = 1;
}
if (isset($_POST['empty'])) {
    $_SESSION['basket'] = array();
}
$title = 'Tickets';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<form method="get" action="/tickets/list.php">
<select name="status"><option value="">open</option><?php echo options($STATUS, isset($_GET['status']) ? $_GET['status'] : ''); ?></select>
<select name="agent_id"><option value="">all agents</option><?php echo options(agent_options(), isset($_GET['agent_id']) ? $_GET['agent_id'] : ''); ?></select>
<input type="submit" value="Show">
</form>
<table>
<tr><th><a href="?order=t.number">Number</a></th><th>Subject</th><th>Customer</th><th>Agent</th><th><a href="?order=t.due_fix">Due</a></th><th></th></tr>
<?php foreach ($rows as $t) { ?>
<tr><td><a href="/tickets/view.php?id=<?php echo $t['id']; ?>"><?php echo $t['number']; ?></a></td>
<td><?php echo html($t['subject']); ?></td><td><?php echo html(customer_name($t['customer_id'])); ?></td>
<td><?php echo html(agent_name($t['agent_id'])); ?></td>
<td<?php echo $t['due_fix'] < stamp() ? ' class="late"' : ''; ?>><?php echo show_date($t['due_fix']); ?></td>
<td><a href="/tickets/list.php?pick=<?php echo $t['id']; ?>">pick</a></td></tr>
<?php } ?>
</table>
<p><?php echo $total; ?> tickets <?php echo paging($total, $page, '/tickets/list.php?'); ?></p>
<?php if (!empty($_SESSION['basket'])) { ?>
<form method="post" action="/tickets/bulk.php"><?php echo count($_SESSION['basket']); ?> picked
<select name="agent_id"><?php echo options(agent_options(), me()); ?></select>
<input type="submit" name="assign" value="Assign"> <input type="submit" name="close" value="Close"></form>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
