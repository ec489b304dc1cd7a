<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_login();
$search = isset($_GET['q']) ? $_GET['q'] : '';
$title = 'Customers';
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<form method="get" action="/customers/list.php"><input name="q" value="<?php echo h($search); ?>"><input type="submit" value="Search"></form>
<a href="/customers/edit.php">New customer</a> <a href="/customers/import.php">Import</a> <a href="/customers/renew.php">Renewals</a>
<table>
<?php foreach (customer_list($search, isset($_GET['all'])) as $c) { ?>
<tr><td><?php echo $c['code']; ?></td><td><a href="/customers/view.php?id=<?php echo $c['id']; ?>"><?php echo html($c['name']); ?></a></td>
<td><?php echo html($c['city']); ?></td><td><?php echo $c['open_tickets']; ?></td><td><?php echo count(contacts_of($c['id'])); ?> contacts</td></tr>
<?php } ?>
</table>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
