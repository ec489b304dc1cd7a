<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/kb.inc.php';
require_login();
$a = kb_get($_REQUEST['id']);
if (isset($_POST['version'])) {
    flash(kb_restore($a['id'], (int) $_POST['version'], me()));
    go('/kb/article.php?id=' . $a['id']);
}
$title = 'Versions of ' . $a['title'];
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (kb_versions($a['id']) as $v) {
    echo '<h3>' . show_date($v['created']) . ' ' . h($v['author']) . '</h3><pre>' . h(implode("\n", kb_diff($v['body'], $a['body']))) . '</pre>';
    echo '<form method="post" action="/kb/versions.php"><input type="hidden" name="id" value="' . $a['id'] . '"><input type="hidden" name="version" value="'
        . $v['id'] . '"><input type="submit" value="Back to this"></form>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
