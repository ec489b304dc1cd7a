"""Privacy: which personal data the system holds, where it is logged, and where it would flow once the system is split.

Before: `log.info("reset for " + user.getEmail())`. After: `log.info("reset for user {}", user.getId())`. Why: each new service
is one more place that holds, copies and logs personal data, and each needs a purpose and a deletion. When not: a name that only
looks personal (the e-mail address of a mailbox of the company). Nothing here says that a system complies with anything: rules
end in questions that people have to answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report, seen
from agent.assessment.reading import Source, calls
from agent.assessment.reading.schemas import Column, Table, columns_of_records
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency
from agent.domain.finding import Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "kind_of", "look", "personal_tables"]

_GDPR = (
    "GDPR: what is each field held for, on which legal basis, and until when?",
    "GDPR: can a person's data be found, exported and erased in every copy that the split adds?",
    "Residency: in which country may it be stored, and does the target region lie there?",
)
_PCI = (
    "PCI DSS: does any field hold a full card number, and could a provider's token take its place?",
    "PCI DSS: which services and networks would be in scope after the split?",
)
_HIPAA = ("HIPAA: is it health information of identifiable people, and who has access to it with which agreement?",)

RULES = (
    Rule(
        id="privacy.personal-data", lens="privacy", severity="low", title="A table holds personal data",
        matches="Columns, mapped fields and record fields whose names say contact, identity, birth, payment, health or position.",
        why="It decides encryption, retention, residency and who may get a copy, before the table moves.",
        remedy="Settle purpose, retention and owner with whoever is responsible; encrypt at rest; keep it out of test data.",
        references=("CWE-359", "ASVS 8.3.4"), questions=_GDPR,
    ),
    Rule(
        id="privacy.sensitive-data", lens="privacy", severity="medium", title="A table holds data that is worth stealing",
        matches="Columns and fields for national identifiers, cards, bank accounts and health.",
        why="Loss of it has to be reported, and often has a price a record.",
        remedy="Encrypt the fields with a key of a key service, mask them outside of their service, or replace them by a provider's tokens.",
        references=("CWE-311", "ASVS 6.1.1", "ASVS 8.3.4"), questions=(*_GDPR, *_PCI, *_HIPAA),
    ),
    Rule(
        id="privacy.card-code", lens="privacy", severity="high", title="The security code of payment cards is stored",
        matches="Columns and fields named cvv, cvc, cvv2 or card security code.",
        why="It may not be stored after the payment was authorized, encrypted or not (PCI DSS requirement 3).",
        remedy="Do not store it; delete what is there; take payments through a provider's form.",
        references=("CWE-359", "ASVS 8.3.4"), questions=_PCI, step="Stop storing what may not be stored",
    ),
    Rule(
        id="privacy.logged", lens="privacy", severity="medium", title="Personal data is written to a log",
        matches="Log calls with a variable or field whose name says e-mail, phone, address, birth or a national identifier.",
        why="Logs leave the service for a central store, have other readers and are kept for other times than the data.",
        remedy="Log an identifier instead; mask in the log's encoder what has to stay.",
        references=("CWE-532", "ASVS 7.1.1"), step="Take personal data out of the logs",
    ),
    Rule(
        id="privacy.crosses-boundary", lens="privacy", severity="medium", title="Personal data would cross a proposed boundary",
        matches="Tables with personal columns that a service reads or writes which does not own them.",
        why="What is a join today becomes a copy or an interface with personal data in it.",
        remedy="Hand over only the fields that are needed; ask by identifier; authenticate the calling service and record the access.",
        references=("CWE-359", "ASVS 8.3.1"), questions=_GDPR[:2],
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

# A word of a name, by kind; a word must stand on its own: `phone_number`, `homePhone`, `CUST-PHONE`, not `headphones`.
_KINDS = (
    ("card code", r"cvv2?|cvc2?|card_?(?:security|verification)_?(?:code|number)"),
    ("identity", r"ssn|social_?security(?:_?(?:no|number|num))?|passport(?:_?(?:no|number))?|national_?id|tax_?id|driver_?licen[cs]e|govt?_?(?:issued)?_?id|ni_?number|nino"),
    ("payment", r"credit_?card(?:_?(?:no|num|number))?|card_?(?:no|num|number)|pan_?number|iban|bank_?account|account_?holder|sort_?code|cc_?(?:num|number)"),
    ("health", r"diagnos[ie]s|medication|medical_?(?:history|record|notes?)|blood_?(?:type|group)|disabilit(?:y|ies)|allerg(?:y|ies)|symptoms?"),
    ("birth", r"birth_?(?:date|day)?|date_?of_?birth|birthdate|birthday|dob"),
    ("contact", r"e_?mail(?:_?addr(?:ess)?)?|phone(?:_?(?:no|num|number))?|telephone|mobile(?:_?(?:no|num|number|phone))?|fax|home_?address|street(?:_?address)?|addr(?:ess)?_?(?:line_?)?[12]|postal_?code|post_?code|zip(?:_?code)?"),
    ("name", r"first_?name|last_?name|sur_?name|full_?name|maiden_?name|given_?name|family_?name"),
    ("position", r"ip_?addr(?:ess)?|remote_?addr|geo_?location|latitude|longitude"),
)  # fmt: skip
_SENSITIVE = frozenset({"identity", "payment", "health"})
_NOT = re.compile(
    r"(?i)template|subject|enabled?$|verified|confirmed|is_|has_|_sent|_count|_type$|_format|_status|_id$|allow|send|notify|valid|label|queue|server|host|port$|_at$|ind(?:icator)?$|flag$|error|msg|message|_len(?:gth)?$"
)
_COMPANY = re.compile(
    r"(?i)(?:^|_)(?:merchant|vendor|supplier|shop|store|company|branch|warehouse|bank|depot|ws|test)_"
)
_PATTERNS = tuple((kind, re.compile(rf"(?:^|_)(?:{words})(?:_|$)", re.IGNORECASE)) for kind, words in _KINDS)
_COMPANIES = re.compile(
    r"(?i)(?:^|_)(?:merchants?|vendors?|suppliers?|shops?|stores?|company|companies|branch(?:es)?|warehouses?|banks?|depots?|carriers?|manufacturers?|publishers?|teams?|departments?)$"
)  # tables of organisations
_ENOUGH = 2  # names alone, or one zip code, may be anybody's


def kind_of(name: str) -> str:
    """The kind of personal data that a column's name says; "" for none."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_")
    if _COMPANY.search(words):
        return ""
    for kind, pattern in _PATTERNS:
        if pattern.search(words) and not (kind not in _SENSITIVE and _NOT.search(words)):
            return kind
    return ""


