<?php
/*
 * Service levels: when a ticket is due, working hours, escalation. kt 2015.
 */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

$SLA_FACTOR = array(1 => 0.25, 2 => 0.5, 3 => 1, 4 => 2);

function sla_policy($contract_id) {
    $p = db_row('SELECT s.* FROM sla_policies s JOIN contracts k ON k.sla_id = s.id WHERE k.id = ' . (int) $contract_id);
    return $p ? $p : db_row('SELECT * FROM sla_policies WHERE id = 1');
}

function sla_holiday($day) {
    return (bool) db_value("SELECT COUNT(*) FROM holidays WHERE day = '" . esc($day) . "'");
}

/** Is this a moment of working time? */
function sla_works($policy, $t) {
    $hour = (int) date('G', $t);
    if (strpos($policy['days'], date('N', $t)) === false || $hour < $policy['hours_from'] || $hour >= $policy['hours_to']) {
        return false;
    }
    return !sla_holiday(date('Y-m-d', $t));
}

/** Start plus working minutes. Goes in steps of a minute when it works, hours when not: slow but right. */
function sla_add($policy, $start, $minutes) {
    $t = $start;
    $guard = 0;
    while ($minutes > 0 && $guard++ < 200000) {
        if (!sla_works($policy, $t)) {
            $t = strtotime(date('Y-m-d H:00:00', $t)) + 3600;
            continue;
        }
        $left = 60 - (int) date('i', $t);     // minutes of this hour
        $step = min($left, $minutes);
        $t += $step * 60;
        $minutes -= $step;
    }
    return $t;
}

function sla_due_dates($contract_id, $priority, $start) {
    global $SLA_FACTOR;
    $policy = sla_policy($contract_id);
    $factor = $SLA_FACTOR[$priority];
    return array(
        'reply' => stamp(sla_add($policy, $start, $policy['reply_minutes'] * $factor)),
        'fix' => stamp(sla_add($policy, $start, $policy['fix_minutes'] * $factor)),
    );
}

function sla_policies() {
    return db_all('SELECT * FROM sla_policies ORDER BY id');
}

function sla_save($id, $name, $reply, $fix, $from, $to, $days) {
    if ($reply <= 0 || $fix < $reply || $from >= $to || !preg_match('/^[1-7]+$/', $days)) {
        return 'Values are wrong';
    }
    if ($id) {
        db_exec("UPDATE sla_policies SET name = '" . esc($name) . "', reply_minutes = " . (int) $reply . ', fix_minutes = ' . (int) $fix
            . ', hours_from = ' . (int) $from . ', hours_to = ' . (int) $to . ", days = '" . esc($days) . "' WHERE id = " . (int) $id);
    } else {
        db_exec("INSERT INTO sla_policies (name, reply_minutes, fix_minutes, hours_from, hours_to, days) VALUES ('" . esc($name)
            . "', " . (int) $reply . ', ' . (int) $fix . ', ' . (int) $from . ', ' . (int) $to . ", '" . esc($days) . "')");
    }
    return '';
}

/**
 * All open tickets that are late go one level up: 1 = agent, 2 = team, 3 = everybody who
 * leads. Writes tickets. Called every ten minutes; a run that dies in the middle has told
 * some and not others and tells them again (HD-388).
 */
function sla_escalate() {
    include_once dirname(__FILE__) . '/tickets.inc.php';
    $told = 0;
    $late = db_all("SELECT * FROM tickets WHERE status IN ('new', 'open', 'hold') AND ((first_reply IS NULL AND due_reply < '"
        . stamp() . "') OR due_fix < '" . stamp() . "') AND escalation < 3 ORDER BY id");
    foreach ($late as $t) {
        $kind = $t['due_fix'] < stamp() ? 'fix' : 'reply';
        $last = db_value('SELECT MAX(created) FROM escalations WHERE ticket_id = ' . $t['id']);
        if ($last && strtotime($last) > now() - 3600) {
            continue;
        }
        $level = $t['escalation'] + 1;
        foreach (sla_tell($t, $level) as $to) {
            $vars = ticket_vars($t['id']);
            $vars['level'] = $level;
            $vars['kind'] = $kind;
            mail_template('escalated', $to, $vars);
            $told++;
        }
        db_exec("INSERT INTO escalations (ticket_id, level, kind, created, told) VALUES (" . $t['id'] . ', ' . $level . ", '" . $kind
            . "', '" . stamp() . "', '" . esc(implode(', ', sla_tell($t, $level))) . "')");
        db_exec('UPDATE tickets SET escalation = ' . $level . ' WHERE id = ' . $t['id']);
    }
    return $told;
}

/** Addresses for a level. Reads agents and teams past their functions. */
function sla_tell($ticket, $level) {
    if ($level == 1 && $ticket['agent_id']) {
        return array(db_value('SELECT email FROM agents WHERE id = ' . (int) $ticket['agent_id']));
    }
    if ($level <= 2) {
        return array(db_value('SELECT email FROM teams WHERE id = ' . (int) $ticket['team_id']));
    }
    $out = array();
    foreach (db_all("SELECT email FROM agents WHERE active = 1 AND role IN ('lead', 'admin') ORDER BY id") as $a) {
        $out[] = $a['email'];
    }
    return $out;
}

