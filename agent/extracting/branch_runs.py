"""Runs of a monolith with a seam: decided by observation, written, replayed with the flag in both positions, and with the service down.

In: the ground, the recording, the program and the monolith's own answers. Out: what crosses, and each answer held against the
monolith's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.domain.code import DependencyGraph
from agent.domain.extraction import Answer, Comparison, RecordedRequest
from agent.extracting.branch_trees import Overlay, tree_with
from agent.extracting.writing import write_tree
from agent.extraction import Ground, Recording, compare
from agent.extraction.branching.deciding import (
    Decision,
    Observation,
    Operation,
    decide,
    operations_of,
    own_errors,
    watched,
)
from agent.extraction.branching.endpoint_text import endpoint_files
from agent.extraction.branching.moving import move_callers
from agent.extraction.branching.replaying import BranchReplay, Position, replay_branch
from agent.extraction.branching.routes_text import guard_files, guard_flag
from agent.extraction.branching.seam_text import flag_of, seam_files, seam_package, word_of
from agent.extraction.branching.uses import Use, find_uses
from agent.extraction.slicing import Cut, Demand, Program, Slice, read_demands, slice_service

__all__ = ["OUTAGES", "Bench", "Branched", "ask_remote", "branch", "missing_in", "position_of", "take_down"]

OUTAGES = ("killed", "slow", "broken")
MOST_ROUNDS = 8
_TOKEN = "figwright"  # noqa: S105 - of a box without a network
_PATIENCE, _HURRY = "20", "0.4"  # seconds that a call may take: while nothing is wrong, and in a drill


@dataclass(frozen=True)
class Bench:
    """What every run needs. ``ours`` are the monolith's answers by request, ``own`` the requests that the service's handlers answer."""

    ground: Ground
    recording: Recording
    program: Program
    cut: Cut
    graph: DependencyGraph
    homes: Mapping[str, str]  # module -> service
    ours: Mapping[int, Answer]
    own: frozenset[int]
    entries: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    unsteady: frozenset[int] = frozenset()
    say: Callable[[str], None] = lambda _: None

    def held(self, answers: Sequence[Answer]) -> tuple[Comparison, ...]:
        """Each of the answers against the monolith's, but for requests in which that does not agree with itself."""
        asked = {one.request for one in answers}
        wanted = [one for one in self.requests if one.number in asked]
        return compare(wanted, [self.ours[one.number] for one in wanted if one.number in self.ours], answers)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        return tuple(one for one in self.recording.requests if one.number not in self.unsteady)


@dataclass(frozen=True)
class Branched:
    """A seam as it was written, and what both positions of its flag answered. ``seam`` goes over the monolith, ``sliced`` is the
    service with its endpoint. Without an operation the facade is the only seam, and the flag is one on routes: ``refused`` of
    ``strays`` requests that reached the monolith all the same got its 501."""

    decisions: tuple[Decision, ...]
    operations: tuple[Operation, ...] = ()
    errors: tuple[str, ...] = ()
    package: str = ""
    folder: str = ""
    seam: Overlay = field(default_factory=dict)
    made: Slice | None = None
    sliced: Mapping[str, bytes] = field(default_factory=dict)
    local: tuple[Comparison, ...] = ()
    remote: tuple[Comparison, ...] = ()
    crossed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    upstreams: tuple[str, ...] = ()
    failure: str = ""
    demoted: Mapping[str, str] = field(default_factory=dict)
    strays: int = 0
    refused: int = 0


def branch(bench: Bench) -> Branched:
    """Find the callers, watch them, and write and try the seam until both positions answer alike, or nothing is left that crosses."""
    uses = find_uses(bench.program, bench.graph, bench.homes, bench.cut.service)
    errors = own_errors(bench.program, bench.homes, bench.cut.service)
    observations = _watch(bench, uses)
    demoted: dict[str, str] = {}
    demands = list(bench.demands)
    written = Branched(())
    for _ in range(MOST_ROUNDS):
        decisions = decide(bench.program, uses, observations, errors, demoted)
        written = _write(bench, decisions, sorted(errors), demands, demoted)
        if not written.operations:
            return _proved(bench, _guarded(bench, written))
        if written.failure:
            demoted |= {one.target.symbol: written.failure for one in written.operations}
            continue
        touched = sorted({number for one in decisions if one.what == "crosses" for number in one.requests})
        bench.say(f"{len(touched)} requests whose callers ask {bench.cut.service} over the seam")
        tried = ask_remote(bench, written, touched)
        new = missing_in(bench, tried, demands)
        wrong = _blamed(bench, tried, written)
        if new:
            demands += new
        elif wrong:
            demoted |= wrong
        else:
            break
    return _proved(bench, written)


