"""PHP: what one file says, and what names, namespaces and includes mean across files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.bounded_parsing import MAX_BYTES
from agent.languages.php import LANGUAGE
from agent.languages.php_docblock import first_sentence, split_type, tags
from agent.languages.php_include import candidates
from tests.systems import edges, graph_of

SHOP = {
    "src/Entity/Order.php": """<?php
        namespace App\\Entity;
        /** An order of one customer. More. */
        class Order extends Base implements \\JsonSerializable {
            const NEW = 'new';
            private ?Customer $customer = null;
            /** @var Line[] */
            private $lines = [];
            public function getCustomer(): ?Customer { return $this->customer; }
            public function total() { foreach ($this->lines as $line) { $line->price(); } }
            public static function make(): static { return new static(); }
        }""",
    "src/Entity/Base.php": "<?php namespace App\\Entity; abstract class Base { function touch() {} }",
    "src/Entity/Customer.php": "<?php namespace App\\Entity; class Customer { function name() {} }",
    "src/Entity/Line.php": "<?php namespace App\\Entity; class Line { function price() { return 1; } }",
    "src/Service/Orders.php": """<?php
        namespace App\\Service;
        use App\\Entity\\{Order, Customer as Buyer};
        use Psr\\Log\\LoggerInterface;
        class Orders {
            private $mailer;
            public function __construct(private Mailer $promoted, LoggerInterface $log) { $this->mailer = $promoted; }
            public function place(Order $order) {
                $order->getCustomer()->name();
                $order->touch();
                $this->promoted->send();
                $this->mailer->send();
                Order::make()->total();
                if ($order instanceof Buyer && Order::NEW) { \\App\\Util\\clean($order); strlen('x'); }
                $handler = function (Order $inner) { $inner->total(); };
                throw new \\RuntimeException();
            }
            public function missing($thing) { $thing->frobnicate(); return new Nowhere(); }
        }""",
    "src/Service/Mailer.php": "<?php namespace App\\Service; class Mailer { function send() {} }",
    "src/util.php": "<?php namespace App\\Util; function clean($x) { return $x; }",
}


def calls(files: dict[str, str], source: str) -> set[str]:
    return {target for start, target in edges(graph_of(files), "call") if start == source}


def test_calls_follow_types_of_properties_parameters_and_results() -> None:
    assert calls(SHOP, "src/Service/Orders.php#Orders.place") == {
        "src/Entity/Order.php#Order.getCustomer",
        "src/Entity/Customer.php#Customer.name",
        "src/Entity/Base.php#Base.touch",
        "src/Service/Mailer.php#Mailer.send",
        "src/Entity/Order.php#Order.make",
        "src/Entity/Order.php#Order.total",
        "src/util.php#clean",
    }
    assert calls(SHOP, "src/Entity/Order.php#Order.total") == {"src/Entity/Line.php#Line.price"}


def test_structure_of_a_file() -> None:
    graph = graph_of(SHOP)
    order = graph.by_id["src/Entity/Order.php#Order"]
    assert (order.kind, order.unit, order.doc) == ("class", "src/Entity/Order.php", "An order of one customer.")
    assert ("src/Entity/Order.php#Order", "src/Entity/Base.php#Base") in edges(graph, "inherit")
    imports = edges(graph, "import")
    assert ("src/Service/Orders.php", "src/Entity/Customer.php#Customer") in imports
    assert ("src/Service/Orders.php#Orders.place", "src/Entity/Customer.php#Customer") in edges(graph, "type")
    assert ("src/Service/Orders.php#Orders.place", "src/Entity/Order.php#Order") in edges(graph, "use")


def test_what_is_not_known_is_counted() -> None:
    (count,) = [c for c in graph_of(SHOP).counts if c.language == "php"]
    assert count.unresolved == 2  # $thing->frobnicate() and new Nowhere()
    assert count.external >= 4  # JsonSerializable, LoggerInterface, strlen, RuntimeException


OLD = {
    "lib/db.php": "<?php $db = new Database(); function connect() { return new Database; }",
    "lib/Database.php": "<?php class Database { function Database() {} function query($s) {} } class Unused {}",
    "inc/header.inc": "<?php require_once '../lib/db.php'; function menu() {}",
    "index.php": "<?php include('inc/header.inc'); include_once dirname(__FILE__) . '/lib/Database.php';"
    " $x = connect(); $x->query('a'); menu(); $db->query('b'); unknown_function();",
    "admin/users.php": "<?php require ROOT . '/lib/db.php'; require \"$page.php\"; include 'vendor/autoload.php';"
    " function show() { global $db; $db->query('c'); }",
}


def test_includes_bring_functions_and_variables() -> None:
    graph = graph_of(OLD)
    assert edges(graph, "import") == {
        ("index.php", "inc/header.inc"),
        ("index.php", "lib/Database.php"),
        ("inc/header.inc", "lib/db.php"),
        ("admin/users.php", "lib/db.php"),
    }
    found = edges(graph, "call")
    assert ("index.php", "lib/db.php#connect") in found
    assert ("index.php", "inc/header.inc#menu") in found
    assert ("index.php", "lib/Database.php#Database.query") in found
    assert ("admin/users.php#show", "lib/Database.php#Database.query") in found
    guessed = {e.target for e in graph.dependencies if e.kind == "import" and e.resolution == "inferred"}
    assert guessed == {"lib/db.php"}  # by ROOT . '/lib/db.php'; header.inc's is exact from its own folder
    (count,) = [c for c in graph.counts if c.language == "php"]
    assert ("import: include computed at run time", 1) in count.reasons


def test_functions_that_two_files_define_belong_to_the_included_one() -> None:
    files = {
        "a/lib.php": "<?php function connect() {}",
        "b/lib.php": "<?php function connect() {}",
        "a/page.php": "<?php include 'lib.php'; connect();",
        "c/page.php": "<?php connect();",
    }
    assert edges(graph_of(files), "call") == {("a/page.php", "a/lib.php#connect")}


def test_names_are_compared_without_case_and_namespaces_may_be_several() -> None:
    files = {
        "a.php": "<?php namespace One { class A { function go() {} } } namespace Two { class B extends \\One\\A {} }",
        "b.php": "<?php $b = new \\two\\b(); $b->go();",
    }
    graph = graph_of(files)
    assert ("a.php#B", "a.php#A") in edges(graph, "inherit")
    assert ("b.php", "a.php#A.go") in edges(graph, "call")


def test_traits_enums_and_documented_members() -> None:
    files = {
        "m.php": """<?php
            trait Notes { function note() {} }
            enum Suit: string { case Hearts = 'h'; function label(): string { return 'x'; } }
            /** @method Card pick(int $n)
              * @property Card $top */
            class Deck { use Notes; function run(?Deck $d) { $this->note(); $this->pick(1)->flip(); $d->top->flip();
                Suit::Hearts->label(); parent::gone(); } }
            class Card { function flip() {} }""",
    }
    graph = graph_of(files)
    assert {t for s, t in edges(graph, "call") if s == "m.php#Deck.run"} == {
        "m.php#Notes.note", "m.php#Deck.pick", "m.php#Card.flip", "m.php#Suit.label",
    }  # fmt: skip


def test_complexity_counts_decisions() -> None:
    facts, _ = LANGUAGE.extract(
        "a.php",
        b"<?php function f($a) { if ($a && $b) {} elseif ($c) {} foreach ($a as $x) {} try {} catch (E $e) {} }",
    )
    assert {d.name: d.complexity for d in facts.definitions} == {"f": 6}


def test_documentation_types() -> None:
    assert split_type("?Order") == ("Order", "")
    assert split_type("Order[]|null") == ("array", "Order")
    assert split_type("Collection<int, \\App\\Order>") == ("Collection", "\\App\\Order")
    assert split_type("null|string|Order") == ("Order", "")
    assert list(tags("/** @param Order $o the order\n * @return Line[] */")) == [
        ("param", "Order", "$o"), ("return", "Line[]", ""),
    ]  # fmt: skip
    assert first_sentence("/** Sends {@link mail}. Then <b>waits</b>. */") == "Sends mail."


def test_include_paths_stay_inside_the_repository() -> None:
    assert candidates("../../../etc/passwd", "a/b.php") == []
    assert candidates("{here}/../c.php", "a/b.php") == [("c.php", "exact")]
    assert candidates("/etc/passwd", "a/b.php") == []


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in LANGUAGE.extract("a.php", b"<?php " + b" " * MAX_BYTES)[0].failure
    assert "UTF-16" in LANGUAGE.extract("a.php", b"\xff\xfe<\x00")[0].failure


def test_deep_nesting_ends() -> None:
    for opening, closing in ((b"(", b")"), (b"[", b"]"), (b"f(", b")"), (b"function(){", b"};"), (b"!", b"")):
        source = b"<?php $a = " + opening * 5000 + b"1" + closing * 5000 + b";"
        LANGUAGE.extract("a.php", source)
    LANGUAGE.extract("a.php", b"<?php " + b"namespace a { " * 3000)
    LANGUAGE.extract("a.php", b"<?php $a" + b"->b()" * 5000 + b";")


PIECES = st.sampled_from(
    ["<?php ", "class A ", "{", "}", "(", ")", "$x", "->", "::", "function f", "use ", "\\B", "namespace N;", ";", "=",
     "'s'", "\"{$a}\"", "new ", "include ", "/** @var A $x */", "#[R('/x')]", "foreach (", " as ", "<<<X\n", "\nX", "?>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    facts, _ = LANGUAGE.extract("a.php", source)
    assert facts.language == "php"
    graph_of({"a.php": source})


PARTS = {f"portal/{name}.inc.php": "<?php echo 1;" for name in ("home", "kb", "login")} | {"other/x.inc.php": "<?php"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("$pages = array('a' => 'home.inc.php', 'b' => 'kb.inc.php'); include 'portal/' . $pages[$_GET['p']];", {"home", "kb"}),
        ("switch ($x) { case 1: $f = 'home'; break; default: $f = 'login'; } include \"portal/$f.inc.php\";", {"home", "login"}),
        ("$f = dirname(__FILE__) . '/portal/' . $_GET['p'] . '.inc.php'; include $f;", {"home", "kb", "login"}),
        ("include 'portal/' . ($x ? 'home' : 'kb') . '.inc.php';", {"home", "kb"}),
        ("foreach (array('home', 'kb') as $p) { require 'portal/' . $p . '.inc.php'; }", {"home", "kb"}),
        ("$dir = 'portal'; include $dir . '/kb.inc.php';", {"kb"}),
        ("$a = $b; $b = $a; include $a;", set()),
        ("include $_GET['p'];", set()),
    ],
)  # fmt: skip
def test_includes_by_a_variable_whose_values_are_visible(code: str, expected: set[str]) -> None:
    graph = graph_of({"index.php": f"<?php\n{code}\n", **PARTS})
    assert edges(graph, "import") == {("index.php", f"portal/{name}.inc.php") for name in expected}
    (count,) = [c for c in graph.counts if c.language == "php"]
    assert count.unresolved == (0 if expected else 1)
    assert {e.resolution for e in graph.dependencies if e.kind == "import"} <= (
        {"inferred"} if len(expected) > 1 else {"exact"}
    )
