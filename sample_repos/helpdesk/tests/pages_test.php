<?php

function test_pages_want_a_login() {
    foreach (array('index.php', 'tickets/list.php', 'customers/list.php', 'kb/index.php', 'reports/index.php') as $p) {
        contains('GO /login.php', page($p));
    }
}

function test_pages_want_a_role() {
    login(3);
    same('STOP Not allowed', page('agents/list.php'));
    login(2);
    same('STOP Not allowed', page('mail/templates.php'));
    login(1);
    contains('assigned', page('mail/templates.php'));
}

function test_login_page() {
    contains('wrong', page('login.php', array(), array('login' => 'bob', 'password' => 'x')));
    same('GO /index.php', page('login.php', array(), array('login' => 'bob', 'password' => 'secret1')));
    same('GO http://evil.example/', page('login.php', array(), array('login' => 'bob', 'password' => 'secret1', 'back' => 'http://evil.example/')));
    page('logout.php');
    same(array(), $_SESSION);
}

function test_desk_shows_my_tickets() {
    login(3);
    ticket_assign(new_ticket(), 3);
    new_ticket('Nobody has me');
    $html = page('index.php');
    contains('Mine (1)', $html);
    contains('Nobody has me', $html);
}

function test_ticket_form() {
    login(3);
    contains('Subject is missing', page('tickets/new.php', array(), array('save' => 1, 'customer_id' => 1, 'contact_id' => 1, 'subject' => '', 'body' => 'b')));
    same('GO /tickets/view.php?id=1', page('tickets/new.php', array(), array('save' => 1, 'customer_id' => 1, 'contact_id' => 1, 'subject' => 'Fan', 'body' => 'b', 'take' => 1)));
    same('3', (string) db_value('SELECT agent_id FROM tickets'));
}

function test_draft_is_in_the_session() {
    login(3);
    page('tickets/new.php', array('customer_id' => 2, 'subject' => 'half'));
    same('half', $_SESSION['draft']['subject']);
}

function test_form_offers_articles() {
    login(3);
    kb_save(0, 1, 'Fan is loud', 'dust', 'public', 2);
    contains('Fan is loud', page('tickets/new.php', array('subject' => 'fan')));
}

function test_ticket_page() {
    login(3);
    $id = new_ticket('<b>', 1, array('body' => '<i>mail</i>'));
    $html = page('tickets/view.php', array('id' => $id));
    contains('&lt;b&gt;', $html);
    contains('<i>mail</i>', $html);   // HD-381
    contains('2:00 left', $html);
    same('STOP No such ticket', page('tickets/view.php', array('id' => 99)));
}

function test_reply_page_takes_time() {
    login(3);
    $id = new_ticket();
    same('GO /tickets/view.php?id=1', page('tickets/reply.php', array(), array('id' => $id, 'kind' => 'reply', 'status' => 'wait', 'body' => 'x', 'minutes' => '10')));
    same('15', (string) db_value('SELECT minutes FROM time_entries'));
    page('tickets/reply.php', array(), array('id' => $id, 'kind' => 'note', 'status' => 'wait', 'body' => 'psst', 'minutes' => ''));
    same('note', db_value('SELECT kind FROM ticket_messages ORDER BY id DESC LIMIT 1'));
}

function test_solved_by_reply_keeps_the_counter() {
    login(3);
    $id = new_ticket();
    page('tickets/reply.php', array(), array('id' => $id, 'kind' => 'reply', 'status' => 'solved', 'body' => 'x', 'minutes' => ''));
    same('1', (string) db_value('SELECT open_tickets FROM customers WHERE id = 1'));   // HD-374, cron/cleanup.php mends it
    contains('0 closed', page('cron/cleanup.php'));
    same('0', (string) db_value('SELECT open_tickets FROM customers WHERE id = 1'));
}

