"""Callers that no link shows: programs that bring a key, probes, frameworks, calls by a name from data, people at a shell."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from agent.domain.boundary import Unit
from agent.domain.plan import RouteRow
from agent.roadmap.ground import Ground
from agent.roadmap.mentions import Mentions

__all__ = [
    "asked_by_convention",
    "asked_by_machines",
    "called_by_data",
    "found_by_framework",
    "page_by_convention",
    "started_by_hand",
]

# A key of a program, not a form's token against forgery.
_KEY = re.compile(
    r"""["'.]key\b|\bapi_?-?key|\b(?:api|access|bearer|shared)_?-?token|\bhmac|\bsignature\b|\bshared_?secret|["']x-api-key""",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b40[13]\b|\bforbidden\b|\bunauthori[sz]ed\b|\baccess_?denied\b|\bpermission_?denied\b", re.IGNORECASE
)
_FOR_ALL = re.compile(r"\.use\(|before_request|before_action|before_filter|beforeEach|addFilter\(")
_NEAR = 400  # characters between asking for the key and refusing
_HEAD = 2_000  # characters in which a script says how it is started
_USING = re.compile(r"\bPROCEDURE\s+DIVISION\s+USING\b", re.IGNORECASE)
_COMPUTED = "computed at run time"
_SCRIPT = re.compile(r"(?:^|/)(?:scripts?|bin|tools?)/[^/]+\.(?:py|js|ts|pl|rb|php|sh|groovy)$")
_CONVENTION = re.compile(
    r"^(?:/(?:actuator|api|internal|_|-))?/(?:health(?:-?check|z)?|ready(?:z)?|readiness|live(?:z|ness)?|metrics|ping|favicon\.ico|robots\.txt|sitemap\.xml"
    r"|\.well-known/[\w./-]+|apple-touch-icon\.png)/?$"
)
_ERROR_PAGE = re.compile(r"(?:^|/)(?:error|[45]\d\d|[45]xx)\.\w+$")
_TEMPLATE_OF = re.compile(r"(?:^|/)templates/([\w-]+)/[\w/.-]+$")
_DJANGO = ("admin", "registration")
# Annotations by which Java's containers and Spring find classes that no code names.
_STEREOTYPES = frozenset(
    "Component Configuration AutoConfiguration Service Repository Controller RestController ControllerAdvice "
    "RestControllerAdvice SpringBootApplication ConfigurationProperties WebServlet WebFilter WebListener MessageDriven "
    "Stateless Stateful Singleton Startup ManagedBean Named Path Provider ApplicationPath ServerEndpoint ApplicationScoped "
    "FacesConverter FacesValidator FacesComponent Converter Interceptor Decorator Aspect Mapper Plugin Extension "
    "Produces Disposes Bean Scheduled Schedule EventListener KafkaListener JmsListener RabbitListener".split()
)


def asked_by_machines(ground: Ground, rows: Iterable[RouteRow]) -> list[RouteRow]:
    """Routes whose code refuses whoever does not bring a key: their callers are programs, mostly of somebody else."""
    starts: dict[str, list[int]] = defaultdict(list)
    for row in ground.http_routes:
        starts[row.location.path].append(row.location.line)
    found = []
    for row in rows:
        lines = sorted(set(starts[row.location.path]))
        if any(_asks(text) for text in _own_texts(ground, row, lines)):
            found.append(row)
    return found


def _own_texts(ground: Ground, row: RouteRow, starts: Sequence[int]) -> Iterable[str]:
    """What runs for this route: its function, or its part of a file; and what the file runs before each of its routes."""
    function = ground.graph.by_id.get(row.handler)
    if function is not None and function.kind == "function":
        yield _lines(ground, function.path, function.line, function.end_line)
        return
    place = row.location
    if len(starts) == 1:  # a page of its own
        yield _lines(ground, place.path, 1, 100_000)
        return
    at = bisect_right(starts, place.line)
    yield _lines(ground, place.path, place.line, starts[at] - 1 if at < len(starts) else place.line + 30)
    before = _lines(ground, place.path, 1, starts[0] - 1)
    for_all = _FOR_ALL.search(before)
    if for_all is not None:
        yield before[for_all.start() :]


def _asks(text: str) -> bool:
    return any(
        _REFUSED.search(text, max(0, found.start() - _NEAR), found.end() + _NEAR) for found in _KEY.finditer(text)
    )


def _lines(ground: Ground, path: str, first: int, last: int) -> str:
    return "\n".join(ground.texts.get(path, "").splitlines()[max(0, first - 1) : last])


def asked_by_convention(path: str) -> bool:
    """What browsers, crawlers and probes ask every server for."""
    return _CONVENTION.search(path) is not None


def found_by_framework(ground: Ground, words: Mentions) -> set[str]:
    """Units that a framework finds by an annotation, by a name or pattern that is written as text, or by their place:
    settings of which one is chosen at the start, and what migrations use."""
    graph = ground.graph
    found = {
        symbol.unit or symbol.id
        for symbol in graph.symbols
        if symbol.role == "code" and any(_bare(one) in _STEREOTYPES for one in symbol.decorators)
    }
    found |= {graph.unit_of(e.target) for e in graph.dependencies if graph.by_id[e.source].role == "migration"}
    for unit in ground.boundaries.units:
        parts = unit.id.split(".")
        python = unit.path.endswith(".py")  # elsewhere a package's name is that of a logger, too
        prefixes = {".".join(parts[:size]) for size in range(2, len(parts))} if python else set()
        by_name = unit.id in words.dotted or bool(prefixes & words.dotted)
        if by_name or (python and "/settings/" in f"/{unit.path}") or any(g.fullmatch(unit.path) for g in words.globs):
            found.add(unit.id)
    return found & {unit.id for unit in ground.boundaries.units}


def page_by_convention(path: str, words: Mentions, own: Iterable[str]) -> bool:
    """Pages that a framework shows by their name: of errors, and those that take the place of an installed package's.

    ``own`` are the repository's own packages.
    """
    if _ERROR_PAGE.search(path):
        return True
    found = _TEMPLATE_OF.search(path)
    return found is not None and found[1] not in own and (found[1] in _DJANGO or words.counts[found[1]] > 0)


def _bare(decorator: str) -> str:
    return decorator.lstrip("@").partition("(")[0].rpartition(".")[2]


def called_by_data(ground: Ground, units: Sequence[Unit]) -> list[Unit]:
    """Programs that take parameters, where some call names its program by a value: a table or a file may hold their names."""
    computed = {row.language for row in ground.graph.counts if any(_COMPUTED in reason for reason, _ in row.reasons)}
    languages = {symbol.path: symbol.language for symbol in ground.graph.symbols if symbol.language == "cobol"}
    return [
        unit
        for unit in units
        if languages.get(unit.path) in computed and _USING.search(ground.texts.get(unit.path, ""))
    ]


@cache
def _usage(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|[\s\"'#*`$])(?:node|python[\d.]*|php|perl|ruby|sh|bash)\s+(?:[\w./-]*/)?{re.escape(name)}(?![\w.-])"
    )


def started_by_hand(ground: Ground, unit: Unit) -> bool:
    """Whether it stands among scripts, or its head says how people start it: ``// node jobs/import.js file.csv``."""
    if _SCRIPT.search(unit.path):
        return True
    name = unit.path.rpartition("/")[2]
    head = ground.texts.get(unit.path, "")[:_HEAD]
    return name in head and _usage(name).search(head) is not None
