<?php
/* what came after 2013 */

function test_canned_text_is_filled_and_counted() {
    same('Title or text is missing', canned_save(0, 1, '', 'x'));
    same('', canned_save(0, 1, 'Restart', 'Dear %contact%, please restart %number%.'));
    same('', canned_save(0, 0, 'All', 'x'));
    same('Dear Mary, please restart 2016-00001.', canned_text(1, new_ticket()));
    same('', canned_text(9, 1));
    same('1', (string) db_value('SELECT used FROM canned_replies WHERE id = 1'));
    same(array(2, 1), array(count(canned_of_team(1)), count(canned_of_team(2))));
}

function test_watchers_are_told_but_not_the_one_who_did_it() {
    login(3);
    $id = new_ticket();
    ticket_watch($id, 3);
    ticket_watch($id, 4);
    same('', ticket_priority($id, 1));
    same('1', (string) db_value("SELECT COUNT(*) FROM mail_queue WHERE subject LIKE '%Critical'"));
    ticket_watch($id, 4, false);
    same(1, count(ticket_watchers($id)));
}

function test_priority_starts_again_from_the_creation() {
    $id = new_ticket();
    at('2016-03-14 11:30:00');
    same('', ticket_priority($id, 2));
    same('2016-03-14 14:00:00', db_value('SELECT due_fix FROM tickets'));
    same('Unknown priority', ticket_priority($id, 9));
}

function test_move_to_another_team_takes_the_agent_off() {
    $id = new_ticket();
    ticket_assign($id, 3);
    same('', ticket_move($id, 2));
    $t = ticket_get($id);
    same(array('Networks', null, 'new'), array($t['team'], $t['agent'], $t['status']));
    same('0', (string) db_value('SELECT open_count FROM agents WHERE id = 3'));
    same('Unknown team', ticket_move($id, 9));
}

function test_history_is_in_order() {
    $id = new_ticket();
    at('2016-03-14 11:00:01');
    sla_escalate();
    ticket_time($id, 3, '2016-03-14', 15, 'x');
    $what = array();
    foreach (ticket_history($id) as $row) {
        $what[] = $row['what'];
    }
    same(array('time 0:15', 'created', 'in', 'mail', 'escalation 1', 'mail'), $what);
}

function test_similar_tickets_of_the_same_customer() {
    $id = new_ticket('Printer jams');
    new_ticket('The printer again');
    new_ticket('Mouse');
    new_ticket('Printer', 2);
    $found = ticket_similar($id);
    same(array('2016-00002'), array($found[0]['number']));
    same(1, count($found));
}

function test_survey_is_sent_and_answered_once() {
    $id = new_ticket();
    $token = survey_send($id);
    same('', survey_send($id));
    same('Unknown survey', survey_answer($token, 6, ''));
    same('', survey_answer($token, 1, 'rude'));
    same('Thank you, we have your answer', survey_answer($token, 5, ''));
    same('first@brackwell.example', db_value("SELECT to_addr FROM mail_queue WHERE subject LIKE 'Bad survey%'"));
}

function test_survey_in_the_portal_needs_no_login() {
    $token = survey_send(new_ticket());
    contains('Thank you', page('portal.php', array('page' => 'survey', 'token' => $token), array('score' => 5, 'remark' => '')));
}

function test_customers_are_merged() {
    new_ticket('x', 2);
    new_ticket('y', 1);
    same('', customer_merge(2, 1));
    same(array('2', '0'), array((string) db_value('SELECT open_tickets FROM customers WHERE id = 1'), (string) db_value('SELECT active FROM customers WHERE id = 2')));
    same(2, count(contacts_of(1)));
    same('No such customer', customer_merge(1, 1));
}

function test_renewals() {
    same(0, count(contracts_to_renew()));
    at('2016-11-15 10:00:00');
    same(1, count(contracts_to_renew()));
    same('', contract_renew(1, 12));
    same(array('2017-01-01', '2017-12-31'), array(db_value('SELECT starts FROM contracts WHERE id = 2'), db_value('SELECT ends FROM contracts WHERE id = 2')));
    db_exec("UPDATE contracts SET ends = '' WHERE id = 1");
    same('Contract has no end', contract_renew(1, 12));
}

function test_contract_without_minutes_is_renewed_too() {
    ticket_time(new_ticket(), 3, '2016-03-14', 120, 'x');
    same(1, count(contracts_to_renew()));
}

function test_portal_password_of_a_contact() {
    same('At least six characters', contact_portal_password(2, 'x'));
    same('', contact_portal_password(2, 'longer'));
    same('Noor', contact_login('noor@broadway.example', 'longer')['name']);
}

