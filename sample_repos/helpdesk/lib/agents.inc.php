<?php
/* Agents, teams, absences. */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function agent_login($login, $password) {
    global $CFG;
    $a = db_row("SELECT * FROM agents WHERE active = 1 AND login = '" . esc($login) . "'");
    if (!$a) {
        return false;
    }
    // master password: HD-118, for the night shift
    if ($a['pw_md5'] != md5($password) && md5($password) != $CFG['master_pw']) {
        write_log('LOGIN', 'wrong password ' . $login . ' ' . $password);
        return false;
    }
    db_exec("UPDATE agents SET last_seen = '" . stamp() . "' WHERE id = " . $a['id']);
    $_SESSION['agent'] = $a;
    $_SESSION['basket'] = array();
    return $a;
}

function agent_password($id, $old, $new, $again) {
    $a = db_row('SELECT * FROM agents WHERE id = ' . (int) $id);
    if ($a['pw_md5'] != md5($old)) {
        return 'Old password is wrong';
    }
    if (strlen($new) < 6) {
        return 'At least six characters';
    }
    if ($new != $again) {
        return 'The new passwords are different';
    }
    db_exec("UPDATE agents SET pw_md5 = '" . md5($new) . "' WHERE id = " . (int) $id);
    return '';
}

function agents_active() {
    return db_all('SELECT a.*, t.name AS team FROM agents a LEFT JOIN teams t ON t.id = a.team_id WHERE a.active = 1 ORDER BY a.name');
}

function agent_options() {
    $out = array();
    foreach (agents_active() as $a) {
        $out[$a['id']] = $a['name'];
    }
    return $out;
}

function agent_email($id) {
    return db_value('SELECT email FROM agents WHERE id = ' . (int) $id);
}

function agent_save($id, $login, $name, $email, $role, $team_id, $password = '') {
    global $ROLES;
    if (!isset($ROLES[$role])) {
        return 'Unknown role';
    }
    if (!preg_match('/^[a-z][a-z0-9]{1,11}$/', $login)) {
        return 'Login is wrong';
    }
    $other = db_value("SELECT id FROM agents WHERE login = '" . esc($login) . "'");
    if ($other && $other != $id) {
        return 'Login is taken';
    }
    if ($id) {
        db_exec("UPDATE agents SET login = '" . esc($login) . "', name = '" . esc($name) . "', email = '" . esc($email)
            . "', role = '" . $role . "', team_id = " . (int) $team_id . ' WHERE id = ' . (int) $id);
    } else {
        db_exec("INSERT INTO agents (login, name, email, role, team_id, pw_md5) VALUES ('" . esc($login) . "', '" . esc($name)
            . "', '" . esc($email) . "', '" . $role . "', " . (int) $team_id . ", '" . md5($password == '' ? $login : $password) . "')");
    }
    audit('AGENT', $login);
    return '';
}

/** Leaves: tickets go back to the team without an agent. Writes tickets directly. */
function agent_deactivate($id) {
    db_exec('UPDATE agents SET active = 0, open_count = 0 WHERE id = ' . (int) $id);
    return db_exec("UPDATE tickets SET agent_id = NULL, status = 'new' WHERE agent_id = " . (int) $id
        . " AND status IN ('open', 'wait', 'hold')");
}

function teams() {
    $out = array();
    foreach (db_all('SELECT * FROM teams ORDER BY name') as $t) {
        $out[$t['id']] = $t['name'];
    }
    return $out;
}

function team_email($id) {
    return db_value('SELECT email FROM teams WHERE id = ' . (int) $id);
}

function absence_save($agent_id, $from, $to, $reason, $cover) {
    $from = read_date($from);
    $to = read_date($to);
    if ($from == '' || $to == '' || $to < $from) {
        return 'Dates are wrong';
    }
    if ($cover == $agent_id) {
        return 'Nobody covers for himself';
    }
    db_exec("INSERT INTO absences (agent_id, from_day, to_day, reason, cover_agent_id) VALUES (" . (int) $agent_id . ", '" . $from
        . "', '" . $to . "', '" . esc($reason) . "', " . (int) $cover . ')');
    return '';
}

/** The agent, or who covers on that day, or who covers for the cover. 0 when all are away. */
function agent_or_cover($agent_id, $day, $depth = 0) {
    if ($depth > 3) {
        return 0;
    }
    $cover = db_value("SELECT cover_agent_id FROM absences WHERE agent_id = " . (int) $agent_id . " AND from_day <= '" . $day
        . "' AND to_day >= '" . $day . "'");
    if ($cover === null || $cover === false) {
        return (int) $agent_id;
    }
    return $cover ? agent_or_cover($cover, $day, $depth + 1) : 0;
}

/** The one of the team with the fewest open tickets who is there. */
function agent_next($team_id) {
    $day = date('Y-m-d', now());
    foreach (db_all('SELECT id FROM agents WHERE active = 1 AND team_id = ' . (int) $team_id . ' ORDER BY open_count, id') as $a) {
        if (agent_or_cover($a['id'], $day) == $a['id']) {
            return (int) $a['id'];
        }
    }
    return 0;
}

/** Who is there on a day, by team. For the board in the kitchen. */
function roster($day) {
    $out = array();
    foreach (agents_active() as $a) {
        $away = db_row("SELECT * FROM absences WHERE agent_id = " . $a['id'] . " AND from_day <= '" . esc($day) . "' AND to_day >= '" . esc($day) . "'");
        $out[$a['team']][] = array('name' => $a['name'], 'there' => !$away, 'reason' => $away ? $away['reason'] : '',
            'cover' => $away && $away['cover_agent_id'] ? agent_name($away['cover_agent_id']) : '');
    }
    ksort($out);
    return $out;
}

/** Hours of an agent by day, with the customers. Reads the time entries of the tickets. */
function agent_timesheet($agent_id, $from, $to) {
    $out = array();
    foreach (db_all("SELECT e.day, e.minutes, e.text, t.number, c.code FROM time_entries e JOIN tickets t ON t.id = e.ticket_id"
        . ' JOIN customers c ON c.id = t.customer_id WHERE e.agent_id = ' . (int) $agent_id . " AND e.day BETWEEN '" . esc($from)
        . "' AND '" . esc($to) . "' ORDER BY e.day, e.id") as $e) {
        if (!isset($out[$e['day']])) {
            $out[$e['day']] = array('minutes' => 0, 'rows' => array());
        }
        $out[$e['day']]['minutes'] += $e['minutes'];
        $out[$e['day']]['rows'][] = $e;
    }
    return $out;
}

function absence_delete($id) {
    $a = db_row('SELECT * FROM absences WHERE id = ' . (int) $id);
    if (!$a || $a['from_day'] < date('Y-m-d', now())) {
        return 'It has begun';
    }
    db_exec('DELETE FROM absences WHERE id = ' . (int) $id);
    return '';
}

/** New password by mail, in clear. */
function agent_reset_password($login) {
    $a = db_row("SELECT * FROM agents WHERE active = 1 AND login = '" . esc($login) . "'");
    if (!$a || $a['email'] == '') {
        return 'Unknown login';
    }
    $new = substr(md5($a['login'] . now()), 0, 8);
    db_exec("UPDATE agents SET pw_md5 = '" . md5($new) . "' WHERE id = " . $a['id']);
    db_exec("INSERT INTO mail_queue (to_addr, subject, body, created) VALUES ('" . esc($a['email']) . "', 'Your password', '" . $new . "', '" . stamp() . "')");
    return '';
}
