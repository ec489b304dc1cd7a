"""A small system, one question about it, and a session with a scripted endpoint: what the tests of the advisor start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.advisor.asking import Question
from agent.advisor.checking import Names, check_sentences
from agent.advisor.evidence import EvidenceBook, Sendable
from agent.advisor.opening import Opened, open_session
from agent.advisor.tools import Toolbox
from agent.domain.code import DependencyGraph
from agent.domain.finding import Evidence
from agent.domain.inventory import Inventory, Location, SourceFile
from agent.settings import AdvisorSettings
from tests.program import SHOP
from tests.systems import graph_of

FACTS = "name: shop\nunits (4): shop.orders, shop.tax, shop.stock, shop.db"


def inventory_of(files: Mapping[str, str]) -> Inventory:
    """Just enough of an inventory: which files there are, and how long."""
    listed = [
        SourceFile(path=path, language="python", bytes=len(text), lines=text.count("\n") + 1, code_lines=1, digest="0")
        for path, text in sorted(files.items())
    ]
    return Inventory(name="shop", files=tuple(listed))


def graph() -> DependencyGraph:
    return graph_of(SHOP)


def book(*never_send: str, files: Mapping[str, str] = SHOP) -> EvidenceBook:
    """Two places that may be cited."""
    made = EvidenceBook(Sendable(inventory_of(files), never_send))
    made.offer(
        [
            Evidence(location=Location(path="shop/orders.py", line=5), text="function shop.orders.place"),
            Evidence(location=Location(path="shop/tax.py", line=1), text="function shop.tax.rate"),
        ]
    )
    return made


def question(number: int = 0, facts: str = FACTS, evidence: EvidenceBook | None = None) -> Question:
    """What the shop does. Another number is another question."""
    places = evidence or book()
    names = Names(graph(), ("shop",))
    values = {"service": f"{facts}\nnumber {number}", "evidence": places.lines()}
    return Question(
        "advisor/describe_service", f"shop {number}", values, places, lambda a: check_sentences(a, places, names)
    )


def toolbox(files: Mapping[str, str] = SHOP, *never_send: str) -> Toolbox:
    """Over the shop; the search knows every symbol whose name holds one of the words."""
    found = graph_of(files)

    def search(words: str, limit: int) -> list[tuple[str, float]]:
        parts = words.lower().split()
        return [(s.id, 1.0) for s in found.symbols if any(part in s.id.lower() for part in parts)][:limit]

    inventory = inventory_of(files)
    return Toolbox(found, inventory, Sendable(inventory, never_send), lambda path: files[path].encode(), search, None)


def opened(url: str, folder: Path, *, dry: bool = False, show: Path | None = None, **options: Any) -> Opened:
    """A session that repeats at once. It waits for long: a busy machine is not an endpoint's bad day."""
    options = {"mode": "questions", "timeout": 60.0, "backoff": 0.01, "attempts": 3, "parallel": 1, **options}
    settings = AdvisorSettings(model="scripted", base_url=url, **options)
    return open_session(settings, folder, dry=dry, show_outgoing=show, environment={})


def ready(url: str, folder: Path, box: Callable[[], Toolbox] = toolbox, **options: Any) -> Opened:
    """The same, probed."""
    made = opened(url, folder, **options)
    assert made.session.open(box), made.session.stopped
    return made
