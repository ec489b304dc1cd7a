<?php
/*
 * Tickets. as 2006, jm 2010 (merge, time), kt 2015 (sla).
 */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';
include_once dirname(__FILE__) . '/sla.inc.php';
include_once dirname(__FILE__) . '/mail.inc.php';
include_once dirname(__FILE__) . '/agents.inc.php';
include_once dirname(__FILE__) . '/customers.inc.php';

function ticket_get($id) {
    return db_row('SELECT t.*, c.name AS customer, k.name AS contact, k.email AS contact_email, a.name AS agent,'
        . ' g.name AS team FROM tickets t LEFT JOIN customers c ON c.id = t.customer_id'
        . ' LEFT JOIN contacts k ON k.id = t.contact_id LEFT JOIN agents a ON a.id = t.agent_id'
        . ' LEFT JOIN teams g ON g.id = t.team_id WHERE t.id = ' . (int) $id);
}

function ticket_by_number($number) {
    return db_value("SELECT id FROM tickets WHERE number = '" . esc($number) . "'");
}

/**
 * $t: customer_id, contact_id, subject, body, priority, source. Returns the id, or
 * an array of errors.
 */
function ticket_create($t) {
    $errors = array();
    if (trim($t['subject']) == '') {
        $errors[] = 'Subject is missing';
    }
    if (!db_value('SELECT id FROM customers WHERE active = 1 AND id = ' . (int) $t['customer_id'])) {
        $errors[] = 'Unknown customer';
    }
    $priority = isset($t['priority']) ? (int) $t['priority'] : 3;
    if ($priority < 1 || $priority > 4) {
        $errors[] = 'Unknown priority';
    }
    if ($errors) {
        return $errors;
    }
    $contract_id = contract_of($t['customer_id']);
    $due = sla_due_dates($contract_id, $priority, now());
    $number = ticket_number();
    $team = ticket_route($t['subject'] . ' ' . $t['body']);
    db_exec("INSERT INTO tickets (number, customer_id, contact_id, contract_id, subject, status, priority, team_id, source,"
        . " created, changed, due_reply, due_fix) VALUES ('" . $number . "', " . (int) $t['customer_id'] . ', '
        . (int) $t['contact_id'] . ', ' . (int) $contract_id . ", '" . esc($t['subject']) . "', 'new', " . $priority . ', '
        . (int) $team . ", '" . esc($t['source']) . "', '" . stamp() . "', '" . stamp() . "', '" . $due['reply'] . "', '"
        . $due['fix'] . "')");
    $id = db_last_id();
    ticket_message($id, 'in', contact_name($t['contact_id']), $t['body']);
    // HD-190: number of open tickets in the customer list. Also counted in cron/cleanup.php
    db_exec("UPDATE customers SET open_tickets = open_tickets + 1, last_contact = '" . stamp() . "' WHERE id = "
        . (int) $t['customer_id']);
    mail_template('received', contact_email($t['contact_id']), ticket_vars($id));
    audit('TICKET', $number);
    return $id;
}

/** Team by words in the text. The list was in the wiki, then here. */
function ticket_route($text) {
    $words = array('switch' => 2, 'router' => 2, 'vpn' => 2, 'wifi' => 2, 'firewall' => 2);
    foreach ($words as $word => $team) {
        if (stripos($text, $word) !== false) {
            return $team;
        }
    }
    return setting('default_team', 1);
}

function ticket_message($ticket_id, $kind, $author, $body) {
    db_exec("INSERT INTO ticket_messages (ticket_id, kind, author, body, created) VALUES (" . (int) $ticket_id . ", '"
        . esc($kind) . "', '" . esc($author) . "', '" . esc($body) . "', '" . stamp() . "')");
    return db_last_id();
}

function ticket_messages($ticket_id) {
    return db_all('SELECT * FROM ticket_messages WHERE ticket_id = ' . (int) $ticket_id . ' ORDER BY id');
}

/** Values for mail templates. */
function ticket_vars($id) {
    global $CFG;
    $t = ticket_get($id);
    return array('number' => $t['number'], 'subject' => $t['subject'], 'contact' => $t['contact'],
        'customer' => $t['customer'], 'agent' => $t['agent'], 'company' => $CFG['company'],
        'url' => $CFG['url'] . 'tickets/view.php?id=' . $id, 'days' => setting('auto_close_days', 7));
}

function ticket_reply($id, $agent_id, $body, $status = 'wait') {
    $t = ticket_get($id);
    if (!$t || $t['status'] == 'closed' || $t['status'] == 'merged') {
        return 'Ticket is closed';
    }
    if (trim($body) == '') {
        return 'Text is missing';
    }
    ticket_message($id, 'out', agent_name($agent_id), $body);
    $first = $t['first_reply'] == '' ? ", first_reply = '" . stamp() . "'" : '';
    db_exec("UPDATE tickets SET status = '" . esc($status) . "', changed = '" . stamp() . "'" . $first
        . ' WHERE id = ' . (int) $id);
    $vars = ticket_vars($id);
    $vars['body'] = $body;
    mail_template('reply', $t['contact_email'], $vars);
    if ($t['agent_id'] == '') {
        ticket_assign($id, $agent_id);
    }
    return '';
}

