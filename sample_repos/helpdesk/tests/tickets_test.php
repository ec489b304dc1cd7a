<?php

function test_ticket_gets_number_contract_and_due_dates() {
    $t = ticket_get(new_ticket());
    same('2016-00001', $t['number']);
    same(1, (int) $t['contract_id']);
    same('2016-03-14 11:00:00', $t['due_reply']);
    same('2016-03-14 18:00:00', $t['due_fix']);
    same('new', $t['status']);
}

function test_ticket_without_contract_has_the_standard_level() {
    $t = ticket_get(new_ticket('Screen is black', 2));
    same(0, (int) $t['contract_id']);
    same('2016-03-14 14:00:00', $t['due_reply']);
    same('2016-03-17 10:00:00', $t['due_fix']);
}

function test_ticket_priority_changes_due_dates() {
    same('2016-03-14 12:00:00', db_value('SELECT due_fix FROM tickets WHERE id = ' . new_ticket('Down', 1, array('priority' => 1))));
    same('2016-03-15 14:00:00', db_value('SELECT due_fix FROM tickets WHERE id = ' . new_ticket('Later', 1, array('priority' => 4))));
}

function test_ticket_errors() {
    same(array('Subject is missing', 'Unknown customer', 'Unknown priority'),
        ticket_create(array('subject' => ' ', 'customer_id' => 9, 'contact_id' => 0, 'body' => '', 'priority' => 7)));
    same('0', (string) db_value('SELECT COUNT(*) FROM tickets'));
}

function test_ticket_of_inactive_customer_is_refused() {
    db_exec('UPDATE customers SET active = 0 WHERE id = 2');
    same(array('Unknown customer'), ticket_create(array('subject' => 'x', 'customer_id' => 2, 'contact_id' => 2, 'body' => '', 'source' => '')));
}

function test_ticket_is_routed_by_words() {
    same('2', (string) db_value('SELECT team_id FROM tickets WHERE id = ' . new_ticket('VPN is slow')));
    same('1', (string) db_value('SELECT team_id FROM tickets WHERE id = ' . new_ticket('Mouse')));
}

function test_ticket_counts_at_the_customer() {
    $id = new_ticket();
    new_ticket();
    same('2', (string) db_value('SELECT open_tickets FROM customers WHERE id = 1'));
    ticket_status($id, 'closed');
    same('1', (string) db_value('SELECT open_tickets FROM customers WHERE id = 1'));
}

function test_new_ticket_is_confirmed_by_mail() {
    new_ticket();
    $m = mails();
    same('mary@acorn.example', $m[0]['to_addr']);
    same('[#2016-00001] We have received your request', $m[0]['subject']);
    contains('Dear Mary,', $m[0]['body']);
}

function test_first_reply_is_stamped_once() {
    $id = new_ticket();
    at('2016-03-14 10:30:00');
    same('', ticket_reply($id, 3, 'Is it on?'));
    at('2016-03-14 12:00:00');
    same('', ticket_reply($id, 3, 'Hello?'));
    $t = ticket_get($id);
    same('2016-03-14 10:30:00', $t['first_reply']);
    same('wait', $t['status']);
    same('Bob', $t['agent']);
}

function test_reply_goes_to_the_contact() {
    $id = new_ticket();
    ticket_reply($id, 3, 'Is it on?');
    $m = db_row("SELECT * FROM mail_queue WHERE body LIKE '%Is it on%'");
    same('[#2016-00001] Printer jams', $m['subject']);
}

function test_reply_needs_text_and_an_open_ticket() {
    $id = new_ticket();
    same('Text is missing', ticket_reply($id, 3, '  '));
    ticket_status($id, 'closed');
    same('Ticket is closed', ticket_reply($id, 3, 'x'));
}

