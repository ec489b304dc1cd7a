<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_role('lead');
$agent_id = (int) $_REQUEST['agent_id'];
$error = '';
if (isset($_POST['from'])) {
    $error = absence_save($agent_id, $_POST['from'], $_POST['to'], $_POST['reason'], (int) $_POST['cover']);
    if ($error == '') {
        go('/agents/list.php');
    }
}
$title = 'Absence of ' . agent_name($agent_id);
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/agents/absence.php"><input type="hidden" name="agent_id" value="<?php echo $agent_id; ?>">
From <input name="from"> to <input name="to"> <input name="reason"> Cover <select name="cover"><?php echo options(agent_options(), 0); ?></select>
<input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