// ---------------------------------------------------------------- the clock stands still while we wait (kt 2016)

function sla_pause($ticket_id) {
    if (!db_value('SELECT COUNT(*) FROM sla_pauses WHERE to_at IS NULL AND ticket_id = ' . (int) $ticket_id)) {
        db_exec("INSERT INTO sla_pauses (ticket_id, from_at) VALUES (" . (int) $ticket_id . ", '" . stamp() . "')");
    }
}

/** Goes on: the due date moves by the working minutes of the pause. Writes tickets. */
function sla_resume($ticket_id) {
    $p = db_row('SELECT * FROM sla_pauses WHERE to_at IS NULL AND ticket_id = ' . (int) $ticket_id);
    if (!$p) {
        return 0;
    }
    $t = db_row('SELECT * FROM tickets WHERE id = ' . (int) $ticket_id);
    $policy = sla_policy($t['contract_id']);
    $minutes = sla_minutes_between($policy, strtotime($p['from_at']), now());
    db_exec("UPDATE sla_pauses SET to_at = '" . stamp() . "' WHERE id = " . $p['id']);
    $due = stamp(sla_add($policy, strtotime($t['due_fix']), $minutes));
    db_exec("UPDATE tickets SET due_fix = '$due' WHERE id = " . (int) $ticket_id);
    return $minutes;
}

/** Working minutes between two moments. */
function sla_minutes_between($policy, $from, $to) {
    $minutes = 0;
    $t = $from;
    $guard = 0;
    while ($t < $to && $guard++ < 200000) {
        $next = strtotime(date('Y-m-d H:00:00', $t)) + 3600;
        if (sla_works($policy, $t)) {
            $minutes += floor((min($next, $to) - $t) / 60);
        }
        $t = $next;
    }
    return (int) $minutes;
}

/** For the traffic light: share of the time that is used, 0 to 100 and more. */
function sla_used($ticket) {
    $policy = sla_policy($ticket['contract_id']);
    $all = sla_minutes_between($policy, strtotime($ticket['created']), strtotime($ticket['due_fix']));
    $used = sla_minutes_between($policy, strtotime($ticket['created']), now());
    return $all > 0 ? (int) round(100 * $used / $all) : 100;
}

function sla_light($ticket) {
    $used = sla_used($ticket);
    if ($used >= 100) {
        return 'red';
    }
    return $used >= 75 ? 'yellow' : 'green';
}

/** Policy was changed: due dates of the open tickets again from the creation. */
function sla_recalculate($policy_id) {
    global $SLA_FACTOR;
    $policy = db_row('SELECT * FROM sla_policies WHERE id = ' . (int) $policy_id);
    $n = 0;
    foreach (db_all("SELECT t.* FROM tickets t JOIN contracts k ON k.id = t.contract_id WHERE t.status IN ('new', 'open', 'wait', 'hold')"
        . ' AND k.sla_id = ' . (int) $policy_id) as $t) {
        $factor = $SLA_FACTOR[$t['priority']];
        $reply = stamp(sla_add($policy, strtotime($t['created']), $policy['reply_minutes'] * $factor));
        $fix = stamp(sla_add($policy, strtotime($t['created']), $policy['fix_minutes'] * $factor));
        db_exec("UPDATE tickets SET due_reply = '$reply', due_fix = '$fix' WHERE id = " . $t['id']);
        $n++;
    }
    return $n;
}

/** Bank holidays of England by rule. Easter is from the calendar extension. */
function sla_fill_holidays($year) {
    $easter = strtotime($year . '-03-21') + easter_days_after($year) * 86400;
    $days = array($year . '-01-01' => "New Year's Day", date('Y-m-d', $easter - 2 * 86400) => 'Good Friday',
        date('Y-m-d', $easter + 86400) => 'Easter Monday', date('Y-m-d', strtotime('first monday of may ' . $year)) => 'May Day',
        date('Y-m-d', strtotime('last monday of may ' . $year)) => 'Spring', date('Y-m-d', strtotime('last monday of august ' . $year)) => 'Summer',
        $year . '-12-25' => 'Christmas', $year . '-12-26' => 'Boxing Day');
    foreach ($days as $day => $name) {
        db_exec("REPLACE INTO holidays (day, name) VALUES ('$day', '" . esc($name) . "')");
    }
    return count($days);
}

/** Days from 21 March to Easter (Gauss). Was easter_days() until a box came without the extension. */
function easter_days_after($year) {
    $a = $year % 19;
    $b = $year % 4;
    $c = $year % 7;
    $d = (19 * $a + 24) % 30;
    $e = (2 * $b + 4 * $c + 6 * $d + 5) % 7;
    return 1 + $d + $e;
}