def personal_tables(case: Case) -> dict[str, tuple[tuple[Column, str], ...]]:
    """Tables that hold personal data -> its columns with their kinds."""
    found = {name: tuple(_personal_columns(table)) for name, table in case.tables.items()}
    return {name: columns for name, columns in found.items() if _is_personal(list(columns))}


def _personal_columns(table: Table) -> list[tuple[Column, str]]:
    """Columns with their kinds; the contact data of an organisation are nobody's, unless a person is named beside them."""
    found = [(column, kind) for column in table.columns if (kind := kind_of(column.name))]
    if _COMPANIES.search(table.name) and {kind for _, kind in found} <= {"contact", "position"}:
        return []
    return found


def look(case: Case) -> Iterator[Finding]:
    """Tables and records first, then what happens to them."""
    personal: dict[str, tuple[str, ...]] = {}
    for name, table in case.tables.items():
        found = _personal_columns(table)
        yield from _held(case, f"table {name}", found)
        if _is_personal(found):
            personal[name] = tuple(c.name for c, _ in found)
    for source in case.sources:
        if source.language == "cobol":
            found = [(column, kind) for column in columns_of_records(source) if (kind := kind_of(column.name))]
            yield from _held(case, f"record {source.path}", found) if _is_record(source) else ()
    yield from _logged(case)
    yield from _crossing(case, personal)


def _is_record(source: Source) -> bool:
    """A copybook, or a file description: work fields of a program are copies."""
    return (
        source.path.lower().endswith((".cpy", ".cpb", ".copy"))
        and "DFHMDF" not in source.text
        and "PIC X(" in source.text.upper()
        and not re.search(r"(?m)^.{6}\s+02\s+\w+[LFAI]\s", source.text)
    )


def _is_personal(found: list[tuple[Column, str]]) -> bool:
    kinds = {kind for _, kind in found}
    return (
        bool(kinds & (_SENSITIVE | {"card code", "birth"}))
        or len(found) >= _ENOUGH
        or any("mail" in c.name.lower() for c, _ in found)
    )


def _held(case: Case, what: str, found: list[tuple[Column, str]]) -> Iterator[Finding]:
    if not _is_personal(found):
        return
    groups = {
        "privacy.card-code": [f for f in found if f[1] == "card code"],
        "privacy.sensitive-data": [f for f in found if f[1] in _SENSITIVE],
        "privacy.personal-data": [f for f in found if f[1] not in _SENSITIVE | {"card code"}],
    }
    for rule, some in groups.items():
        if some and (rule != "privacy.personal-data" or _is_personal(some)):
            kinds = listed(sorted({kind for _, kind in some}))
            places = [evidence(c.path, c.line, f"{c.name}: {kind}", "inferred") for c, kind in some]
            title = f"{what[:1].upper()}{what[1:]} holds {'security codes of cards' if rule.endswith('code') else f'{kinds} data'}"
            yield report(
                case,
                BY_ID[rule],
                what,
                places,
                title=title,
                detail=f"{counted(len(some), 'field')} by name. {BY_ID[rule].why}",
            )


