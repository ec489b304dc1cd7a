"""What routes read and answer, and which queues are written and read: handlers' lines in, contracts out.

Only what is written in the handler itself is told: names that are put together at run time are missing, and a shape that
the code does not show is not invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain.finding import Evidence
from agent.domain.handover import Input, MessageContract, RouteContract
from agent.domain.inventory import Location
from agent.domain.plan import RouteRow
from agent.roadmap.ground import Ground
from agent.roadmap.reach import path_of_route
from agent.roadmap.signals import Signals

__all__ = ["find_contracts", "find_messages"]

MOST_INPUTS = 60
MOST_LINES = 400
_N = r"""["']([\w.\[\]-]{1,60})["']"""
_READS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("form", re.compile(r"\brequest\.(?:form|POST|data)(?:\.get(?:list)?\(|\[)\s*" + _N)),
    ("query", re.compile(r"\brequest\.(?:args|GET|query_params)(?:\.get(?:list)?\(|\[)\s*" + _N)),
    ("form", re.compile(r"\brequest\.values(?:\.get\(|\[)\s*" + _N)),
    ("json", re.compile(r"\brequest\.(?:json|get_json\(\))(?:\.get\(|\[)\s*" + _N)),
    ("header", re.compile(r"\brequest\.headers(?:\.get\(|\[)\s*" + _N)),
    ("form", re.compile(r"\$_(?:POST|REQUEST|FILES)\[\s*" + _N)),
    ("query", re.compile(r"\$_GET\[\s*" + _N)),
    ("form", re.compile(r"\bgetParameter(?:Values)?\(\s*" + _N)),
    ("query", re.compile(r"@RequestParam\(\s*(?:(?:value|name)\s*=\s*)?" + _N)),
    ("header", re.compile(r"@RequestHeader\(\s*(?:(?:value|name)\s*=\s*)?" + _N)),
    ("query", re.compile(r"@QueryParam\(\s*" + _N)),
    ("form", re.compile(r"@FormParam\(\s*" + _N)),
    ("query", re.compile(r"\breq(?:uest)?\.query\.(\w{1,60})")),
    ("json", re.compile(r"\breq(?:uest)?\.body\.(\w{1,60})")),
)
_EITHER = re.compile(r"\bgetParameter|request\.values|\$_REQUEST")
_BODY_TEXT = re.compile(r"""\b(?:params|form|request)\s*\(\s*["'](\w{1,60})["']""")
_ANSWERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "application/json",
        re.compile(r"\bjsonify\(|\bres\.json\(|JsonResponse\(|json_encode\(|ResponseEntity<|application/json"),
    ),
    ("text/csv", re.compile(r"text/csv")),
    ("application/pdf", re.compile(r"application/pdf")),
    ("application/xml", re.compile(r"(?:application|text)/xml")),
    (
        "redirect",
        re.compile(r"\bredirect\(|sendRedirect\(|header\(\s*[\"']Location|res\.redirect\(|RedirectView|[\"']redirect:"),
    ),
    (
        "text/html",
        re.compile(
            r"\brender(?:_template)?\(|res\.(?:render|send)\(|RequestDispatcher|\bforward\(|ModelAndView|text/html"
        ),
    ),
    ("text/plain", re.compile(r"text/plain")),
)
_PATH_PARAMETER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w*)>|\{([\w.]*)(?::[^}]*)?\}|:(\w+)")
_CHANNEL = re.compile(r"""["'`]([\w./:-]{2,120})["'`]""")
_SENDS = re.compile(r"\bMQPUT1?\b|'PUT'|createProducer|Template|Producer|publish|sendToQueue|send_message|assertQueue")


def find_contracts(ground: Ground) -> tuple[RouteContract, ...]:
    """One for each method and path of HTTP, by path and method."""
    found = []
    for row in ground.http_routes:
        path = path_of_route(row.route)
        methods = row.route[: row.route.find("/")] if "/" in row.route else row.route.partition(" ")[0]
        inputs, answers = _read(ground, row)
        for method in [m.strip() for m in methods.split(",") if m.strip()] or ["ANY"]:
            kept = tuple(i for i in inputs if method not in ("GET", "HEAD") or i.place != "json")
            kept = tuple(_as_query(i) for i in kept) if method in ("GET", "HEAD") else kept
            found.append(
                RouteContract(
                    method=method, path=path, handler=row.handler, service=row.service, location=row.location,
                    inputs=kept, answers=answers,
                )
            )  # fmt: skip
    unique = {(c.path, c.method): c for c in sorted(found, key=lambda c: (c.path, c.method, c.handler), reverse=True)}
    return tuple(unique[key] for key in sorted(unique))


def _as_query(item: Input) -> Input:
    return item.model_copy(update={"place": "query"}) if item.place == "form" else item


def _read(ground: Ground, row: RouteRow) -> tuple[tuple[Input, ...], tuple[tuple[str, Location], ...]]:
    inputs = [
        Input(name=a or b or c, place="path", location=row.location)
        for a, b, c in _PATH_PARAMETER.findall(path_of_route(row.route))
        if a or b or c
    ]
    answers: dict[str, Location] = {}
    for path, number, line in _lines(ground, row):
        place = Location(path=path, line=number)
        for kind, pattern in _READS:
            for name in pattern.findall(line):
                if len(inputs) < MOST_INPUTS and not any(i.name == name for i in inputs):
                    inputs.append(Input.model_validate({"name": name, "place": kind, "location": place}))
        for media, pattern in _ANSWERS:
            if media not in answers and pattern.search(line):
                answers[media] = place
    return tuple(inputs), tuple(sorted(answers.items()))


def _lines(ground: Ground, row: RouteRow) -> Iterator[tuple[str, int, str]]:
    """The handler's own lines; of a type all of it, of a page its file."""
    handler = ground.graph.by_id.get(row.handler)
    if handler is None:
        return
    lines = ground.texts.get(handler.path, "").splitlines()
    first, last = handler.line, max(handler.end_line, handler.line)
    if handler.kind == "module" and handler.path.endswith(
        (".js", ".ts")
    ):  # a function without a name, at the route's line
        first, last = row.location.line, _end_of_block(lines, row.location.line)
    for number in range(first, min(last, first + MOST_LINES, len(lines)) + 1):
        if 0 < number <= len(lines) and len(lines[number - 1]) < 2_000:
            yield handler.path, number, lines[number - 1]


def _end_of_block(lines: list[str], first: int) -> int:
    """Where the braces that open on a line are closed again."""
    depth = 0
    for number in range(first, min(len(lines), first + MOST_LINES) + 1):
        depth += (
            lines[number - 1].count("{")
            + lines[number - 1].count("(")
            - lines[number - 1].count("}")
            - lines[number - 1].count(")")
        )
        if depth <= 0:
            return number
    return first


def find_messages(ground: Ground, signals: Signals) -> tuple[MessageContract, ...]:
    """Places that put to or take from a queue; the channel's name where the line or those around it quote one."""
    found = []
    for place in signals.of("queue"):
        path, line = place.location.path, place.location.line
        if ground.roles.get(path) != "code":
            continue
        text = ground.line(path, line)
        named = _CHANNEL.findall(text)
        found.append(
            MessageContract(
                channel=named[-1] if named and not named[-1].startswith("MQ") else "",
                direction="send" if _SENDS.search(text) else "receive",
                service=ground.service_of_path.get(path, ""),
                evidence=Evidence(location=place.location, text=place.text, resolution="inferred"),
            )
        )
    return tuple(found)
