"""C and C++: what one file says, which file an include means, and which definition a name means across files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.languages.bounded_parsing import MAX_BYTES
from agent.languages.c import LANGUAGES
from tests.systems import edges, graph_of

C, CPP = LANGUAGES

STORE = {
    "include/store/store.h": """#ifndef STORE_H
#define STORE_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct item { int count; struct item *next; } item_t;
#define STORE_MAX(a) ((a) > 10 ? 10 : (a))
item_t *store_open(const char *name);
int store_close(item_t *item);
int store_elsewhere(void);
#ifdef __cplusplus
}
#endif
#endif
""",
    "src/store.c": """#include "store/store.h"
#include "log.h"
static int helper(item_t *i) { return STORE_MAX(i->count); }
/* Opens a store. Really. */
item_t *store_open(const char *name) { log_line(name); return NULL; }
int store_close(item_t *item) { if (item && helper(item)) { return 1; } return 0; }
""",
    "src/log.h": "void log_line(const char *text);\nint log_level;\n",
    "src/log.c": '#include "log.h"\n#include <stdio.h>\nstatic int helper(void) { return 2; }\n'
    "void log_line(const char *text) { helper(); printf(text); }\n",
    "tools/main.c": '#include <store/store.h>\n#include "nowhere.h"\nstatic int done(void) { return 0; }\n'
    "int on_exit_run(int (*callback)(void));\n"
    'int main(void) { item_t *i = store_open("x"); store_close(i); store_elsewhere(); on_exit_run(done); return 0; }\n',
}


def calls(graph: DependencyGraph, source: str) -> set[str]:
    return {target for start, target in edges(graph, "call") if start == source}


def test_a_call_reaches_the_definition_behind_the_header() -> None:
    graph = graph_of(STORE)
    assert calls(graph, "tools/main.c#main") == {"src/store.c#store_open", "src/store.c#store_close"}
    assert calls(graph, "src/store.c#store_open") == {"src/log.c#log_line"}
    assert {e.resolution for e in graph.dependencies if e.kind == "call"} == {"exact"}


def test_static_functions_belong_to_their_file() -> None:
    graph = graph_of(STORE)
    assert calls(graph, "src/store.c#store_close") == {"src/store.c#helper"}
    assert calls(graph, "src/log.c#log_line") == {"src/log.c#helper"}


def test_a_source_file_and_its_header_are_one_component() -> None:
    graph = graph_of(STORE)
    assert edges(graph, "import") == {("src/store.c", "src/log.c"), ("tools/main.c", "src/store.c")}
    assert graph.by_id["src/store.c#item"].path == "include/store/store.h"
    assert (graph.by_id["src/store.c#store_open"].doc, graph.by_id["src/store.c#store_close"].complexity) == (
        "Opens a store.", 3,
    )  # fmt: skip


def test_macros_types_and_callbacks_are_used() -> None:
    graph = graph_of(STORE)
    assert calls(graph, "src/store.c#helper") == {"src/store.c#STORE_MAX"}
    assert ("tools/main.c#main", "src/store.c#item") in edges(graph, "type")
    assert ("tools/main.c#main", "tools/main.c#done") in edges(graph, "use")


def test_libraries_and_what_is_only_declared_lead_outside() -> None:
    (count,) = [c for c in graph_of(STORE).counts if c.language == "c"]
    assert (count.unresolved, count.ambiguous) == (0, 0)
    assert count.external >= 5  # printf, store_elsewhere, on_exit_run, stddef.h, stdio.h, nowhere.h


def test_rival_definitions_are_no_edge() -> None:
    files = {
        "port.h": "int port_open(void);",
        "unix.c": '#include "port.h"\nint port_open(void) { return 1; }',
        "windows.c": '#include "port.h"\nint port_open(void) { return 2; }',
        "main.c": '#include "port.h"\nint main(void) { return port_open(); }',
    }
    assert calls(graph_of(files), "main.c#main") == set()


def test_a_program_calls_its_own_copy() -> None:
    one = {"a/main.c": "int run(void) { return 1; } int main(void) { return run(); }"}
    other = {"b/main.c": "int run(void) { return 2; } int main(void) { return run(); }"}
    graph = graph_of(one | other)
    assert edges(graph, "call") == {("a/main.c#main", "a/main.c#run"), ("b/main.c#main", "b/main.c#run")}


SHOP = {
    "shop/order.h": """#pragma once
