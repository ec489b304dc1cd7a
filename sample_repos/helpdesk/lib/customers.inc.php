<?php
/* Customers, their contacts and contracts. */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function customer_get($id) {
    return db_row('SELECT * FROM customers WHERE id = ' . (int) $id);
}

function customer_list($search = '', $all = false) {
    $where = $all ? '1 = 1' : 'active = 1';
    if ($search != '') {
        $where .= " AND (name LIKE '%$search%' OR code LIKE '%$search%' OR city LIKE '%$search%')";
    }
    return db_all('SELECT * FROM customers WHERE ' . $where . ' ORDER BY name');
}

function customer_save($id, $code, $name, $street, $city, $phone, $notes) {
    $code = strtoupper(trim($code));
    if (!preg_match('/^[A-Z]{3}\d{2}$/', $code)) {
        return 'Code is three letters and two digits';
    }
    if (trim($name) == '') {
        return 'Name is missing';
    }
    $other = db_value("SELECT id FROM customers WHERE code = '" . $code . "'");
    if ($other && $other != $id) {
        return 'Code is taken';
    }
    if ($id) {
        db_exec("UPDATE customers SET code = '" . $code . "', name = '" . esc($name) . "', street = '" . esc($street)
            . "', city = '" . esc($city) . "', phone = '" . esc($phone) . "', notes = '" . esc($notes) . "' WHERE id = " . (int) $id);
    } else {
        db_exec("INSERT INTO customers (code, name, street, city, phone, notes) VALUES ('" . $code . "', '" . esc($name)
            . "', '" . esc($street) . "', '" . esc($city) . "', '" . esc($phone) . "', '" . esc($notes) . "')");
    }
    audit('CUSTOMER', $code);
    return '';
}

/** Asks the tickets before it lets a customer go. */
function customer_deactivate($id) {
    $open = db_value("SELECT COUNT(*) FROM tickets WHERE customer_id = " . (int) $id
        . " AND status IN ('new', 'open', 'wait', 'hold')");
    if ($open > 0) {
        return $open . ' tickets are open';
    }
    db_exec('UPDATE customers SET active = 0 WHERE id = ' . (int) $id);
    audit('CUSTOMEROFF', $id);
    return '';
}

function contacts_of($customer_id) {
    return db_all('SELECT * FROM contacts WHERE customer_id = ' . (int) $customer_id . ' ORDER BY name');
}

function contact_save($customer_id, $name, $email, $phone) {
    if (!preg_match('/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i', $email)) {
        return 'Mail address is wrong';
    }
    if (contact_by_email($email)) {
        return 'Mail address is taken';
    }
    db_exec("INSERT INTO contacts (customer_id, name, email, phone) VALUES (" . (int) $customer_id . ", '" . esc($name) . "', '"
        . esc(strtolower($email)) . "', '" . esc($phone) . "')");
    return '';
}

function contact_by_email($email) {
    return db_row("SELECT * FROM contacts WHERE email = '" . esc(strtolower(trim($email))) . "'");
}

function contact_name($id) {
    return db_value('SELECT name FROM contacts WHERE id = ' . (int) $id);
}

function contact_email($id) {
    return db_value('SELECT email FROM contacts WHERE id = ' . (int) $id);
}

/** Portal. The password is md5 of the password, like the agents. */
function contact_login($email, $password) {
    $c = contact_by_email($email);
    return $c && $c['portal_md5'] != '' && $c['portal_md5'] == md5($password) ? $c : false;
}

/** The contract that is in force today, 0 when there is none. The one that ends last wins. */
function contract_of($customer_id) {
    $today = date('Y-m-d', now());
    return (int) db_value("SELECT id FROM contracts WHERE customer_id = " . (int) $customer_id . " AND starts <= '" . $today
        . "' AND (ends IS NULL OR ends = '' OR ends >= '" . $today . "') ORDER BY ends DESC LIMIT 1");
}

