"""How data moves: for each table a tactic, the order of loading, what proves that it arrived, and the way back.

Before: "then we migrate the database". After: these tables move in a night, those need change data capture because two services read
them, that one has no owner yet; with queries that have to give the same numbers on both sides. Why: data is the part that cannot be
deployed again. When not: tables that are to be archived. Volumes and hours appear for tables whose rows `figwright.toml` states
(`workload.rows`, `bandwidth_mbit`, `migration_window_hours`); `figwright synth` makes rows for the rehearsal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.data.moves import Move, moves_of
from agent.domain.boundary import SHARED
from agent.domain.finding import Finding, Quantity, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="data.migration", lens="data", severity="info", title="Tables move by different tactics",
        matches="Tables by who writes and who reads them outside of their proposed owner, with stated rows against the stated window.",
        why="The tactic follows from who uses a table, and decides how long two copies live side by side.",
        remedy="Rehearse with synthetic rows; run the validation queries of `figwright assess --artifacts DIR` on both sides; agree on the way back before the cut-over.",
        questions=("How long may each table stand still, and how old may a reader's copy be?",),
    ),
    Rule(
        id="data.window", lens="data", severity="medium", title="A copy does not fit the window",
        matches="Tables, or the database as a whole, whose transfer at the stated bandwidth may take longer than the stated window.",
        why="What is found out in the night of the cut-over ends in a roll-back.",
        remedy="Replicate beforehand and copy only what changed; archive what nobody reads; measure the line with a rehearsal.",
        step="Replicate what does not fit the window",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}


def look(case: Case) -> Iterator[Finding]:
    """One finding for each owner, and one for what does not fit."""
    moves = moves_of(case)
    by_owner: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        by_owner[move.owner if case.boundaries.verdict == "split" else ""].append(move)
    places = {t.table: t for t in case.boundaries.tables}
    for owner, some in sorted(by_owner.items()):
        tactics = Counter(m.tactic for m in some)
        said = [
            f"{n} by {tactic}"
            if tactic in ("dual write with reconciliation", "outbox and change data capture")
            else f"{n} {tactic}"
            for tactic, n in tactics.most_common()
        ]
        found = [
            evidence(
                places[m.table].location.path,
                places[m.table].location.line,
                f"{m.table}: {m.tactic}, as {m.why}",
                "inferred",
            )
            for m in some
        ]
        home = {"": "the system", SHARED: "shared code"}.get(owner, owner)
        yield report(
            case, BY_ID["data.migration"], f"{owner} {' '.join(sorted(f'{m.table} {m.tactic}' for m in some))}", found, services=(owner,),
            title=f"{counted(len(some), 'table')} of {home}: {listed(said)}", detail=f"In this order: {listed([m.table for m in some], 8)}.",
            quantities=tuple(q for m in some for q in m.quantities),
        )  # fmt: skip
    yield from _window(case, moves)


def _window(case: Case, moves: tuple[Move, ...]) -> Iterator[Finding]:
    window = case.assumptions.workload.migration_window_hours
    transfers = [(m, q) for m in moves for q in m.quantities if q.name.startswith("transfer")]
    if not window or not transfers:
        return
    total = Quantity(
        name="transfer of all tables with stated rows", low=round(sum(q.low for _, q in transfers), 4), high=round(sum(q.high for _, q in transfers), 4), unit="hours",
        formula="sum of the tables' transfers, one after the other", inputs=(*(f"{q.name} {q.low:g} to {q.high:g} h" for _, q in transfers), f"window {window:g} h (workload.migration_window_hours)"),
    )  # fmt: skip
    if total.high <= window:
        return
    places = {t.table: t.location for t in case.boundaries.tables}
    longest = sorted(transfers, key=lambda pair: (-pair[1].high, pair[0].table))
    yield report(
        case, BY_ID["data.window"], "window", [evidence(places[m.table].path, places[m.table].line, f"{m.table}: {q.low:g} to {q.high:g} hours", "inferred") for m, q in longest],
        severity="medium" if total.low > window else "low", services=(),
        title=f"A copy {'does' if total.low > window else 'may'} not fit the window: {total.low:g} to {total.high:g} hours against {window:g}", quantities=(total,),
    )  # fmt: skip
