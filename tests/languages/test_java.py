"""Java: what a compilation unit defines, names and binds, and what its names mean in the project."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.domain.facts import FileFacts
from agent.languages.java import LANGUAGE, library
from tests.frameworks.java_systems import edges, graph_of

ORDER = """
package shop.orders;

import java.util.*;
import shop.money.Money;
import static shop.money.Rates.VAT;

/** An order of a {@link Customer}. It has lines.
 * @author x */
@Entity(name = "o")
public class Order extends Base<Line> implements Priced {
    private final List<Line> lines = new ArrayList<>();
    Map<String, Money> byKey;
    static int count;

    public Order(Repo repo) { super(repo); this.repo = repo; }

    /** The total. */
    @Override
    public Money total(int n) throws TooMany {
        if (n > 0 && lines.isEmpty() || n < -1) { throw new TooMany(); }
        for (Line line : lines) { line.price().add(Money.ZERO); }
        switch (n) { case 1: return null; case 2: return null; default: return (Money) null; }
    }

    <T extends Money> T pick(T first, T[] rest) { return first; }

    static class Line { Money price() { return org.other.Prices.find(this).money; } }
    enum State { OPEN, CLOSED { void f() {} } }
    record Point(int x, List<Line> lines) {}
    @interface Marked { int value() default 1; }
}
"""


def read(text: str) -> FileFacts:
    return LANGUAGE.extract("A.java", text.encode())[0]


@pytest.fixture(scope="module")
def order() -> FileFacts:
    return read(ORDER)


def test_definitions_have_kinds_places_docs_and_annotations(order: FileFacts) -> None:
    found = {d.name: d for d in order.definitions}
    assert {n: d.kind for n, d in found.items() if d.kind != "function"} == {
        "Order": "class",
        "Order.Line": "class",
        "Order.State": "enum",
        "Order.Point": "class",
        "Order.Marked": "interface",
    }
    assert set(found) - {n for n, d in found.items() if d.kind != "function"} == {
        "Order.<init>", "Order.total", "Order.pick", "Order.Line.price", "Order.Point.x", "Order.Point.lines",
        "Order.Marked.value",
    }  # fmt: skip
    assert found["Order"].doc == "An order of a Customer."
    assert found["Order"].decorators == ("Entity",)
    assert found["Order"].line == 11
    total = found["Order.total"]
    assert (total.line, total.end_line, total.returns, total.doc) == (20, 24, "Money", "The total.")
    assert total.complexity == 1 + 1 + 2 + 1 + 2  # if, && and ||, for, two labelled cases
    assert found["Order.pick"].returns == "Money"  # a type parameter is its bound


def test_references_follow_the_name_notation(order: FileFacts) -> None:
    names = {(r.scope, r.name, r.kind) for r in order.references}
    assert {
        ("Order", "Base", "inherit"),
        ("Order", "Priced", "inherit"),
        ("Order", "Line", "type"),
        ("Order", "Entity", "type"),
        ("Order.<init>", "Base", "call"),
        ("Order.total", "TooMany", "type"),
        ("Order.total", "TooMany", "call"),
        ("Order.total", "lines.isEmpty", "call"),
        ("Order.total", "line.price", "call"),
        ("Order.total", "line.price().add", "call"),
        ("Order.total", "Money.ZERO", "use"),
        ("Order.Line.price", "org.other.Prices", "type"),
        ("Order.Line.price", "org.other.Prices.find", "call"),
        ("Order.Line.price", "org.other.Prices.find().money", "use"),
    } <= names
    assert not [r for r in order.references if r.name in ("T", "Customer", "this.repo")]


def test_bindings_have_declared_types_and_elements(order: FileFacts) -> None:
    bound = {(b.scope, b.name): (b.value, b.element) for b in order.bindings if b.declared}
    assert bound["Order", "lines"] == ("List", "Line")
    assert bound["Order", "byKey"] == ("Map", "Money")
    assert bound["Order.total", "line"] == ("Line", "")
    assert bound["Order.pick", "rest"] == ("Money[]", "Money")
    assert bound["Order.State", "OPEN"] == ("State", "")


def test_imports_are_split_into_package_and_name(order: FileFacts) -> None:
    assert [(i.module, i.name, i.alias) for i in order.imports] == [
        ("java.util", "*", ""),
        ("shop.money", "Money", "Money"),
        ("shop.money.Rates", "VAT", "VAT"),
    ]
    assert order.package == "shop.orders"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('((Order) x).total();', "Order().total"),
        ("new Order(1).total();", "Order().total"),
        ("this.repo.find(id)[0].lines.get(2);", "this.repo.find()[].lines.get"),
        ("super.save();", "super.save"),
        ("Outer.this.save();", "save"),
        ('"a".trim();', "String().trim"),
        ("(a ? b : c).run();", "?.run"),
        ("java.util.Objects.hash(1);", "java.util.Objects.hash"),
    ],
)  # fmt: skip
def test_chains(body: str, expected: str) -> None:
    facts = read("class A { void f() { " + body + " } }")
    assert expected in {r.name for r in facts.references if r.kind == "call"}


def test_inferred_variables_are_bound_to_expressions() -> None:
    facts = read(
        "class A { void f() { var a = repo.find(1); for (var o : orders) {} orders.stream().filter(x -> x.ok())"
        ".forEach(p -> p.go()); if (o instanceof Big b) {} try (In in = open()) {} catch (E1 | E2 e) {} } }"
    )
    bound = {b.name: (b.value, b.declared) for b in facts.bindings}
    assert bound == {
        "a": ("repo.find()", False),
        "o": ("orders[]", False),
        "x": ("orders[]", False),
        "p": ("orders[]", False),
        "b": ("Big", True),
        "in": ("In", True),
        "e": ("E1", True),
    }


def test_local_and_anonymous_classes_belong_to_their_method() -> None:
    facts = read(
        "class A { void f() { class L extends B { void g() { h(); } } new L(); new I() { int k() { m(); } }; } }"
    )
    assert {d.name for d in facts.definitions} == {"A", "A.f"}
    assert {(r.scope, r.name) for r in facts.references} == {("A.f", n) for n in ("B", "h", "I", "m")}


def test_type_parameters_of_folded_methods_are_no_types() -> None:
    facts = read("enum E { ONE { <T> Box<T> box(T t) { T u = t; return null; } } }")
    assert {r.name for r in facts.references if r.kind == "type"} == {"Box"}


def test_a_syntax_error_is_counted_and_the_rest_is_read() -> None:
    facts = read("class A {\n void f() { a.b(); }\n int = = 3;\n void g() { c.d(); }\n}\n")
    assert {d.name for d in facts.definitions} >= {"A.f", "A.g"}
    assert facts.error_lines == (3,)
    assert not read("class A { void f() {} }").error_lines


def test_too_large_and_foreign_encodings_are_failures() -> None:
    assert "larger" in LANGUAGE.extract("A.java", b" " * 2_000_001)[0].failure
    assert "UTF-16" in LANGUAGE.extract("A.java", "class A {}".encode("utf-16"))[0].failure


@pytest.mark.parametrize(
    "text",
    [
        "class A { int x = " + "(" * 50_000 + "1" + ")" * 50_000 + "; }",
        "class A {" * 20_000 + "}" * 20_000,
        "class A { Object x = a" + ".b()" * 50_000 + "; }",
        "class A { a" + "<a" * 20_000 + ">" * 20_000 + " x; }",
        "class A { int x = 1" + "+1" * 50_000 + "; }",
    ],
)
def test_deep_nesting_is_read_in_bounded_work(text: str) -> None:
    facts = read(text)
    assert not facts.failure
    assert all(len(r.name) < 2_000 for r in facts.references)
    assert all(len(d.name) < 2_000 for d in facts.definitions)


JAVA_BITS = st.lists(
    st.sampled_from(
        "class A { } ( ) < > ; , . x y int = @B \" 'c' new return if for switch case -> :: ? : + && enum interface record "
        "extends implements import package static /** */ // \n [ ] var instanceof throws T".split(" ")
    ),
    max_size=60,
)


@given(JAVA_BITS)
@settings(max_examples=150, deadline=None)
def test_any_tokens_are_read_without_an_exception(tokens: list[str]) -> None:
    facts, root = LANGUAGE.extract("A.java", " ".join(tokens).encode())
    assert root is not None
    assert facts == LANGUAGE.extract("A.java", " ".join(tokens).encode())[0]


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    LANGUAGE.extract("A.java", data)


# ---- names across files


SHOP = {
    "src/shop/Order.java": ORDER,
    "src/shop/Base.java": "package shop.orders; class Base<T> { protected Repo repo; void save() {} class Hook {} }",
    "src/shop/Repo.java": "package shop.orders; interface Repo { Order find(int id); java.util.List<Order> all(); }",
    "src/money/Money.java": "package shop.money; public class Money { public static Money ZERO; Money add(Money m) { return m; } }",
    "src/money/Rates.java": "package shop.money; public class Rates { public static int VAT = 1; public static int of() { return 1; } }",
    "src/web/Page.java": """package shop.web;
        import shop.orders.*; import static shop.money.Rates.*; import org.lib.deep.down.Thing; import shop.orders.Gone;
        class Page extends Base {
            Hook hook; Thing thing;
            void show() { save(); repo.find(1).total(2).add(null); for (Order o : repo.all()) o.total(1); of(); }
            void full() { shop.money.Money m = shop.money.Money.ZERO; Order.State s = Order.State.OPEN; }
        }""",
    "src/shop/package-info.java": "package shop.orders;",
    "src/Main.java": "class Main { void f() { new Other(); } } class Other {}",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> DependencyGraph:
    return graph_of(SHOP)


def test_names_resolve_through_packages_imports_and_inheritance(shop: DependencyGraph) -> None:
    calls = edges(shop, "call")
    assert {
        ("shop.web.Page.show", "shop.orders.Base.save"),
        ("shop.web.Page.show", "shop.orders.Repo.find"),
        ("shop.web.Page.show", "shop.orders.Order.total"),
        ("shop.web.Page.show", "shop.money.Money.add"),
        ("shop.web.Page.show", "shop.money.Rates.of"),
        ("shop.orders.Order.total", "shop.orders.Order.Line.price"),
        ("Main.f", "Other"),
    } <= calls
    assert ("shop.web.Page", "shop.orders.Base.Hook") in edges(shop, "type")
    assert ("shop.web.Page.full", "shop.money.Money") in edges(shop, "type")
    assert ("shop.web.Page", "shop.orders.Base") in edges(shop, "inherit")
    assert ("shop.orders.Order", "shop.money.Money") in edges(shop, "import")


def test_wildcards_are_no_dependencies_but_static_ones_name_their_type(shop: DependencyGraph) -> None:
    targets = {target for source, target in edges(shop, "import") if source == "shop.web.Page"}
    assert targets == {"shop.money.Rates"}


def test_an_import_of_a_missing_type_in_an_own_package_is_unresolved(shop: DependencyGraph) -> None:
    count = next(c for c in shop.counts if c.language == "java")
    assert [reason for reason, _ in count.reasons if reason.startswith("import: no such type")]


def test_units_are_top_level_types(shop: DependencyGraph) -> None:
    assert shop.by_id["shop.orders.Order.Line.price"].unit == "shop.orders.Order"
    assert shop.by_id["shop.orders.Order.Line.price"].container == "shop.orders.Order.Line"
    assert shop.by_id["Other"].unit == "Other"


def test_libraries_are_named_by_their_package() -> None:
    assert library("java.util.concurrent") == "java.util"
    assert library("org.springframework.web.bind.annotation") == "org.springframework.web"
    assert library("org.slf4j") == "org.slf4j"
    assert library("java.util.Map") == "java.util"
    assert library("lib.Outer.Inner") == "lib"


def test_module_ids_are_primary_types() -> None:
    assert LANGUAGE.symbol_id("shop.Order", "Order.total") == "shop.Order.total"
    assert LANGUAGE.symbol_id("Order", "Other") == "Other"
    assert LANGUAGE.symbol_id("a/package-info.java", "") == "a/package-info.java"
