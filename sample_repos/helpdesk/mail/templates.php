<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/mail.inc.php';
require_role('admin');
if (isset($_POST['name'])) {
    db_exec("UPDATE mail_templates SET subject = '" . esc($_POST['subject']) . "', body = '" . esc($_POST['body']) . "' WHERE name = '" . esc($_POST['name']) . "'");
    go('/mail/templates.php');
}
$title = 'Mail templates';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (db_all('SELECT * FROM mail_templates ORDER BY name') as $t) { ?>
<form method="post" action="/mail/templates.php"><input type="hidden" name="name" value="<?php echo h($t['name']); ?>"><b><?php echo h($t['name']); ?></b>
<input name="subject" size="60" value="<?php echo h($t['subject']); ?>"><br><textarea name="body"><?php echo h($t['body']); ?></textarea>
<input type="submit" value="Save"></form>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
