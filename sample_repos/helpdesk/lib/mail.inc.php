<?php
/*
 * Mail out: templates and a queue, cron/send_mail.php sends. Mail in: cron/fetch_mail.php
 * gives every file of the maildir to mail_receive().
 */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function mail_template($name, $to, $vars) {
    $t = db_row("SELECT * FROM mail_templates WHERE name = '" . esc($name) . "'");
    if (!$t || $to == '') {
        return false;
    }
    $subject = $t['subject'];
    $body = $t['body'];
    foreach ($vars as $key => $value) {
        $subject = str_replace('%' . $key . '%', (string) $value, $subject);
        $body = str_replace('%' . $key . '%', (string) $value, $body);
    }
    return mail_enqueue($to, $subject, $body);
}

function mail_enqueue($to, $subject, $body) {
    db_exec("INSERT INTO mail_queue (to_addr, subject, body, created) VALUES ('" . esc($to) . "', '" . esc($subject) . "', '"
        . esc($body) . "', '" . stamp() . "')");
    return db_last_id();
}

function mail_waiting() {
    return db_all('SELECT * FROM mail_queue WHERE sent IS NULL AND tries < 5 ORDER BY id');
}

/** Sends what waits through $mailer. Returns array(sent, failed). */
function mail_send_queue($mailer) {
    $sent = 0;
    $failed = 0;
    foreach (mail_waiting() as $m) {
        if ($mailer->send($m['to_addr'], $m['subject'], $m['body'])) {
            db_exec("UPDATE mail_queue SET sent = '" . stamp() . "', tries = tries + 1 WHERE id = " . $m['id']);
            $sent++;
        } else {
            db_exec("UPDATE mail_queue SET tries = tries + 1, error = '" . esc($mailer->error) . "' WHERE id = " . $m['id']);
            $failed++;
        }
    }
    return array($sent, $failed);
}

/** Headers and text of a mail. No attachments, no encodings but quoted-printable and base64. */
function mail_parse($raw) {
    $raw = str_replace("\r\n", "\n", $raw);
    $parts = explode("\n\n", $raw, 2);
    $head = preg_replace('/\n[ \t]+/', ' ', $parts[0]);
    $mail = array('from' => '', 'name' => '', 'subject' => '', 'message-id' => '', 'content-transfer-encoding' => '');
    foreach (explode("\n", $head) as $line) {
        if (preg_match('/^([A-Za-z-]+):\s*(.*)$/', $line, $m)) {
            $mail[strtolower($m[1])] = $m[2];
        }
    }
    if (preg_match('/^\s*"?([^"<]*?)"?\s*<([^>]+)>/', $mail['from'], $m)) {
        $mail['name'] = $m[1];
        $mail['from'] = $m[2];
    }
    $mail['from'] = strtolower(trim($mail['from']));
    $mail['subject'] = mail_decode_header($mail['subject']);
    $body = isset($parts[1]) ? $parts[1] : '';
    $encoding = strtolower(trim($mail['content-transfer-encoding']));
    if ($encoding == 'base64') {
        $body = base64_decode($body);
    } elseif ($encoding == 'quoted-printable') {
        $body = quoted_printable_decode($body);
    }
    if (isset($mail['content-type']) && stripos($mail['content-type'], 'text/html') !== false) {
        $body = mail_html_to_text($body);
    }
    $mail['body'] = mail_strip_quote($body);
    return $mail;
}

/** Cuts everything from "On ... wrote:" or the first quoted block on. */
function mail_strip_quote($body) {
    $lines = array();
    foreach (explode("\n", $body) as $line) {
        if (preg_match('/^(On .* wrote:|-----Original Message-----)/', $line) || substr($line, 0, 2) == '> ') {
            break;
        }
        $lines[] = rtrim($line);
    }
    return trim(implode("\n", $lines));
}

/** New ticket or answer. Returns the ticket, 0 when nobody knows the sender, -1 when the mail was seen before. */
function mail_receive($raw) {
    include_once dirname(__FILE__) . '/tickets.inc.php';   // tickets include mail
    $mail = mail_parse($raw);
    if (mail_is_bounce($mail)) {
        mail_bounce($mail);
        return 0;
    }
    if (mail_is_automatic($mail)) {
        return 0;
    }
    $id = esc($mail['message-id']);
    if ($id != '' && db_value("SELECT COUNT(*) FROM mail_seen WHERE message_id = '$id'")) {
        return -1;
    }
    db_exec("INSERT INTO mail_seen (message_id, received) VALUES ('$id', '" . stamp() . "')");
    if (preg_match('/\[#(\d{4}-\d{5})\]/', $mail['subject'], $m)) {
        $ticket = ticket_by_number($m[1]);
        if ($ticket) {
            return ticket_answer($ticket, $mail['from'], $mail['body']);
        }
    }
    $contact = db_row("SELECT * FROM contacts WHERE email = '" . esc($mail['from']) . "'");
    if (!$contact) {
        write_log('MAIL', 'unknown sender ' . $mail['from']);
        return 0;
    }
    $new = ticket_create(array('customer_id' => $contact['customer_id'], 'contact_id' => $contact['id'], 'source' => 'mail',
        'subject' => $mail['subject'] == '' ? '(no subject)' : $mail['subject'], 'body' => $mail['body']));
    return is_array($new) ? 0 : $new;
}

