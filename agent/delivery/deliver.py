"""Items to branches and requests: looks at what the remote and the forge have, decides by the table, pushes, opens and edits.

No database: the branch is the key, the request's hidden block holds the rest. The one place that opens requests looks for
an existing one first; what was pushed is read back before it is called done. A run that was cut off is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.delivery.block import Block, read_block, same_text, with_pushed
from agent.delivery.dashboard import TITLE, asked_for, dashboard_text, needs_dashboard
from agent.delivery.deciding import Facts, decide
from agent.delivery.ground import At, Wanted, Workshop
from agent.delivery.habits import read_habits
from agent.delivery.items import change_digest
from agent.delivery.texts import Texts
from agent.domain.delivery import EXTRACTION_PREFIX, PREFIX, Delivery, Doing, Item, Outcome, Request
from agent.domain.wording import listed
from agent.errors import DeliveryError, ForgeUnsureError, InputError
from agent.ports import Branches, Forge

__all__ = ["Wishes", "deliver"]

_TRIES = 3  # to open a request, each after a look for it
_MESSAGES = 60  # of the base that habits are read from


@dataclass(frozen=True)
class Wishes:
    """``only`` and ``again`` name items, recipes or steps; ``again`` asks for what was closed or merged. ``author`` is
    ``Name <e-mail>``. ``dry``: nothing is pushed, opened or written."""

    only: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    most_open: int = 3
    draft: bool = True
    dry: bool = False
    author: str = "figwright <figwright@localhost>"


def deliver(
    delivery: Delivery, branches: Branches, forge: Forge, wishes: Wishes, outcomes: list[Outcome],
    progress: Callable[[str], None] = lambda _: None,
) -> None:  # fmt: skip
    """Fills ``outcomes``, item by item, so that what was done is known even when an error ends it. Raises DeliveryError."""
    if not branches.contains(branches.base_tip(), delivery.commit):
        raise DeliveryError(
            f"the patches were judged on commit {delivery.commit[:12] or '(none)'}, which {branches.base} on the remote does not "
            f"have: push it, or run figwright refactor on a current {branches.base}."
        )
    _refuse_unknown(delivery, wishes)
    dashboard = forge.dashboard()
    ticked = asked_for(dashboard.body) if dashboard and not dashboard.closed else frozenset()
    histories = {item.id: tuple(forge.requests(item.branch)) for item in delivery.items}
    run = _Run(delivery, branches, forge, wishes, ticked, histories)
    left_over = run.left_over()
    for item in delivery.items:
        progress(item.id)
        outcomes.append(run.item(item))
    outcomes += left_over
    run.write_dashboard(outcomes)


def _refuse_unknown(delivery: Delivery, wishes: Wishes) -> None:
    known = {name for item in delivery.items for name in (item.id, item.step, *item.recipes)} - {""}
    for option, names in (("--only", wishes.only), ("--again", wishes.again)):
        for name in sorted(names - known):
            shown = listed([item.id for item in delivery.items], 8)
            raise InputError(f"{option} {name!r} is no item here: name one of {shown}.")


def _named(item: Item, names: frozenset[str]) -> bool:
    return bool(names & {item.id, item.step, *item.recipes})


class _Run:
    """One run over one remote."""

    def __init__(
        self, delivery: Delivery, branches: Branches, forge: Forge, wishes: Wishes, ticked: frozenset[str],
        histories: dict[str, tuple[Request, ...]],
    ) -> None:  # fmt: skip
        self.delivery, self.branches, self.forge, self.wishes, self.ticked = delivery, branches, forge, wishes, ticked
        self.histories = histories
        self.workshop = Workshop(delivery, branches, read_habits(branches.messages(_MESSAGES)), wishes.author)
        self.texts = Texts(delivery, self.workshop, forge, wishes.draft)
        self.tips = dict(branches.tips())
        self.at: dict[str, At] = {}
        self.open_count = sum(self._latest(item) == "open" for item in delivery.items)

    def item(self, item: Item) -> Outcome:
        """Decide and act on one item."""
        request = _newest(self.histories[item.id])
        wanted = self.workshop.wanted(item, self.at)
        facts = self._facts(item, request, wanted)
        doing, why = decide(facts)
        if doing == "append" and request is not None:
            tip = self.workshop.append(item, self.tips[item.branch], wanted)
            return self._put(item, request, wanted, tip, doing)
        if doing in ("open", "rebuild"):
            return self._put(item, request if doing == "rebuild" else None, wanted, wanted.tip, doing)
        return self._leave(item, request, wanted, doing, why)

    def left_over(self) -> list[Outcome]:
        """Our branches that belong to no item any more; their open requests count."""
        mine = {item.branch for item in self.delivery.items}
        found = []
        for branch in sorted(set(self.tips) - mine):
            request = _newest(self.forge.requests(branch))
            if request is not None and request.state == "open":
                self.open_count += 1
                if not self._speaks_of(branch.removeprefix(PREFIX)):
                    continue
                note = "the plan no longer has it: merge it, or close it and delete its branch"
                found.append(self._outcome(branch.removeprefix(PREFIX), request.title, "gone", note, request))
        return found

    def _speaks_of(self, name: str) -> bool:
        """Whether the delivery would have the item if there still were such a thing: another extraction's is none of its business."""
        if name.startswith(EXTRACTION_PREFIX):
            return name in self.delivery.extraction
        return self.delivery.planned

    def write_dashboard(self, outcomes: Sequence[Outcome]) -> None:
        """One issue while anything waits; closed by people, it stays closed. Unchanged, it is not written."""
        dashboard = self.forge.dashboard()
        held = bool(self.delivery.extraction and self.delivery.held_back)  # what is held back of a stack is always told
        if self.wishes.dry or (dashboard is None and not held and not needs_dashboard(outcomes)):
            return
        text = dashboard_text(outcomes, self.delivery.held_back, self.forge.sign, self.ticked)
        if dashboard is not None and (dashboard.closed or same_text(dashboard.body, text)):
            return
        for attempt in range(_TRIES):
            try:
                self.forge.write_dashboard(dashboard, TITLE, text)
                return
            except ForgeUnsureError:
                dashboard = self.forge.dashboard()
                if attempt == _TRIES - 1:
                    raise

    def _latest(self, item: Item) -> Literal["", "open", "closed", "merged"]:
        request = _newest(self.histories[item.id])
        return request.state if request else ""

    def _facts(self, item: Item, request: Request | None, wanted: Wanted) -> Facts:
        tip = self.tips.get(item.branch, "")
        block = read_block(request.body) if request else None
        foreign = bool(tip) and tip != wanted.tip and self._foreign(tip, block, wanted)
        same = bool(tip and wanted.tip) and not foreign and self.workshop.holds(tip, wanted)
        is_open = request is not None and request.state == "open"
        stuck = foreign or bool(wanted.blocked or wanted.conflicts) or wanted.in_base
        wishes = self.wishes
        return Facts(
            request=request.state if request else "",
            branch=bool(tip),
            foreign=foreign,
            same=same,
            repeated=block is not None and block.change == change_digest(item),
            asked=_named(item, wishes.again) or item.id in self.ticked,
            reviewed=bool(is_open and tip and not same and not stuck and request and self.forge.reviewed(request)),
            in_base=wanted.in_base,
            conflicts=wanted.conflicts,
            blocked=wanted.blocked,
            room=self.open_count < wishes.most_open,
            wanted=self._chosen(item),
        )

    def _chosen(self, item: Item) -> bool:
        wishes = self.wishes
        return not wishes.only or _named(item, wishes.only | wishes.again)

    def _foreign(self, tip: str, block: Block | None, wanted: Wanted) -> bool:
        """Whether anybody else had a hand in the branch: its tip is none that we pushed or, without a record, its commits are not ours."""
        if block is not None and block.pushed:
            return tip not in block.pushed
        known = [self.branches.base_tip(), self.delivery.commit, wanted.against or self.delivery.commit]
        return any(not self.branches.is_ours(commit) for commit in self.branches.commits(tip, known))

    def _put(self, item: Item, request: Request | None, wanted: Wanted, tip: str, doing: Doing) -> Outcome:
        """The branch at ``tip``, and its request. A request says what is to come before the branch is pushed."""
        old = self.tips.get(item.branch, "")
        notes = {
            "append": "review has begun, so commits were added",
            "rebuild": "nobody has reviewed it, so it was made anew",
        }
        note = notes.get(doing, "")
        if self.wishes.dry:
            self._now(item, At("open", tip, request.number if request else 0), request)
            return self._outcome(item.id, self.texts.title(item), doing, note, request, commit=tip)
        if request is not None and old != tip:
            announced = with_pushed(request.body, tuple(sorted({old, tip} - {""})))
            if not same_text(announced, request.body):
                request = self.forge.edit(request, request.title, announced, request.base)
        if old != tip:
            self.branches.push(item.branch, tip, old)
        self.tips[item.branch] = tip
        request = self._open_or_find(item, wanted, tip) if request is None else request
        request, _ = self._bring_up_to_date(item, request, wanted, tip)
        self._read_back(request, wanted, tip)
        self._now(item, At("open", tip, request.number), request)
        return self._outcome(item.id, request.title, doing, note, request, commit=tip, wrote=True)

    def _open_or_find(self, item: Item, wanted: Wanted, tip: str) -> Request:
        """The only place that opens requests: an open one for the branch is taken, whoever opened it."""
        text = self.texts.request(item, wanted, (tip,), self.at)
        for attempt in range(_TRIES):
            existing = next((one for one in self.forge.requests(item.branch) if one.state == "open"), None)
            if existing is not None:
                return existing
            try:
                return self.forge.open(text)
            except ForgeUnsureError:
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("the loop returns or raises")

    def _leave(self, item: Item, request: Request | None, wanted: Wanted, doing: Doing, why: str) -> Outcome:
        """Nothing is pushed; an open request says how things stand."""
        tip = self.tips.get(item.branch, "")
        wrote = False
        is_open = request is not None and request.state == "open"
        notes: tuple[str, ...] = ()
        if doing == "conflict":
            notes = (
                f"{why[:1].upper()}{why[1:]}: run figwright refactor on a current {wanted.base}, or resolve it by hand.",
            )
        elif doing == "leave":
            notes = ("This branch holds commits that are not figwright's, so figwright leaves it alone from here on.",)
        elif doing == "done" and is_open:
            notes = (f"{wanted.base} holds all of this already: close it.",)
        elif doing == "wait" and is_open:
            notes = (f"Waiting: {why}.",)
        if is_open and request is not None and not self.wishes.dry and self._chosen(item):
            request, wrote = self._bring_up_to_date(item, request, wanted, tip, notes)
        state: Literal["open", "base", "absent"] = (
            "base" if doing == "done" else "open" if is_open and tip else "absent"
        )
        self._now(item, At(state, tip, request.number if request else 0, _absent_because(doing)), None)
        note = notes[0] if notes else ("" if doing == "keep" else why)
        return self._outcome(
            item.id, request.title if request else self.texts.title(item), doing, note, request, commit=tip, wrote=wrote
        )

    def _bring_up_to_date(
        self, item: Item, request: Request, wanted: Wanted, tip: str, notes: tuple[str, ...] = ()
    ) -> tuple[Request, bool]:
        """The request with its title, text and base as they should be; written only when something differs."""
        block = read_block(request.body)
        # Somebody else's tip is never recorded as ours.
        pushed = (tip,) if tip and (not notes or (block and tip in block.pushed)) else block.pushed if block else ()
        text = self.texts.request(item, wanted, pushed, self.at, request, notes)
        base = text.base or request.base
        if same_text(text.body, request.body) and same_text(text.title, request.title) and base == request.base:
            return request, False
        return self.forge.edit(request, text.title, text.body, base), True

    def _read_back(self, request: Request, wanted: Wanted, tip: str) -> None:
        """What the forge shows has to be what was pushed."""
        fork = self.branches.fork(tip, wanted.against)
        expected = frozenset(self.branches.changed(fork, tip))
        shown: frozenset[str] | None = None
        for _ in range(_TRIES):
            shown = self.forge.shown_paths(request)
            if shown is None or shown == expected:
                return
        if shown is not None:
            other = sorted(shown ^ expected)
            raise DeliveryError(
                f"{self.forge.name} shows another change for {request.url or request.branch} than was pushed ({listed(other, 3)}): "
                "look at it there, then run the same command again."
            )

    def _now(self, item: Item, at: At, opened: Request | None) -> None:
        if at.state == "open" and self._latest(item) != "open":
            self.open_count += 1
        if opened is not None:
            self.histories[item.id] = (opened, *self.histories[item.id])
        self.at[item.id] = at

    def _outcome(
        self, name: str, title: str, doing: Doing, note: str, request: Request | None, *, commit: str = "", wrote: bool = False
    ) -> Outcome:  # fmt: skip
        return Outcome(
            item=name, title=title, doing=doing, note=note, commit=commit, wrote=wrote,
            url=request.url if request else "", number=request.number if request else 0,
        )  # fmt: skip


def _newest(requests: Sequence[Request]) -> Request | None:
    """An open request counts before any other; else the one opened last."""
    return next((one for one in requests if one.state == "open"), requests[0] if requests else None)


def _absent_because(doing: Doing) -> str:
    words = {
        "refused": "was closed without merging",
        "wait": "waits itself",
        "leave": "was taken over by somebody",
        "conflict": "conflicts",
    }
    return words.get(doing, "")
