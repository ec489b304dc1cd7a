<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
$me = require_login();
$error = '';
if (isset($_POST['title'])) {
    $error = canned_save((int) $_POST['id'], isset($_POST['all']) ? 0 : $me['team_id'], $_POST['title'], $_POST['body']);
    if ($error == '') {
        go('/tickets/canned.php');
    }
}
$title = 'Standard texts';
include dirname(__FILE__) . '/../inc/header.inc.php';
echo '<p class="error">' . $error . '</p>';
foreach (array_merge(canned_of_team($me['team_id']), array(array('id' => 0, 'title' => '', 'body' => '', 'used' => 0))) as $c) { ?>
<form method="post" action="/tickets/canned.php"><input type="hidden" name="id" value="<?php echo $c['id']; ?>">
<input name="title" value="<?php echo h($c['title']); ?>"> used <?php echo $c['used']; ?><br><textarea name="body"><?php echo h($c['body']); ?></textarea>
<label><input type="checkbox" name="all" value="1"> all teams</label> <input type="submit" value="Save"></form>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