function test_assign_by_link_and_next() {
    login(2);
    $id = new_ticket();
    page('tickets/assign.php', array('id' => $id, 'agent' => 3));
    same('3', (string) db_value('SELECT agent_id FROM tickets'));
    page('tickets/assign.php', array('id' => $id, 'agent' => 0));
    same('1', (string) db_value('SELECT agent_id FROM tickets'));
}

function test_close_by_get() {
    login(3);
    same('GO /tickets/list.php', page('tickets/close.php', array('id' => new_ticket())));
    same('closed', db_value('SELECT status FROM tickets'));
}

function test_basket() {
    login(3);
    new_ticket();
    new_ticket();
    page('tickets/list.php', array('pick' => 1));
    contains('2 picked', page('tickets/list.php', array('pick' => 2)));
    same('GO /tickets/list.php', page('tickets/bulk.php', array(), array('close' => 1)));
    contains('2 tickets changed', page('tickets/list.php', array('status' => 'closed')));
    same(array(), $_SESSION['basket']);
}

function test_search_page() {
    login(3);
    new_ticket();
    same('GO /tickets/view.php?id=1', page('tickets/search.php', array('q' => '2016-00001')));
    contains('Printer jams', page('tickets/search.php', array('q' => 'noise')));
    contains('Printer jams', page('tickets/search.php', array('q' => "zzz' OR 1=1 OR 'a' = '")));   // HD-350
}

function test_merge_page() {
    login(3);
    $a = new_ticket();
    new_ticket();
    same('GO /tickets/view.php?id=2', page('tickets/merge.php', array(), array('from' => $a, 'number' => '2016-00002')));
    same('GO /tickets/view.php?id=2', page('tickets/merge.php', array(), array('from' => 2, 'number' => '2016-09999')));
}

function test_download_of_any_file() {
    login(4);
    $a = ticket_attach(new_ticket(), 'a.txt', 'hello');
    same('hello', page('tickets/file.php', array('id' => $a)));
}

function test_customer_pages() {
    login(2);
    contains('Acorn Mills', page('customers/list.php'));
    contains('C-100', page('customers/view.php', array('id' => 1)));
    contains('Code is taken', page('customers/edit.php', array(), array('id' => 0, 'code' => 'ACM01', 'name' => 'x', 'street' => '', 'city' => '', 'phone' => '', 'notes' => '')));
    same('GO /customers/view.php?id=2', page('customers/contracts.php', array(), array('customer_id' => 2, 'number' => 'C-200', 'sla_id' => 1, 'starts' => '2016-03-01', 'ends' => '', 'hours' => 2, 'rate' => '75.50')));
    same(array('120', '7550'), array((string) db_value('SELECT minutes_included FROM contracts WHERE id = 2'), (string) db_value('SELECT rate_cents FROM contracts WHERE id = 2')));
    contains('1 new', page('customers/import.php', array(), array('csv' => 'NEW01;N;;Hull;1')));
}

function test_agent_pages() {
    login(1);
    contains('ann', page('agents/list.php'));
    same('GO /agents/list.php', page('agents/edit.php', array(), array('id' => 0, 'login' => 'dan', 'name' => 'Dan', 'email' => '', 'role' => 'agent', 'team_id' => 1, 'password' => 'x')));
    same('GO /agents/list.php', page('agents/absence.php', array(), array('agent_id' => 3, 'from' => '14/03/2016', 'to' => '14/03/2016', 'reason' => '', 'cover' => 4)));
    contains('Networks', page('agents/teams.php'));
    same('GO /index.php', page('agents/password.php', array(), array('old' => 'admin', 'new' => 'better1', 'again' => 'better1')));
}

function test_kb_pages() {
    login(2);
    same('GO /kb/article.php?id=1', page('kb/edit.php', array(), array('title' => 'Fan', 'category_id' => 1, 'body' => 'dust', 'status' => 'public')));
    $t = new_ticket();
    contains('read 1 times', page('kb/article.php', array('id' => 1, 'ticket' => $t)));
    same(1, count(kb_of_ticket($t)));
    contains('Fan', page('kb/index.php', array('q' => 'dust')));
    same('GO /kb/article.php?id=1', page('kb/rate.php', array('id' => 1, 'good' => 1)));
}

