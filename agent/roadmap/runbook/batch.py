"""Section 5: jobs that write the same tables without passing the facade: window, restart point, owner; timers in the process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.jobs import Job
from agent.roadmap.runbook.view import View
from agent.roadmap.usage import said_of_runs

__all__ = ["write"]

MOST = 10


def write(view: View) -> Sequence[Statement]:
    """Each job, then timers."""
    by_key: dict[str, list[Job]] = defaultdict(list)
    for job in view.own_jobs:
        by_key[job.key].append(job)
    found = [s for jobs in list(by_key.values())[:MOST] for s in _job(view, jobs)]
    found += _timers(view)
    if found:
        return found
    return [
        view.open(
            "jobs.outside", "batch", f"no job of this repository writes {listed(list(view.service.owned_tables), 4)}, and none outside it leaves a trace here",
            "Which jobs, scripts or people change its database past the application?", "operations lead",
            "a writer that passes no facade must be moved or stopped with the service", [e for t in view.owned for e in t.evidence[:1]] or view.homes,
        )
    ]  # fmt: skip


def _job(view: View, jobs: Sequence[Job]) -> Iterator[Statement]:
    """One program, however often it is scheduled."""
    job = jobs[0]
    starts = [each.evidence for each in jobs[:3]]
    owned = set(view.service.owned_tables)
    mine = [(t, e) for t, e in job.writes if t in owned]
    foreign = [t for t, _ in job.writes if t not in owned]
    runs = f"{job.key} ({'; '.join(each.schedule.partition(': ')[0] for each in jobs[:4])})"
    if mine:
        text = f"{runs} writes {listed([t for t, _ in mine], 4)} past the facade"
        text += f", and {listed(foreign, 3)} of others with it" if foreign else ""
        owner = (
            "it goes with the service"
            if view.name in job.services
            else f"{listed(list(job.services), 3)} runs it, so during coexistence it writes through {view.name}'s interface"
        )
        yield view.fact(f"{text}; {owner}", (*starts, *(e for _, e in mine)))
    else:
        yield view.fact(
            f"{runs} runs its code"
            + (f" and writes {listed(foreign, 3)} of others" if foreign else " and writes no table"),
            starts,
        )
    if job.restart:
        yield view.fact(f"{job.key} knows where it stopped", job.restart)
    elif job.writes:
        yield view.open(
            f"restart.{job.key}", "batch",
            f"{job.key} shows no restart point in {counted(len(job.paths), 'file')} that it runs: after a stop half way, a second run meets {listed([t for t, _ in job.writes], 3)} as the first one left them",
            f"What does operations do when {job.key} stops half way?", "operations lead", "a restart point before the move, or a rule that it never runs on both sides", (job.evidence, *(e for _, e in job.writes[:2])),
        )  # fmt: skip
    yield view.open(
        f"window.{job.key}", "batch", f"when {job.key} must be done, and what must run before and after it, is in no file that was read" if job.kind == "batch" else f"{job.key} starts at {'; '.join(each.schedule.partition(': ')[0].partition(', ')[2] or 'a time that is not written here' for each in jobs[:4])}; by when it must be done is not written" + (f"; {said_of_runs(job.runs)}" if job.runs else ""),
        f"What runs before and after {job.key}, and by when must it be done?", "operations lead", "the cutover's window, and which side runs it during coexistence", starts,
    )  # fmt: skip


def _timers(view: View) -> list[Statement]:
    places = view.signals.of("timer", view.paths)
    if not places:
        return []
    return [
        view.fact(
            f"{counted(len(places), 'timer')} inside the process: replicas stay at 1 until a scheduler outside starts that work",
            places,
        )
    ]