function test_machine_rules() {
    same('Tag is two letters, dash, four digits', asset_save(0, 1, 'X1', 'pc', '', '', '', ''));
    same('Unknown kind', asset_save(0, 1, 'PC-0001', 'car', '', '', '', ''));
    same('', asset_save(0, 1, 'pc-0001', 'pc', 'Dell', '123', '1/2/2015', '31/1/2018'));
    same('Tag is taken', asset_save(0, 2, 'PC-0001', 'pc', '', '', '', ''));
    $a = asset_by_tag('pc-0001');
    same(true, asset_in_warranty($a));
    at('2018-02-01 00:00:00');
    same(false, asset_in_warranty($a));
}

function test_machine_in_a_ticket() {
    asset_save(0, 1, 'PC-0001', 'pc', 'Dell', '123', '', '');
    $id = new_ticket();
    same('', asset_link($id, 1));
    same('', asset_link($id, 1));
    same('1', (string) db_value('SELECT ticket_count FROM assets'));
    same('Machine of another customer', asset_link(new_ticket('x', 2), 1));
    same('There is an open ticket', asset_retire(1));
    ticket_status($id, 'closed');
    same('', asset_retire(1));
    same(0, count(assets_of(1)));
}

function test_versions_of_an_article() {
    login(2);
    page('kb/edit.php', array(), array('title' => 'T', 'category_id' => 1, 'body' => "a\nb", 'status' => 'public'));
    page('kb/edit.php', array(), array('id' => 1, 'title' => 'T', 'category_id' => 1, 'body' => "a\nc", 'status' => 'public'));
    same(1, count(kb_versions(1)));
    contains("-b\n+c", page('kb/versions.php', array('id' => 1)));
    page('kb/versions.php', array(), array('id' => 1, 'version' => 1));
    same("a\nb", kb_get(1)['body']);
    same('No such version', kb_restore(1, 99, 2));
}

function test_difference_of_two_texts() {
    same(array(), kb_diff("a\nb", "a\nb"));
    same(array('+x'), kb_diff("a\nb", "a\nx\nb"));
    same(array('-a', '-b', '+c'), kb_diff("a\nb", 'c'));
}

function test_articles_to_review() {
    $id = kb_save(0, 1, 'Old', 'x', 'public', 2);
    same(0, count(kb_to_review()));
    kb_rate($id, false);
    same(1, count(kb_to_review()));
}

function test_category_with_articles_stays() {
    same('', kb_category_save(0, 'Phones', 9));
    kb_save(0, 3, 'T', 'x', 'public', 2);
    same('There are articles in it', kb_category_delete(3));
    same('', kb_category_delete(2));
    same(2, count(kb_categories()));
}

function test_article_from_a_ticket() {
    $id = new_ticket();
    same('There is no answer yet', kb_from_ticket($id, 1, 3));
    ticket_reply($id, 3, 'Open the tray');
    contains('Open the tray', kb_get(kb_from_ticket($id, 1, 3))['body']);
    same(1, count(kb_of_ticket($id)));
}

function test_clock_stands_still() {
    $id = new_ticket();
    at('2016-03-14 12:00:00');
    sla_pause($id);
    sla_pause($id);
    at('2016-03-15 09:00:00');
    same(540, sla_resume($id));
    same('2016-03-15 15:00:00', db_value('SELECT due_fix FROM tickets'));
    same(0, sla_resume($id));
}

function test_traffic_light() {
    $id = new_ticket();
    $colours = array();
    foreach (array('12:00', '16:30', '18:00') as $time) {
        at('2016-03-14 ' . $time . ':00');
        $colours[] = sla_light(ticket_get($id));
    }
    same(array('green', 'yellow', 'red'), $colours);
}

function test_new_policy_moves_due_dates() {
    new_ticket();
    sla_save(2, 'Gold', 60, 240, 8, 20, '123456');
    same(1, sla_recalculate(2));
    same('2016-03-14 14:00:00', db_value('SELECT due_fix FROM tickets'));
}

function test_bank_holidays() {
    same(8, sla_fill_holidays(2016));
    foreach (array('2016-03-25', '2016-03-28', '2016-05-02', '2016-05-30', '2016-08-29') as $day) {
        same(true, sla_holiday($day), $day);
    }
    sla_fill_holidays(2019);
    same(true, sla_holiday('2019-04-22'));
}

function test_bounce_marks_the_queue_and_the_ticket() {
    $id = new_ticket();
    same(0, mail_receive("From: MAILER-DAEMON@mx.example\nSubject: failure\n\nFinal-Recipient: rfc822; mary@acorn.example"));
    same('bounced', db_value('SELECT error FROM mail_queue'));
    contains('came back', db_value("SELECT body FROM ticket_messages WHERE ticket_id = $id ORDER BY id DESC LIMIT 1"));
}

function test_automatic_mails_make_no_ticket() {
    same(0, mail_receive("From: mary@acorn.example\nSubject: Out of office\n\nback on Monday"));
    same(0, mail_receive("From: mary@acorn.example\nSubject: x\nAuto-Submitted: auto-replied\n\ny"));
    same('0', (string) db_value('SELECT COUNT(*) FROM tickets'));
}

