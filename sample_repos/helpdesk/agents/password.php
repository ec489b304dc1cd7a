<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/agents.inc.php';
require_login();
$error = '';
if (isset($_POST['old'])) {
    $error = agent_password(me(), $_POST['old'], $_POST['new'], $_POST['again']);
    if ($error == '') {
        flash('Password is changed');
        go('/index.php');
    }
}
$title = 'Password';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/agents/password.php">Old <input type="password" name="old"> New <input type="password" name="new">
Again <input type="password" name="again"> <input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
