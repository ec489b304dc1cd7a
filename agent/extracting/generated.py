"""Asks the monolith what no test asks, and keeps the requests that reach something new: they are then the slice's to answer.

In: a program read for one service, its recording, the framework's table. Out: a recording with more requests, and the
monolith's own answers to them. A request counts only when the monolith, asked twice, agrees with itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from agent.domain.extraction import Answer, RecordedRequest
from agent.extracting.reached import Reached, lines_by_request, ranges_of
from agent.extracting.stacks import Cutter
from agent.extraction import Ground, Recording, compare
from agent.extraction.generating import (
    Candidate,
    Known,
    Table,
    candidates,
    derive,
    from_pages,
    interleaved,
    literals,
    near,
    once,
    pool_of,
    read_blob,
    read_table,
    settled,
)
from agent.extraction.owning import Owners
from agent.extraction.slicing import Slice

__all__ = ["MOST_ASKED", "Asking", "Generated", "Hunt", "Route", "generate"]

MOST_ASKED = 320
"""Candidates that the monolith is asked; by far not all are kept."""
_ROUNDS = (0.4, 0.3, 0.3)
_MOST_SOURCE = 400_000
Route = tuple[str, tuple[str, ...], str, str, str]


@dataclass(frozen=True)
class Asking:
    """What requests are generated from. ``routes``: the framework's own table; ``most``: how many candidates are asked."""

    recording: Recording
    routes: Sequence[Route]
    owners: Owners
    most: int = MOST_ASKED
    seed: int = 0


@dataclass(frozen=True)
class Generated:
    """``cutter`` answers by number to recorded and kept requests alike. ``answers`` are the monolith's to ``requests``.

    ``asked`` were asked; ``silent`` of them had no answer, ``unsteady`` were answered in two ways, ``empty`` are answered alike by
    a service that serves nothing, and the rest reached nothing new. ``aimed`` of those that were kept were made for lines in which
    a defect had survived, whatever else they reach.
    """

    cutter: Cutter
    requests: tuple[RecordedRequest, ...] = ()
    answers: tuple[Answer, ...] = ()
    asked: int = 0
    silent: int = 0
    unsteady: int = 0
    made: tuple[str, ...] = ()  # how each of the requests came to be
    empty: int = 0
    aimed: int = 0

    @property
    def server_errors(self) -> int:
        """How many of the kept requests make the monolith fail."""
        return sum(one.status >= 500 for one in self.requests)

    @property
    def notes(self) -> tuple[str, ...]:
        """In words."""
        hows = Counter(_kind(how) for how in self.made)
        made = ", ".join(f"{how} {count}" for how, count in sorted(hows.items(), key=lambda one: (-one[1], one[0])))
        text = (
            f"{self.asked} requests that no test makes were asked of the monolith, {len(self.requests)} were kept ({made or 'none'}): "
            f"{len(self.requests) - self.aimed} reach lines, ways or answers that nothing before them did, {self.aimed} were made for "
            f"lines in which a defect had survived; not kept, whatever they reach: {self.unsteady} that it answered in two ways, "
            f"{self.silent} that it did not answer, {self.empty} that a service that serves nothing answers alike"
        )
        errors = (
            f"{self.server_errors} of the kept requests make the monolith fail (5xx), and the slice has to fail alike"
        )
        return (text, errors) if self.server_errors else (text,)


@dataclass(frozen=True)
class _Kept:
    """A request that reached something new. ``answer`` is the monolith's."""

    request: RecordedRequest
    body: bytes
    how: str
    answer: Answer

    @property
    def number(self) -> int:
        return self.request.number