#include <vector>
#include "shop/priced.h"
namespace shop {
class Line { public: int price() const { return 1; } };
class SHOP_EXPORT Order : public Priced {
 public:
  explicit Order(int id);
  int total() const override;
  Line* first();
  static Order* make(int id);
 private:
  std::vector<Line> lines_;
  Line* first_;
  int locked_ GUARDED_BY(mutex_);
};
}  // namespace shop
""",
    "shop/priced.h": "namespace shop { class Priced { public: virtual int total() const = 0; virtual ~Priced() {} }; }\n",
    "shop/order.cc": """#include "shop/order.h"
namespace shop {
namespace { int hidden() { return 3; } }
Order::Order(int id) {}
int Order::total() const { return first_->price() + hidden() + lines_.size(); }
Line* Order::first() { return first_; }
Order* Order::make(int id) { return new Order(id); }
}
""",
    "app/main.cpp": """#include "shop/order.h"
using namespace shop;
template <typename T> T twice(T value) { return value + value; }
int main() {
  Order order(1);
  Order* made = Order::make(2);
  made->total();
  shop::Priced* priced = made;
  priced->total();
  auto x = twice<int>(3);
  made->first();
  return 0;
}
""",
}


def test_members_are_found_through_types_and_out_of_class_definitions() -> None:
    graph = graph_of(SHOP)
    assert graph.by_id["shop/order.cc#shop::Order.total"].path == "shop/order.cc"
    assert calls(graph, "shop/order.cc#shop::Order.total") == {
        "shop/order.cc#shop::Line.price", "shop/order.cc#shop::hidden",
    }  # fmt: skip
    assert calls(graph, "shop/order.cc#shop::Order.make") == {"shop/order.cc#shop::Order"}
    assert calls(graph, "app/main.cpp#main") == {
        "shop/order.cc#shop::Order.make", "shop/order.cc#shop::Order.total", "shop/priced.h#shop::Priced.total",
        "shop/order.cc#shop::Order.first", "app/main.cpp#twice",
    }  # fmt: skip


def test_classes_inherit() -> None:
    graph = graph_of(SHOP)
    assert edges(graph, "inherit") == {("shop/order.cc#shop::Order", "shop/priced.h#shop::Priced")}
    assert {c.language: c.unresolved for c in graph.counts} == {"c": 0, "c++": 0}


def test_tests_with_a_fixture_are_its_members() -> None:
    files = {
        "t.cc": "#include <gtest/gtest.h>\nclass Box : public testing::Test { protected: int open() { return 1; } };\n"
        "TEST_F(Box, Opens) { open(); }\nTEST(Free, Works) { Box b; b.open(); }\n"
    }
    graph = graph_of(files)
    assert edges(graph, "call") == {("t.cc#Box.Opens", "t.cc#Box.open"), ("t.cc#Free_Works_Test", "t.cc#Box.open")}


def test_conditionals_that_cut_a_statement_do_not_hide_the_rest() -> None:
    source = (
        b"class A {\n A()\n#if !defined(NDEBUG)\n : x(1), y(2)\n#else\n : x(1)\n#endif\n {}\n void f() {}\n int x, y; };\n"
        b"class B {};\n"
    )
    names = {d.name for d in CPP.extract("a.cc", source)[0].definitions}
    assert names == {"A", "A.A", "A.f", "B"}


def test_complexity_counts_decisions() -> None:
    facts, _ = C.extract(
        "a.c", b"int f(int a) { if (a && a > 1) {} for (;;) {} switch (a) { case 1: ; } return a ? 1 : 2; }"
    )
    assert {d.name: d.complexity for d in facts.definitions} == {"f": 6}


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in C.extract("a.c", b" " * (MAX_BYTES + 1))[0].failure
    assert "UTF-16" in C.extract("a.c", b"\xff\xfei\x00")[0].failure


@pytest.mark.parametrize(
    "text",
    [
        "(",
        "{",
        "int f(",
        "a(",
        "class A {",
        "namespace a {",
        "#if X\n",
        "#define A(\n",
        "*",
        "a->b(",
        "A<",
        "template <",
        "x::",
    ],
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    for language in LANGUAGES:
        language.extract("a.cpp", (text * 20_000)[:15_000].encode())
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["class A ", "struct s ", "{", "}", "(", ")", ";", "x", "->", ".", "::", "int f", "void A::f()", '#include "a.h"\n',
     "#if 1\n", "#endif\n", "#define M(a) a\n", "namespace n ", "template <typename T> ", "<", ">", "=", "*", "&", "new A",
     "typedef ", "static ", "enum e ", ": public B", "operator", "~A", "using namespace n;", "TEST_F(A, b)", ",", "0"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    for language, path in ((C, "a.c"), (C, "a.h"), (CPP, "a.cpp")):
        facts, _ = language.extract(path, source)
        assert facts.language == language.name
    graph_of({"a.c": source, "a.h": source, "b.cpp": source})
