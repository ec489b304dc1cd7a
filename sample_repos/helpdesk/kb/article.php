<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
require_login();
$a = kb_visit($_GET['id']);
if (!$a) {
    die_page('No such article');
}
if (!empty($_GET['ticket'])) {
    kb_link((int) $_GET['ticket'], $a['id'], me());
}
$title = $a['title'];
include dirname(__FILE__) . '/../inc/header.inc.php';
echo kb_markup($a['body']);
?>
<p><?php echo h($a['author']); ?>, <?php echo show_date($a['changed']); ?>, read <?php echo $a['views']; ?> times</p>
<a href="/kb/rate.php?id=<?php echo $a['id']; ?>&good=1">It helped</a> <a href="/kb/rate.php?id=<?php echo $a['id']; ?>&good=0">It did not</a>
<a href="/kb/edit.php?id=<?php echo $a['id']; ?>">Change</a> <a href="/kb/versions.php?id=<?php echo $a['id']; ?>">Versions</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