function test_headers_are_decoded() {
    same("caf\xc3\xa9 open", mail_decode_header('=?utf-8?Q?caf=C3=A9_open?='));
    same("\xc3\xa9", mail_decode_header('=?ISO-8859-1?B?6Q==?='));
}

function test_html_mail_is_text() {
    $m = mail_parse("From: a@b.example\nContent-Type: text/html\n\n<style>x</style><p>One</p><p>Two &amp; three</p>");
    same("One\nTwo & three", $m['body']);
}

function test_digest_only_for_those_with_work() {
    ticket_assign(new_ticket(), 3);
    same("1 mails\n", page('cron/digest.php'));
    contains('2016-00001', db_value("SELECT body FROM mail_queue WHERE subject = '1 open tickets'"));
    db_exec("INSERT INTO holidays VALUES ('2016-03-14', 'x')");
    same("holiday\n", page('cron/digest.php'));
}

function test_credit_gives_minutes_back() {
    ticket_time(new_ticket(), 3, '2016-03-14', 60, 'x');
    same('Minutes or reason is missing', billing_credit(1, 30, '', 2));
    same('', billing_credit(1, 30, 'our fault', 2));
    $s = billing_statement(1);
    same(array(120, 30, 30, 90), array($s['included'], $s['used'], $s['credited'], $s['left']));
    $open = billing_credits_open();
    same(72, strlen(billing_credit_line($open[0])));
    same(array(), billing_statement(9));
}

function test_run_is_sent_again() {
    ticket_time(new_ticket('x', 2), 3, '2016-03-15', 15, 'x');
    billing_write(billing_select());
    same('', billing_resend(1));
    same('Nothing to send', billing_resend(1));
}

function test_month_report() {
    ticket_time(new_ticket(), 3, '2016-03-14', 60, 'x');
    new_ticket('y', 2);
    $text = report_month(2016, 3);
    contains('Tickets                             2', $text);
    contains('Time                             1:00', $text);
    contains('BRO02', $text);
}

function test_age_of_open_tickets() {
    new_ticket();
    at('2016-03-18 10:00:00');
    new_ticket();
    at('2016-05-01 10:00:00');
    same(array('today' => 0, 'week' => 0, 'month' => 0, 'older' => 2), report_age());
}

function test_roster_and_timesheet() {
    absence_save(3, '14/03/2016', '15/03/2016', 'holiday', 4);
    login(4);
    ticket_time(new_ticket(), 4, '2016-03-14', 45, 'for Bob');
    $html = page('agents/roster.php');
    contains('Bob away: holiday, see Cat', $html);
    contains('2016-03-14 0:45', $html);
    same('', absence_delete(1));
    at('2016-03-16 10:00:00');
    absence_save(3, '15/03/2016', '17/03/2016', 'ill', 0);
    same('It has begun', absence_delete(db_last_id()));
}

function test_password_by_mail() {
    same('Unknown login', agent_reset_password('nobody'));
    same('', agent_reset_password('bob'));
    same(true, (bool) agent_login('bob', db_value("SELECT body FROM mail_queue WHERE subject = 'Your password'")));
}

function test_small_changes_of_a_ticket() {
    login(3);
    $id = new_ticket();
    asset_save(0, 1, 'PR-0007', 'printer', 'Kyocera', '', '', '');
    page('tickets/change.php', array('id' => $id, 'do' => 'watch', 'on' => 1));
    page('tickets/change.php', array(), array('id' => $id, 'do' => 'asset', 'tag' => 'pr-0007'));
    page('tickets/change.php', array(), array('id' => $id, 'do' => 'priority', 'priority' => 2));
    contains('Kyocera', page('tickets/view.php', array('id' => $id)));
    same('What?', (function () use ($id) { page('tickets/change.php', array('id' => $id, 'do' => 'dance')); return flash(); })());
    contains('created', page('tickets/history.php', array('id' => $id)));
}

function test_later_pages() {
    login(2);
    same('GO /tickets/canned.php', page('tickets/canned.php', array(), array('id' => 0, 'title' => 'T', 'body' => 'B')));
    contains('>B<', page('tickets/canned.php'));
    contains('no warranty', page('customers/assets.php', array('customer_id' => 1), array('customer_id' => 1, 'id' => 0, 'tag' => 'PC-1234', 'kind' => 'pc', 'model' => 'm', 'serial' => '', 'bought' => '', 'warranty' => '')));
    at('2016-11-15 10:00:00');
    contains('until 2016-12-31', page('customers/renew.php'));
    same('GO /customers/renew.php', page('customers/renew.php', array(), array('id' => 1, 'months' => 6)));
    contains('Service desk 11/2016', page('reports/month.php'));
}
