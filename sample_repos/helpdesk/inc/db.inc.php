<?php
/*
 * Database. Was mysql_* until the host closed its MySQL 4 (2012), the functions kept
 * their shape so that the pages did not have to change.
 */
include_once dirname(__FILE__) . '/../config.inc.php';

$db = null;

function db_connect() {
    global $db, $CFG;
    if ($db) {
        return $db;
    }
    try {
        $db = new PDO($CFG['dsn']);
    } catch (PDOException $e) {
        die('Database is down, please call ext. 300');
    }
    $db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_SILENT);
    $db->setAttribute(PDO::ATTR_DEFAULT_FETCH_MODE, PDO::FETCH_ASSOC);
    return $db;
}

/** Runs any SQL. Errors go to the log file and false comes back, most callers do not look. */
function db_query($sql) {
    $res = db_connect()->query($sql);
    if ($res === false) {
        $err = db_connect()->errorInfo();
        write_log('SQL', $err[2] . ' in ' . $sql);
    }
    return $res;
}

function db_fetch($res) {
    return $res ? $res->fetch() : false;
}

function db_all($sql) {
    $res = db_query($sql);
    return $res ? $res->fetchAll() : array();
}

function db_row($sql) {
    return db_fetch(db_query($sql));
}

function db_value($sql) {
    $res = db_query($sql);
    $row = $res ? $res->fetch(PDO::FETCH_NUM) : false;
    return $row ? $row[0] : null;
}

function db_exec($sql) {
    $n = db_connect()->exec($sql);
    if ($n === false) {
        $err = db_connect()->errorInfo();
        write_log('SQL', $err[2] . ' in ' . $sql);
    }
    return $n;
}

function db_last_id() {
    return (int) db_connect()->lastInsertId();
}

/** Quotes for use between '...'. Numbers are not quoted by most callers. */
function esc($s) {
    return str_replace("'", "''", (string) $s);
}

/** Next number of a kind. Read and written without a lock (HD-268: two tickets 2011-00417). */
function next_number($name) {
    $n = (int) db_value("SELECT value FROM settings WHERE name = 'seq_" . esc($name) . "'");
    $n++;
    db_exec("UPDATE settings SET value = '" . $n . "' WHERE name = 'seq_" . esc($name) . "'");
    return $n;
}

function setting($name, $default = '') {
    static $cache = array();
    if (!isset($cache[$name]) || defined('HD_TEST')) {
        $v = db_value("SELECT value FROM settings WHERE name = '" . esc($name) . "'");
        $cache[$name] = $v === null ? $default : $v;
    }
    return $cache[$name];
}
