<?php

function test_article_rules() {
    same('Title or text is missing', kb_save(0, 1, '', 'x', 'draft', 2));
    same('Unknown status', kb_save(0, 1, 'x', 'x', 'secret', 2));
    $id = kb_save(0, 1, 'Paper jam', 'Open the tray', 'draft', 2);
    same(1, $id);
    same($id, kb_save($id, 2, 'Paper jam', 'Open both trays', 'public', 3));
    $a = kb_get($id);
    same(array('Mail and calendar', 'Ann'), array($a['category'], $a['author']));
}

function test_drafts_are_not_found() {
    kb_save(0, 1, 'Paper jam', 'Open the tray', 'draft', 2);
    same(array(), kb_search('jam'));
    same(0, count(kb_of_category(1)));
    same(1, count(kb_of_category(1, true)));
}

function test_search_counts_titles_more() {
    kb_save(0, 1, 'Toner', 'jam jam', 'public', 2);
    kb_save(0, 1, 'Paper jam', 'tray', 'public', 2);
    $found = kb_search('a JAM');
    same(array(2, 1), array((int) $found[0]['id'], (int) $found[1]['id']));
}

function test_visits_and_votes_are_counted() {
    $id = kb_save(0, 1, 'Toner', 'shake', 'public', 2);
    kb_visit($id);
    $a = kb_visit($id);
    kb_rate($id, true);
    kb_rate($id, false);
    same(array('2', '1', '1'), array((string) $a['views'], (string) db_value('SELECT good FROM kb_articles'), (string) db_value('SELECT bad FROM kb_articles')));
}

function test_article_is_linked_once() {
    $t = new_ticket();
    $id = kb_save(0, 1, 'Toner', 'shake', 'public', 2);
    kb_link($t, $id, 3);
    kb_link($t, $id, 4);
    same(1, count(kb_of_ticket($t)));
}

function test_markup() {
    same("<h3>Head</h3>\n<li>one</li>\n&lt;b&gt; <a href=\"/kb/article.php?id=3\">article 3</a><br>\n", kb_markup("== Head ==\n* one\n<b> [[3]]"));
}

function test_volume_by_day() {
    new_ticket();
    new_ticket('x', 1, array('source' => 'mail'));
    at('2016-03-15 09:00:00');
    new_ticket();
    $rows = report_volume('2016-03-01', '2016-03-31');
    same(array('2016-03-14', '2', '1'), array_map('strval', array_values($rows[0])));
    same(2, count($rows));
}

function test_sla_report() {
    $a = new_ticket();
    $b = new_ticket();
    ticket_reply($a, 3, 'x');
    ticket_status($a, 'closed');
    at('2016-03-14 19:00:00');
    sla_escalate();
    ticket_reply($b, 3, 'x');
    ticket_status($b, 'closed');
    $rows = report_sla('2016-03-01', '2016-03-31');
    same(array('Gold', '2', '1', '1', '1'), array_map('strval', array_values($rows[0])));
}

function test_workload_shows_the_counter_beside_the_truth() {
    $id = new_ticket();
    ticket_assign($id, 3);
    ticket_time($id, 3, '2016-03-14', 45, 'x');
    $rows = report_workload();
    same(array('name' => 'Bob', 'counted' => 1, 'new' => 0, 'open' => 1, 'wait' => 0, 'hold' => 0, 'minutes' => 45), $rows[2]);
}

function test_customer_sheet_joins_time_and_contract() {
    $id = new_ticket();
    ticket_assign($id, 3);
    ticket_time($id, 3, '2016-03-14', 60, 'x');
    ticket_time($id, 3, '2016-03-14', 30, 'y', 0);
    $rows = report_customer(1, '2016-01-01', '2016-12-31');
    same(array('Acorn Mills', 'C-100', 'Bob', '60', '9000'), array_map('strval', array($rows[0]['customer'], $rows[0]['contract'], $rows[0]['agent'], $rows[0]['minutes'], $rows[0]['cents'])));
}

function test_only_time_over_the_contract_is_billed() {
    $id = new_ticket();
    ticket_time($id, 3, '2016-03-14', 120, 'in the contract');
    same(0, count(billing_select()));
    ticket_time($id, 3, '2016-03-15', 30, 'over');
    same(2, count(billing_select()));   // all of them, HD-333
    ticket_time(new_ticket('x', 2), 3, '2016-03-15', 15, 'no contract');
    same(3, count(billing_select()));
}

function test_billing_line_is_72_bytes() {
    $id = new_ticket();
    ticket_time($id, 3, '2016-03-15', 150, 'changed the fuser of the big printer');
    $lines = billing_select();
    same('TACM01C-100     2016-0000120160315000150' . '00022500' . 'changed the fuser of the', billing_line($lines[0]));
    same(72, strlen(billing_line($lines[0])));
}

function test_billing_file_has_header_and_trailer() {
    global $CFG;
    ticket_time(new_ticket(), 3, '2016-03-15', 150, 'x');
    list($no, $file) = billing_write(billing_select());
    $rows = explode("\r\n", file_get_contents($CFG['export_dir'] . '/' . $file));
    same(array('BRK00001.TXT', 'H0000120160314BRACKWELL', 'E00000100000150'), array($file, trim($rows[0]), trim($rows[2])));
    same(array(72, 72, 72), array_map('strlen', array_slice($rows, 0, 3)));
}

function test_billing_run_without_mark_sends_twice() {
    ticket_time(new_ticket(), 3, '2016-03-15', 150, 'x');
    billing_write(billing_select());
    same(1, count(billing_select()));
    billing_mark(1, billing_select());
    same(0, count(billing_select()));
    same('0', (string) db_value('SELECT minutes_used FROM contracts'));
}

function test_dates_in_three_styles() {
    same(array('2016-03-04', '2016-03-04', '2016-03-04', '', ''), array_map('read_date', array('4/3/2016', '2016-3-4', '04.03.16', '31/02/2016', 'soon')));
}

function test_small_functions() {
    same(array('1:05', '-0:30', '1,234.50'), array(show_minutes(65), show_minutes(-30), money(123450)));
    same("\"a\";\"b\"\"c\"\r\n", csv_line(array('a', 'b"c')));
    same('-', show_date(''));
}
