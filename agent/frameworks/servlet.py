"""Servlets: URL patterns of web.xml and annotations, pages that servlets forward to, and what pages include.

Takes deployment descriptors, Java classes and JSP facts; gives routes, templates and the edges between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Constants, Outline, find, outline_of
from agent.frameworks.java_strings import texts_of
from agent.frameworks.web_routes import Templates, join_path, link_pages, route
from agent.frameworks.xml_document import read_xml

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Servlet"]

HANDLERS = {
    "doGet": "GET", "doPost": "POST", "doPut": "PUT", "doDelete": "DELETE", "doPatch": "PATCH", "service": "ANY",
    "_jspService": "ANY",
}  # fmt: skip
COMPARED = frozenset({"equals", "equalsIgnoreCase", "endsWith", "contains", "startsWith", "isEqualTo", "matches"})
PAGES = (".jsp", ".jspx", ".jspf")


class Servlet:
    """Records: ``mapping`` (class or page, pattern) from both sources, ``forward`` (page, certain or likely)."""

    name = "servlet"
    languages = frozenset({"java", "xml", "jsp"})
    markers = (b"<web-app", b"<web-fragment", b"@WebServlet", b"@WebFilter", b".jsp", b"<%@", b"<jsp:")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with mappings and forwards."""
        if facts.language == "xml":
            found = tuple(_descriptor(source)) if b"<web-" in source else ()
        elif facts.language == "java" and root is not None:
            found = tuple(_java(outline_of(root, source)))
        else:
            found = ()
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes to the methods that serve them, methods to pages, pages to the pages that they include."""
        constants = Constants(project)
        templates = Templates(project)
        routes: list[Symbol] = []
        edges: list[Dependency] = []
        for path, wiring in project.wirings(self.name, "mapping"):
            target, pattern = wiring.args[0], constants.finish(wiring.args[1], path, wiring.scope)
            for symbol, edge in _mapped(project, templates, path, wiring, target, pattern):
                routes.append(symbol)
                edges.append(edge)
        for path, wiring in project.wirings(self.name, "forward"):
            name = constants.finish(wiring.args[0], path, wiring.scope)
            edge_or_none = templates.render(
                project.symbol_at(path, wiring.scope), name, path, wiring.line, wiring.args[1]
            )
            edges.extend([edge_or_none] if edge_or_none is not None else [])
        edges.extend(_inclusions(project, templates))
        edges.extend(link_pages(project, routes, templates))
        return Linking(symbols=(*routes, *templates.symbols), dependencies=tuple(edges))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Servlets declare no entities."""
        return ""


def _descriptor(source: bytes) -> Iterator[Wiring]:
    """web.xml: servlets by name, then their patterns (Servlet specification, 8.2)."""
    root = read_xml(source)
    if root is None or root.name not in ("web-app", "web-fragment"):
        return
    classes: dict[str, str] = {}
    for kind in ("servlet", "filter"):
        for element in root.all(kind):
            target = element.child(f"{kind}-class") or element.child("jsp-file")
            if target:
                classes[kind + ":" + element.child(f"{kind}-name")] = target
    for kind in ("servlet", "filter"):
        for element in root.all(f"{kind}-mapping"):
            target = classes.get(kind + ":" + element.child(f"{kind}-name"), "")
            for pattern in (c.text for c in element.children if c.name == "url-pattern"):
                if target and pattern:
                    yield Wiring(
                        "servlet", "mapping" if kind == "servlet" else "filter", "", element.line, (target, pattern)
                    )
    for listener in root.all("listener"):
        yield Wiring("servlet", "listener", "", listener.line, (listener.child("listener-class"),))
    for page in root.all("welcome-file"):
        yield Wiring("servlet", "welcome", "", page.line, (page.text,))


def _java(outline: Outline) -> Iterator[Wiring]:
    for declared in outline.types:
        for kind, annotation in (("mapping", "WebServlet"), ("filter", "WebFilter")):
            found = find(declared.annotations, annotation)
            for pattern in outline.texts(found, "urlPatterns", "value") if found else ():
                yield Wiring("servlet", kind, declared.scope, found.line if found else 0, ("", pattern))
    for text in texts_of(outline):
        name = text.text.partition("?")[0].strip()
        forwarded = bool(text.sinks & {"getRequestDispatcher", "getNamedDispatcher"})
        if text.sinks & COMPARED or any(sink.startswith("assert") for sink in text.sinks):
            continue
        if name.endswith(PAGES) and len(name) < 200 and " " not in name and "{}" not in name:
            yield Wiring("servlet", "forward", text.scope, text.line, (name, "exact" if forwarded else "inferred"))
        elif forwarded and "\x01" in name:
            yield Wiring("servlet", "forward", text.scope, text.line, (name, "exact"))


def _mapped(
    project: Project, templates: Templates, path: str, wiring: Wiring, target: str, pattern: str
) -> Iterator[tuple[Symbol, Dependency]]:
    """One mapping as routes: one for each doGet, doPost ... of the servlet, or one for any method."""
    pattern = join_path(pattern) if not pattern.startswith("*") else pattern
    if target.endswith(PAGES):
        page = templates.find(target, path)
        if page:
            yield route("GET", pattern, path, wiring.line, project.symbol_at(page, ""))
        return
    servlet = target or project.symbol_at(path, wiring.scope)
    if project.definition(servlet) is None:
        return
    served = False
    for method, verb in HANDLERS.items():
        for kind in (servlet, *project.ancestors(servlet)):
            if project.definition(f"{kind}.{method}") is not None:
                served = True
                # An inherited method dispatches to the servlet's own: the route is the servlet's, not its base's.
                handler = f"{kind}.{method}" if kind == servlet else servlet
                yield route(verb, pattern, path, wiring.line, handler)
                break
    if not served:
        yield route("ANY", pattern, path, wiring.line, servlet)


def _inclusions(project: Project, templates: Templates) -> Iterator[Dependency]:
    """``<%@ include %>``, ``<jsp:include>`` and ``<jsp:forward>``: page to page."""
    for path, wiring in project.wirings("page", "include"):
        name = wiring.args[0].partition("?")[0]
        folder = path.rpartition("/")[0]
        beside = _normal(f"{folder}/{name}") if not name.startswith("/") else ""
        found = beside if beside and project.exists(beside) else templates.find(name, path)
        if found and found != path:
            source, target = templates.page(path), templates.page(found)
            yield Dependency(source, target, "render", path, wiring.line, "exact")


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


FRAMEWORK = Servlet()