function ticket_note($id, $agent_id, $body) {
    return ticket_message($id, 'note', agent_name($agent_id), $body);
}

function ticket_assign($id, $agent_id) {
    $t = ticket_get($id);
    $agent_id = agent_or_cover($agent_id, date('Y-m-d', now()));
    if (!$agent_id) {
        return 'Nobody is there';
    }
    if ($t['agent_id']) {
        db_exec('UPDATE agents SET open_count = open_count - 1 WHERE id = ' . (int) $t['agent_id']);
    }
    db_exec('UPDATE agents SET open_count = open_count + 1 WHERE id = ' . (int) $agent_id);
    db_exec("UPDATE tickets SET agent_id = " . (int) $agent_id . ", status = CASE status WHEN 'new' THEN 'open' ELSE status END,"
        . " changed = '" . stamp() . "' WHERE id = " . (int) $id);
    if ($agent_id != me()) {
        mail_template('assigned', agent_email($agent_id), ticket_vars($id));
    }
    return '';
}

function ticket_status($id, $status) {
    global $STATUS;
    if (!isset($STATUS[$status])) {
        return 'Unknown status';
    }
    $t = ticket_get($id);
    $was_open = ticket_is_open($t['status']);
    $closed = $status == 'closed' ? ", closed = '" . stamp() . "'" : '';
    db_exec("UPDATE tickets SET status = '" . $status . "', changed = '" . stamp() . "'" . $closed . ' WHERE id = ' . (int) $id);
    if ($was_open && !ticket_is_open($status)) {
        db_exec('UPDATE customers SET open_tickets = open_tickets - 1 WHERE id = ' . (int) $t['customer_id']);
        db_exec('UPDATE agents SET open_count = open_count - 1 WHERE id = ' . (int) $t['agent_id']);
    }
    if ($status == 'solved') {
        mail_template('solved', $t['contact_email'], ticket_vars($id));
    }
    audit('STATUS', $t['number'] . ' ' . $status);
    return '';
}

function ticket_is_open($status) {
    return in_array($status, array('new', 'open', 'wait', 'hold'));
}

/** The customer has answered: waiting, solved and closed tickets are open again. */
function ticket_answer($id, $author, $body) {
    $t = ticket_get($id);
    if ($t['status'] == 'merged') {
        return ticket_answer($t['merged_into'], $author, $body);
    }
    ticket_message($id, 'in', $author, $body);
    if (!ticket_is_open($t['status'])) {
        db_exec('UPDATE customers SET open_tickets = open_tickets + 1 WHERE id = ' . (int) $t['customer_id']);
    }
    db_exec("UPDATE tickets SET status = 'open', closed = NULL, changed = '" . stamp() . "' WHERE id = " . (int) $id);
    return (int) $id;
}

/** Everything of $from goes to $into. No transaction (SQLite locked us out, HD-305). */
function ticket_merge($from, $into) {
    $a = ticket_get($from);
    $b = ticket_get($into);
    if (!$a || !$b || $from == $into) {
        return 'No such ticket';
    }
    if ($a['customer_id'] != $b['customer_id']) {
        return 'Tickets of different customers';
    }
    $tables = array('ticket_messages', 'attachments', 'time_entries', 'kb_links', 'escalations');
    foreach ($tables as $table) {
        db_exec('UPDATE ' . $table . ' SET ticket_id = ' . (int) $into . ' WHERE ticket_id = ' . (int) $from);
    }
    ticket_message($into, 'note', 'system', 'Merged with ' . $a['number']);
    ticket_status($from, 'merged');
    db_exec('UPDATE tickets SET merged_into = ' . (int) $into . ' WHERE id = ' . (int) $from);
    return '';
}

/** Work on a ticket. Takes the minutes off the contract, which belongs to the customers. */
function ticket_time($ticket_id, $agent_id, $day, $minutes, $text, $billable = 1) {
    if ($minutes <= 0 || $minutes > 600) {
        return 'Between 1 and 600 minutes';
    }
    $minutes = ceil($minutes / 15) * 15;   // quarter hours, as in the contracts
    $t = ticket_get($ticket_id);
    db_exec("INSERT INTO time_entries (ticket_id, agent_id, day, minutes, billable, text) VALUES (" . (int) $ticket_id . ', '
        . (int) $agent_id . ", '" . esc($day) . "', " . $minutes . ', ' . (int) $billable . ", '" . esc($text) . "')");
    if ($billable) {
        db_exec('UPDATE contracts SET minutes_used = minutes_used + ' . $minutes . ' WHERE id = ' . (int) $t['contract_id']);
    }
    return '';
}

