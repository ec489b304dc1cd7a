"""figwright as a user runs it: a process of its own, with a cache of its own, and small repositories to run it on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ORDERDESK = ROOT / "sample_repos" / "orderdesk"
STOREFRONT = ROOT / "sample_repos" / "storefront"
CLAIMS = ROOT / "sample_repos" / "claims"

SHOP = {
    "shop/__init__.py": "",
    "shop/db.py": "import sqlite3\n\n\ndef connect():\n    return sqlite3.connect('shop.db')\n",
    "shop/orders.py": (
        "from shop.db import connect\nfrom shop.tax import rate\n\n\n"
        "def place(customer, net):\n    gross = net * (1 + rate())\n"
        "    connect().execute('INSERT INTO orders (customer, gross) VALUES (?, ?)', (customer, gross))\n    return gross\n"
    ),
    "shop/tax.py": "def rate():\n    return 0.2\n",
    "shop/stock.py": (
        "from shop.db import connect\n\n\ndef level(item):\n"
        "    return connect().execute('SELECT level FROM stock WHERE item = ?', (item,)).fetchone()\n"
    ),
    "tests/test_orders.py": "from shop.orders import place\n\n\ndef test_place():\n    assert place\n",
}


def figwright(
    *arguments: object,
    cache: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
    largest_file: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end.

    ``largest_file`` (bytes): writing more into any file fails, as on a full disk, without needing root for one.
    """

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    environment = {**os.environ, "FIGWRIGHT_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-m", "agent.cli", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd or cache.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        errors="replace",
        preexec_fn=limit,
    )


def write_repository(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files, as a folder without git."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Git with a fixed author and date and no configuration of the machine's."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": "2020-01-01T12:00:00Z",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_COMMITTER_DATE": "2020-01-01T12:00:00Z",
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def commit_all(folder: Path, message: str = "work") -> str:
    """Everything in the folder as one more commit; its hash."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder with its bytes (None for folders and links)."""
    return {
        os.fsdecode(os.fsencode(str(path.relative_to(folder)))): path.read_bytes()
        if path.is_file() and not path.is_symlink()
        else None
        for path in folder.rglob("*")
    }
