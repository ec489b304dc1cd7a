<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_role('lead');
$title = 'Agents';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<table>
<?php foreach (agents_active() as $a) { ?>
<tr><td><a href="/agents/edit.php?id=<?php echo $a['id']; ?>"><?php echo h($a['login']); ?></a></td><td><?php echo h($a['name']); ?></td>
<td><?php echo h($a['team']); ?></td><td><?php echo $ROLES[$a['role']]; ?></td><td><?php echo show_date($a['last_seen']); ?></td>
<td><a href="/agents/absence.php?agent_id=<?php echo $a['id']; ?>">away</a></td></tr>
<?php } ?>
</table>
<a href="/agents/edit.php">New agent</a> <a href="/agents/roster.php">Who is there</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
