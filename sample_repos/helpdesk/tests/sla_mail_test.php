<?php

function test_sla_skips_nights_weekends_and_holidays() {
    $p = sla_policy(0);
    same('2016-03-14 11:30:00', stamp(sla_add($p, strtotime('2016-03-14 10:00:00'), 90)));
    same('2016-03-15 09:30:00', stamp(sla_add($p, strtotime('2016-03-14 16:30:00'), 60)));
    same('2016-03-21 10:00:00', stamp(sla_add($p, strtotime('2016-03-18 18:00:00'), 60)));
    db_exec("INSERT INTO holidays (day, name) VALUES ('2016-03-25', 'Good Friday'), ('2016-03-28', 'Easter Monday')");
    same('2016-03-29 10:00:00', stamp(sla_add($p, strtotime('2016-03-24 17:30:00'), 60)));
}

function test_sla_before_opening() {
    same('2016-03-14 09:15:00', stamp(sla_add(sla_policy(0), strtotime('2016-03-14 06:40:00'), 15)));
}

function test_sla_without_working_days_ends() {
    $p = sla_policy(0);
    $p['days'] = '0';
    same(true, sla_add($p, now(), 1) > now());
}

function test_sla_form_rules() {
    same('Values are wrong', sla_save(0, 'x', 60, 30, 9, 17, '12345'));
    same('Values are wrong', sla_save(0, 'x', 60, 120, 17, 9, '12345'));
    same('Values are wrong', sla_save(0, 'x', 60, 120, 9, 17, 'mo-fr'));
    same('', sla_save(0, 'Night', 60, 120, 0, 24, '1234567'));
    same('', sla_save(1, 'Basic', 300, 1440, 9, 17, '12345'));
    same(3, count(sla_policies()));
}

function test_escalation_goes_up_once_an_hour() {
    $id = new_ticket();
    same(0, sla_escalate());
    at('2016-03-14 11:00:01');
    same(1, sla_escalate());
    same(0, sla_escalate());
    at('2016-03-14 12:00:02');
    sla_escalate();
    at('2016-03-14 13:00:03');
    same(2, sla_escalate());
    at('2016-03-14 18:00:01');
    same(0, sla_escalate());
    same('3', (string) db_value('SELECT escalation FROM tickets'));
    same(array('1', '2', '3'), array_map('strval', array_column(db_all('SELECT level FROM escalations ORDER BY id'), 'level')));
}

function test_escalation_tells_agent_then_team_then_leads() {
    $t = ticket_get(new_ticket());
    $t['agent_id'] = 3;
    same(array('bob@b.example'), sla_tell($t, 1));
    same(array('first@brackwell.example'), sla_tell($t, 2));
    same(array('desk@brackwell.example', 'ann@b.example'), sla_tell($t, 3));
    $t['agent_id'] = null;
    same(array('first@brackwell.example'), sla_tell($t, 1));
}

function test_waiting_tickets_do_not_escalate() {
    $id = new_ticket();
    ticket_reply($id, 3, 'Please try again');
    at('2016-04-01 12:00:00');
    same(0, sla_escalate());
}

function test_template_is_filled() {
    mail_template('assigned', 'x@y.example', array('number' => '7', 'subject' => 'S', 'url' => 'U'));
    $m = mails();
    same('7 is yours now', $m[0]['subject']);
    same("S\nU", $m[0]['body']);
    same(false, mail_template('nothing', 'x@y.example', array()));
    same(false, mail_template('assigned', '', array()));
}

function test_queue_is_sent_once() {
    global $CFG;
    mail_enqueue('a@b.example', 'one', 'text');
    mail_enqueue("a@b.example\r\nBcc: c@d.example", 'two', 'text');
    $mailer = new Mailer($CFG);
    same(array(1, 1), mail_send_queue($mailer));
    same('a@b.example', $mailer->sent[0][0]);
    same('line break in header', db_value('SELECT error FROM mail_queue WHERE id = 2'));
    for ($i = 0; $i < 5; $i++) {
        mail_send_queue($mailer);
    }
    same('5', (string) db_value('SELECT tries FROM mail_queue WHERE id = 2'));
    same(0, count(mail_waiting()));
}

function test_mail_is_parsed() {
    $m = mail_parse("From: \"Mary M\" <Mary@Acorn.example>\r\nSubject: Help\r\n me\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n> old\r\n");
    same(array('mary@acorn.example', 'Mary M', 'Help me', '<1@x>', 'Hello'), array($m['from'], $m['name'], $m['subject'], $m['message-id'], $m['body']));
}

function test_mail_encodings() {
    $m = mail_parse("From: a@b.example\nContent-Transfer-Encoding: base64\n\n" . base64_encode('caf&eacute;'));
    same('caf&eacute;', $m['body']);
    $m = mail_parse("From: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\n1 =3D 1");
    same('1 = 1', $m['body']);
}

function test_quotes_are_cut() {
    same("yes", mail_strip_quote("yes\nOn Monday, desk wrote:\n> no"));
    same("yes", mail_strip_quote("yes\n-----Original Message-----\nno"));
}

function test_mail_makes_a_ticket() {
    $id = mail_receive("From: mary@acorn.example\nSubject: WiFi\nMessage-ID: <2@x>\n\nno signal");
    $t = ticket_get($id);
    same(array('WiFi', 'mail', 'Networks', 'Acorn Mills'), array($t['subject'], $t['source'], $t['team'], $t['customer']));
}

function test_mail_with_number_is_an_answer() {
    $id = new_ticket();
    same($id, mail_receive("From: mary@acorn.example\nSubject: Re: [#2016-00001] Printer\nMessage-ID: <3@x>\n\nstill"));
    same(2, count(ticket_messages($id)));
}

function test_mail_is_read_once() {
    $mail = "From: mary@acorn.example\nSubject: x\nMessage-ID: <4@x>\n\ny";
    mail_receive($mail);
    same(-1, mail_receive($mail));
    same('1', (string) db_value('SELECT COUNT(*) FROM tickets'));
}

function test_mail_of_strangers_is_dropped() {
    same(0, mail_receive("From: who@else.example\nSubject: x\nMessage-ID: <5@x>\n\ny"));
}
