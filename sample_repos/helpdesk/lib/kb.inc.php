<?php
/* Knowledge base. jm 2010. */
include_once dirname(__FILE__) . '/../inc/functions.inc.php';

function kb_categories() {
    return db_all("SELECT c.*, (SELECT COUNT(*) FROM kb_articles a WHERE a.category_id = c.id AND a.status = 'public') AS articles"
        . ' FROM kb_categories c ORDER BY c.position');
}

function kb_get($id) {
    return db_row('SELECT a.*, c.name AS category, g.name AS author FROM kb_articles a LEFT JOIN kb_categories c'
        . ' ON c.id = a.category_id LEFT JOIN agents g ON g.id = a.author_id WHERE a.id = ' . (int) $id);
}

/** A visit counts, also the ones of the search engine and of ourselves. */
function kb_visit($id) {
    db_exec('UPDATE kb_articles SET views = views + 1 WHERE id = ' . (int) $id);
    return kb_get($id);
}

function kb_of_category($category_id, $drafts = false) {
    $status = $drafts ? '' : " AND status = 'public'";
    return db_all('SELECT * FROM kb_articles WHERE category_id = ' . (int) $category_id . $status . ' ORDER BY title');
}

function kb_save($id, $category_id, $title, $body, $status, $author_id) {
    if (trim($title) == '' || trim($body) == '') {
        return 'Title or text is missing';
    }
    if (!in_array($status, array('draft', 'public', 'old'))) {
        return 'Unknown status';
    }
    if ($id) {
        db_exec("UPDATE kb_articles SET category_id = " . (int) $category_id . ", title = '" . esc($title) . "', body = '"
            . esc($body) . "', status = '" . $status . "', changed = '" . stamp() . "' WHERE id = " . (int) $id);
    } else {
        db_exec("INSERT INTO kb_articles (category_id, title, body, status, author_id, created, changed) VALUES ("
            . (int) $category_id . ", '" . esc($title) . "', '" . esc($body) . "', '" . $status . "', " . (int) $author_id . ", '"
            . stamp() . "', '" . stamp() . "')");
        $id = db_last_id();
    }
    return (int) $id;
}

/** Words of three letters and more; title counts three times. All articles are read (HD-341). */
function kb_search($text, $limit = 5) {
    $words = preg_split('/[^a-z0-9]+/', strtolower($text), -1, PREG_SPLIT_NO_EMPTY);
    $found = array();
    foreach (db_all("SELECT * FROM kb_articles WHERE status = 'public'") as $a) {
        $score = 0;
        foreach ($words as $w) {
            if (strlen($w) < 3) {
                continue;
            }
            $score += 3 * substr_count(strtolower($a['title']), $w) + substr_count(strtolower($a['body']), $w);
        }
        if ($score > 0) {
            $found[] = array('score' => $score, 'id' => $a['id'], 'title' => $a['title']);
        }
    }
    usort($found, 'kb_by_score');
    return array_slice($found, 0, $limit);
}

function kb_by_score($a, $b) {
    if ($a['score'] == $b['score']) {
        return $a['id'] - $b['id'];
    }
    return $b['score'] - $a['score'];
}

function kb_rate($id, $good) {
    $column = $good ? 'good' : 'bad';
    db_exec("UPDATE kb_articles SET $column = $column + 1 WHERE id = " . (int) $id);
}

/** Article was of help in a ticket. */
function kb_link($ticket_id, $article_id, $agent_id) {
    if (db_value('SELECT COUNT(*) FROM kb_links WHERE ticket_id = ' . (int) $ticket_id . ' AND article_id = ' . (int) $article_id)) {
        return;
    }
    db_exec("INSERT INTO kb_links (ticket_id, article_id, agent_id, created) VALUES (" . (int) $ticket_id . ', '
        . (int) $article_id . ', ' . (int) $agent_id . ", '" . stamp() . "')");
}

function kb_of_ticket($ticket_id) {
    return db_all('SELECT a.id, a.title FROM kb_links l JOIN kb_articles a ON a.id = l.article_id WHERE l.ticket_id = ' . (int) $ticket_id);
}

/** == heading ==, * list, [[3]] link to an article. Everything else is text. */
function kb_markup($body) {
    $out = '';
    foreach (preg_split('/\r?\n/', $body) as $line) {
        $line = h($line);
        $line = preg_replace('/\[\[(\d+)\]\]/', '<a href="/kb/article.php?id=$1">article $1</a>', $line);
        if (preg_match('/^== (.*) ==$/', $line, $m)) {
            $out .= '<h3>' . $m[1] . "</h3>\n";
        } elseif (substr($line, 0, 2) == '* ') {
            $out .= '<li>' . substr($line, 2) . "</li>\n";
        } else {
            $out .= $line . "<br>\n";
        }
    }
    return $out;
}