function test_assign_opens_and_counts() {
    $id = new_ticket();
    ticket_assign($id, 3);
    same('open', db_value('SELECT status FROM tickets'));
    ticket_assign($id, 4);
    same(array('0', '1'), array((string) db_value('SELECT open_count FROM agents WHERE id = 3'), (string) db_value('SELECT open_count FROM agents WHERE id = 4')));
    contains('is yours now', db_value("SELECT subject FROM mail_queue WHERE to_addr = 'cat@b.example'"));
}

function test_assign_goes_to_the_cover() {
    absence_save(3, '14/03/2016', '18/03/2016', 'holiday', 4);
    $id = new_ticket();
    ticket_assign($id, 3);
    same('4', (string) db_value('SELECT agent_id FROM tickets'));
}

function test_nobody_is_there() {
    absence_save(3, '14/03/2016', '18/03/2016', 'holiday', 0);
    same('Nobody is there', ticket_assign(new_ticket(), 3));
}

function test_solved_mail_and_unknown_status() {
    $id = new_ticket();
    ticket_status($id, 'solved');
    contains('closed in 7 days', db_value("SELECT body FROM mail_queue WHERE subject LIKE '%Solved%'"));
    same('Unknown status', ticket_status($id, 'gone'));
}

function test_answer_opens_again() {
    $id = new_ticket();
    ticket_status($id, 'closed');
    ticket_answer($id, 'Mary', 'Again!');
    $t = ticket_get($id);
    same(array('open', null), array($t['status'], $t['closed']));
    same('1', (string) db_value('SELECT open_tickets FROM customers WHERE id = 1'));
}

function test_merge_moves_everything() {
    $a = new_ticket('A');
    $b = new_ticket('B');
    ticket_time($a, 3, '2016-03-14', 20, 'looked');
    same('', ticket_merge($a, $b));
    same('0', (string) db_value("SELECT COUNT(*) FROM ticket_messages WHERE ticket_id = $a"));
    same('3', (string) db_value("SELECT COUNT(*) FROM ticket_messages WHERE ticket_id = $b"));
    same((string) $b, (string) db_value('SELECT ticket_id FROM time_entries'));
    same('merged', db_value("SELECT status FROM tickets WHERE id = $a"));
    same($b, ticket_answer($a, 'Mary', 'more'));
}

function test_merge_errors() {
    $a = new_ticket();
    same('No such ticket', ticket_merge($a, $a));
    same('Tickets of different customers', ticket_merge($a, new_ticket('x', 2)));
}

function test_time_is_rounded_and_taken_off_the_contract() {
    $id = new_ticket();
    same('', ticket_time($id, 3, '2016-03-14', 20, 'looked'));
    same('30', (string) db_value('SELECT minutes_used FROM contracts'));
    same('', ticket_time($id, 3, '2016-03-14', 15, 'goodwill', 0));
    same('30', (string) db_value('SELECT minutes_used FROM contracts'));
    same('Between 1 and 600 minutes', ticket_time($id, 3, '2016-03-14', 601, 'x'));
}

function test_list_filters_and_pages() {
    global $CFG;
    for ($i = 0; $i < 30; $i++) {
        new_ticket('No ' . $i);
    }
    ticket_status(1, 'closed');
    list($total, $rows) = ticket_list(array());
    same(array(29, 25), array((int) $total, count($rows)));
    list($total, $rows) = ticket_list(array(), 2);
    same(4, count($rows));
    list($total) = ticket_list(array('status' => 'closed'));
    same(1, (int) $total);
    list($total) = ticket_list(array('status' => 'all', 'customer_id' => 2));
    same(0, (int) $total);
}

function test_attachment_is_stored() {
    global $CFG;
    $id = new_ticket();
    $a = ticket_attach($id, 'photo.jpg', 'JPEG');
    $row = db_row("SELECT * FROM attachments WHERE id = $a");
    same('JPEG', file_get_contents($CFG['upload_dir'] . '/' . $row['stored']));
    same('4', (string) $row['size']);
}

function test_ticket_object_knows_when_it_is_late() {
    $t = new Ticket(new_ticket());
    same(false, $t->isLate());
    at('2016-03-14 18:00:01');
    same(true, $t->isLate());
}
