"""Reports of repositories that went through the whole pipeline: a sample that shall look good, and one that attacks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.pipeline import Run, make_plan
from agent.settings import Settings
from tests.program import ORDERDESK, git, write_repository

if TYPE_CHECKING:
    from playwright.sync_api import Page

REMOTE = "https://github.com/example/orderdesk"
PWN = "window.pwned=1"
LONG = "x" * 10_000
BIDI = "\u202e\u2066\u200f"

ATTACK = {
    f"shop/</script><script>{PWN}</script>.py": "from shop.db import run\n\n\ndef total():\n    return run('SELECT a FROM t')\n",
    f"shop/<img src=x onerror={PWN}>.py": "import shop.db\n\n\ndef f():\n    return shop.db.run('DELETE FROM t')\n",
    f"shop/{BIDI}gnp.yp.py": "from shop.orders import place\n\n\ndef g():\n    return place(1)\n",
    f"shop/{'n' * 240}.py": "from shop.db import run\n\n\ndef h():\n    return run('UPDATE t SET a = 1')\n",
    "shop/@octocat [x](javascript:alert(1)).py": "def js():\n    return 1\n",
    "shop/__init__.py": "",
    "shop/db.py": (
        "import sqlite3\n\n\ndef run(sql):\n    return sqlite3.connect('x').execute(sql)\n\n\n"
        f"def {LONG}():\n    return run('SELECT * FROM \"<svg onload={PWN}>\"')\n"
    ),
    "shop/orders.py": (
        "from flask import Flask\nfrom shop.db import run\n\napp = Flask(__name__)\n\n\n"
        f"@app.route('/\"><script>{PWN}</script>{BIDI}')\ndef place(n):\n"
        f"    run('INSERT INTO \"</svg><script>{PWN}</script>\" (a) VALUES (1)')\n    return n\n\n\n"
        f"@app.route('/{LONG}')\ndef {LONG[:9_000]}():\n    return run('SELECT 1 FROM {BIDI}evil')\n"
    ),
    "schema.sql": (
        f'CREATE TABLE "<img src=x onerror={PWN}>" (a INT);\nCREATE TABLE "{LONG}" (a INT);\n'
        f'CREATE TABLE "`\' onmouseover={PWN} {BIDI}" (a INT);\nCREATE TABLE t (a INT);\n'
    ),
    "requirements.txt": f"flask==3.0.0\n<script>{PWN}</script>==1\n",
    "package.json": '{"name": "<script>' + PWN + '</script>", "scripts": {"test": "<img src=x onerror=' + PWN + '>"}}',
    "tests/test_a.py": "def test_a():\n    assert True\n",
}


def plan_of(repository: Path, cache: Path) -> dict[str, str]:
    """The plan's files by name."""
    with workbench(str(repository), Settings(cache_dir=cache)) as bench:
        return make_plan(bench, Run(), Assumptions())[0]


def save(folder: Path, files: dict[str, str]) -> Path:
    (folder / "plan.html").write_text(files["plan.html"], "utf-8")
    return folder / "plan.html"


@pytest.fixture(scope="module")
def orderdesk(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str, Path]:
    """Its plan's files, its commit, and where the page is; read from a clone that has a forge as its remote."""
    folder = tmp_path_factory.mktemp("orderdesk")
    copy = shutil.copytree(
        ORDERDESK, folder / "orderdesk", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache")
    )
    commit = committed(copy)
    files = plan_of(copy, folder / "cache")
    return files, commit, save(folder, files)


def committed(folder: Path) -> str:
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", REMOTE + ".git")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", f"<script>{PWN}</script>")
    return git(folder, "rev-parse", "HEAD").strip()


def test_every_place_leads_to_the_commit(orderdesk: tuple[dict[str, str], str, Path]) -> None:
    files, commit, _ = orderdesk
    base = f"{REMOTE}/blob/{commit}/"
    assert f'href="{base}orderdesk/accounts.py#L' in files["plan.html"]
    assert f"]({base}orderdesk/accounts.py#L" in files["plan.md"]
    assert files["plan.html"].count('href="https://') == files["plan.html"].count(f'href="{base}')
    assert len(files["plan.html"].encode()) < 560_000


def test_the_summary_is_short_and_counts_what_can_be_extracted(orderdesk: tuple[dict[str, str], str, Path]) -> None:
    files, _, _ = orderdesk
    assert files["plan.md"].count("\n") < 400
    for text in (files["plan.md"], files["plan.html"]):
        assert "candidate services can be extracted." in text
        assert "__shared__" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_real_report(
    orderdesk: tuple[dict[str, str], str, Path],
    open_page: Callable[..., Page],
    axe: Callable[..., list[tuple[str, str, str]]],
    scheme: str,
) -> None:
    page = open_page(orderdesk[2], scheme=scheme)
    assert axe(page) == []


@pytest.mark.parametrize("width", [390, 1000, 1600])
def test_a_real_report_does_not_scroll_sideways(
    orderdesk: tuple[dict[str, str], str, Path], open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(orderdesk[2], width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width


def test_labels_of_the_map_stay_inside_it(
    orderdesk: tuple[dict[str, str], str, Path], open_page: Callable[..., Page]
) -> None:
    page = open_page(orderdesk[2], width=1600)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg:not(.defs)')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return frame.width ? [...svg.querySelectorAll('text')].filter(t => {
                const box = t.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1;
            }).map(t => t.textContent) : [];
        })"""
    )
    assert outside == []


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str, Path]:
    folder = tmp_path_factory.mktemp("attack")
    write_repository(folder / "shop", ATTACK)
    commit = committed(folder / "shop")
    files = plan_of(folder / "shop", folder / "cache")
    return files, commit, save(folder, files)


def test_a_hostile_repository_is_only_text(
    attack: tuple[dict[str, str], str, Path], open_page: Callable[..., Page]
) -> None:
    _, commit, file = attack
    page = open_page(file)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    text = page.evaluate("() => document.querySelector('main').textContent")
    for word in ("<img src=x onerror=", f"<script>{PWN}</script>", "[U+202E][U+2066][U+200F]", "@octocat", "xxxx…xxxx"):
        assert word in text, word  # it did arrive
    assert page.evaluate("() => window.pwned === undefined")
    tags = set(page.evaluate("() => [...document.querySelectorAll('*')].map(e => e.localName)"))
    assert not tags & {"img", "iframe", "object", "embed", "form", "link", "base", "video", "image", "foreignObject"}
    assert page.evaluate("() => document.querySelectorAll('script').length") == 1
    handlers = page.evaluate(
        "() => [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on'))"
    )
    assert handlers == []
    base = f"{REMOTE}/blob/{commit}/"
    links = page.evaluate("() => [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert all(link.startswith(("#", base)) for link in links)
    assert base + quote(f"shop/<img src=x onerror={PWN}>.py") in {link.split("#")[0] for link in links}


def test_a_hostile_repository_breaks_no_layout(
    attack: tuple[dict[str, str], str, Path], open_page: Callable[..., Page]
) -> None:
    files, _, file = attack
    assert len(files["plan.html"]) < 500_000
    assert not any(mark in files["plan.html"] for mark in BIDI)
    assert "x" * 700 not in files["plan.html"]
    for width in (390, 1600):
        page = open_page(file, width=width)
        assert page.evaluate("() => document.documentElement.scrollWidth") == width


def test_the_attack_can_be_written_to_this_disk() -> None:
    assert all(len(os.fsencode(part)) <= 255 for name in ATTACK for part in name.split("/"))
