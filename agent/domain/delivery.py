"""What is delivered: items of one concern each, the branches and requests that carry them, and what became of each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.domain.inventory import Noun

__all__ = [
    "DASHBOARD_MARK",
    "EXTRACTION_PREFIX",
    "LABEL",
    "PREFIX",
    "BranchCommit",
    "Change",
    "Dashboard",
    "Delivery",
    "Doing",
    "Item",
    "Merged",
    "Outcome",
    "Request",
    "RequestText",
    "Row",
]

DASHBOARD_MARK = "<!-- figwright dashboard -->"
"""What the dashboard's text holds, by which it is found again."""
LABEL = "figwright"
EXTRACTION_PREFIX = "extract-"
"""The IDs of an extraction's items begin with this."""
PREFIX = "figwright/"
"""Every branch that is ever pushed begins with this."""

Doing = Literal[
    "open", "append", "rebuild", "keep", "leave", "refused", "done", "wait", "conflict", "gone"
]  # see `agent.delivery.deciding`


class Change(Noun):
    """One commit to be made: a git diff (Latin-1 text, each character a byte), or whole files as (path, text)."""

    subject: str
    body: str = ""
    diff: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Row(Noun):
    """One file of an item: lines that are new and gone, who wrote the change, and how sure it is."""

    path: str
    added: int
    removed: int
    by: str
    confidence: str


class Item(Noun):
    """One concern's change, which becomes one branch and one request.

    ``id`` names the branch (``figwright/<id>``) and never changes for the same concern. ``needs`` are the IDs of items without
    which its changes do not apply. ``hand_lines`` are changed lines that a person has to read, ``rule_lines`` those that a
    deterministic recipe wrote. ``caveat`` is what the title has to say, too. ``proof`` and ``not_proved`` are sentences; ``folded`` are (heading, lines) for those who want more.
    """

    id: str = Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,70}[a-z0-9])?$")
    kind: Literal["plan", "patch", "containers", "extraction"]
    title: str
    why: str
    recipes: tuple[str, ...] = ()
    step: str = ""
    step_title: str = ""
    changes: tuple[Change, ...]
    needs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    proof: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()
    folded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    risk: str = ""
    rollback: str = ""
    unprotected: bool = False
    draft: bool = False  # opened as a draft, whatever was asked for
    caveat: str = ""
    hand_lines: int = 0
    rule_lines: int = 0

    @property
    def branch(self) -> str:
        return PREFIX + self.id

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(row.path for row in self.rows)


class Delivery(Noun):
    """All items of a repository in the order in which they are to be opened. ``commit`` is what the patches were judged on,
    ``plan`` the plan's hash, ``committed_on`` the date that commits carry. ``held_back`` says what is no item, and why.
    ``planned``: the plan's own items are in it. ``extraction`` are the IDs that an extraction in it may have, those of items
    that it lacks, too: another extraction's branches are none of its business."""

    name: str
    commit: str
    committed_on: str
    plan: str
    items: tuple[Item, ...]
    held_back: tuple[str, ...] = ()
    planned: bool = True
    extraction: tuple[str, ...] = ()


class BranchCommit(Noun):
    """A commit on a remote branch, as far as it matters whose it is."""

    id: str
    author: str  # e-mail
    committer: str


class Merged(Noun):
    """Two commits merged without a work tree: the tree, or the paths that cannot be merged."""

    tree: str = ""
    conflicts: tuple[str, ...] = ()


class RequestText(Noun):
    """A request as it is to be."""

    branch: str
    base: str
    title: str
    body: str
    draft: bool = True


class Request(Noun):
    """A pull or merge request as the forge shows it. ``head`` is the commit that the forge shows for its branch."""

    number: int
    branch: str
    base: str
    title: str
    body: str
    state: Literal["open", "closed", "merged"]
    head: str = ""
    draft: bool = False
    url: str = ""


class Dashboard(Noun):
    """The issue that lists what waits."""

    number: int
    body: str
    closed: bool = False
    url: str = ""


class Outcome(Noun):
    """What became of one item. ``note`` says why, in one sentence; ``url`` leads to its request."""

    item: str
    title: str
    doing: Doing
    note: str = ""
    url: str = ""
    number: int = 0
    commit: str = ""
    wrote: bool = False