/** A mail that came back. The address is marked in the queue, the agent gets to know. */
function mail_is_bounce($mail) {
    return preg_match('/^(mailer-daemon|postmaster)@/', $mail['from']) || stripos($mail['subject'], 'undeliver') !== false
        || stripos($mail['subject'], 'delivery status') !== false;
}

function mail_bounce($mail) {
    if (!preg_match('/(?:final-recipient: rfc822;|to:)\s*<?([^\s<>]+@[^\s<>]+)>?/i', $mail['body'], $m)) {
        write_log('MAIL', 'bounce without address');
        return 0;
    }
    $address = strtolower($m[1]);
    $n = db_exec("UPDATE mail_queue SET error = 'bounced', tries = 5 WHERE to_addr = '" . esc($address) . "'");
    // note on the open tickets of the contact, written past lib/tickets.inc.php
    foreach (db_all("SELECT t.id FROM tickets t JOIN contacts k ON k.id = t.contact_id WHERE k.email = '" . esc($address)
        . "' AND t.status IN ('new', 'open', 'wait', 'hold')") as $t) {
        db_exec("INSERT INTO ticket_messages (ticket_id, kind, author, body, created) VALUES (" . $t['id'] . ", 'note', 'system', '"
            . esc('Mail to ' . $address . ' came back') . "', '" . stamp() . "')");
    }
    return $n;
}

/** Holiday answers and lists must not make tickets that answer them (2009-12-24, 1,100 tickets). */
function mail_is_automatic($mail) {
    foreach (array('auto-submitted', 'x-autoreply', 'list-id', 'x-loop') as $name) {
        if (!empty($mail[$name]) && strtolower($mail[$name]) != 'no') {
            return true;
        }
    }
    return !empty($mail['precedence']) && in_array(strtolower($mail['precedence']), array('bulk', 'junk', 'list'))
        || preg_match('/^(out of office|automatic reply|abwesend)/i', $mail['subject']);
}

/** =?utf-8?Q?...?= and =?iso-8859-1?B?...?= in a header. */
function mail_decode_header($text) {
    return preg_replace_callback('/=\?([a-z0-9-]+)\?([qb])\?([^?]*)\?=/i', 'mail_decode_word', $text);
}

function mail_decode_word($m) {
    $text = strtolower($m[2]) == 'b' ? base64_decode($m[3]) : quoted_printable_decode(str_replace('_', ' ', $m[3]));
    return strtolower($m[1]) == 'iso-8859-1' ? iconv('ISO-8859-1', 'UTF-8', $text) : $text;
}

/** HTML mails as text. Good enough. */
function mail_html_to_text($html) {
    $html = preg_replace('#<(script|style)[^>]*>.*?</\1>#is', '', $html);
    $html = preg_replace('#<br\s*/?>|</p>|</div>|</tr>#i', "\n", $html);
    $text = html_entity_decode(strip_tags($html), ENT_QUOTES, 'UTF-8');
    return trim(preg_replace("/\n\s*\n\s*\n+/", "\n\n", $text));
}

/** One mail in the morning to every agent with what is open. */
function mail_digest() {
    $n = 0;
    foreach (db_all("SELECT id, name, email FROM agents WHERE active = 1 AND email <> '' ORDER BY id") as $a) {
        $rows = db_all("SELECT number, subject, due_fix FROM tickets WHERE agent_id = " . $a['id']
            . " AND status IN ('new', 'open', 'hold') ORDER BY due_fix");
        if (!$rows) {
            continue;
        }
        $body = '';
        foreach ($rows as $t) {
            $body .= ($t['due_fix'] < stamp() ? 'LATE ' : '') . $t['number'] . ' ' . $t['subject'] . ', due ' . show_date($t['due_fix']) . "\n";
        }
        mail_enqueue($a['email'], count($rows) . ' open tickets', $body);
        $n++;
    }
    return $n;
}
