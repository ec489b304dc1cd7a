<?php
/*
 * For customers. page names a file in portal/. jm 2010: the name comes from the URL, so
 * the path is cleaned - at least of slashes.
 */
include_once dirname(__FILE__) . '/inc/session.inc.php';
include_once dirname(__FILE__) . '/lib/tickets.inc.php';
include_once dirname(__FILE__) . '/lib/kb.inc.php';

$page = isset($_GET['page']) ? str_replace('/', '', $_GET['page']) : 'home';
$error = '';
if (isset($_POST['email'])) {
    $contact = contact_login($_POST['email'], $_POST['password']);
    if ($contact) {
        $_SESSION['contact'] = $contact;
    } else {
        $error = 'Mail address or password is wrong';
    }
}
$contact = isset($_SESSION['contact']) ? $_SESSION['contact'] : null;
if (!$contact && $page != 'kb' && $page != 'survey') {
    $page = 'login';
}
$file = dirname(__FILE__) . '/portal/' . $page . '.inc.php';
if (!file_exists($file)) {
    die_page('No such page');
}
?>
<html><head><title><?php echo h($CFG['company']); ?></title></head><body>
<a href="/portal.php?page=home">Tickets</a> <a href="/portal.php?page=new">New ticket</a> <a href="/portal.php?page=kb">Help</a>
<?php include $file; ?>
</body></html>
