<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();

$q = isset($_GET['q']) ? trim($_GET['q']) : '';
$rows = array();
if (preg_match('/^\d{4}-\d{5}$/', $q)) {
    $id = ticket_by_number($q);
    if ($id) {
        go('/tickets/view.php?id=' . $id);
    }
} elseif ($q != '') {
    $rows = db_all("SELECT DISTINCT t.* FROM tickets t JOIN ticket_messages m ON m.ticket_id = t.id
        WHERE t.subject LIKE '%" . $q . "%' OR m.body LIKE '%" . $q . "%' ORDER BY t.id DESC LIMIT 50");
}
$title = 'Search';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<form method="get" action="/tickets/search.php"><input name="q" value="<?php echo $q; ?>"><input type="submit" value="Search"></form>
<?php foreach ($rows as $t) { ?>
<div><a href="/tickets/view.php?id=<?php echo $t['id']; ?>"><?php echo $t['number']; ?></a> <?php echo html($t['subject']); ?></div>
<?php } ?>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
