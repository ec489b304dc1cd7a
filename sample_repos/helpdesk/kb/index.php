<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
require_login();
$title = 'Knowledge';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<form method="get" action="/kb/index.php"><input name="q" value="<?php echo h(isset($_GET['q']) ? $_GET['q'] : ''); ?>"><input type="submit" value="Search"></form>
<?php if (!empty($_GET['q'])) { foreach (kb_search($_GET['q'], 20) as $a) { ?>
<div><a href="/kb/article.php?id=<?php echo $a['id']; ?>"><?php echo html($a['title']); ?></a></div>
<?php } } ?>
<?php foreach (kb_categories() as $c) { ?>
<h2><?php echo html($c['name']); ?> (<?php echo $c['articles']; ?>)</h2>
<?php foreach (kb_of_category($c['id'], true) as $a) { ?>
<div><a href="/kb/article.php?id=<?php echo $a['id']; ?>"><?php echo html($a['title']); ?></a> <?php echo $a['status'] == 'public' ? '' : $a['status']; ?></div>
<?php } ?>
<?php } ?>
<a href="/kb/edit.php">New article</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