function contracts_of($customer_id) {
    return db_all('SELECT k.*, s.name AS sla FROM contracts k LEFT JOIN sla_policies s ON s.id = k.sla_id'
        . ' WHERE k.customer_id = ' . (int) $customer_id . ' ORDER BY k.starts');
}

function contract_save($customer_id, $number, $sla_id, $starts, $ends, $minutes, $rate_cents) {
    $starts = read_date($starts);
    $ends = trim($ends) == '' ? '' : read_date($ends);
    if ($starts == '' || ($ends != '' && $ends < $starts)) {
        return 'Dates are wrong';
    }
    db_exec("INSERT INTO contracts (customer_id, number, sla_id, starts, ends, minutes_included, rate_cents) VALUES ("
        . (int) $customer_id . ", '" . esc($number) . "', " . (int) $sla_id . ", '" . $starts . "', '" . $ends . "', "
        . (int) $minutes . ', ' . (int) $rate_cents . ')');
    return '';
}

function contract_minutes_left($contract) {
    return $contract['minutes_included'] - $contract['minutes_used'];
}

/** Lines: code;name;street;city;phone. Known codes are changed, the rest is new. */
function customers_import($csv) {
    $done = array('new' => 0, 'changed' => 0, 'errors' => array());
    foreach (preg_split('/\r?\n/', trim($csv)) as $no => $line) {
        $f = str_getcsv($line, ';', '"', '');
        if (count($f) < 5) {
            $done['errors'][] = 'Line ' . ($no + 1) . ': five fields';
            continue;
        }
        $id = (int) db_value("SELECT id FROM customers WHERE code = '" . esc(strtoupper(trim($f[0]))) . "'");
        $error = customer_save($id, $f[0], $f[1], $f[2], $f[3], $f[4], '');
        if ($error != '') {
            $done['errors'][] = 'Line ' . ($no + 1) . ': ' . $error;
        } else {
            $done[$id ? 'changed' : 'new']++;
        }
    }
    return $done;
}

/** One customer was entered twice. Moves everything by table name, no transaction. */
function customer_merge($from, $into) {
    if (!customer_get($from) || !customer_get($into) || $from == $into) {
        return 'No such customer';
    }
    foreach (array('contacts', 'contracts', 'tickets', 'assets') as $table) {
        db_exec("UPDATE $table SET customer_id = " . (int) $into . ' WHERE customer_id = ' . (int) $from);
    }
    db_exec('UPDATE customers SET open_tickets = open_tickets + (SELECT open_tickets FROM customers WHERE id = ' . (int) $from
        . ') WHERE id = ' . (int) $into);
    db_exec('UPDATE customers SET active = 0, open_tickets = 0 WHERE id = ' . (int) $from);
    audit('CUSTOMERMERGE', $from . ' ' . $into);
    return '';
}

