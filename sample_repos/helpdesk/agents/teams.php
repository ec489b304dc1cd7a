<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_role('lead');
if (isset($_POST['name']) && trim($_POST['name']) != '') {
    db_exec("INSERT INTO teams (name, email) VALUES ('" . esc($_POST['name']) . "', '" . esc($_POST['email']) . "')");
    go('/agents/teams.php');
}
$title = 'Teams';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (teams() as $id => $name) {
    echo '<div>' . h($name) . ' ' . h(team_email($id)) . ' next: ' . h(agent_name(agent_next($id))) . '</div>';
}
?>
<form method="post" action="/agents/teams.php">Name <input name="name"> Mail <input name="email"> <input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
