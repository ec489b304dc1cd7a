<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_role('admin');
$id = isset($_REQUEST['id']) ? (int) $_REQUEST['id'] : 0;
$error = '';
if (isset($_POST['off'])) {
    $n = agent_deactivate($id);
    flash($n . ' tickets are without an agent');
    go('/agents/list.php');
}
if (isset($_POST['login'])) {
    $error = agent_save($id, $_POST['login'], $_POST['name'], $_POST['email'], $_POST['role'], $_POST['team_id'], isset($_POST['password']) ? $_POST['password'] : '');
    if ($error == '') {
        go('/agents/list.php');
    }
}
$a = $id ? db_row('SELECT * FROM agents WHERE id = ' . $id) : array('login' => '', 'name' => '', 'email' => '', 'role' => 'agent', 'team_id' => 1);
$title = 'Agent';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/agents/edit.php"><input type="hidden" name="id" value="<?php echo $id; ?>">
Login <input name="login" value="<?php echo h($a['login']); ?>"> Name <input name="name" value="<?php echo h($a['name']); ?>">
Mail <input name="email" value="<?php echo h($a['email']); ?>">
<select name="role"><?php echo options($ROLES, $a['role']); ?></select> <select name="team_id"><?php echo options(teams(), $a['team_id']); ?></select>
<?php if (!$id) { ?>Password <input name="password"><?php } ?> <input type="submit" value="Save">
<?php if ($id) { ?><input type="submit" name="off" value="Leaves"><?php } ?></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