function test_mail_and_sla_pages() {
    login(2);
    mail_enqueue('a@b.example', 'stuck', 'x');
    contains('1 waiting', page('mail/queue.php'));
    same('GO /mail/queue.php', page('mail/queue.php', array(), array('again' => 1)));
    contains('Gold', page('sla/policies.php'));
    page('sla/holidays.php', array(), array('day' => '25/12/2016', 'name' => 'Christmas'));
    contains('2016-12-25 Christmas', page('sla/holidays.php'));
}

function test_report_pages() {
    login(2);
    ticket_time(new_ticket('x', 2), 3, '2016-03-14', 15, 'work');
    contains('by mail 0', page('reports/volume.php'));
    contains('"2016-03-14";"1";"0"', page('reports/volume.php', array('csv' => 1)));
    new_ticket();
    contains('Gold: 1 tickets', page('reports/sla.php'));
    contains('Bob', page('reports/workload.php'));
    contains('Broadway Dental', page('reports/customer.php', array('customer_id' => 2)));
    contains('TBRO02', page('reports/billing.php'));
}

function test_portal() {
    contains('Password', page('portal.php'));
    contains('is wrong', page('portal.php', array(), array('email' => 'mary@acorn.example', 'password' => 'x')));
    new_ticket('Of Broadway', 2);
    contains('New ticket', page('portal.php', array(), array('email' => 'mary@acorn.example', 'password' => 'mill')));
    contains('your number is 2016-00002', page('portal.php', array('page' => 'new'), array('subject' => 'Help', 'body' => 'x')));
    contains('Help', page('portal.php'));
    contains('Of Broadway', page('portal.php', array('page' => 'ticket', 'id' => 1)));   // HD-396
    same('STOP No such page', page('portal.php', array('page' => '../config')));
}

function test_portal_answer_hides_notes() {
    $_SESSION['contact'] = contact_by_email('mary@acorn.example');
    $id = new_ticket();
    ticket_note($id, 3, 'she is difficult');
    $html = page('portal.php', array('page' => 'ticket', 'id' => $id), array('body' => 'thanks'));
    contains('thanks', $html);
    lacks('difficult', $html);
}

function test_api_of_the_monitoring() {
    global $CFG;
    same('{"error":"key"}', page('api/ticket.php'));
    $post = array('key' => $CFG['api_key'], 'host' => 'srv1', 'code' => 'ACM01', 'text' => 'disk full');
    contains('"subject":"ALARM srv1"', page('api/ticket.php', array(), $post));
    page('api/ticket.php', array(), $post);
    same('1', (string) db_value('SELECT COUNT(*) FROM tickets'));
    contains('"late":false', page('api/ticket.php', array('key' => $CFG['api_key'], 'number' => '2016-00001')));
    contains("open 1\nlate 0", page('api/status.php'));
}

function test_cron_fetches_and_sends_mail() {
    global $CFG;
    mkdir($CFG['maildir'], 0777, true);
    file_put_contents($CFG['maildir'] . '/1', "From: mary@acorn.example\nSubject: Hi\nMessage-ID: <9@x>\n\nhello");
    same("1 mails\n", page('cron/fetch_mail.php'));
    same(array(), glob($CFG['maildir'] . '/*'));
    same("1 sent, 0 failed\n", page('cron/send_mail.php'));
}

function test_cron_bills_and_closes() {
    ticket_time(new_ticket('x', 2), 3, '2016-03-14', 15, 'work');
    contains('1 lines in BRK00001.TXT', page('cron/billing_export.php'));
    contains('0 lines', page('cron/billing_export.php'));
    ticket_status(1, 'solved');
    at('2016-03-22 10:00:01');
    same("1 closed\n", page('cron/cleanup.php'));
}
