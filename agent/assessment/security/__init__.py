"""Security: what an attacker would try first, and what a move to the cloud exposes that a closed network hid.

Before: `cursor.execute("SELECT * FROM users WHERE name = '" + name + "'")`. After: `cursor.execute("SELECT * FROM users WHERE
name = ?", (name,))`. Why: the facade makes routes reachable that only colleagues could reach; what was tolerable on an internal
network is an incident on the internet. When not: code that is to be retired before anything moves; accept the finding with that
date. Numbers are of CWE and of OWASP ASVS 4.0.3. Nothing here says that a system is secure: what no rule matches was not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.reading import Source, match_patterns
from agent.assessment.security.behaviour import behaviours
from agent.assessment.security.files import named_by_requests
from agent.assessment.security.forms import unprotected_forms
from agent.assessment.security.guards import unguarded_routes
from agent.assessment.security.rules import BY_ID, RULES
from agent.assessment.security.secrets import secrets_in
from agent.assessment.security.statements import built_statements
from agent.assessment.security.tables import PATTERNS
from agent.domain.finding import Evidence, Finding
from agent.domain.wording import counted

__all__ = ["RULES", "look"]


def look(case: Case) -> Iterator[Finding]:
    """One finding for each rule and file; its ID changes when another place in the file is found."""
    found: dict[tuple[str, str], dict[int, tuple[Source, int, str]]] = defaultdict(dict)
    sources = [s for s in case.sources if s.role != "migration"]
    for rule, source, offset, text in _all(sources):
        found[rule, source.path].setdefault(source.line(offset), (source, offset, text))
    for (rule, path), places in sorted(found.items()):
        shown = [_evidence(rule, *place) for _, place in sorted(places.items())]
        texts = sorted(e.text for e in shown)
        yield report(
            case, BY_ID[rule], f"{path}\n" + "\n".join(texts), shown,
            title=f"{BY_ID[rule].title}: {path}",
            detail=f"{counted(len(shown), 'place')}. {BY_ID[rule].why}",
        )  # fmt: skip
    yield from unprotected_forms(case)


def _all(sources: list[Source]) -> Iterator[tuple[str, Source, int, str]]:
    for pattern, source, offset in match_patterns(PATTERNS, sources):
        yield pattern.rule, source, offset, pattern.say
    for source in sources:
        for offset, put in built_statements(source):
            yield "security.sql-injection", source, offset, f"{_name(put)} is put into the statement"
        for offset, text in secrets_in(source):
            yield "security.secret", source, offset, text
        for rule, offset, text in (*behaviours(source), *named_by_requests(source), *unguarded_routes(source)):
            yield rule, source, offset, text


def _name(expression: str) -> str:
    """An expression without the text of its strings."""
    import re

    return " ".join(re.sub(r"([\"'])[^\"'\n]*\1", r"\1...\1", expression).split())[:60]


def _evidence(rule: str, source: Source, offset: int, text: str) -> Evidence:
    line = source.line(offset)
    if rule == "security.secret":
        return evidence(source.path, line, text)
    return evidence(source.path, line, f"{text}: {source.shown(offset)}")
