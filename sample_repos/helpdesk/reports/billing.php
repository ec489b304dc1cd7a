<?php
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/billing.inc.php';
require_role('lead');
$title = 'Time for Ledgerway';
include dirname(__FILE__) . '/../inc/header.inc.php';
foreach (billing_select() as $e) {
    echo '<pre>' . h(billing_line($e)) . '</pre>';
}
foreach (db_all('SELECT * FROM billing_runs ORDER BY id DESC') as $r) {
    echo '<div>' . $r['file'] . ' ' . $r['lines'] . ' lines, ' . ($r['sent'] ? show_date($r['sent']) : 'NOT SENT') . '</div>';
}
include dirname(__FILE__) . '/../inc/footer.inc.php';
