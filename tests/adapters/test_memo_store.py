"""The memo store keeps what it was given, survives damage, and is shared by processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

from agent.adapters.memo_store import MemoStore


def test_what_was_put_is_got_and_the_rest_is_not(tmp_path):
    store = MemoStore(tmp_path / "memo.sqlite")
    store.put_many({f"k{n}": bytes([n % 256]) * n for n in range(1000)})
    store.close()
    again = MemoStore(tmp_path / "memo.sqlite")
    found = again.get_many([f"k{n}" for n in range(1001)])
    assert len(found) == 1000
    assert found["k999"] == bytes([999 % 256]) * 999
    assert again.get("nothing") is None


def test_a_damaged_file_is_rebuilt_and_said(tmp_path):
    path = tmp_path / "memo.sqlite"
    store = MemoStore(path)
    store.put("a", b"1")
    store.close()
    path.write_bytes(b"this is no database" * 100)
    again = MemoStore(path)
    assert again.rebuilt
    again.put("b", b"2")
    assert again.get("b") == b"2"


def test_another_format_is_dropped_and_said(tmp_path):
    path = tmp_path / "memo.sqlite"
    MemoStore(path).put("a", b"1")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=999")
    connection.close()
    again = MemoStore(path)
    assert "999" in again.rebuilt
    assert again.get("a") is None


def test_two_processes_lose_nothing(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom agent.adapters.memo_store import MemoStore\n"
        "store = MemoStore(Path(sys.argv[1]))\n"
        "for n in range(60): store.put(f'{sys.argv[2]}{n}', b'x' * 1000)\n"
    )
    path = tmp_path / "memo.sqlite"
    MemoStore(path).close()
    both = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(MemoStore(path).get_many([f"{name}{n}" for name in "ab" for n in range(60)])) == 120
