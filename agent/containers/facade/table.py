"""The routes of a system with the service that would answer each, in the order in which a gateway has to try them.

In: the graph's route symbols, the boundaries, the web deployables. Out: a RouteTable, kept as ``facade/routes.json``, from
which the gateways' configurations are written, and `pick`, which says what they must do with a request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pydantic import Field

from agent.containers.facade.ordering import in_match_order
from agent.containers.facade.owners import OwnedRoute, owned_routes
from agent.containers.facade.patterns import literal
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.container import Deployable
from agent.domain.inventory import Location, Noun

__all__ = ["HOME", "FacadeRoute", "Front", "RouteTable", "make_table", "pick"]

HOME = "monolith"
"""What the deployable behind a front is called in headers and logs, whatever its own name."""

FIRST_PORT = 8080
DEFAULT_PORT = 8000


class FacadeRoute(Noun):
    """One line of the table. ``path`` matches the whole decoded path; ``methods`` is empty for any.

    ``service`` is empty when the monolith keeps it, with the reason in ``why``. ``reads`` are the methods that are taken for
    reads: GET and HEAD, unless the handler writes when it is asked to read.
    """

    pattern: str
    path: str = Field(max_length=2000)
    exact: bool = False
    methods: tuple[str, ...] = ()
    service: str = ""
    reads: tuple[str, ...] = ()
    why: str = ""
    where: Location


class Front(Noun):
    """One listener of the facade and the deployable behind it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    address: str = Field(pattern=r"^[A-Za-z0-9.-]{1,120}:[0-9]{1,5}$")
    port: int = Field(ge=1, le=65535)
    health: str = "/"
    routes: tuple[FacadeRoute, ...] = ()


class RouteTable(Noun):
    """All fronts; ``services`` are the names that a canary may be asked for, ``owns`` the tables that each
    would own. ``left`` counts what is no route of a gateway, by reason."""

    version: Literal[1] = 1
    fronts: tuple[Front, ...]
    services: tuple[str, ...] = ()
    owns: dict[str, tuple[str, ...]] = Field(default={})
    left: tuple[tuple[str, int], ...] = ()


def make_table(deployables: Sequence[Deployable], graph: DependencyGraph, boundaries: Boundaries) -> RouteTable:
    """The table; no front when nothing answers HTTP."""
    webs = sorted((d for d in deployables if d.kind == "web"), key=lambda d: (d.folder, d.name))
    if not webs:
        return RouteTable(fronts=())
    routes, left = owned_routes(graph, boundaries)
    by_front: dict[str, list[OwnedRoute]] = {web.name: [] for web in webs}
    for route in routes:
        by_front[_front_of(route, webs)].append(route)
    order = sorted(webs, key=lambda web: (-len(by_front[web.name]), web.name))
    fronts = tuple(
        Front(
            name=web.name,
            address=f"{web.name}:{web.port or DEFAULT_PORT}",
            port=FIRST_PORT + place,
            health=web.health or "/",
            routes=_lines(in_match_order(by_front[web.name])),
        )
        for place, web in enumerate(order)
    )
    services = sorted({route.service for front in fronts for route in front.routes if route.service})
    owns = {s.name: s.owned_tables for s in boundaries.services if s.name in services and s.owned_tables}
    return RouteTable(
        fronts=fronts, services=tuple(services), owns=dict(sorted(owns.items())), left=tuple(sorted(left.items()))
    )


def _front_of(route: OwnedRoute, webs: Sequence[Deployable]) -> str:
    """The deployable whose folder holds the route; the one with the shortest folder when none does."""
    holding = [web for web in webs if not web.folder or route.where.path.startswith(web.folder.rstrip("/") + "/")]
    return max(holding, key=lambda web: len(web.folder)).name if holding else webs[0].name


def _lines(routes: Sequence[OwnedRoute]) -> tuple[FacadeRoute, ...]:
    """Routes as lines; neighbours that differ in their methods only become one."""
    lines: list[FacadeRoute] = []
    tails: list[FacadeRoute] = []
    claimed = {(route.pattern.text.rstrip("/"), route.pattern.slash) for route in routes}
    for route in routes:
        path, exact = _expression(route, claimed)
        line = FacadeRoute(
            pattern=route.pattern.text,
            path=path,
            exact=exact,
            methods=route.methods,
            service=route.service,
            reads=route.reads,
            why=route.why,
            where=route.where,
        )
        before = lines[-1] if lines else None
        if before and (before.pattern, before.service, before.why) == (line.pattern, line.service, line.why):
            methods = tuple(sorted({*before.methods, *line.methods})) if before.methods and line.methods else ()
            reads = tuple(sorted({*before.reads, *line.reads}))
            lines[-1] = before.model_copy(update={"methods": methods, "reads": reads})
        else:
            lines.append(line)
        if route.family == "ordered" and route.language == "python" and route.pattern.slash:
            # Django answers the form without the slash by a redirect, once nothing else fits.
            bare = route.pattern.expression
            tails.append(line.model_copy(update={"path": bare, "exact": not route.pattern.variables}))
    return (*lines, *tails)


def _expression(route: OwnedRoute, claimed: set[tuple[str, bool]]) -> tuple[str, bool]:
    """The route's expression, with or without a slash at the end, and whether it is a plain path."""
    pattern = route.pattern
    bare = pattern.expression
    if route.language == "php" and pattern.text.endswith(".php") and not pattern.variables:
        return bare + "(?:/.*)?", False  # PATH_INFO
    runs_on = bool(pattern.parts) and pattern.parts[-1].rest
    if runs_on and pattern.slash and route.family == "ordered":
        return bare + "/", False
    if pattern.suffix or pattern.text == "/" or runs_on:
        return bare, pattern.text == "/"
    same, other = bare + ("/" if pattern.slash else ""), (pattern.text.rstrip("/"), not pattern.slash)
    lenient = _lenient(route) and other not in claimed
    if lenient:
        return ("(?i)" if _caseless(route) else "") + bare + "/?", False
    return ("(?i)" if _caseless(route) else "") + same, not pattern.variables and not _caseless(route)


def _lenient(route: OwnedRoute) -> bool:
    """Whether the framework takes a path with and without a last slash for the same (or sends one to the other)."""
    if route.family == "weighed" and route.language == "python":
        return route.pattern.slash
    return route.language in ("javascript", "typescript", "csharp") or (
        route.family == "counted" and not route.where.path.endswith(".xml")
    )


def _caseless(route: OwnedRoute) -> bool:
    return route.language in ("javascript", "typescript", "csharp")


def pick(front: Front, method: str, path: str) -> FacadeRoute | None:
    """The line that decides about a request; None: the monolith, since no line fits. ``path`` is decoded, without a query."""
    for route in front.routes:
        fits = method in route.methods or (method == "HEAD" and "GET" in route.methods) or not route.methods
        if fits and _compiled(route.path).fullmatch(path):
            return route
    return None


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL)


def exact_path(route: FacadeRoute) -> str | None:
    """The path when the line fits just one; None when it is an expression."""
    plain = route.pattern.rstrip("/") or "/"
    for candidate in (plain, plain + "/"):
        if route.exact and literal(candidate) == route.path:
            return candidate
    return None