def _place(bench: Bench, modules: Sequence[str]) -> tuple[str, str]:
    """(the package of the seam, its folder)."""
    program = bench.program
    packages = [module.id for module in program.modules.values() if module.package]
    package = seam_package([*program.modules], packages, modules)
    return package, f"{program.modules[modules[0]].root}{package.replace('.', '/')}/"


def _guarded(bench: Bench, decided: Branched) -> Branched:
    """Nothing crosses: the flag stands on the routes."""
    program = bench.program
    handlers = [symbol for symbol, owner in sorted(program.handlers.items()) if not owner]
    homes = [one for symbol in handlers for one in (_module_of(program, symbol),) if one]
    if not homes:
        return replace(decided, failure="no handler of the service lies in a module of the program")
    package, folder = _place(bench, homes)
    made = slice_service(program, bench.cut, bench.entries, bench.demands)
    seam = guard_files(program, bench.cut.service, package, folder)
    failure = "" if seam else "nothing in the program makes an application that could be guarded"
    return replace(decided, package=package, folder=folder, seam=seam, made=made, sliced=made.files, failure=failure)


def _module_of(program: Program, symbol: str) -> str:
    while symbol and symbol not in program.modules:
        symbol = symbol.rpartition(".")[0]
    return symbol


def _watch(bench: Bench, uses: Sequence[Use]) -> tuple[Observation, ...]:
    functions = watched(uses)
    if not functions:
        return ()
    count = sum(map(len, functions.values()))
    bench.say(f"watching {count} functions of {bench.cut.service} while the recorded requests are answered")
    with tree_with(bench.ground) as tree:
        return replay_branch(bench.ground, bench.recording, tree, Position("watched", watch=functions)).observations


def _write(
    bench: Bench, decisions: tuple[Decision, ...], errors: Sequence[str], demands: Sequence[Demand], demoted: dict[str, str]
) -> Branched:  # fmt: skip
    """Seam, callers, slice and endpoint. Calls that cannot be edited are decided anew at once."""
    program, service = bench.program, bench.cut.service
    operations = operations_of(program, decisions)
    if not operations:
        return Branched(decisions, demoted=dict(demoted))
    package, folder = _place(bench, [one.target.module for one in operations])
    moved = move_callers(program, decisions, operations, package, word_of(service))
    if moved.left:
        why = "the call stands where it cannot be edited safely"
        places = {(use.path, use.line, use.column) for use in moved.left}
        decisions = tuple(
            replace(one, what="stays", reason=why) if (one.use.path, one.use.line, one.use.column) in places else one
            for one in decisions
        )
        return _write(bench, decisions, errors, demands, demoted)
    used = [
        name
        for name in errors
        if name.rpartition(".")[0] in {one.target.module for one in operations} or _raised(bench, name)
    ]
    texts = seam_files(service, program.framework, package, folder, operations, used)
    asked = [Demand("name", one.target.name, one.target.module, "asked for over the seam") for one in operations]
    made = slice_service(program, bench.cut, bench.entries, [*demands, *asked])
    added = endpoint_files(program, service, operations, used, made.files)
    failure = "" if added else "nothing in the slice makes an application that could answer it"
    return Branched(
        decisions, operations, tuple(used), package, folder, {**moved.files, **{p: t.encode() for p, t in texts.items()}},
        made, {**made.files, **added}, failure=failure, demoted=dict(demoted),
    )  # fmt: skip


def _raised(bench: Bench, name: str) -> bool:
    """Whether a module outside names this error: only then somebody can catch it."""
    last = name.rpartition(".")[2]
    return any(
        last in module.names_used or last in module.bound
        for module in bench.program.modules.values()
        if bench.homes.get(module.id) != bench.cut.service
    )


def position_of(bench: Bench, written: Branched, timeout: str = _PATIENCE) -> Position:
    """The flag on remote, no service yet."""
    django = ("MIDDLEWARE",) if bench.program.framework == "django" else ()
    if not written.operations:
        variables = {guard_flag(bench.cut.service): "remote"}
        return Position("remote", service=bench.cut.service, own=sorted(bench.own), variables=variables, kept=django)
    flag = flag_of(bench.cut.service)
    variables = {
        flag: "remote", f"{flag}_URL": "http://127.0.0.1:{{port}}", f"{flag}_TOKEN": _TOKEN, f"{flag}_TIMEOUT": timeout
    }  # fmt: skip
    return Position(
        "remote", service=bench.cut.service, own=sorted(bench.own), variables=variables,
        service_variables={f"{flag}_TOKEN": _TOKEN}, service_kept=django,
    )  # fmt: skip


