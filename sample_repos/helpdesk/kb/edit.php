<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
require_login();
$id = isset($_REQUEST['id']) ? (int) $_REQUEST['id'] : 0;
$error = '';
if (isset($_POST['title'])) {
    kb_keep_version($id, me());
    $saved = kb_save($id, $_POST['category_id'], $_POST['title'], $_POST['body'], $_POST['status'], me());
    if (is_int($saved)) {
        go('/kb/article.php?id=' . $saved);
    }
    $error = $saved;
}
$a = $id ? kb_get($id) : array('category_id' => 1, 'title' => '', 'body' => '', 'status' => 'draft');
$categories = array();
foreach (kb_categories() as $c) {
    $categories[$c['id']] = $c['name'];
}
$title = 'Article';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/kb/edit.php"><input type="hidden" name="id" value="<?php echo $id; ?>">
<input name="title" value="<?php echo h($a['title']); ?>"> <select name="category_id"><?php echo options($categories, $a['category_id']); ?></select>
<select name="status"><?php echo options(array('draft' => 'Draft', 'public' => 'Public', 'old' => 'Old'), $a['status']); ?></select><br>
<textarea name="body" rows="20" cols="80"><?php echo html($a['body']); ?></textarea><input type="submit" value="Save"></form>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
