"""What could be retired, as nothing reaches it, and what could be bought: each with the question that decides it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.domain.finding import Evidence
from agent.domain.handover import Disposition, Rejected
from agent.domain.inventory import Location
from agent.domain.wording import counted, listed
from agent.roadmap.ground import Ground
from agent.roadmap.jobs import Job
from agent.roadmap.questions import Asker, place_of
from agent.roadmap.reach import Unreached
from agent.roadmap.signals import Signals, known_signals
from agent.roadmap.usage import tables_counted

__all__ = ["MOST_CANDIDATES", "Case", "purchases", "retire", "retirements"]

MOST_CANDIDATES = 60


@dataclass(frozen=True)
class Case:
    """What dispositions are decided on."""

    ground: Ground
    signals: Signals
    unreached: Unreached
    jobs: Sequence[Job]
    asker: Asker


def retirements(case: Case) -> Iterator[Disposition]:
    seen = case.ground.boundaries.traffic
    how = (
        f"no request in {counted(seen.requests, 'request')} of your logs"
        if seen.requests
        else "nothing in code, pages or scripts links to it"
    )
    for row in case.unreached.routes[:MOST_CANDIDATES]:
        yield retire(
            case,
            row.route,
            "route",
            how,
            Evidence(
                location=row.location, text=f"{row.route} is answered by {row.handler}"[:200], resolution="inferred"
            ),
            row.service,
        )
    for unit in case.unreached.units[:MOST_CANDIDATES]:
        yield retire(
            case,
            unit.id,
            "file",
            f"no route, job or start leads to its {counted(unit.code_lines, 'line')}, tests apart",
            Evidence(location=Location(path=unit.path, line=unit.line), text=unit.id, resolution="inferred"),
            unit.service,
        )
    for page in case.unreached.pages[:MOST_CANDIDATES]:
        yield retire(
            case,
            page.path,
            "file",
            "no code shows this page",
            Evidence(location=Location(path=page.path, line=page.line), text=page.id, resolution="inferred"),
            "",
        )
    for table in case.unreached.idle_tables[:MOST_CANDIDATES]:
        yield retire(
            case,
            table.table,
            "table",
            "your table statistics count no read and no write of it"
            if table.table in tables_counted(case.ground)
            else "no statement that was understood reads or writes it",
            Evidence(location=table.location, text=table.table, resolution="inferred"),
            table.owner,
        )


def retire(case: Case, name: str, kind: str, why: str, place: Evidence, service: str) -> Disposition:
    id_ = f"retire.{name}"
    told = case.ground.answer(id_)
    weight = [p for p in case.ground.told.route_weights if p == name]
    case.asker.ask(
        id_, "retirement", f"May {name} be retired?", "product owner", why,
        "yes: it is not moved, not tested and not in any contract, and its row of the parity ledger is closed; no: it moves like its neighbours",
        "yes | no", (place,),
    )  # fmt: skip
    if told and weight and told.text.lower() in ("yes", "retire", "true"):
        case.asker.refuse(id_, told, f"contradicts route_weights, which gives {name} a weight")
    decided = case.asker.decided(id_)
    seen = case.ground.boundaries.traffic.requests
    if decided is not None and not decided:
        return Disposition.model_validate(
            {"component": name, "kind": kind, "action": "retain", "decided": True, "service": service, "question": id_,
             "reason": "you decided that it stays", "evidence": (place, *((place_of(told, f"{id_} = {told.text}"),) if told else ())),
             "rejected": (Rejected(action="retire", why=f"{why}, and yet you know of a use"),)}
        )  # fmt: skip
    return Disposition.model_validate(
        {"component": name, "kind": kind, "action": "retire", "candidate": decided is None, "decided": decided is True,
         "reason": why + ("" if decided else "; a candidate until you say so" if seen else "; a candidate until logs of a business cycle or you say so"),
         "evidence": (place, *((place_of(told, f"{id_} = {told.text}"),) if told and decided else ())), "question": id_, "service": service,
         "rejected": (Rejected(action="retain", why=_kept(case, kind)),)}
    )  # fmt: skip


def _kept(case: Case, kind: str) -> str:
    """Why not simply keep it."""
    system = case.ground.system
    number = {
        "route": counted(system.routes, "route"),
        "table": counted(system.tables, "table"),
        "job": counted(len(case.jobs), "job"),
    }.get(kind, counted(system.units, "unit"))
    return f"kept, it is one of {number} to move, test and roll back, for nobody"


def purchases(case: Case) -> Iterator[Disposition]:
    for signal in known_signals().values():
        if not signal.commodity:
            continue
        places = [
            e for e in case.signals.of(signal.name) if case.ground.roles.get(e.location.path) in ("code", "template")
        ]
        if not places:
            continue
        files_ = sorted({e.location.path for e in places})
        id_ = f"buy.{signal.name}"
        case.asker.ask(
            id_, "repurchase", f"Is there a product or service of the house for {signal.title}?", "architect",
            f"{counted(len(places), 'call site')} in {counted(len(files_), 'file')} do it by hand or through a library",
            "yes: the call sites go behind one interface and the code is retired; no: it moves as it is", "yes | no", places,
        )  # fmt: skip
        decided = case.asker.decided(id_)
        if decided is False:
            continue
        yield Disposition(
            component=signal.title, kind="capability", action="repurchase", candidate=decided is None, decided=decided is True, question=id_,
            reason=f"a commodity with {counted(len(places), 'call site')} in {listed(files_, 3)}; a replacement must cover {signal.covers}",
            evidence=tuple(places[:6]),
            rejected=(Rejected(action="refactor", why=f"own {signal.title} code is maintained for ever and sells nothing"),
                      Rejected(action="retain", why=f"it would be copied into {counted(len({case.ground.service_of_path.get(f, '') for f in files_}), 'service')}")),
        )  # fmt: skip
