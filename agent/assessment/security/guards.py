"""Routes that change something without the check which their neighbours have: a source in, (rule, offset, text) out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.reading import Source, calls

__all__ = ["unguarded_routes"]

Found = tuple[str, int, str]

LEAST = 2  # neighbours with a check, and most of those that change something, before one without it stands out
_ROUTE = re.compile(r"\b(?:router|app|route|routes|server|api|\w+Router)\.(?:get|post|put|patch|delete|del|all)\s*\(")
_CHANGES = re.compile(r"\.(?:post|put|patch|delete|del)\s*\($")
_FOR_ALL = re.compile(r"\b(?:router|app|route|routes|server|api|\w+Router)\.use\s*\(\s*(?![\"'/])[^;\n]*")
_GUARD_WORD = r"\w*(?:[oO]nly|[aA]uth(?!or\b)|[lL]ogged|[lL]ogin_?[rR]equired|ensure|[rR]equire[sd]?(?!\s*\()\w|[pP]ermission|[pP]rotect|[gG]uard|[rR]ole|[sS]ession_?[rR]equired|needs_|is_?[aA]dmin|verify\w*|jwt|passport)\w*"
_GUARD = re.compile(rf"(?:[\w$]+\.)*{_GUARD_WORD}")
_OPEN = re.compile(
    r"(?i)log_?-?in|log_?-?out|sign_?-?(?:in|up|out)|register|forgot|reset|password|callback|webhook|health|ping|status|public|subscribe|newsletter|contact|token|oauth|confirm|search|feedback"
)

_DECORATED = re.compile(
    r"^(?P<indent>[ \t]*)(?P<all>(?:@[^\n]*\n[ \t]*){1,10})(?:async[ \t]+)?def[ \t]+(?P<name>\w+)", re.MULTILINE
)
_PY_ROUTE = re.compile(r"@[\w.]+\.(?:route|post|put|patch|delete|get|api_route)\s*\(")
_PY_CHANGES = re.compile(
    r"@[\w.]+\.(?:post|put|patch|delete)\s*\(|methods\s*=\s*[\[(][^\])\n]*(?:POST|PUT|PATCH|DELETE)"
)
_PY_GUARD = re.compile(
    rf"@(?:[\w.]+\.)?{_GUARD_WORD}|Depends\s*\(\s*(?:[\w.]+\.)?(?:get_current|current_user|require|verify|auth)\w*|Security\s*\("
)
_PY_ALL = re.compile(r"@[\w.]+\.before_(?:app_)?request\b|dependencies\s*=\s*\[|\.before_request\s*\(")


def unguarded_routes(source: Source) -> Iterator[Found]:
    """Rule security.unguarded-route: where at least two neighbours in the file, and more than without, have a check of their own."""
    if source.role != "code" or source.language not in ("javascript", "typescript", "python"):
        return
    found = list(_decorated(source) if source.language == "python" else _chained(source))
    checked = sum(1 for _, _, changes, guarded in found if guarded and changes)
    without = [(at, name) for at, name, changes, guarded in found if changes and not guarded and not _OPEN.search(name)]
    if checked >= LEAST and without and checked > len(without):
        for at, name in without:
            yield (
                "security.unguarded-route",
                at,
                f"{name} has no check, {checked} others that change something have one",
            )


def _chained(source: Source) -> Iterator[tuple[int, str, bool, bool]]:
    """Express, Koa and Fastify: (offset, path, whether it changes something, whether an argument between is a check)."""
    for_all = [m.start() for m in _FOR_ALL.finditer(source.code) if _GUARD.search(m.group().partition("(")[2])]
    for call in calls(source, _ROUTE):
        path = call.text(source, 0).strip("\"'`")
        if len(call.arguments) < 2 or not path.startswith("/"):
            continue
        middle = [source.code[a:b].strip() for a, b in call.arguments[1:-1]]
        guarded = any(_GUARD.search(m) for m in middle) or any(at < call.start for at in for_all)
        body = source.code[call.arguments[-1][0] : call.arguments[-1][1]]
        guarded = guarded or bool(
            re.search(r"\b(?:session|user|auth)\b[^;\n]{0,80}(?:return|40[13])|\b40[13]\b", body[:400])
        )
        yield call.start, path, bool(_CHANGES.search(source.code[call.start : call.opening + 1])), guarded


def _decorated(source: Source) -> Iterator[tuple[int, str, bool, bool]]:
    """Flask, FastAPI and the like: decorators above a function."""
    if _PY_ALL.search(source.code):
        return
    for m in _DECORATED.finditer(source.plain):
        above = m["all"]
        if not _PY_ROUTE.search(above):
            continue
        start = m.start("all")
        head = source.plain[m.end() : m.end() + 600].partition(":\n")[0]
        guarded = bool(_PY_GUARD.search(above) or _PY_GUARD.search(head))
        yield start, m["name"], bool(_PY_CHANGES.search(above)), guarded
