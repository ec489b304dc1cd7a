"""The index on a real chromadb: incremental, readable by any client, right after crashes, damage and races."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from agent.adapters.chroma_index import ABOUT, COLLECTION, ChromaIndex
from agent.domain.code import AmbiguousReference, Dependency, DependencyGraph, ResolutionCount, Symbol
from agent.errors import IndexUnusableError

pytestmark = pytest.mark.filterwarnings("ignore")  # chromadb's own dependencies warn about each other

SOURCE = b"def price(net):\n    return net * tax_rate()\n\ndef tax_rate():\n    return 0.19\n"


def graph(*extra: str) -> DependencyGraph:
    functions = ("shop.price", "shop.tax_rate", *extra)
    symbols = [Symbol("shop", "module", "shop.py", 1, 5, "python", "", "shop")]
    symbols += [
        Symbol(
            name, "function", "shop.py", 1 + 3 * i, 2 + 3 * i, "python", "shop", "shop", f"Says {name}.", ("cached",), 2
        )
        for i, name in enumerate(functions)
    ]
    symbols.append(Symbol("table:orders", "table", "shop.py", 1, 1, "sql"))
    return DependencyGraph(
        tuple(sorted(symbols, key=lambda s: s.id)),
        (
            Dependency("shop.price", "shop.tax_rate", "call", "shop.py", 2),
            Dependency("shop.price", "table:orders", "read", "other.py", 9, "inferred"),
        ),
        (AmbiguousReference("shop.price", "x.run", "call", "shop.py", 2, ("a", "b")),),
        (ResolutionCount("python", exact=3, unresolved=1, reasons=(("name not found", 1),)),),
        (("bad.py", "not text"),),
        (("half.py", 3, 2),),
    )


def store(index: ChromaIndex, what: DependencyGraph, key: str = "k", source: bytes = SOURCE) -> dict[str, int]:
    return dict(index.store(what, lambda path: source, key))


def test_what_is_stored_is_loaded_back_equal(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path)
    assert store(index, graph()) == {"written": 4, "deleted": 0, "kept": 0}
    assert index.load() == graph()
    assert ChromaIndex(tmp_path).load() == graph()


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path)
    store(index, graph("shop.old"))
    assert store(index, graph("shop.old")) == {"written": 0, "deleted": 0, "kept": 5}
    assert store(index, graph("shop.new")) == {"written": 1, "deleted": 1, "kept": 4}
    assert index.load() == graph("shop.new")
    changed = SOURCE.replace(b"0.19", b"0.07 + reduced")
    assert store(index, graph("shop.new"), source=changed)["written"] == 1
    assert [name for name, _ in index.search("reduced rate", 1)] == ["shop.tax_rate"]


def test_a_search_after_changes_is_that_of_a_fresh_index(tmp_path: Path) -> None:
    grown, fresh = ChromaIndex(tmp_path / "grown"), ChromaIndex(tmp_path / "fresh")
    store(grown, graph())
    store(grown, graph("shop.more"))
    store(fresh, graph("shop.more"))
    assert (
        grown.search("tax rate", 5)
        == fresh.search("tax rate", 5)
        == ChromaIndex(tmp_path / "grown").search("tax rate", 5)
    )


def test_current_only_under_its_key(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path)
    assert not index.is_current("k")
    store(index, graph())
    assert index.is_current("k")
    assert not index.is_current("other")
    assert not index.is_current("")
    (tmp_path / "search.npz").unlink()
    assert not index.is_current("k")


def test_a_plain_client_reads_places_and_edges(tmp_path: Path) -> None:
    store(ChromaIndex(tmp_path), graph())
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(tmp_path / "chroma"), settings=Settings(anonymized_telemetry=False))
    collection = client.get_collection(COLLECTION, embedding_function=None)
    found = collection.get(ids=["shop.price"], include=["metadatas", "embeddings", "documents"])
    metadata = found["metadatas"][0]
    assert (metadata["kind"], metadata["path"], metadata["line"], metadata["unit"]) == (
        "function",
        "shop.py",
        1,
        "shop",
    )
    assert json.loads(metadata["edges"]) == [
        ["call", "shop.tax_rate", "shop.py", 2, "exact"],
        ["read", "table:orders", "other.py", 9, "inferred"],
    ]
    nearest = collection.query(query_embeddings=[found["embeddings"][0]], n_results=1, where={"kind": "function"})
    assert nearest["ids"] == [["shop.price"]]
    assert collection.count() == len(graph().symbols) + 1
    assert collection.get(ids=[ABOUT])["ids"] == [ABOUT]
    client.close()


def test_a_search_without_an_index_names_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusableError, match="run figwright plan"):
        ChromaIndex(tmp_path).search("tax", 3)


@pytest.mark.parametrize(
    "damage",
    ["manifest.msgpack", "search.npz", "chroma/chroma.sqlite3", "format"],
)
def test_damaged_files_are_rebuilt(tmp_path: Path, damage: str) -> None:
    store(ChromaIndex(tmp_path), graph())
    (tmp_path / damage).write_bytes(b"\x00 not what it was" * 50)
    index = ChromaIndex(tmp_path)
    store(index, graph("shop.more"))
    assert index.load() == graph("shop.more")
    assert index.search("tax rate", 1)[0][0] == "shop.tax_rate"


def test_another_format_is_rebuilt_and_said(tmp_path: Path) -> None:
    store(ChromaIndex(tmp_path), graph())
    (tmp_path / "format").write_text("0 0 other\n")
    (tmp_path / "manifest.msgpack").write_bytes(msgspec.msgpack.encode({"format": 0}))
    index = ChromaIndex(tmp_path)
    assert store(index, graph())["written"] == 4
    assert "another version" in index.rebuilt
    assert index.load() == graph()


SCRIPT = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from agent.adapters import chroma_index
    from tests.adapters.test_chroma_index import SOURCE, graph
    when = sys.argv[2]
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)
    if when == "describe":
        chroma_index._describe = die
    elif when == "finish":
        chroma_index.ChromaIndex._finish = die
    chroma_index.ChromaIndex(Path(sys.argv[1])).store(graph("shop.new"), lambda path: SOURCE, "new")
    """
)


def run(folder: Path, when: str) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), when], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )


@pytest.mark.parametrize("when", ["describe", "finish"])
def test_killed_half_way_the_next_run_is_right(tmp_path: Path, when: str) -> None:
    store(ChromaIndex(tmp_path), graph("shop.old"))
    assert run(tmp_path, when).wait(60) == -signal.SIGKILL
    index = ChromaIndex(tmp_path)
    assert not index.is_current("new")
    store(index, graph("shop.new"), "new")
    assert index.load() == graph("shop.new")
    assert index.is_current("new")


def test_two_processes_take_turns(tmp_path: Path) -> None:
    running = [run(tmp_path, "never") for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    assert ChromaIndex(tmp_path).load() == graph("shop.new")


def test_searching_does_not_import_chromadb(tmp_path: Path) -> None:
    store(ChromaIndex(tmp_path), graph())
    code = (
        "import sys\nfrom pathlib import Path\nfrom agent.adapters.chroma_index import ChromaIndex\n"
        f"index = ChromaIndex(Path({str(tmp_path)!r}))\n"
        "assert index.is_current('k') and 'numpy' not in sys.modules\n"
        "assert index.search('tax rate', 1)\nassert not {'chromadb', 'bm25s', 'scipy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