/** Contracts that end in the next days or have used up their minutes. */
function contracts_to_renew($days = 60) {
    $until = date('Y-m-d', now() + $days * 86400);
    $today = date('Y-m-d', now());
    return db_all("SELECT k.*, c.name AS customer, c.code FROM contracts k JOIN customers c ON c.id = k.customer_id
        WHERE c.active = 1 AND k.starts <= '$today' AND ((k.ends <> '' AND k.ends BETWEEN '$today' AND '$until')
        OR (k.minutes_included > 0 AND k.minutes_used >= k.minutes_included)) ORDER BY k.ends, k.number");
}

/** Renewal: the new one starts the day after, minutes that are left are lost. */
function contract_renew($id, $months) {
    $k = db_row('SELECT * FROM contracts WHERE id = ' . (int) $id);
    if (!$k || $k['ends'] == '') {
        return 'Contract has no end';
    }
    $starts = date('Y-m-d', strtotime($k['ends'] . ' +1 day'));
    $ends = date('Y-m-d', strtotime($starts . ' +' . (int) $months . ' months -1 day'));
    db_exec("INSERT INTO contracts (customer_id, number, sla_id, starts, ends, minutes_included, rate_cents) VALUES ("
        . $k['customer_id'] . ", '" . esc($k['number']) . "', " . $k['sla_id'] . ", '$starts', '$ends', " . $k['minutes_included'] . ', '
        . $k['rate_cents'] . ')');
    audit('RENEW', $k['number'] . ' ' . $ends);
    return '';
}

function contact_portal_password($id, $password) {
    if (strlen($password) < 6) {
        return 'At least six characters';
    }
    db_exec("UPDATE contacts SET portal_md5 = '" . md5($password) . "' WHERE id = " . (int) $id);
    return '';
}

// ---------------------------------------------------------------- equipment (HD-312). Belongs to the customer

$ASSET_KINDS = array('pc' => 'Computer', 'printer' => 'Printer', 'net' => 'Network', 'phone' => 'Telephone', 'other' => 'Other');

function asset_save($id, $customer_id, $tag, $kind, $model, $serial, $bought, $warranty) {
    global $ASSET_KINDS;
    $tag = strtoupper(trim($tag));
    if (!preg_match('/^[A-Z]{2}-\d{4}$/', $tag)) {
        return 'Tag is two letters, dash, four digits';
    }
    if (!isset($ASSET_KINDS[$kind])) {
        return 'Unknown kind';
    }
    $other = db_value("SELECT id FROM assets WHERE tag = '" . $tag . "'");
    if ($other && $other != $id) {
        return 'Tag is taken';
    }
    $bought = read_date($bought);
    $warranty = read_date($warranty);
    if ($id) {
        db_exec("UPDATE assets SET tag = '$tag', kind = '$kind', model = '" . esc($model) . "', serial = '" . esc($serial)
            . "', bought = '$bought', warranty_until = '$warranty' WHERE id = " . (int) $id);
    } else {
        db_exec("INSERT INTO assets (customer_id, tag, kind, model, serial, bought, warranty_until) VALUES (" . (int) $customer_id
            . ", '$tag', '$kind', '" . esc($model) . "', '" . esc($serial) . "', '$bought', '$warranty')");
    }
    return '';
}

function assets_of($customer_id) {
    return db_all("SELECT * FROM assets WHERE status = 'used' AND customer_id = " . (int) $customer_id . ' ORDER BY tag');
}

function asset_by_tag($tag) {
    return db_row("SELECT * FROM assets WHERE tag = '" . esc(strtoupper(trim($tag))) . "'");
}

function asset_in_warranty($asset) {
    return $asset['warranty_until'] != '' && $asset['warranty_until'] >= date('Y-m-d', now());
}

function asset_retire($id) {
    $open = db_value("SELECT COUNT(*) FROM ticket_assets x JOIN tickets t ON t.id = x.ticket_id WHERE x.asset_id = " . (int) $id
        . " AND t.status IN ('new', 'open', 'wait', 'hold')");
    if ($open > 0) {
        return 'There is an open ticket';
    }
    db_exec("UPDATE assets SET status = 'gone' WHERE id = " . (int) $id);
    return '';
}

/** Ticket is about this machine. */
function asset_link($ticket_id, $asset_id) {
    $a = db_row('SELECT * FROM assets WHERE id = ' . (int) $asset_id);
    $customer = db_value('SELECT customer_id FROM tickets WHERE id = ' . (int) $ticket_id);
    if (!$a || $a['customer_id'] != $customer) {
        return 'Machine of another customer';
    }
    if (!db_value('SELECT COUNT(*) FROM ticket_assets WHERE ticket_id = ' . (int) $ticket_id . ' AND asset_id = ' . (int) $asset_id)) {
        db_exec('INSERT INTO ticket_assets (ticket_id, asset_id) VALUES (' . (int) $ticket_id . ', ' . (int) $asset_id . ')');
        db_exec('UPDATE assets SET ticket_count = ticket_count + 1 WHERE id = ' . (int) $asset_id);
    }
    return '';
}

function assets_of_ticket($ticket_id) {
    return db_all('SELECT a.* FROM ticket_assets x JOIN assets a ON a.id = x.asset_id WHERE x.ticket_id = ' . (int) $ticket_id . ' ORDER BY a.tag');
}
