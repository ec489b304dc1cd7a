<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/customers.inc.php';
require_login();
$c = customer_get($_GET['id']);
if (!$c) {
    die_page('No such customer');
}
$title = $c['code'] . ' ' . $c['name'];
include dirname(__FILE__) . '/../inc/header.inc.php';
?>
<p><?php echo nl2br(html($c['street'] . "\n" . $c['city'] . "\n" . $c['phone'])); ?></p>
<p><?php echo $c['notes']; ?></p>
<a href="/customers/edit.php?id=<?php echo $c['id']; ?>">Change</a>
<h2>Contacts</h2>
<?php foreach (contacts_of($c['id']) as $k) { ?><div><?php echo html($k['name']); ?>, <?php echo html($k['email']); ?></div><?php } ?>
<a href="/customers/contacts.php?customer_id=<?php echo $c['id']; ?>">New contact</a>
<h2>Contracts</h2>
<?php foreach (contracts_of($c['id']) as $k) { ?>
<div><?php echo html($k['number'] . ' ' . $k['sla'] . ' ' . $k['starts'] . ' - ' . $k['ends']); ?>,
<?php echo show_minutes($k['minutes_used']); ?> of <?php echo show_minutes($k['minutes_included']); ?></div>
<?php } ?>
<a href="/customers/contracts.php?customer_id=<?php echo $c['id']; ?>">New contract</a>
<a href="/customers/assets.php?customer_id=<?php echo $c['id']; ?>">Machines</a>
<h2>Tickets</h2>
<?php foreach (db_all("SELECT * FROM tickets WHERE customer_id = " . (int) $c['id'] . " ORDER BY id DESC LIMIT 20") as $t) { ?>
<div><a href="/tickets/view.php?id=<?php echo $t['id']; ?>"><?php echo $t['number']; ?></a> <?php echo html($t['subject']); ?></div>
<?php } ?>
<a href="/reports/customer.php?customer_id=<?php echo $c['id']; ?>">Sheet for the visit</a>
<?php include dirname(__FILE__) . '/../inc/footer.inc.php'; ?>
