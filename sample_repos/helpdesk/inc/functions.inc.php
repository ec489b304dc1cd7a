<?php
/*
 * functions.inc.php - included everywhere
 *
 * as 2006: please put new functions at the END, I work with line numbers
 */
include_once dirname(__FILE__) . '/db.inc.php';

// ---------------------------------------------------------------- html

function h($s) {
    return htmlspecialchars((string) $s, ENT_QUOTES, 'UTF-8');
}

/** Old name, still in half of the pages. Does NOT do quotes. */
function html($s) {
    return str_replace(array('&', '<', '>'), array('&amp;', '&lt;', '&gt;'), (string) $s);
}

function options($list, $selected) {
    $out = '';
    foreach ($list as $key => $label) {
        $sel = (string) $key === (string) $selected ? ' selected' : '';
        $out .= '<option value="' . h($key) . '"' . $sel . '>' . h($label) . '</option>';
    }
    return $out;
}

function go($url) {
    if (defined('HD_TEST')) {
        throw new HdRedirect($url);
    }
    header('Location: ' . $url);
    exit;
}

function flash($text = null) {
    if ($text !== null) {
        $_SESSION['flash'] = $text;
        return '';
    }
    $text = isset($_SESSION['flash']) ? $_SESSION['flash'] : '';
    unset($_SESSION['flash']);
    return $text;
}

// ---------------------------------------------------------------- dates

/** Seconds since 1970. The tests set HD_NOW. */
function now() {
    return isset($GLOBALS['HD_NOW']) ? $GLOBALS['HD_NOW'] : time();
}

function stamp($t = null) {
    return date('Y-m-d H:i:s', $t === null ? now() : $t);
}

function show_date($stamp) {
    return $stamp ? date('d/m/Y H:i', strtotime($stamp)) : '-';
}

/** dd/mm/yyyy, dd.mm.yy or yyyy-mm-dd to yyyy-mm-dd; '' when it is none of them. */
function read_date($text) {
    $text = trim((string) $text);
    if (preg_match('/^(\d{4})-(\d\d?)-(\d\d?)$/', $text, $m)) {
        list(, $y, $mo, $d) = $m;
    } elseif (preg_match('#^(\d\d?)[/.](\d\d?)[/.](\d{2,4})$#', $text, $m)) {
        list(, $d, $mo, $y) = $m;
        if ($y < 100) {
            $y += 2000;
        }
    } else {
        return '';
    }
    return checkdate((int) $mo, (int) $d, (int) $y) ? sprintf('%04d-%02d-%02d', $y, $mo, $d) : '';
}

function show_minutes($minutes) {
    $sign = $minutes < 0 ? '-' : '';
    $minutes = abs((int) $minutes);
    return $sign . floor($minutes / 60) . ':' . sprintf('%02d', $minutes % 60);
}

// ---------------------------------------------------------------- log, audit

function write_log($kind, $text) {
    global $CFG;
    @file_put_contents($CFG['log_file'], stamp() . ' ' . $kind . ' ' . $text . "\n", FILE_APPEND);
}

function audit($what, $detail) {
    $who = isset($_SESSION['agent']['login']) ? $_SESSION['agent']['login'] : 'system';
    db_exec("INSERT INTO audit_log (at, who, what, detail) VALUES ('" . stamp() . "', '" . esc($who) . "', '"
        . esc($what) . "', '" . esc($detail) . "')");
}

// ---------------------------------------------------------------- numbers, lists

function money($cents) {
    return number_format($cents / 100, 2, '.', ',');
}

function paging($total, $page, $url) {
    global $CFG;
    $pages = max(1, ceil($total / $CFG['page_size']));
    $out = '';
    for ($i = 1; $i <= $pages; $i++) {
        $out .= $i == $page ? ' <b>' . $i . '</b>' : ' <a href="' . $url . 'page=' . $i . '">' . $i . '</a>';
    }
    return $out;
}

// ---------------------------------------------------------------- things of one domain that ended up here

/** 2014-00012. The year is the year of today, not of the ticket. */
function ticket_number() {
    return date('Y', now()) . '-' . sprintf('%05d', next_number('ticket'));
}

/** Name of a customer for lists, one query each time (HD-330). */
function customer_name($id) {
    return db_value('SELECT name FROM customers WHERE id = ' . (int) $id);
}

function agent_name($id) {
    static $names = array();   // lives as long as the process, cron shows old names
    if (!isset($names[$id])) {
        $names[$id] = db_value('SELECT name FROM agents WHERE id = ' . (int) $id);
    }
    return $names[$id];
}

/** Is the contract in force and has minutes left? Used by tickets, sla and the portal. */
function contract_ok($contract_id) {
    $c = db_row('SELECT * FROM contracts WHERE id = ' . (int) $contract_id);
    if (!$c) {
        return false;
    }
    $today = date('Y-m-d', now());
    return $c['starts'] <= $today && ($c['ends'] == '' || $c['ends'] >= $today);
}

function store_upload($name, $data) {
    global $CFG;
    $stored = date('Ymd', now()) . '_' . substr(md5($name . $data), 0, 8);
    @mkdir($CFG['upload_dir'], 0777, true);
    file_put_contents($CFG['upload_dir'] . '/' . $stored, $data);
    return $stored;
}

// function strip_magic($s) { return get_magic_quotes_gpc() ? stripslashes($s) : $s; }   // until 2012

function csv_line($fields) {
    $out = array();
    foreach ($fields as $f) {
        $out[] = '"' . str_replace('"', '""', (string) $f) . '"';
    }
    return implode(';', $out) . "\r\n";
}
