"""Plain PHP: pages as routes, the links between them, and SQL in strings."""

from __future__ import annotations

import pytest

from agent.frameworks.sql_text import is_statement
from tests.systems import edges, graph_of

SITE = {
    "index.php": "<?php include 'header.php'; ?><a href=\"tickets/list.php?page=1\">Tickets</a>",
    "header.php": "<html><a href=\"/index.php\">Home</a>",
    "tickets/list.php": """<?php require_once '../lib.php';
        $status = $_GET['status'];
        $sql = "SELECT t.*, u.name FROM ticket t";
        $sql .= " JOIN users u ON u.id = t.user_id WHERE t.status = '" . mysql_real_escape_string($status) . "'";
        $result = mysql_query($sql);
        if (!$result) { header('Location: ../index.php'); exit; }
        ?><form method="post" action="save.php"><input name="a"></form>""",
    "tickets/save.php": """<?php require_once '../lib.php';
        if ($_POST['title']) { insert_ticket($_POST['title']); }""",
    "lib.php": """<?php
        function insert_ticket($title) {
            $stmt = $GLOBALS['pdo']->prepare('INSERT INTO ticket (title) VALUES (?)');
            mysqli_query($c, sprintf("UPDATE counter SET n = n + %d", 1));
            log_it("update of the ticket failed");
        }
        function old() { return <<<SQL
            DELETE FROM archive WHERE id = {$id}
SQL;
        }
        class Model { const FIND = 'SELECT * FROM setting'; function all() { $this->db->get('category'); } }""",
    "vendor/x/page.php": "<?php echo $_GET['a'];",
}  # fmt: skip


def test_pages_are_routes_and_what_others_include_is_not() -> None:
    routes = {s.id for s in graph_of(SITE).symbols if s.kind == "route"}
    assert routes == {
        "route:GET /index.php", "route:GET /tickets/list.php", "route:GET /tickets/save.php",
        "route:POST /tickets/save.php",
    }  # fmt: skip


def test_links_forms_and_redirects_lead_to_pages() -> None:
    graph = graph_of(SITE)
    calls = {(s, t) for s, t in edges(graph, "call") if t.startswith("route:")}
    assert calls == {
        ("index.php", "route:GET /tickets/list.php"),
        ("header.php", "route:GET /index.php"),
        ("tickets/list.php", "route:GET /index.php"),
        ("tickets/list.php", "route:POST /tickets/save.php"),
    }
    assert ("route:POST /tickets/save.php", "tickets/save.php") in edges(graph, "handle")


def test_tables_of_statements() -> None:
    graph = graph_of(SITE)
    assert edges(graph, "read") == {
        ("tickets/list.php", "table:ticket"),
        ("tickets/list.php", "table:users"),
        ("lib.php#Model", "table:setting"),
        ("lib.php#Model.all", "table:category"),
    }
    assert edges(graph, "write") == {
        ("lib.php#insert_ticket", "table:ticket"),
        ("lib.php#insert_ticket", "table:counter"),
        ("lib.php#old", "table:archive"),
    }


def test_sentences_are_no_statements() -> None:
    assert not is_statement("update of the ticket failed")
    assert not is_statement("Select an item")
    assert is_statement("  select a from b")


@pytest.mark.parametrize(
    ("code", "mode", "expected"),
    [
        ("foreach (array('orders', 'order_lines') as $t) query(\"DELETE FROM $t WHERE id = $id\");", "write", {"orders", "order_lines"}),
        ("$tables = array('a1', 'b1');\nforeach ($tables as $k => $t) { q('UPDATE ' . $t . ' SET x = ' . $y); }", "write", {"a1", "b1"}),
        ("$map = array('k' => 'a1', 'l' => 'b1'); $t = $map[$_GET['k']]; q(\"SELECT * FROM {$t}\");", "read", {"a1", "b1"}),
        ("$t = $old ? 'a1' : 'b1'; q(\"SELECT x FROM c1 JOIN $t ON 1\");", "read", {"a1", "b1", "c1"}),
        ("q('SELECT * FROM ' . T_ORDERS . ' WHERE 1');", "read", {"orders"}),
        ("q(\"SELECT * FROM a1 WHERE x = $t\"); $t = 'b1';", "read", {"a1"}),
        ("q(\"INSERT INTO {$prefix}orders (x) VALUES (1)\"); $prefix = 'shop';", "write", set()),
        ("foreach (names() as $t) q(\"DELETE FROM $t\");", "write", set()),
    ],
)  # fmt: skip
def test_tables_that_variables_and_constants_name(code: str, mode: str, expected: set[str]) -> None:
    graph = graph_of({"a.php": f"<?php\n{code}\n", "config.php": "<?php define('T_ORDERS', 'orders');"})
    assert {t.removeprefix("table:") for s, t in edges(graph, mode) if s == "a.php"} - {"{}orders"} == expected


def test_a_property_names_its_models_table() -> None:
    code = "<?php class Order { var $table = 'orders'; function all() { return q(\"SELECT * FROM {$this->table} ORDER BY id\"); } }"
    graph = graph_of({"a.php": code})
    found = [(e.source, e.target, e.resolution) for e in graph.dependencies if e.kind == "read"]
    assert found == [("a.php#Order.all", "table:orders", "inferred")]


def test_what_a_scheduler_or_a_person_starts_is_no_page() -> None:
    files = {
        "cron/clean.php": "<?php echo 'done';",
        "cron/status.php": "<?php echo $_GET['id'];",
        "tools/load.php": "<?php echo $argv[1];",
        "tools/run.php": "#!/usr/bin/php\n<?php echo 'x';",
        "lib/part.inc.php": "<?php echo 'x';",
        "about.php": "<?php echo 'x';",
    }
    routes = {s.id for s in graph_of(files).symbols if s.kind == "route"}
    assert routes == {"route:GET /cron/status.php", "route:GET /about.php"}
