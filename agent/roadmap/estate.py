"""What an estate without HTTP does instead of a facade: transactions routed by code, queues intercepted, files handed over.

Only for what is there: a system without a transaction monitor gets no step for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agent.domain.effort import Size
from agent.domain.finding import Evidence
from agent.domain.plan import Step
from agent.domain.wording import counted, listed
from agent.roadmap.effort import size_of
from agent.roadmap.ground import Ground
from agent.roadmap.questions import Asker
from agent.roadmap.steps import Maker

__all__ = ["estate_steps", "schedules_of"]

MOST_NAMED = 5


def estate_steps(make: Maker, asker: Asker) -> list[Step]:
    """Transactions, queues, files, in that order; empty for a system that speaks HTTP only."""
    return [*_transactions(make, asker), *_queues(make, asker), *_files(make, asker)]


def schedules_of(ground: Ground) -> list[str]:
    """Files that a job scheduler would load."""
    return [file.path for file in ground.inventory.files if file.language == "job scheduler definitions"]


def _transactions(make: Maker, asker: Asker) -> Iterator[Step]:
    rows = make.ground.other_routes
    if not rows:
        return
    reading = [r for r in rows if not r.writes]
    writing = [r for r in rows if r.writes]
    first = min(reading or rows, key=lambda r: (len(r.reads), r.route))
    evidence = tuple(Evidence(location=r.location, text=f"{r.route} starts {r.handler}"[:200]) for r in rows[:6])
    id_ = asker.ask(
        "usage.transactions", "service levels", f"How often does each of {counted(len(rows), 'transaction')} run in a month, and how long does it take?", "operations lead",
        "the monitor's own statistics know it, the source does not", "which transaction is routed first, and which are retired", "the monitor's statistics of a business cycle", evidence,
    )  # fmt: skip
    yield make.step(
        "prepare", f"Route transactions by their code: {len(reading)} read, {len(writing)} write",
        size=Size(count=len(rows), files=len({r.location.path for r in rows})),
        reasons=(
            f"a code and a commarea lead to {counted(len(rows), 'transaction')}, not a URL: the monitor's own routing is the facade",
            f"{first.route} is the smallest that only reads: {counted(len(first.reads), 'dataset')}" if reading else f"each of them writes; {first.route} touches the fewest datasets",
        ),
        evidence=evidence,
        entry=(f"{id_} is answered for all {len(rows)}",),
        exit=(f"{first.route} can be answered by another region and back again by one table entry",
              f"{listed([r.route for r in writing], MOST_NAMED)} stay where their datasets are written" if writing else f"all {len(rows)} can be routed"),
        rollback=f"the routing entry of {first.route} points back to {first.handler}",
        abort=(f"one abend of {first.route} that {first.handler} did not have on the old side",),
    )  # fmt: skip


def _queues(make: Maker, asker: Asker) -> Iterator[Step]:
    messages = make.messages
    if not messages:
        return
    ways = Counter(m.direction for m in messages)
    named = sorted({m.channel for m in messages if m.channel})
    services = sorted({m.service for m in messages if m.service in make.ground.services})
    id_ = "" if named else asker.ask(
        "queues.names", "partners", f"Which queues are the {len(messages)} places that put and get working on, and who is at the other end?", "integration architect",
        "the names are set at run time", "the AsyncAPI contracts and where messages are intercepted", "queue names", [m.evidence for m in messages],
    )  # fmt: skip
    yield make.step(
        "prepare", f"Intercept queues: {counted(ways['receive'], 'place')} that take, {ways['send']} that put",
        size=size_of([m.evidence for m in messages]),
        reasons=(f"{listed(services, MOST_NAMED) if services else 'the system'} {'speaks' if len(services) == 1 else 'speak'} by messages" + (f": {listed(named, MOST_NAMED)}" if named else ", on queues whose names the source does not hold"),),
        evidence=tuple(m.evidence for m in messages[:6]),
        entry=(f"{id_} is answered" if id_ else f"the depth of {listed(named, 3)} is watched",),
        exit=(f"each of the {len(messages)} places can be served from a second queue that a router fills, and only one side takes",),
        rollback=f"the router sends all to the old queue again; {counted(ways['receive'], 'place')} take as before",
        abort=("a message that both sides took, or one that neither did",),
    )  # fmt: skip


def _files(make: Maker, asker: Asker) -> Iterator[Step]:
    jobs = [j for j in make.jobs if j.kind == "batch" and j.writes]
    if not jobs:
        return
    written = Counter(t for j in jobs for t, _ in j.writes)
    several = [t for t, n in sorted(written.items(), key=lambda p: (-p[1], p[0])) if n > 1]
    bare = [j for j in jobs if not j.restart]
    plans = schedules_of(make.ground)
    evidence = tuple(j.evidence for j in jobs[:3]) + tuple(e for j in bare[:3] for _, e in j.writes[:1])
    id_ = asker.ask(
        "jobs.schedule", "batch", f"In which order do {counted(len(jobs), 'job')} run, and which window does each have?", "operations lead",
        f"{listed(plans, 3)} {'is' if len(plans) == 1 else 'are'} in the repository, and whether the scheduler runs {'that' if len(plans) == 1 else 'those'} is not" if plans else "the scheduler's plan is not in the repository", "where files can be handed over, and what the batch night still has room for", "the scheduler's export", [j.evidence for j in jobs],
    )  # fmt: skip
    yield make.step(
        "prepare", f"Hand over by files: {counted(len(jobs), 'job')}, {counted(len(written), 'dataset')} written",
        size=size_of([j.evidence for j in jobs]),
        reasons=(
            f"{len(bare)} of {len(jobs)} jobs that write show no restart point: {listed([j.name for j in bare], MOST_NAMED)}" if bare else f"all {len(jobs)} jobs that write can be restarted",
            *((f"{listed(several, MOST_NAMED)} {'is' if len(several) == 1 else 'are'} written by more than one of them",) if several else ()),
        ),
        evidence=evidence,
        entry=(f"{id_} is answered",),
        exit=(f"one dataset, {min(written, key=lambda t: (written[t], t))}, is read by the other side from a file with a count and a checksum for one month",),
        rollback=f"the file is no longer read: none of the {len(jobs)} jobs is changed",
        abort=("a count or a checksum that differs once",),
    )  # fmt: skip