_LOG = re.compile(
    r"(?i)(?<![\w$])(?:[\w$]+(?:\.|->))*(?:log|logger|logging|console|slog)(?:\.|->|::)(?:debug|info|warn|warning|error|fatal|trace|log|write|fine|severe|notice|critical|exception)\s*\("
    r"|(?<![\w>:$.])(?:error_log|syslog|(?:write|audit|app|access|mail|debug|trace|event)_?log|log_?(?:message|line|info|debug|error|warn(?:ing)?|event|entry|write|it|msg|text)|trace_?(?:line|message))\s*\("
)
_NAMED = re.compile(r"(?<![\w-])\$?[A-Za-z_]\w*(?:(?:\.|->)\w+(?:\(\s*\))?|\[\s*[\"']\w+[\"']\s*\])*(?:\(\s*\))?")
_LOGGED = frozenset({"contact", "birth", "identity", "payment", "health", "card code"})


def _logged(case: Case) -> Iterator[Finding]:
    for source in case.sources:
        if source.role == "migration" or "log" not in source.lower:
            continue
        found = []
        for call in calls(source, _LOG):
            inside = _code_parts(source, call.opening + 1, call.end)
            for name in _NAMED.findall(inside):
                last = re.sub(r"^get(?=[A-Z])", "", re.split(r"\.|->|\[", name.rstrip("() "))[-1].strip("\"'] $"))
                kind = kind_of(last)
                if kind in _LOGGED and not last.isupper() and not _declares(source, call.start):
                    found.append(
                        evidence(
                            source.path,
                            source.line(call.start),
                            f"{name.strip()} ({kind}) is logged: {source.shown(call.start)}",
                        )
                    )
                    break
        if found:
            texts = "\n".join(sorted(e.text for e in found))
            yield report(
                case,
                BY_ID["privacy.logged"],
                f"{source.path}\n{texts}",
                found,
                title=f"Personal data is written to a log: {source.path}",
            )


def _declares(source: Source, start: int) -> bool:
    return bool(
        re.search(
            r"\b(?:def|function|sub|func|void|public|private|static)\s+$", source.code[max(0, start - 20) : start]
        )
    )


def _code_parts(source: Source, start: int, end: int) -> str:
    """Code between two offsets, with what is interpolated into strings."""
    text = source.text[start:end]
    kept = [source.code[start:end]]
    if source.language == "php":
        kept += re.findall(r"\{?\$(\w+(?:->\w+|\[['\"]?\w+['\"]?\])?)", text)
    elif source.language in ("javascript", "typescript"):
        kept += re.findall(r"\$\{([^{}\n]{1,80})\}", text)
    elif source.language == "python" and re.search(r"\bf[\"']", text):
        kept += re.findall(r"\{([\w.\[\]\"']{1,80})[!:}]", text)
    return " , ".join(kept)


def _crossing(case: Case, personal: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    if case.boundaries.verdict == "do not split":
        return
    sources = {source.path: source for source in case.sources}
    edges = defaultdict(list)
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write") and edge.target.removeprefix("table:").lower() in personal:
            edges[edge.target.removeprefix("table:")].append(edge)
    for table in case.boundaries.tables:
        columns = personal.get(table.table.lower())
        others = sorted({*table.readers, *table.writers} - {table.owner, SHARED, ""})
        if not columns or not table.owner or not others:
            continue
        uses = [
            e
            for e in edges[table.table]
            if case.service_of(e.source) in others and _takes(sources.get(e.path), e, columns)
        ]
        if uses:
            yield report(
                case, BY_ID["privacy.crosses-boundary"], table.table,
                [seen(e, f"{e.source} ({case.service_of(e.source)}) {e.kind}s {table.table}") for e in uses],
                title=f"Personal data of {table.table} would flow from {table.owner} to {listed(others)}",
                detail=f"{counted(len(columns), 'personal field')} ({listed(list(columns), 6)}); {counted(len(uses), 'place')} outside of its owner.",
                services=[table.owner, *others],
            )  # fmt: skip


_SELECT = re.compile(r"(?i)\bSELECT\b(?P<what>[\s\S]{1,3000}?)\bFROM\b")


def _takes(source: Source | None, edge: Dependency, columns: tuple[str, ...]) -> bool:
    """Whether a use may take personal columns: a SELECT that lists its columns and names none of them does not."""
    if source is None or edge.kind != "read":
        return True
    start, end = source.line_span(edge.line)
    inside = [(a, b) for a, b in source.strings if a < end and b > start]
    if not inside:
        return True
    text = source.plain[inside[0][0] : max(inside[0][1], min(len(source.plain), inside[0][0] + 1500))]
    selected = _SELECT.search(text)
    if selected is None or re.search(r"\*(?!\s*\w)|\$|\{|[\"']\s*[+.]\s*\w", selected["what"].replace("COUNT(*)", "")):
        return True
    return any(re.search(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", text) for name in columns)
