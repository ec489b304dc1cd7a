"""AI readiness: where a model could be attached, to which data, what that data is, and what serving it takes; inference first.

Before: "we will add AI to the helpdesk". After: which routes and columns hold text that a model could draft, sort or find by, what else
stands in those rows, and what has to be measured. Why: most of the work is data and its permissions, and both are in the schema.
When not: where a rule or a report answers as well; nothing here says that a model would be of use. Training comes later, once answers
have been collected and judged. Numbers appear only for volumes that `figwright.toml` states (`workload.rows`, `workload.models`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.ai.needs import NEED_RULES, index_size, needs
from agent.assessment.ai.uses import USE_RULES, uses_of_models
from agent.assessment.case import Case, evidence, report
from agent.assessment.governance.models import model_uses
from agent.assessment.privacy import personal_tables
from agent.assessment.reading.schemas import Column, Table
from agent.domain.finding import Evidence, Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "free_text", "look"]

RULES = (
    Rule(
        id="ai.text", lens="ai", severity="info", title="A table holds text that people write",
        matches="Columns for long text (TEXT, CLOB, VARCHAR of 500 or more, text fields of mapped classes) whose names say note, message, "
        "description, comment, reason, body and the like, with the routes that read or write their table.",
        why="Such text can be found by meaning, summarized, sorted or drafted; it also says more about people than any column beside it.",
        remedy="Begin behind the facade, on one of these routes, with drafts that people check; ask the model by an interface of your own, so that it can "
        "be exchanged or switched off; redact before anything leaves.",
        questions=("How long may an answer take on these routes, and what happens when none comes?",),
    ),
    Rule(
        id="ai.outcomes", lens="ai", severity="info", title="A table records outcomes that a model could be judged by",
        matches="Tables with long text and a column whose name says category, status, priority, decision, resolution, rating or label.",
        why="Examples with a known outcome are what an evaluation needs first, and training perhaps later.",
        remedy="Take a fixed set of a few hundred rows, let people check the outcomes, keep its lineage (query, date, commit), and measure before anything is shown.",
        questions=("Were outcomes decided the same way over the years, and for all kinds of people?",),
    ),
    Rule(
        id="ai.on-request-path", lens="ai", severity="medium", title="A request waits for a model",
        matches="Files that use a model's library and hold a function that a route reaches.",
        why="Models take seconds, fail under load, and are limited by somebody else's quota.",
        remedy="Give the call a time-out, a fallback and a limit of parallel calls, or answer later by a queue; measure the share of requests that fall back.",
        step="Decouple requests from other systems", references=("CWE-1088",),
    ),
    *NEED_RULES,
    *USE_RULES,
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

_LONG = re.compile(
    r"(?i)^(?:long|medium)?text\b|^n?clob\b|^n?varchar2?\s*\(\s*(?:max|[5-9]\d\d|\d{4,})|^TextField$|^CKEditor\w*Field$|^(?:\w+\.)?TEXT\b"
)
_SURELY = r"notes?|messages?|body|descr(?:iption)?|comments?|remarks?|details?|narrative|feedback|complaint"
_WRITTEN = re.compile(rf"(?i)(?:^|_)(?:{_SURELY}|reason|summary|content|question|answer|reply|review|text)(?:_|$)")
_WRITTEN_SURELY = re.compile(rf"(?i)(?:^|_)(?:{_SURELY})(?:_|$)")
_MACHINE = re.compile(
    r"(?i)(?:^|_)(?:error|sql|html|xml|json|query|template|code|stack|token|hash|key|url|path|first|last|due|next|type)(?:_|$)|_(?:id|at|on|date|count|by)$"
)
_MACHINE_TABLE = re.compile(
    r"(?i)(?:^|_)(?:queue|outbox|audit|logs?|templates?|history|migrations?|sessions?|cache)(?:_|$)"
)
_SHORT_TYPE = re.compile(r"(?i)\bchar|varchar")
_OUTCOME = re.compile(
    r"(?i)(?:^|_)(?:category|status|state|priority|severity|decision|resolution|outcome|rating|label|disposition|verdict)(?:_code|_id)?$"
)


def free_text(table: Table, surely: bool = False) -> tuple[Column, ...]:
    """Columns of a table in which people write sentences; ``surely`` where the type says nothing, because all text has it."""
    if _MACHINE_TABLE.search(table.name):
        return ()
    found = []
    for column in table.columns:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.name)
        says = (_WRITTEN_SURELY if surely else _WRITTEN).search(name)
        if says and not _MACHINE.search(name) and _LONG.search(column.type):
            found.append(column)
    return tuple(found)


def look(case: Case) -> Iterator[Finding]:
    """Text and outcomes of tables first, then what runs and what it takes."""
    told_apart = {t.path for t in case.tables.values() for c in t.columns if _SHORT_TYPE.search(c.type)}
    written = {
        name: free_text(t, t.path.endswith(".sql") and t.path not in told_apart) for name, t in case.tables.items()
    }
    owners = {t.table.lower(): t.owner for t in case.boundaries.tables}
    by_owner: dict[str, dict[str, tuple[Column, ...]]] = defaultdict(dict)
    for name, text in written.items():
        if text:
            by_owner[owners.get(name, "")][name] = text
    routes = _routes_by_table(case) if by_owner else {}
    for owner, tables in sorted(by_owner.items()):
        yield _text(case, owner, tables, routes)
    for name in sorted(name for name, text in written.items() if text):
        yield from _outcomes(case, case.tables[name])
    yield from uses_of_models(case)
    yield from _on_request_path(case)
    yield from needs(case)


def _routes_by_table(case: Case) -> dict[str, list[Evidence]]:
    touching: dict[str, set[str]] = defaultdict(set)
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write") and edge.target.startswith("table:"):
            touching[edge.source].add(edge.target.removeprefix("table:").lower())
    found: dict[str, list[Evidence]] = defaultdict(list)
    for edge in case.graph.dependencies:
        route = case.graph.by_id.get(edge.source) if edge.kind == "handle" else None
        if route is None or route.role != "code":
            continue
        tables = {t for symbol in case.graph.reached_from(edge.target) for t in touching.get(symbol, ())}
        for table in sorted(tables):
            found[table].append(
                evidence(route.path, route.line, f"route {edge.source.removeprefix('route:')}", "inferred")
            )
    return found


def _text(case: Case, owner: str, tables: dict[str, tuple[Column, ...]], routes: dict[str, list[Evidence]]) -> Finding:
    personal = personal_tables(case)
    kinds = sorted({kind for name in tables for _, kind in personal.get(name, ())})
    stays = (
        f"Rows hold {listed(kinds)} data as well, and free text repeats it: a model has to run where the table may be read, or get redacted text."
        if kinds
        else "No personal column stands beside the text; it may still name people."
    )
    reach = sorted({e.text: e for name in tables for e in routes.get(name, ())}.items())
    reached = (
        f"{counted(len(reach), 'route')} {'reaches' if len(reach) == 1 else 'reach'} the text."
        if reach
        else "No route was seen to reach the text."
    )
    places = [
        evidence(c.path, c.line, f"{name}.{c.name} {c.type}", "inferred")
        for name, columns in tables.items()
        for c in columns
    ]
    names = [f"{name}.{c.name}" for name, columns in tables.items() for c in columns]
    return report(
        case, BY_ID["ai.text"], " ".join(names), places, services=(owner,),
        title=f"{counted(len(tables), 'table')}{f' of {owner}' if owner else ''} {'holds' if len(tables) == 1 else 'hold'} text that people write: {listed(names, 4)}",
        detail=f"{reached} {stays}" + (f" For a start: {listed([text.removeprefix('route ') for text, _ in reach], 4)}." if reach else ""),
        quantities=tuple(q for name, columns in tables.items() for q in index_size(case, name, len(columns))),
    )  # fmt: skip


def _outcomes(case: Case, table: Table) -> Iterator[Finding]:
    found = [c for c in table.columns if _OUTCOME.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", c.name))]
    if found:
        places = [evidence(c.path, c.line, f"{c.name} {c.type}", "inferred") for c in found]
        yield report(
            case, BY_ID["ai.outcomes"], table.name, places,
            title=f"Table {table.name} records {listed([c.name for c in found])} beside its text",
        )  # fmt: skip


def _on_request_path(case: Case) -> Iterator[Finding]:
    uses = {e.location.path: e for e in model_uses(case)}
    if not uses:
        return
    reached: dict[str, set[str]] = defaultdict(set)
    for edge in case.graph.dependencies:
        if edge.kind != "handle" or case.graph.by_id[edge.source].role != "code":
            continue
        for symbol in (edge.target, *sorted(case.graph.reached_from(edge.target))):
            known = case.graph.by_id.get(symbol)
            if known is not None and known.kind == "function" and known.path in uses:
                reached[known.path].add(edge.source.removeprefix("route:"))
    for path, routes in sorted(reached.items()):
        yield report(
            case, BY_ID["ai.on-request-path"], f"{path} {uses[path].text}", [uses[path].model_copy(update={"resolution": "inferred"})],
            title=f"{counted(len(routes), 'route')} may wait for a model in {path}", detail=f"{listed(sorted(routes), 6)}. {BY_ID['ai.on-request-path'].why}",
        )  # fmt: skip
