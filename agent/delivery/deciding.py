"""What is done about one item, as a table: facts about its branch and request in, one word and the reason out.

The rows are tried from the top, the first that fits is taken. Nothing here asks git or a forge, so that each row is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.domain.delivery import Doing

__all__ = ["TABLE", "Facts", "decide"]


@dataclass(frozen=True)
class Facts:
    """``request`` is the newest request of the branch. ``branch``: the remote has the branch. ``foreign``: it holds a commit
    of somebody else, or its tip is not the one last pushed. ``same``: it holds what is wanted already. ``repeated``: the
    newest request carried these very changes. ``asked``: somebody asked for the item by name. ``in_base``: the base holds
    the changes already. ``conflicts``: paths that do not merge. ``blocked``: why an item that it needs is not there.
    ``room``: one more request may be open. ``wanted``: the item is among those that were chosen.
    """

    request: Literal["", "open", "closed", "merged"] = ""
    branch: bool = False
    foreign: bool = False
    same: bool = False
    repeated: bool = False
    asked: bool = False
    reviewed: bool = False
    in_base: bool = False
    conflicts: tuple[str, ...] = ()
    blocked: str = ""
    room: bool = True
    wanted: bool = True


Rule = tuple[str, Callable[[Facts], bool], Doing]

TABLE: tuple[Rule, ...] = (
    ("it was not chosen", lambda f: not f.wanted and f.request != "open", "wait"),
    ("it was not chosen; its request stays as it is", lambda f: not f.wanted, "keep"),
    ("it was merged", lambda f: f.request == "merged" and f.repeated and not f.asked, "done"),
    ("it was closed without merging, which means no", lambda f: f.request == "closed" and not f.asked, "refused"),
    ("the branch holds commits that are not figwright's", lambda f: f.branch and f.foreign, "leave"),
    ("{blocked}", lambda f: bool(f.blocked), "wait"),
    ("the base holds it already", lambda f: f.in_base, "done"),
    ("it conflicts in {conflicts}", lambda f: bool(f.conflicts), "conflict"),
    ("nothing changed", lambda f: f.request == "open" and f.same, "keep"),
    ("review has begun, so commits are added", lambda f: f.request == "open" and f.branch and f.reviewed, "append"),
    ("nobody has reviewed it yet", lambda f: f.request == "open", "rebuild"),
    ("as many requests are open as may be", lambda f: not f.room and not f.asked, "wait"),
    ("", lambda _: True, "open"),
)


def decide(facts: Facts) -> tuple[Doing, str]:
    """(what to do, why)."""
    for why, fits, doing in TABLE:
        if fits(facts):
            shown = ", ".join(facts.conflicts[:3]) + (" and more" if len(facts.conflicts) > 3 else "")
            return doing, why.format(blocked=facts.blocked, conflicts=shown)
    raise AssertionError("the last row fits everything")
