"""Go: what one file says, and what packages, imports, embedded types and interfaces mean across files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.languages.bounded_parsing import MAX_BYTES
from agent.languages.go import LANGUAGE
from agent.languages.go_facts import default_alias
from tests.systems import edges, graph_of

SHOP = {
    "go.mod": "module example.org/shop\n\ngo 1.21\n",
    "order/order.go": """package order

import (
	"fmt"

	"example.org/shop/price"
)

// Order is what a customer wants. More.
type Order struct {
	*Base
	lines []Line
	list  price.List
}

type Base struct{ id int }

type Pricer interface {
	Total() int
}

func New(id int) (*Order, error) { return &Order{}, nil }

func (o *Order) Total() int {
	sum := 0
	for _, line := range o.lines {
		sum += line.Sum()
	}
	if o.Key() > 0 && sum > 0 {
		fmt.Println(sum)
	}
	return sum + o.list.Find("x") + price.Default.Find("y")
}
""",
    "order/line.go": "package order\n\ntype Line struct{ count int }\n\nfunc (l Line) Sum() int { return l.count }\n\n"
    "func (b *Base) Key() int { return b.id }\n\nfunc (o *Order) Close() { o.Total() }\n",
    "price/price.go": "package price\n\nvar Default = NewList()\n\ntype List map[string]int\n\n"
    "func NewList() List { return List{} }\n\nfunc (l List) Find(name string) int { return l[name] }\n",
    "cmd/shop/main.go": """package main

import (
	o "example.org/shop/order"
	"github.com/other/lib"
)

func handle(p o.Pricer) { p.Total() }

func main() {
	made, err := o.New(1)
	if err != nil {
		panic(err)
	}
	made.Close()
	handle(made)
	lib.Do(func() { made.Total() })
	new(o.Order).Key()
	run(handle)
}

func run(f func(o.Pricer)) { f(nil) }
""",
    "order/order_test.go": 'package order\n\nimport "testing"\n\nfunc TestTotal(t *testing.T) { x, _ := New(1); x.Total() }\n',
}


def calls(graph: DependencyGraph, source: str) -> set[str]:
    return {t.removeprefix("example.org/shop/") for s, t in edges(graph, "call") if s == f"example.org/shop/{source}"}


def test_packages_are_named_by_their_import_path() -> None:
    graph = graph_of(SHOP)
    modules = {s.id for s in graph.symbols if s.kind == "module"}
    assert modules == {f"example.org/shop/{name}" for name in ("order", "order_test", "price", "cmd/shop")}
    assert edges(graph, "import") == {
        ("example.org/shop/order", "example.org/shop/price"), ("example.org/shop/cmd/shop", "example.org/shop/order"),
    }  # fmt: skip
    order = graph.by_id["example.org/shop/order.Order"]
    assert (order.kind, order.unit, order.doc, order.line) == (
        "class", "example.org/shop/order", "Order is what a customer wants.", 10,
    )  # fmt: skip


def test_methods_are_found_through_declared_types_results_and_embedding() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, "order.Order.Total") == {"order.Line.Sum", "order.Base.Key", "price.List.Find"}
    assert calls(graph, "cmd/shop.main") == {
        "order.New", "order.Order.Close", "order.Order.Total", "order.Base.Key", "cmd/shop.handle", "cmd/shop.run",
    }  # fmt: skip
    assert calls(graph, "cmd/shop.handle") == {"order.Pricer.Total"}
    assert calls(graph, "order_test.TestTotal") == {"order.New", "order.Order.Total"}
    assert {e.resolution for e in graph.dependencies} == {"exact"}


def test_embedding_is_inheritance_and_functions_are_values() -> None:
    graph = graph_of(SHOP)
    assert edges(graph, "inherit") == {("example.org/shop/order.Order", "example.org/shop/order.Base")}
    assert ("example.org/shop/cmd/shop.main", "example.org/shop/cmd/shop.handle") in edges(graph, "use")
    assert ("example.org/shop/order.Order", "example.org/shop/price.List") in edges(graph, "type")


def test_what_libraries_give_leads_outside() -> None:
    (count,) = [c for c in graph_of(SHOP).counts if c.language == "go"]
    assert count.unresolved == 1  # f(nil): a called parameter
    assert count.external >= 5  # fmt.Println, lib.Do, panic, new, two imports


def test_without_a_manifest_packages_are_known_by_what_imports_them() -> None:
    files = {
        "a/a.go": 'package a\nimport "code.example.com/proj/b"\nfunc A() { b.B() }\n',
        "b/b.go": 'package b\nimport "code.example.com/lib/c"\nfunc B() { c.C() }\n',
    }
    graph = graph_of(files)
    assert edges(graph, "call") == {("code.example.com/proj/a.A", "code.example.com/proj/b.B")}


def test_complexity_counts_decisions() -> None:
    facts, _ = LANGUAGE.extract(
        "a.go", b"package a\nfunc F(x int) { if x > 1 && x < 3 {}\nfor {}\nswitch x { case 1: } }"
    )
    assert {d.name: d.complexity for d in facts.definitions} == {"F": 5}


@pytest.mark.parametrize(
    ("path", "alias"),
    [
        ("fmt", "fmt"),
        ("a.b/c/mux", "mux"),
        ("a.b/mux/v2", "mux"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("a.b/go-redis", "redis"),
    ],
)
def test_a_package_is_usually_called_like_its_folder(path: str, alias: str) -> None:
    assert default_alias(path) == alias


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in LANGUAGE.extract("a.go", b" " * (MAX_BYTES + 1))[0].failure
    assert "UTF-16" in LANGUAGE.extract("a.go", b"\xff\xfep\x00")[0].failure


@pytest.mark.parametrize(
    "text", ["(", "{", "func f(", "a.b().", "x[", "*", "type A struct {", "var a = a.b\n", "<-", "[]"]
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    LANGUAGE.extract("a.go", b"package a\nfunc f() {" + (text * 30_000)[:15_000].encode())
    assert time.process_time() - started < 8


def test_what_is_defined_through_itself_ends() -> None:
    files = {
        "a.go": "package a\ntype A B\ntype B A\nvar x = y\nvar y = x\nfunc f() { x.M(); var v A; v.M() }\n"
        "type S struct { *T }\ntype T struct { *S }\nfunc g(s S) { s.M() }\n"
    }
    assert edges(graph_of(files), "call") == set()


PIECES = st.sampled_from(
    ["package a\n", 'import "b"\n', "type A struct {", "}", "{", "(", ")", "func ", "f", ".", ":=", "x", "[", "]", "*", "&",
     "func (a *A) M() ", "var v A\n", "interface {", "for _, x := range y ", "\n", ",", "A{}", "<-", "[]", "map[string]", "T any"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    facts, _ = LANGUAGE.extract("a.go", source)
    assert facts.language == "go"
    graph_of({"a.go": source, "b/a.go": source})
