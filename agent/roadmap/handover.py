"""From the roadmap and its ground to what people need to run it: dispositions, questions, runbooks, parity, contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agent.domain.finding import Evidence
from agent.domain.handover import Disposition, Handover, MessageContract, Runbook, Team
from agent.domain.inventory import Location
from agent.domain.plan import Roadmap
from agent.domain.wording import counted, listed
from agent.roadmap.contracts import find_contracts, find_messages
from agent.roadmap.dispositions import decide
from agent.roadmap.ground import Ground
from agent.roadmap.jobs import Job, find_jobs
from agent.roadmap.modules import find_rules
from agent.roadmap.parity import keep_ledger
from agent.roadmap.questions import Asker, place_of
from agent.roadmap.reach import Unreached, find_unreached
from agent.roadmap.runbook import View, write_runbook
from agent.roadmap.signals import Signals, find_signals
from agent.roadmap.teams import find_teams
from agent.roadmap.telemetry import propose_telemetry
from agent.roadmap.usage import read_elsewhere, said_of_runs, tables_counted

__all__ = ["Reading", "hand_over"]

MOST_JOBS_ASKED = 20


@dataclass(frozen=True)
class Reading:
    """What was read of a ground, once for roadmap and handover."""

    ground: Ground

    @cached_property
    def signals(self) -> Signals:
        # Any tool's own TOML lies in a repository; what it says is no code of the system.
        return find_signals(
            {p: t for p, t in self.ground.texts.items() if not p.endswith(".toml") or p.endswith("pyproject.toml")}
        )

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        return find_jobs(self.ground, self.signals)

    @cached_property
    def messages(self) -> tuple[MessageContract, ...]:
        return find_messages(self.ground, self.signals)

    @cached_property
    def unreached(self) -> Unreached:
        return find_unreached(self.ground)

    @cached_property
    def asker(self) -> Asker:
        return Asker(self.ground)


def hand_over(reading: Reading, roadmap: Roadmap) -> Handover:
    """All of it, for a roadmap that was drawn from the same reading."""
    ground, asker = reading.ground, reading.asker
    dispositions = decide(ground, reading.signals, reading.unreached, reading.jobs, asker)
    contracts = find_contracts(ground)
    runbooks = tuple(_runbooks(reading, roadmap, dispositions))
    teams = find_teams(ground)
    _ask_everywhere(reading, roadmap)
    _ask_teams(asker, teams, ground)
    _check_schedule(asker, roadmap, ground)
    kept = {(d.component) for d in dispositions if d.action == "retire" and d.decided}
    return Handover(
        dispositions=dispositions,
        questions=asker.close(),
        runbooks=runbooks,
        parity=keep_ledger(ground, reading.jobs, reading.signals, reading.messages, dispositions),
        contracts=tuple(c for c in contracts if not kept & {f"{c.method} {c.path}", c.path}),
        messages=reading.messages,
        teams=teams,
        rules=find_rules(ground),
        telemetry=propose_telemetry(ground, reading.signals),
        not_judged=reading.unreached.said,
        unusable=tuple(sorted(asker.unusable, key=lambda u: (u.place, u.why))),
    )


def _runbooks(reading: Reading, roadmap: Roadmap, dispositions: Sequence[Disposition]) -> Iterator[Runbook]:
    steps = [step for phase in roadmap.phases for step in phase.steps]
    contracts = find_contracts(reading.ground)
    for step in steps:
        service = reading.ground.services.get(step.service)
        if step.kind == "extract" and service is not None:
            view = View(
                reading.ground, service, step, steps, reading.signals, reading.jobs, contracts, reading.messages,
                dispositions, reading.asker,
            )  # fmt: skip
            yield write_runbook(view, step)


def _ask_everywhere(reading: Reading, roadmap: Roadmap) -> None:
    """What every system has to be asked, where its evidence gives a reason."""
    ground, asker = reading.ground, reading.asker
    steps = [step for phase in roadmap.phases for step in phase.steps]
    blocked = [s.id for s in steps if s.kind == "extract"]
    ways = [Evidence(location=r.location, text=r.route) for r in ground.system.routes_table[:2]]
    if ground.http_routes and not ground.boundaries.traffic.requests:
        asker.ask(
            "usage.routes", "service levels", f"Which of the {counted(len(ground.system.routes_table), 'route')} are used over a business cycle, and by whom?", "operations lead",
            "code shows what could be asked, not what is", "retirement candidates are confirmed or cleared" + (", and the canary starts where little traffic is" if blocked else "") + "; give logs with --runtime or `runtime`",
            "access logs of a business cycle", ways,
        )  # fmt: skip
    tables = [e for t in ground.boundaries.tables for e in t.evidence[:1]][:2]
    elsewhere = read_elsewhere(ground, list(ground.tables))
    if tables:
        asker.ask(
            "restore.tested", "service levels", "When was a restore last tested, and how long did it take (RTO), losing how much (RPO)?", "operations lead",
            f"{counted(len(ground.boundaries.tables), ground.store)} {'is' if len(ground.boundaries.tables) == 1 else 'are'} at stake, and no file here tells of a restore",
            "nothing is extracted before a restore test has passed" if blocked else "no change to the data starts before a restore test has passed", "date, hours, minutes", tables, blocked,
        )  # fmt: skip
        asker.ask(
            "readers.outside", "reporting", "Who reads the database from outside this repository (BI, spreadsheets, other systems)?", "data owner",
            f"your table statistics count {listed([f'{use.reads:,} reads of {use.table}' for use in elsewhere], 3)}, which nothing here reads" if elsewhere else "readers with a login of their own leave no trace in code",
            ("each of them needs the replica or a feed before a table moves" if blocked else f"whom a changed {ground.store} would break") + "; statement statistics (--runtime) answer it too", "names of systems and logins", tables,
        )  # fmt: skip
    for job in [j for j in reading.jobs if j.writes and not j.restart][:MOST_JOBS_ASKED]:
        asker.ask(
            f"restart.{job.key}", "batch", f"What does operations do when {job.key} stops half way?", "operations lead",
            f"no restart point in {counted(len(job.paths), 'file')} that it runs, and it writes {listed([t for t, _ in job.writes], 3)}" + (f"; {said_of_runs(job.runs)}" if job.runs else ""), "a restart point before the move, or a rule that it never runs on both sides", "",
            (job.evidence, *(e for _, e in job.writes[:2])),
        )  # fmt: skip
    counts = tables_counted(ground)
    for table in reading.unreached.unread_tables[:6]:
        asker.ask(
            f"reads.{table.table}", "reporting", f"Who reads {table.table}?", "data owner", f"written by {listed(list(table.writers), 3)} and read by nothing here" + (f"; your table statistics count {counted(counts[table.table].reads, 'read')}" if table.table in counts else ""),
            "whether it is moved, fed to somebody, or retired", "", table.evidence[:2] or (Evidence(location=table.location, text=table.table),),
        )  # fmt: skip


def _ask_teams(asker: Asker, teams: Sequence[Team], ground: Ground) -> None:
    odd = [team for team in teams if team.verdict != "one group" and team.files]
    if ground.boundaries.verdict != "split":  # one deployable has one owner, whatever its modules
        if odd and len(ground.boundaries.services) > 1:
            files = sum(team.files for team in odd)
            asker.ask(
                "owner.modules", "ownership", f"Who answers for the borders of {listed([team.service for team in odd], 4)}?", "head of engineering",
                f"CODEOWNERS does not give one group to each of {counted(files, 'file')}", "who may change a border's rule, and who is asked first", "a group for each module, not a person",
                tuple(e for team in odd for e in team.evidence[:1])[:3] or _homes(ground, odd[:2]),
            )  # fmt: skip
        return
    for team in odd:
        why = (
            f"CODEOWNERS gives its {counted(team.files, 'file')} to {listed([g for g, _ in team.groups], 4)}"
            if team.groups
            else f"{counted(team.unowned, 'file')} of {team.files} have no owner in writing"
            if team.evidence or team.unowned < team.files
            else f"no CODEOWNERS names a group for its {counted(team.files, 'file')}"
        )
        asker.ask(
            f"owner.{team.service}",
            "ownership",
            f"Which group will run {team.service}?",
            "head of engineering",
            why,
            "who is called at night, and who signs its contract",
            "a group, not a person",
            (*team.evidence, *_homes(ground, [team])),
        )


def _homes(ground: Ground, teams: Sequence[Team]) -> tuple[Evidence, ...]:
    """The first unit of each."""
    first = {u.service: u for u in reversed(ground.boundaries.units)}
    return tuple(
        Evidence(location=Location(path=u.path, line=u.line), text=u.id)
        for u in (first.get(team.service) for team in teams)
        if u is not None
    )


def _check_schedule(asker: Asker, roadmap: Roadmap, ground: Ground) -> None:
    """Dates that cannot hold are named: no date, no such step, or earlier than what has to come first."""
    steps = {s.id: s for phase in roadmap.phases for s in phase.steps}
    by_service = {s.service: s.id for s in steps.values() if s.kind == "extract"}
    days: dict[str, tuple[date, str]] = {}
    for key, told in sorted(ground.told.schedule.items()):
        step = steps.get(key) or steps.get(by_service.get(key, ""))
        if step is None:
            asker.refuse(f"schedule.{key}", told, f"there is no step or extraction {key!r} in this plan")
            continue
        try:
            day = date.fromisoformat(told.text[:10])
        except ValueError:
            asker.refuse(f"schedule.{key}", told, f"{told.text!r} is not a day (YYYY-MM-DD)")
            continue
        if not re.fullmatch(r"\d{4}-\d\d-\d\d.*", told.text):
            asker.refuse(f"schedule.{key}", told, f"{told.text!r} is not a day (YYYY-MM-DD)")
            continue
        days[step.id] = (day, key)
    for id_, (day, key) in sorted(days.items()):
        for other in steps[id_].depends_on:
            if other in days and days[other][0] > day:
                told = ground.told.schedule[key]
                asker.refuse(
                    f"schedule.{key}",
                    told,
                    f"cannot hold: {id_} on {day} needs {other}, which is set for {days[other][0]} ({place_of(ground.told.schedule[days[other][1]], '').location})",
                )
