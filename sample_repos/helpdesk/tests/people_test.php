<?php

function test_customer_needs_code_and_name() {
    same('Code is three letters and two digits', customer_save(0, 'AB1', 'x', '', '', '', ''));
    same('Name is missing', customer_save(0, 'ABC01', ' ', '', '', '', ''));
    same('Code is taken', customer_save(0, 'acm01', 'x', '', '', '', ''));
    same('', customer_save(0, 'abc01', "O'Hara", '', '', '', ''));
    same("O'Hara", db_value("SELECT name FROM customers WHERE code = 'ABC01'"));
}

function test_customer_is_changed() {
    same('', customer_save(1, 'ACM01', 'Acorn Mills Ltd', 'Mill Lane', 'Leeds', '1', 'n'));
    same('Acorn Mills Ltd', customer_name(1));
}

function test_customer_with_open_tickets_stays() {
    new_ticket();
    same('1 tickets are open', customer_deactivate(1));
    same('', customer_deactivate(2));
    same(1, count(customer_list()));
    same(2, count(customer_list('', true)));
}

function test_customer_search() {
    same(1, count(customer_list('York')));
    same(0, count(customer_list('Hull')));
}

function test_contact_address_is_checked() {
    same('Mail address is wrong', contact_save(1, 'x', 'x@y', ''));
    same('Mail address is taken', contact_save(2, 'x', 'MARY@acorn.example', ''));
    same('', contact_save(2, 'Olu', 'Olu@broadway.example', ''));
    same(2, count(contacts_of(2)));
}

function test_portal_login_of_a_contact() {
    $c = contact_login('mary@acorn.example', 'mill');
    same('Mary', $c['name']);
    same(false, contact_login('mary@acorn.example', 'mil'));
    same(false, contact_login('noor@broadway.example', ''));
}

function test_contract_in_force() {
    same(1, contract_of(1));
    same(0, contract_of(2));
    at('2017-01-01 00:00:00');
    same(0, contract_of(1));
    same(false, contract_ok(1));
}

function test_contract_dates_are_checked() {
    same('Dates are wrong', contract_save(2, 'C-2', 1, '2016-05-01', '2016-04-01', 60, 1));
    same('', contract_save(2, 'C-2', 1, '1/3/16', '', 60, 8000));
    same(2, contract_of(2));
    $k = contracts_of(2);
    same(60, contract_minutes_left($k[0]));
}

function test_import_adds_and_changes() {
    $done = customers_import("ACM01;Acorn;Mill Lane;Leeds;1\nNEW01;Newcomer;;Hull;2\nshort;line\nBAD;x;;;");
    same(array(1, 1, 2), array($done['new'], $done['changed'], count($done['errors'])));
    same('Acorn', customer_name(1));
}

function test_agent_login() {
    same(false, agent_login('bob', 'wrong'));
    $a = agent_login('bob', 'secret1');
    same('Bob', $a['name']);
    same(3, me());
    same('2016-03-14 10:00:00', db_value('SELECT last_seen FROM agents WHERE id = 3'));
}

function test_wrong_password_is_in_the_log() {
    global $CFG;
    agent_login('bob', 'wrong');
    contains('wrong password bob wrong', file_get_contents($CFG['log_file']));
}

function test_agent_who_left_cannot_log_in() {
    agent_deactivate(3);
    same(false, agent_login('bob', 'secret1'));
}

function test_agent_password_rules() {
    same('Old password is wrong', agent_password(3, 'x', 'longer1', 'longer1'));
    same('At least six characters', agent_password(3, 'secret1', 'short', 'short'));
    same('The new passwords are different', agent_password(3, 'secret1', 'longer1', 'longer2'));
    same('', agent_password(3, 'secret1', 'longer1', 'longer1'));
    same(true, (bool) agent_login('bob', 'longer1'));
}

function test_agent_form_rules() {
    same('Unknown role', agent_save(0, 'dan', 'Dan', '', 'boss', 1));
    same('Login is wrong', agent_save(0, 'Dan!', 'Dan', '', 'agent', 1));
    same('Login is taken', agent_save(0, 'bob', 'Dan', '', 'agent', 1));
    same('', agent_save(0, 'dan', 'Dan', 'd@b.example', 'agent', 1));
    same(true, (bool) agent_login('dan', 'dan'));
}

function test_leaving_agent_gives_tickets_back() {
    $id = new_ticket();
    ticket_assign($id, 3);
    same(1, agent_deactivate(3));
    same(array('new', null), array(db_value('SELECT status FROM tickets'), db_value('SELECT agent_id FROM tickets')));
}

function test_absence_rules_and_chain_of_covers() {
    same('Dates are wrong', absence_save(3, '18/03/2016', '14/03/2016', '', 4));
    same('Nobody covers for himself', absence_save(3, '14/03/2016', '14/03/2016', '', 3));
    absence_save(3, '14/03/2016', '14/03/2016', '', 4);
    absence_save(4, '14/03/2016', '14/03/2016', '', 2);
    same(2, agent_or_cover(3, '2016-03-14'));
    same(3, agent_or_cover(3, '2016-03-15'));
}

function test_covers_in_a_circle_end() {
    absence_save(3, '14/03/2016', '14/03/2016', '', 4);
    absence_save(4, '14/03/2016', '14/03/2016', '', 3);
    same(0, agent_or_cover(3, '2016-03-14'));
}

function test_next_agent_has_the_fewest_tickets() {
    db_exec('UPDATE agents SET open_count = 5 WHERE id IN (1, 2)');
    same(3, agent_next(1));
    absence_save(3, '14/03/2016', '14/03/2016', '', 0);
    same(1, agent_next(1));
}