@dataclass
class Hunt:
    """One service's search: what is known, what was reached, what was kept. It can go on where it stopped; numbers stay."""

    ground: Ground
    cutter: Cutter
    asking: Asking
    made: Slice
    say: Callable[[str], None] = lambda _: None
    kept: list[_Kept] = field(default_factory=list)
    asked: int = 0
    silent: int = 0
    unsteady: int = 0
    empty: int = 0
    aimed: set[int] = field(default_factory=set)
    reached: Reached = field(default_factory=Reached)
    keys: set[tuple[object, ...]] = field(default_factory=set)
    bodies: dict[str, bytes] = field(default_factory=dict)
    pages: list[tuple[RecordedRequest, Answer]] = field(default_factory=list)

    def __post_init__(self) -> None:
        recording = self.asking.recording
        self.everybody = settled(recording.requests)
        mine = {one.number for one in self.cutter.own()}
        self.own = [one for one in self.everybody if one.number in mine and not one.cannot]
        self.last = max((one.number for one in recording.requests), default=0)
        self.keys |= {Candidate(one, self.read(one.body), "", 0).key for one in recording.requests}
        self.table: Table = read_table(self.asking.routes, self.asking.owners, self.made.service)
        self.pool = pool_of(recording, self.own)
        self.words = literals(_sources(self.made))
        self.ranges = ranges_of(self.made)

    def known(self) -> Known:
        """The kept requests are as good as recorded ones to begin from."""
        kept = [one.request for one in self.kept if one.request.method not in ("HEAD", "OPTIONS")]
        return Known(
            [*self.own, *kept], [*self.everybody, *kept], self.read, self.table, self.pool, self.words,
            self.asking.seed,
        )  # fmt: skip

    def read(self, digest: str) -> bytes:
        """The content of a blob."""
        if digest not in self.bodies:
            self.bodies[digest] = read_blob(self.asking.recording.folder, digest)
        return self.bodies[digest]

    def ask(self, found: Iterable[Candidate], most: int, *, keep_all: bool = False) -> None:
        """The monolith answers so many of them. ``keep_all``: whatever they reach."""
        chosen = list(islice(once(found, self.keys), most))
        chosen.sort(key=lambda one: (one.request.application, one.request.test))
        batch = [
            _Kept(one.request.model_copy(update={"number": n}), one.body, one.how, Answer(request=n))
            for n, one in enumerate(chosen, self.last + 1)
        ]
        self.last += len(batch)
        if not batch:
            return
        answered, lines = self._answered(batch)
        kept = []
        for one in answered:
            new = bool(one.answer.status) and self._reach(one.request, one.answer, lines)
            if new or (keep_all and one.answer.status):
                self.bodies[one.request.body] = one.body
                kept.append(replace(one, request=one.request.model_copy(update={"status": one.answer.status})))
        steady = self._again(kept)
        self.kept += steady
        self.say(f"{len(steady)} of {len(batch)} generated requests reach something new")

    def _answered(self, batch: Sequence[_Kept]) -> tuple[list[_Kept], Mapping[int, frozenset[tuple[str, int]]]]:
        """The batch with the monolith's answers, and which lines of the service each request ran; the recorded ones come along once."""
        tested = self.derived(batch)
        own = {one.number: one for one in tested.own()}
        recorded = [] if self.asked else self.own
        asked = [replace(one, request=own[one.number]) for one in batch if one.number in own]
        numbers = [*(one.number for one in recorded), *(one.number for one in asked)]
        answers, ran = tested.watch(self.ground.pristine, numbers, "monolith")
        by_number = {one.request: one for one in answers}
        lines = lines_by_request(ran, self.ranges)
        for request in recorded:
            self._reach(request, by_number[request.number], lines)
        asked = [replace(one, answer=by_number[one.number]) for one in asked]
        self.asked += len(asked)
        self.silent += sum(not one.answer.status for one in asked)
        return asked, lines

    def _reach(self, request: RecordedRequest, answer: Answer, lines: Mapping[int, frozenset[tuple[str, int]]]) -> bool:
        if answer.status:
            self.pages.append((request, answer))
        return self.reached.add(request, answer, lines.get(request.number, frozenset()))

    def _again(self, kept: Sequence[_Kept]) -> list[_Kept]:
        """Those that the monolith answers alike when it is asked once more, without a line counter and without the others."""
        if not kept:
            return []
        numbers = [one.number for one in kept]
        again = self.derived(kept).replay(self.ground.pristine, numbers, "monolith").answers
        compared = compare([one.request for one in kept], [one.answer for one in kept], again)
        steady = [
            replace(one, answer=answer)
            for one, answer, held in zip(kept, again, compared, strict=True)
            if held.verdict in ("identical", "masked")
        ]
        self.unsteady += len(kept) - len(steady)
        return steady

    def aim(self, made: Slice, places: Sequence[tuple[str, int, Collection[int]]], most: int) -> None:
        """More requests from those that ran a line of the slice, with what stands beside it; all of them are kept."""
        known, sources = self.known(), []
        for path, line, numbers in places:
            bases = [one for one in known.own if one.number in numbers]
            text = made.files[path].decode("utf-8", "replace").split("\n")[max(0, line - 8) : line + 7]
            sources.append(near(replace(known, own=bases, words=literals(["\n".join(text)]))))
        before = {one.number for one in self.kept}
        self.ask(interleaved(sources), most, keep_all=True)
        self.aimed |= {one.number for one in self.kept} - before

    def drop(self, numbers: Collection[int]) -> None:
        """Leave these out: what answers alike without the service says nothing of it."""
        self.kept = [one for one in self.kept if one.number not in numbers]
        self.empty += len(numbers)
        self.aimed -= set(numbers)

    def derived(self, more: Sequence[_Kept]) -> Cutter:
        """The same program on the recording with these requests in it."""
        folder = self.ground.folders.fresh("generated")
        return self.cutter.over(derive(self.asking.recording, [(one.request, one.body) for one in more], folder))

    def result(self) -> Generated:
        """The kept requests in one recording, and the monolith's answers by their numbers there."""
        answers = tuple(one.answer for one in self.kept)
        requests = tuple(one.request for one in self.kept)
        cutter = self.derived(self.kept) if self.kept else self.cutter
        made = tuple(one.how for one in self.kept)
        counts = (self.asked, self.silent, self.unsteady)
        return Generated(cutter, requests, answers, *counts, made, self.empty, len(self.aimed))


def generate(
    ground: Ground, cutter: Cutter, asking: Asking, made: Slice, say: Callable[[str], None] = lambda _: None
) -> Hunt:
    """Ask in rounds: what was kept in one is where the next begins."""
    hunt = Hunt(ground, cutter, asking, made, say)
    for share in _ROUNDS:
        known = hunt.known()
        if known.own or any(known.table.own()):
            hunt.ask(candidates(known, from_pages(known, hunt.pages)), round(asking.most * share))
    return hunt


def _kind(how: str) -> str:
    """The way by which a request came to be, without its particulars."""
    plain = how.partition(": ")
    if plain[0] in ("together", "a route that no test asks"):
        return plain[0]
    if plain[0].startswith(("after request", "in the state of request")):
        return plain[0].rpartition(" ")[0]
    if plain[0].startswith("method "):
        return "another method"
    return plain[2].partition(" of ")[0] if plain[2] else plain[0].partition(" of ")[0]


def _sources(made: Slice) -> Iterator[str]:
    """What the slice keeps of the code, the smaller files first."""
    for _, content in sorted(made.files.items(), key=lambda item: (len(item[1]), item[0])):
        if len(content) <= _MOST_SOURCE:
            yield content.decode("utf-8", "replace") if b"\0" not in content[:1000] else ""
