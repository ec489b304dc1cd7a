<?php
include_once dirname(__FILE__) . '/inc/session.inc.php';
include_once dirname(__FILE__) . '/lib/agents.inc.php';

$error = '';
if (isset($_POST['login'])) {
    if (agent_login($_POST['login'], $_POST['password'])) {
        // back comes from the browser and may be anything
        go(!empty($_REQUEST['back']) ? $_REQUEST['back'] : '/index.php');
    }
    $error = 'Login or password is wrong';
}
?>
<html><head><title>Login</title></head><body>
<form method="post" action="/login.php">
<p style="color:red"><?php echo $error; ?></p>
<input type="hidden" name="back" value="<?php echo isset($_GET['back']) ? $_GET['back'] : ''; ?>">
Login <input name="login"> Password <input type="password" name="password"> <input type="submit" value="Login">
</form>
</body></html>