/** Old text of an article, kept when it is saved from the page. */
function kb_keep_version($id, $author_id) {
    $a = kb_get($id);
    if ($a) {
        db_exec("INSERT INTO kb_versions (article_id, body, author_id, created) VALUES (" . (int) $id . ", '" . esc($a['body']) . "', "
            . (int) $author_id . ", '" . stamp() . "')");
    }
}

function kb_versions($id) {
    return db_all('SELECT v.*, g.name AS author FROM kb_versions v LEFT JOIN agents g ON g.id = v.author_id WHERE v.article_id = '
        . (int) $id . ' ORDER BY v.id DESC');
}

function kb_restore($id, $version_id, $agent_id) {
    $v = db_row('SELECT * FROM kb_versions WHERE article_id = ' . (int) $id . ' AND id = ' . (int) $version_id);
    if (!$v) {
        return 'No such version';
    }
    kb_keep_version($id, $agent_id);
    db_exec("UPDATE kb_articles SET body = '" . esc($v['body']) . "', changed = '" . stamp() . "' WHERE id = " . (int) $id);
    return '';
}

/** Lines that are only in one of two texts, with - and +. Longest common subsequence, slow for long articles. */
function kb_diff($old, $new) {
    $a = preg_split('/\r?\n/', $old);
    $b = preg_split('/\r?\n/', $new);
    $n = count($a);
    $m = count($b);
    $len = array();
    for ($i = $n; $i >= 0; $i--) {
        for ($j = $m; $j >= 0; $j--) {
            if ($i == $n || $j == $m) {
                $len[$i][$j] = 0;
            } elseif ($a[$i] === $b[$j]) {
                $len[$i][$j] = $len[$i + 1][$j + 1] + 1;
            } else {
                $len[$i][$j] = max($len[$i + 1][$j], $len[$i][$j + 1]);
            }
        }
    }
    $out = array();
    $i = $j = 0;
    while ($i < $n || $j < $m) {
        if ($i < $n && $j < $m && $a[$i] === $b[$j]) {
            $i++;
            $j++;
        } elseif ($j < $m && ($i == $n || $len[$i][$j + 1] > $len[$i + 1][$j])) {
            $out[] = '+' . $b[$j++];
        } else {
            $out[] = '-' . $a[$i++];
        }
    }
    return $out;
}

/** Public articles that nobody changed for a year or that more people dislike than like. */
function kb_to_review() {
    $year_ago = stamp(now() - 365 * 86400);
    return db_all("SELECT a.id, a.title, a.changed, a.good, a.bad, g.email FROM kb_articles a LEFT JOIN agents g ON g.id = a.author_id
        WHERE a.status = 'public' AND (a.changed < '$year_ago' OR a.bad > a.good) ORDER BY a.changed");
}

function kb_category_save($id, $name, $position) {
    if (trim($name) == '') {
        return 'Name is missing';
    }
    if ($id) {
        db_exec("UPDATE kb_categories SET name = '" . esc($name) . "', position = " . (int) $position . ' WHERE id = ' . (int) $id);
    } else {
        db_exec("INSERT INTO kb_categories (name, position) VALUES ('" . esc($name) . "', " . (int) $position . ')');
    }
    return '';
}

function kb_category_delete($id) {
    if (db_value('SELECT COUNT(*) FROM kb_articles WHERE category_id = ' . (int) $id) > 0) {
        return 'There are articles in it';
    }
    db_exec('DELETE FROM kb_categories WHERE id = ' . (int) $id);
    return '';
}

/** First draft from a ticket that was solved: question and last answer. */
function kb_from_ticket($ticket_id, $category_id, $agent_id) {
    $t = db_row('SELECT * FROM tickets WHERE id = ' . (int) $ticket_id);
    $question = db_value("SELECT body FROM ticket_messages WHERE kind = 'in' AND ticket_id = " . (int) $ticket_id . ' ORDER BY id LIMIT 1');
    $answer = db_value("SELECT body FROM ticket_messages WHERE kind = 'out' AND ticket_id = " . (int) $ticket_id . ' ORDER BY id DESC LIMIT 1');
    if (!$t || $answer === null) {
        return 'There is no answer yet';
    }
    $id = kb_save(0, $category_id, $t['subject'], "== Question ==\n" . $question . "\n== Answer ==\n" . $answer, 'draft', $agent_id);
    kb_link($ticket_id, $id, $agent_id);
    return $id;
}
