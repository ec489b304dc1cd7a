<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
require_login();

$t = ticket_get($_GET['id']);
if (!$t) {
    die_page('No such ticket');
}
$contract = db_row('SELECT * FROM contracts WHERE id = ' . (int) $t['contract_id']);
$title = $t['number'] . ' ' . $t['subject'];
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p><?php echo $STATUS[$t['status']]; ?>, <?php echo $PRIORITY[$t['priority']]; ?>,
<a href="/customers/view.php?id=<?php echo $t['customer_id']; ?>"><?php echo h($t['customer']); ?></a>, <?php echo h($t['contact']); ?>,
<?php echo h($t['team']); ?> / <?php echo $t['agent'] == '' ? 'nobody' : h($t['agent']); ?>,
due <?php echo show_date($t['due_fix']); ?><?php echo $t['escalation'] ? ', escalated ' . $t['escalation'] : ''; ?>
<?php if ($contract) { ?>, contract <?php echo h($contract['number']); ?>: <?php echo show_minutes(contract_minutes_left($contract)); ?> left<?php } ?></p>
<?php if ($t['merged_into']) { ?><p>Merged into <a href="/tickets/view.php?id=<?php echo $t['merged_into']; ?>">this one</a></p><?php } ?>
<?php foreach (ticket_messages($t['id']) as $m) { ?>
<div class="<?php echo $m['kind']; ?>"><b><?php echo html($m['author']); ?></b> <?php echo show_date($m['created']); ?><br>
<?php echo nl2br($m['body']); /* mails of customers are shown as they are */ ?></div>
<?php } ?>
<?php foreach (db_all('SELECT * FROM attachments WHERE ticket_id = ' . $t['id']) as $a) { ?>
<p><a href="/tickets/file.php?id=<?php echo $a['id']; ?>"><?php echo html($a['name']); ?></a> (<?php echo $a['size']; ?>)</p>
<?php } ?>
<form method="post" action="/tickets/reply.php">
<input type="hidden" name="id" value="<?php echo $t['id']; ?>">
<textarea name="body" rows="6" cols="60"></textarea>
<select name="kind"><option value="reply">Reply</option><option value="note">Note</option></select>
<select name="status"><?php echo options($STATUS, 'wait'); ?></select>
Minutes <input name="minutes" size="3"> <label><input type="checkbox" name="free" value="1"> not billed</label>
<input type="submit" value="Save">
</form>
<form method="post" action="/tickets/file.php" enctype="multipart/form-data">
<input type="hidden" name="ticket_id" value="<?php echo $t['id']; ?>"><input type="file" name="file"><input type="submit" value="Attach">
</form>
<form method="get" action="/tickets/assign.php"><input type="hidden" name="id" value="<?php echo $t['id']; ?>">
<select name="agent"><?php echo options(agent_options(), $t['agent_id']); ?></select><input type="submit" value="Assign"></form>
<form method="post" action="/tickets/merge.php"><input type="hidden" name="from" value="<?php echo $t['id']; ?>">
Merge into <input name="number" size="12"><input type="submit" value="Merge"></form>
<a href="/tickets/close.php?id=<?php echo $t['id']; ?>">Close</a>
<a href="/tickets/history.php?id=<?php echo $t['id']; ?>">History</a> <a href="/tickets/canned.php">Standard texts</a>
<a href="/tickets/change.php?id=<?php echo $t['id']; ?>&do=watch&on=1">Watch</a> <a href="/tickets/change.php?id=<?php echo $t['id']; ?>&do=survey">Survey</a>
<form method="post" action="/tickets/change.php"><input type="hidden" name="id" value="<?php echo $t['id']; ?>">
<select name="priority"><?php echo options($PRIORITY, $t['priority']); ?></select><button name="do" value="priority">Priority</button>
<select name="team_id"><?php echo options(teams(), $t['team_id']); ?></select><button name="do" value="team">Move</button>
<input name="tag" size="8"><button name="do" value="asset">Machine</button></form>
<?php foreach (assets_of_ticket($t['id']) as $a) { ?><p><?php echo h($a['tag'] . ' ' . $a['model']); ?></p><?php } ?>
<h2>Knowledge</h2>
<?php foreach (kb_of_ticket($t['id']) as $a) { ?><p>used: <a href="/kb/article.php?id=<?php echo $a['id']; ?>"><?php echo html($a['title']); ?></a></p><?php } ?>
<?php foreach (kb_search($t['subject']) as $a) { ?>
<p><a href="/kb/article.php?id=<?php echo $a['id']; ?>&ticket=<?php echo $t['id']; ?>"><?php echo html($a['title']); ?></a></p>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
