<?php
/*
 * Time that is not in the contract goes to Ledgerway, who write the invoices. Layout of
 * the file: their document LW-TIME-3, fixed width, 72 bytes.
 */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function billing_open() {
    return db_all("SELECT e.*, t.number, c.code, k.number AS contract, k.rate_cents, k.minutes_included, k.minutes_used
        FROM time_entries e JOIN tickets t ON t.id = e.ticket_id JOIN customers c ON c.id = t.customer_id
        LEFT JOIN contracts k ON k.id = t.contract_id
        WHERE e.billable = 1 AND e.billed_run IS NULL ORDER BY c.code, e.id");
}

function billing_line($e) {
    return sprintf("T%-5s%-10s%-10s%-8s%06d%08d%-24s", $e['code'], substr((string) $e['contract'], 0, 10), $e['number'],
        str_replace('-', '', $e['day']), $e['minutes'], round($e['minutes'] * $e['rate_cents'] / 60), substr($e['text'], 0, 24));
}

/** Only what is over the included minutes; the contract is set back to what is included. */
function billing_select() {
    $lines = array();
    foreach (billing_open() as $e) {
        if ($e['contract'] != '' && $e['minutes_used'] <= $e['minutes_included']) {
            continue;
        }
        $lines[] = $e;
    }
    return $lines;
}

/** Writes the file and the run. Entries are marked in billing_mark, after the transfer. */
function billing_write($lines) {
    global $CFG;
    $no = next_number('billing');
    $file = 'BRK' . sprintf('%05d', $no) . '.TXT';
    $minutes = 0;
    $out = sprintf("H%05d%s%-58s", $no, date('Ymd', now()), 'BRACKWELL') . "\r\n";
    foreach ($lines as $e) {
        $out .= billing_line($e) . "\r\n";
        $minutes += $e['minutes'];
    }
    $out .= sprintf("E%06d%08d%57s", count($lines), $minutes, '') . "\r\n";
    @mkdir($CFG['export_dir'], 0777, true);
    file_put_contents($CFG['export_dir'] . '/' . $file, $out);
    db_exec("INSERT INTO billing_runs (id, created, file, lines, minutes) VALUES ($no, '" . stamp() . "', '$file', "
        . count($lines) . ", $minutes)");
    return array($no, $file);
}

/** Plain FTP, passive because of their firewall. */
function billing_send($file) {
    global $CFG;
    if ($CFG['ftp_host'] == '') {
        return true;   // test box
    }
    $ftp = @ftp_connect($CFG['ftp_host']);
    if (!$ftp || !@ftp_login($ftp, $CFG['ftp_user'], $CFG['ftp_pass'])) {
        write_log('FTP', 'no connection to ' . $CFG['ftp_host']);
        return false;
    }
    ftp_pasv($ftp, true);
    $ok = @ftp_put($ftp, $CFG['ftp_dir'] . '/' . $file, $CFG['export_dir'] . '/' . $file, FTP_ASCII);
    ftp_close($ftp);
    return $ok;
}

function billing_mark($no, $lines) {
    foreach ($lines as $e) {
        db_exec("UPDATE time_entries SET billed_run = $no WHERE id = " . $e['id']);
        db_exec("UPDATE contracts SET minutes_used = minutes_used - " . $e['minutes'] . " WHERE number = '" . esc($e['contract']) . "'");
    }
    db_exec("UPDATE billing_runs SET sent = '" . stamp() . "' WHERE id = $no");
}

/** Goodwill: minutes given back to a contract. Shows in the next run as a line with C. */
function billing_credit($contract_id, $minutes, $reason, $agent_id) {
    if ($minutes <= 0 || trim($reason) == '') {
        return 'Minutes or reason is missing';
    }
    db_exec("INSERT INTO billing_credits (contract_id, minutes, reason, agent_id, created) VALUES (" . (int) $contract_id . ', '
        . (int) $minutes . ", '" . esc($reason) . "', " . (int) $agent_id . ", '" . stamp() . "')");
    db_exec('UPDATE contracts SET minutes_used = minutes_used - ' . (int) $minutes . ' WHERE id = ' . (int) $contract_id);
    audit('CREDIT', $contract_id . ' ' . $minutes);
    return '';
}

function billing_credits_open() {
    return db_all('SELECT b.*, k.number AS contract, k.rate_cents, c.code FROM billing_credits b JOIN contracts k ON k.id = b.contract_id'
        . ' JOIN customers c ON c.id = k.customer_id WHERE b.run_id IS NULL ORDER BY b.id');
}

/** C lines have the layout of T lines with a minus in front of the amount, which Ledgerway reads since 2016. */
function billing_credit_line($b) {
    return sprintf("C%-5s%-10s%-10s%-8s%06d-%07d%-24s", $b['code'], substr($b['contract'], 0, 10), 'CREDIT', date('Ymd', strtotime($b['created'])),
        $b['minutes'], round($b['minutes'] * $b['rate_cents'] / 60), substr($b['reason'], 0, 24));
}

/** What a customer asks for on the phone: included, used, billed, credited. */
function billing_statement($contract_id) {
    $k = db_row('SELECT k.*, c.name AS customer FROM contracts k JOIN customers c ON c.id = k.customer_id WHERE k.id = ' . (int) $contract_id);
    if (!$k) {
        return array();
    }
    $billed = (int) db_value('SELECT SUM(e.minutes) FROM time_entries e JOIN tickets t ON t.id = e.ticket_id WHERE e.billed_run IS NOT NULL'
        . ' AND t.contract_id = ' . (int) $contract_id);
    $free = (int) db_value('SELECT SUM(e.minutes) FROM time_entries e JOIN tickets t ON t.id = e.ticket_id WHERE e.billable = 0'
        . ' AND t.contract_id = ' . (int) $contract_id);
    $credited = (int) db_value('SELECT SUM(minutes) FROM billing_credits WHERE contract_id = ' . (int) $contract_id);
    return array('customer' => $k['customer'], 'contract' => $k['number'], 'included' => (int) $k['minutes_included'],
        'used' => (int) $k['minutes_used'], 'billed' => $billed, 'free' => $free, 'credited' => $credited,
        'left' => max(0, $k['minutes_included'] - $k['minutes_used']));
}

/** A run that was not sent: transfers its file again and marks nothing, accounting does that by hand. */
function billing_resend($no) {
    $r = db_row('SELECT * FROM billing_runs WHERE id = ' . (int) $no);
    if (!$r || $r['sent'] != '') {
        return 'Nothing to send';
    }
    if (!billing_send($r['file'])) {
        return 'Not sent';
    }
    db_exec("UPDATE billing_runs SET sent = '" . stamp() . "' WHERE id = " . (int) $no);
    return '';
}