def ask_remote(bench: Bench, written: Branched, only: Collection[int] | None = None, *more: Overlay) -> BranchReplay:
    """What the two answer with the flag on remote; ``more`` goes over the monolith, too."""
    made = written.made
    if made is None:
        raise ValueError("there is no slice to ask")
    folder = write_tree(bench.ground.folders.fresh("slice"), replace(made, files=written.sliced))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        with tree_with(bench.ground, written.seam, *more) as tree:
            position = replace(position_of(bench, written), slice_tree=folder.resolve())
            return replay_branch(bench.ground, bench.recording, tree, position, only)
    finally:
        bench.ground.folders.drop(folder)


def missing_in(bench: Bench, tried: BranchReplay, demands: Sequence[Demand]) -> list[Demand]:
    """What the slice lacks, by what it printed where an answer is not the monolith's."""
    wrong = {one.request for one in bench.held(tried.answers) if one.verdict == "different"}
    texts = [tried.failure, *(one.traceback or one.trouble for one in tried.answers if one.request in wrong)]
    known = {(one.kind, one.name, one.module) for one in demands}
    found = [d for text in dict.fromkeys(texts) if text for d in read_demands(bench.program, text)]
    return [one for one in dict.fromkeys(found) if (one.kind, one.name, one.module) not in known]


def _blamed(bench: Bench, tried: BranchReplay, written: Branched) -> dict[str, str]:
    """Functions whose callers answered otherwise over the wire, and how."""
    symbols = {one.name: one.target.symbol for one in written.operations}
    found: dict[str, str] = {}
    for one in bench.held(tried.answers):
        if one.verdict == "different" and one.request not in bench.own:
            names = tried.crossed.get(one.request) or tuple(symbols)
            for name in names:
                where = one.where[0] if one.where else "another answer"
                found.setdefault(
                    symbols.get(name, ""), f"over the wire request {one.request} is answered otherwise: {where}"
                )
    found.pop("", None)
    return found


def _proved(bench: Bench, written: Branched) -> Branched:
    """All recorded requests, once with the flag on local, once on remote."""
    if written.failure:
        return written
    bench.say(f"{len(bench.requests)} requests with the seam, the flag on local")
    with tree_with(bench.ground, written.seam) as tree:
        local = replay_branch(
            bench.ground, bench.recording, tree, Position("local", kept=position_of(bench, written).kept)
        )
    bench.say(f"{len(bench.requests)} requests with the seam, the flag on remote")
    remote = ask_remote(bench, written)
    strays = () if written.operations else _stray(bench, written)
    return replace(
        written,
        strays=len(strays),
        refused=sum(one.status == 501 for one in strays),
        local=bench.held(local.answers),
        remote=bench.held(remote.answers),
        crossed=remote.crossed,
        upstreams=tuple(one.upstream or "nobody" for one in remote.answers),
        failure=local.failure or remote.failure,
    )


def _stray(bench: Bench, written: Branched) -> tuple[Answer, ...]:
    """What the service's own requests get from a monolith that no longer serves them."""
    position = replace(position_of(bench, written), own=())
    found = {one.number: one for one in bench.requests}
    with tree_with(bench.ground, written.seam) as tree:
        answers = replay_branch(bench.ground, bench.recording, tree, position, sorted(bench.own)).answers
    shown = {one.request for one in bench.held(answers) if one.verdict in ("identical", "masked", "different")}
    # Middleware may turn a request away before any handler is found
    return tuple(one for one in answers if one.request in shown and found[one.request].handler)


def take_down(bench: Bench, written: Branched, outage: str, only: Iterable[int] | None = None) -> tuple[Answer, ...]:
    """What is answered with the flag on remote while the service is killed, slow or broken."""
    bench.say(f"the service {outage}")
    position = replace(position_of(bench, written, _HURRY), outage=outage)
    with tree_with(bench.ground, written.seam) as tree:
        asked = None if only is None else sorted(only)
        return replay_branch(bench.ground, bench.recording, tree, position, asked).answers
