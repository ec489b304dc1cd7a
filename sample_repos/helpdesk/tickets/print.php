<?php
/* For the folder. Nothing links here since the redesign of 2011. */
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();
$t = ticket_get($_GET['id']);
?>
<pre>
<?php echo $t['number'] . "  " . h($t['subject']) . "\n" . h($t['customer']) . "\n\n"; ?>
<?php foreach (ticket_messages($t['id']) as $m) {
    echo h(show_date($m['created']) . ' ' . $m['author'] . "\n" . wordwrap($m['body'], 76) . "\n\n");
} ?>
</pre>