/** List with filters. $order comes from the browser. */
function ticket_list($f, $page = 1, $order = 't.due_fix') {
    global $CFG;
    $where = '1 = 1';
    if (!empty($f['status'])) {
        $where .= $f['status'] == 'all' ? '' : " AND t.status = '" . esc($f['status']) . "'";
    } else {
        $where .= " AND t.status IN ('new', 'open', 'wait', 'hold')";
    }
    if (!empty($f['agent_id'])) {
        $where .= ' AND t.agent_id = ' . (int) $f['agent_id'];
    }
    if (!empty($f['team_id'])) {
        $where .= ' AND t.team_id = ' . (int) $f['team_id'];
    }
    if (!empty($f['customer_id'])) {
        $where .= ' AND t.customer_id = ' . (int) $f['customer_id'];
    }
    $total = db_value('SELECT COUNT(*) FROM tickets t WHERE ' . $where);
    $rows = db_all('SELECT t.* FROM tickets t WHERE ' . $where . ' ORDER BY ' . $order . ' LIMIT ' . $CFG['page_size']
        . ' OFFSET ' . (($page - 1) * $CFG['page_size']));
    return array($total, $rows);
}

function ticket_attach($ticket_id, $name, $data) {
    $stored = store_upload($name, $data);
    db_exec("INSERT INTO attachments (ticket_id, name, stored, size, created) VALUES (" . (int) $ticket_id . ", '" . esc($name)
        . "', '" . esc($stored) . "', " . strlen($data) . ", '" . stamp() . "')");
    return db_last_id();
}

// ---------------------------------------------------------------- canned replies (kt 2013)

function canned_of_team($team_id) {
    return db_all('SELECT * FROM canned_replies WHERE team_id = ' . (int) $team_id . ' OR team_id IS NULL ORDER BY used DESC, title');
}

function canned_save($id, $team_id, $title, $body) {
    if (trim($title) == '' || trim($body) == '') {
        return 'Title or text is missing';
    }
    $team = $team_id ? (int) $team_id : 'NULL';
    if ($id) {
        db_exec("UPDATE canned_replies SET team_id = $team, title = '" . esc($title) . "', body = '" . esc($body) . "' WHERE id = " . (int) $id);
    } else {
        db_exec("INSERT INTO canned_replies (team_id, title, body) VALUES ($team, '" . esc($title) . "', '" . esc($body) . "')");
    }
    return '';
}

/** Text with names filled in. */
function canned_text($id, $ticket_id) {
    $c = db_row('SELECT * FROM canned_replies WHERE id = ' . (int) $id);
    if (!$c) {
        return '';
    }
    db_exec('UPDATE canned_replies SET used = used + 1 WHERE id = ' . (int) $id);
    $text = $c['body'];
    foreach (ticket_vars($ticket_id) as $key => $value) {
        $text = str_replace('%' . $key . '%', (string) $value, $text);
    }
    return $text;
}

// ---------------------------------------------------------------- watchers

function ticket_watch($ticket_id, $agent_id, $on = true) {
    db_exec('DELETE FROM watchers WHERE ticket_id = ' . (int) $ticket_id . ' AND agent_id = ' . (int) $agent_id);
    if ($on) {
        db_exec('INSERT INTO watchers (ticket_id, agent_id) VALUES (' . (int) $ticket_id . ', ' . (int) $agent_id . ')');
    }
}

function ticket_watchers($ticket_id) {
    return db_all('SELECT a.id, a.name, a.email FROM watchers w JOIN agents a ON a.id = w.agent_id WHERE w.ticket_id = '
        . (int) $ticket_id . ' AND a.active = 1 ORDER BY a.name');
}

/** Everybody who watches gets a mail, but not the one who did it. */
function ticket_tell_watchers($ticket_id, $what) {
    $t = ticket_get($ticket_id);
    $told = 0;
    foreach (ticket_watchers($ticket_id) as $a) {
        if ($a['id'] != me()) {
            mail_enqueue($a['email'], $t['number'] . ' ' . $what, $t['subject'] . "\n" . $t['customer']);
            $told++;
        }
    }
    return $told;
}

// ---------------------------------------------------------------- history, statistics of one ticket

