"""Routes and templates as symbols, and the links between pages and routes: shared by the Java web frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from agent.domain.code import Dependency, Symbol
from agent.frameworks.template_names import TemplateNames

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["Templates", "fits", "join_path", "link_pages", "route"]

VARIABLE = re.compile(r"\{(\w[\w.-]{0,80})\s{0,5}:[^{}]{0,300}(?:\{[^{}]{0,60}\}[^{}]{0,300})?\}")
PAGE = re.compile(r"(?i)\.(?:jspx?|jspf|ftl|ftlh|vm|html?|xhtml|mustache|hbs)\Z")
SCRIPT = re.compile(r"\$\{[^{}]{0,200}\}|<%=?[^%]{0,300}%>|\{\}")
ROOTS = ("src/main/webapp", "src/main/resources/templates", "src/main/resources", "WebContent", "web", "")
ENDINGS = ("", ".jsp", ".html", ".ftl", ".ftlh", ".vm", ".mustache")
FOLDERS = ("", "/WEB-INF/jsp", "/WEB-INF/views", "/WEB-INF/pages", "/WEB-INF", "/templates", "/jsp")


def join_path(*parts: str) -> str:
    """One URL pattern of several: one slash between parts, none at the end, variables without their expressions."""
    joined = "/".join(part.strip().strip("/") for part in parts if part.strip().strip("/"))
    return "/" + VARIABLE.sub(r"{\1}", re.sub(r"/{2,}", "/", joined))


def route(
    method: str, pattern: str, path: str, line: int, handler: str, resolution: str = "exact"
) -> tuple[Symbol, Dependency]:
    """``route:GET /orders/{id}`` and its edge to the function that handles it."""
    identifier = f"route:{method} {pattern}"
    symbol = Symbol(id=identifier, kind="route", path=path, line=line, end_line=line, language="java")
    return symbol, Dependency(identifier, handler, "handle", path, line, resolution)


class Templates:
    """Finds the file that a view name means; a name without a file stays a template of that name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._pages = project.files("jsp")
        self._symbols: dict[str, Symbol] = {}
        self._names: TemplateNames | None = None
        self._found: dict[tuple[str, str], str] = {}

    @property
    def symbols(self) -> Iterable[Symbol]:
        return [self._symbols[key] for key in sorted(self._symbols)]

    def render(self, source: str, view: str, path: str, line: int, resolution: str = "exact") -> Dependency | None:
        """The edge from a function to the page it shows; None when the name is only known at run time."""
        name = view.strip().partition("?")[0]
        if not name or "{}" in name or "\x01" in name or name.startswith(("redirect:", "http:", "https:")):
            return None
        found = self.find(name.removeprefix("forward:"), path)
        if found:
            return Dependency(source, self.page(found), "render", path, line, resolution)
        target = "template:" + name.strip("/")
        self._symbols.setdefault(target, Symbol(target, "template", path, line, line, "html"))
        return Dependency(source, target, "render", path, line, resolution)

    def page(self, path: str) -> str:
        """The ID of a page's file, which becomes a symbol."""
        target = self.symbol_of(path)
        language = "jsp" if path.endswith((".jsp", ".jspf", ".jspx", ".tag")) else "html"
        self._symbols.setdefault(target, Symbol(target, "template", path, 1, 1, language))
        return target

    def symbol_of(self, path: str) -> str:
        """The ID of a page's file."""
        if path in self._project.modules() and self._project.facts(path).language == "jsp":
            return self._project.symbol_at(path, "")
        if self._names is None:
            self._names = TemplateNames(self._project, ())
        return self._names.symbol(path)

    def find(self, name: str, path: str) -> str:
        """The template's path in the repository, ``""`` when there is none. Its own module's folders come first."""
        module = path.partition("src/main/")[0] if "src/main/" in path else ""
        key = (module, name.strip("/"))
        if key not in self._found:
            self._found[key] = self._search(*key)
        return self._found[key]

    def _search(self, module: str, name: str) -> str:
        for root in ROOTS:
            for folder in FOLDERS:
                for ending in ENDINGS:
                    candidate = "/".join(p for p in (module.strip("/"), root, folder.strip("/"), name + ending) if p)
                    if PAGE.search(candidate) and self._project.exists(candidate):
                        return candidate
        matches = [page for page in self._pages if page.endswith("/" + name)] if name else []
        return matches[0] if len(matches) == 1 else ""


def link_pages(project: Project, routes: Sequence[Symbol], templates: Templates) -> list[Dependency]:
    """Edges from pages to the routes that their forms and links lead to: of those that fit the most literal one."""
    patterns: dict[str, list[tuple[str, str, str]]] = {}
    for symbol in routes:
        method, _, pattern = symbol.id.removeprefix("route:").partition(" ")
        head = pattern.strip("/").partition("/")[0]
        patterns.setdefault("" if "{" in head or "*" in head else head, []).append((pattern, method, symbol.id))
    edges: list[Dependency] = []
    for path, wiring in project.wirings("page", "link"):
        written, method = wiring.args
        url = join_path(SCRIPT.sub("", written.partition("?")[0].partition("#")[0]))
        candidates = [*patterns.get(url.strip("/").partition("/")[0], ()), *patterns.get("", ())]
        fitting = [route for pattern, verb, route in candidates if verb in (method, "ANY") and fits(pattern, url)]
        if fitting and url != "/":
            best = max(fitting, key=lambda route: (-route.count("*"), -route.count("{"), len(route), route))
            edges.append(Dependency(templates.page(path), best, "call", path, wiring.line, "inferred"))
    return edges


def fits(pattern: str, url: str) -> bool:
    """Whether a URL matches a pattern: ``{name}`` and ``*`` stand for a segment, a last ``*`` for all that follows.

    Segment by segment and without regular expressions, because patterns come from the repository that is read.
    """
    if pattern.startswith("*."):  # a servlet's extension mapping
        return url.endswith(pattern[1:])
    expected, given = pattern.strip("/").split("/"), url.strip("/").split("/")
    if expected[-1] in ("*", "**"):
        expected.pop()
        given = given[: len(expected)]
    return len(expected) == len(given) and all(map(_segment_fits, expected, given))


def _segment_fits(expected: str, given: str) -> bool:
    if "{" not in expected and "*" not in expected:
        return expected == given
    prefix = expected[: min(i for i in (expected.find("{"), expected.find("*")) if i >= 0)]
    suffix = expected[max(expected.rfind("}"), expected.rfind("*")) + 1 :]
    return len(given) > len(prefix) + len(suffix) and given.startswith(prefix) and given.endswith(suffix)
