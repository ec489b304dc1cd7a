<?php
/* Tests (since 2017): a database in memory, a folder in /tmp, pages are included. */
define('HD_TEST', 1);

class HdRedirect extends Exception {
}

class HdStop extends Exception {
}

class HdFailure extends Exception {
}

$data = sys_get_temp_dir() . '/helpdesk_test_' . getmypid();
@mkdir($data);
putenv('HELPDESK_DSN=sqlite::memory:');
putenv('HELPDESK_DATA=' . $data);
register_shutdown_function('remove_folder', $data);

include_once dirname(__FILE__) . '/../inc/session.inc.php';
foreach (array('tickets', 'customers', 'agents', 'kb', 'mail', 'sla', 'reports', 'billing') as $lib) {
    include_once dirname(__FILE__) . '/../lib/' . $lib . '.inc.php';
}
include_once dirname(__FILE__) . '/../lib/class.Mailer.php';
include_once dirname(__FILE__) . '/../lib/class.Ticket.php';

function remove_folder($dir) {
    foreach (glob($dir . '/*') as $f) {
        is_dir($f) ? remove_folder($f) : unlink($f);
    }
    @rmdir($dir);
}

function same($expected, $got, $what = '') {
    if ($expected !== $got) {
        throw new HdFailure(trim($what . ' expected ' . var_export($expected, true) . ', got ' . var_export($got, true)));
    }
}

function contains($part, $text) {
    if (strpos((string) $text, $part) === false) {
        throw new HdFailure('no "' . $part . '" in ' . substr((string) $text, 0, 600));
    }
}

function lacks($part, $text) {
    if (strpos((string) $text, $part) !== false) {
        throw new HdFailure('"' . $part . '" is in ' . substr((string) $text, 0, 600));
    }
}

/** A fresh desk on Monday, 14 March 2016, 10:00: agents ann (lead), bob, cat, customers Acorn and Broadway. */
function fresh() {
    global $db, $data;
    $db = null;
    $_SESSION = $_GET = $_POST = $_REQUEST = $_FILES = array();
    at('2016-03-14 10:00:00');
    remove_folder($data);
    @mkdir($data);
    foreach (array('schema', 'seed') as $f) {
        db_connect()->exec(file_get_contents(dirname(__FILE__) . '/../sql/' . $f . '.sql'));
    }
    $pw = md5('secret1');
    db_exec("INSERT INTO agents (id, login, name, email, role, team_id, pw_md5) VALUES (2, 'ann', 'Ann', 'ann@b.example', 'lead', 1, '$pw'),
        (3, 'bob', 'Bob', 'bob@b.example', 'agent', 1, '$pw'), (4, 'cat', 'Cat', 'cat@b.example', 'agent', 2, '$pw')");
    db_exec("INSERT INTO customers (id, code, name, city) VALUES (1, 'ACM01', 'Acorn Mills', 'Leeds'), (2, 'BRO02', 'Broadway Dental', 'York')");
    db_exec("INSERT INTO contacts (id, customer_id, name, email, portal_md5) VALUES (1, 1, 'Mary', 'mary@acorn.example', '" . md5('mill') . "'),
        (2, 2, 'Noor', 'noor@broadway.example', '')");
    db_exec("INSERT INTO contracts (id, customer_id, number, sla_id, starts, ends, minutes_included, rate_cents)
        VALUES (1, 1, 'C-100', 2, '2016-01-01', '2016-12-31', 120, 9000)");
}

function at($time) {
    $GLOBALS['HD_NOW'] = strtotime($time);
}

function login($id = 2) {
    $_SESSION['agent'] = db_row('SELECT * FROM agents WHERE id = ' . $id);
    $_SESSION['basket'] = array();
}

function page($path, $get = array(), $post = array()) {
    global $CFG, $STATUS, $PRIORITY, $ROLES, $SLA_FACTOR, $ASSET_KINDS;
    $_GET = $get;
    $_POST = $post;
    $_REQUEST = array_merge($get, $post);
    $level = ob_get_level();
    ob_start();
    try {
        include dirname(__FILE__) . '/../' . $path;
        return ob_get_clean();
    } catch (HdRedirect $e) {
        while (ob_get_level() > $level) {
            ob_end_clean();
        }
        return 'GO ' . $e->getMessage();
    } catch (HdStop $e) {
        while (ob_get_level() > $level) {
            ob_end_clean();
        }
        return 'STOP ' . $e->getMessage();
    }
}

function new_ticket($subject = 'Printer jams', $customer = 1, $more = array()) {
    $id = ticket_create(array_merge(array('customer_id' => $customer, 'contact_id' => $customer, 'subject' => $subject,
        'body' => 'It makes a noise', 'source' => 'phone'), $more));
    same(true, is_int($id), 'ticket');
    return $id;
}

function mails() {
    return db_all('SELECT * FROM mail_queue ORDER BY id');
}