/** Messages, escalations, time and mails of a ticket in one list, oldest first. */
function ticket_history($id) {
    $t = ticket_get($id);
    $out = array(array('at' => $t['created'], 'what' => 'created', 'text' => $t['source']));
    foreach (ticket_messages($id) as $m) {
        $out[] = array('at' => $m['created'], 'what' => $m['kind'], 'text' => $m['author']);
    }
    foreach (db_all('SELECT * FROM escalations WHERE ticket_id = ' . (int) $id) as $e) {
        $out[] = array('at' => $e['created'], 'what' => 'escalation ' . $e['level'], 'text' => $e['told']);
    }
    foreach (db_all('SELECT e.*, a.name FROM time_entries e LEFT JOIN agents a ON a.id = e.agent_id WHERE e.ticket_id = ' . (int) $id) as $e) {
        $out[] = array('at' => $e['day'] . ' 00:00:00', 'what' => 'time ' . show_minutes($e['minutes']), 'text' => $e['name']);
    }
    foreach (db_all("SELECT * FROM mail_queue WHERE subject LIKE '%" . esc($t['number']) . "%'") as $m) {
        $out[] = array('at' => $m['created'], 'what' => 'mail', 'text' => $m['to_addr']);
    }
    usort($out, 'ticket_history_order');
    return $out;
}

function ticket_history_order($a, $b) {
    return strcmp($a['at'] . $a['what'], $b['at'] . $b['what']);
}

/** Who else has this: open tickets of the same customer with a word of five letters in common. */
function ticket_similar($id) {
    $t = ticket_get($id);
    $words = array_filter(preg_split('/[^a-z0-9]+/', strtolower($t['subject'])), 'ticket_long_word');
    $found = array();
    foreach (db_all("SELECT id, number, subject FROM tickets WHERE status IN ('new', 'open', 'wait', 'hold') AND customer_id = "
        . (int) $t['customer_id'] . ' AND id <> ' . (int) $id . ' ORDER BY id') as $other) {
        foreach ($words as $w) {
            if (stripos($other['subject'], $w) !== false) {
                $found[] = $other;
                break;
            }
        }
    }
    return $found;
}

function ticket_long_word($w) {
    return strlen($w) >= 5;
}

/** Changes the priority; the due dates start again from the creation. */
function ticket_priority($id, $priority) {
    global $PRIORITY;
    if (!isset($PRIORITY[$priority])) {
        return 'Unknown priority';
    }
    $t = ticket_get($id);
    $due = sla_due_dates($t['contract_id'], $priority, strtotime($t['created']));
    db_exec('UPDATE tickets SET priority = ' . (int) $priority . ", due_reply = '" . $due['reply'] . "', due_fix = '" . $due['fix']
        . "', changed = '" . stamp() . "' WHERE id = " . (int) $id);
    audit('PRIORITY', $t['number'] . ' ' . $priority);
    ticket_tell_watchers($id, 'has priority ' . $PRIORITY[$priority]);
    return '';
}

/** To another team. The agent is taken off. */
function ticket_move($id, $team_id) {
    $t = ticket_get($id);
    $email = team_email($team_id);
    if ($email === null) {
        return 'Unknown team';
    }
    if ($t['agent_id']) {
        db_exec('UPDATE agents SET open_count = open_count - 1 WHERE id = ' . (int) $t['agent_id']);
    }
    db_exec("UPDATE tickets SET team_id = " . (int) $team_id . ", agent_id = NULL, status = 'new', changed = '" . stamp() . "' WHERE id = " . (int) $id);
    ticket_note($id, me(), 'From ' . $t['team'] . ' to another team');
    mail_enqueue($email, $t['number'] . ' is yours now', $t['subject']);
    return '';
}

// ---------------------------------------------------------------- survey (HD-355)

function survey_send($ticket_id) {
    global $CFG;
    $t = ticket_get($ticket_id);
    if ($t['contact_email'] == '' || db_value('SELECT COUNT(*) FROM surveys WHERE ticket_id = ' . (int) $ticket_id)) {
        return '';
    }
    $token = md5($t['number'] . $t['created']);   // can be guessed, it is only a survey
    db_exec("INSERT INTO surveys (ticket_id, token, sent) VALUES (" . (int) $ticket_id . ", '$token', '" . stamp() . "')");
    mail_enqueue($t['contact_email'], 'How did we do? ' . $t['number'], $CFG['url'] . 'portal.php?page=survey&token=' . $token);
    return $token;
}

function survey_answer($token, $score, $remark) {
    $s = db_row("SELECT * FROM surveys WHERE token = '" . esc($token) . "'");
    if (!$s || $score < 1 || $score > 5) {
        return 'Unknown survey';
    }
    if ($s['answered'] != '') {
        return 'Thank you, we have your answer';
    }
    db_exec("UPDATE surveys SET answered = '" . stamp() . "', score = " . (int) $score . ", remark = '" . esc($remark) . "' WHERE id = " . $s['id']);
    if ($score <= 2) {
        ticket_note($s['ticket_id'], 0, 'Survey: ' . $score . ' ' . $remark);
        $t = ticket_get($s['ticket_id']);
        mail_enqueue(team_email($t['team_id']), 'Bad survey ' . $t['number'], $remark);
    }
    return '';
}
