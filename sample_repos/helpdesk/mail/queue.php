<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/mail.inc.php';
require_role('lead');
if (isset($_POST['again'])) {
    db_exec('UPDATE mail_queue SET tries = 0, error = NULL WHERE id = ' . (int) $_POST['again']);
    go('/mail/queue.php');
}
$title = 'Mail';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p><?php echo count(mail_waiting()); ?> waiting</p>
<?php foreach (db_all('SELECT * FROM mail_queue WHERE sent IS NULL ORDER BY id DESC LIMIT 100') as $m) { ?>
<form method="post" action="/mail/queue.php"><?php echo h($m['to_addr'] . ' ' . $m['subject']); ?> <?php echo $m['tries']; ?> tries <?php echo h($m['error']); ?>
<input type="hidden" name="again" value="<?php echo $m['id']; ?>"><input type="submit" value="again"></form>
<?php } ?>
<a href="/mail/templates.php">Templates</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
