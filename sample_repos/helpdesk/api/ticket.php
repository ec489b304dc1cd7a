<?php
/* For the monitoring: makes a ticket, shows a ticket. The key is the same for everybody. */
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/class.Ticket.php';

if (!isset($_REQUEST['key']) || $_REQUEST['key'] != $CFG['api_key']) {
    header('HTTP/1.0 403 Forbidden');
    echo json_encode(array('error' => 'key'));
    return;
}
header('Content-Type: application/json');
if (isset($_POST['host'])) {
    // one ticket for a host, further alarms are answers
    $open = db_value("SELECT id FROM tickets WHERE source = 'monitor' AND subject = 'ALARM " . esc($_POST['host'])
        . "' AND status IN ('new', 'open', 'wait', 'hold')");
    if ($open) {
        ticket_answer($open, 'monitor', $_POST['text']);
        $id = $open;
    } else {
        $customer = db_value("SELECT id FROM customers WHERE code = '" . esc($_POST['code']) . "'");
        $id = ticket_create(array('customer_id' => $customer, 'contact_id' => 0, 'subject' => 'ALARM ' . $_POST['host'],
            'body' => $_POST['text'], 'priority' => 2, 'source' => 'monitor'));
    }
    if (is_array($id)) {
        echo json_encode(array('error' => implode(', ', $id)));
        return;
    }
} else {
    $id = ticket_by_number($_GET['number']);
}
$t = new Ticket($id);
echo json_encode($t->exists() ? $t->toArray() : array('error' => 'unknown'));
