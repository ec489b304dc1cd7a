"""JAX-RS: resources and their methods as routes, from javax and jakarta annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Constants, Outline, find, outline_of
from agent.frameworks.web_routes import Templates, join_path, link_pages, route

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "JaxRs"]

VERBS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


class JaxRs:
    """Records: ``route`` (HTTP method, class path, method path) and ``application`` (a prefix for all)."""

    name = "jaxrs"
    languages = frozenset({"java"})
    markers = (b"@Path", b"@ApplicationPath")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with routes."""
        found = tuple(_read(outline_of(root, source))) if root is not None else ()
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes to the resource methods. The application's prefix counts when the project has exactly one."""
        constants = Constants(project)
        prefixes = {constants.finish(w.args[0], p, w.scope) for p, w in project.wirings(self.name, "application")}
        prefix = prefixes.pop() if len(prefixes) == 1 else ""
        routes = []
        for path, wiring in project.wirings(self.name, "route"):
            verb, *parts = wiring.args
            pattern = join_path(prefix, *(constants.finish(part, path, wiring.scope) for part in parts))
            routes.append(route(verb, pattern, path, wiring.line, project.symbol_at(path, wiring.scope)))
        symbols = tuple(symbol for symbol, _ in routes)
        templates = Templates(project)
        links = link_pages(project, symbols, templates)
        return Linking(symbols=(*symbols, *templates.symbols), dependencies=(*(edge for _, edge in routes), *links))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """JAX-RS declares no entities."""
        return ""


def _read(outline: Outline) -> Iterator[Wiring]:
    for declared in outline.types:
        application = find(declared.annotations, "ApplicationPath")
        if application is not None:
            for text in outline.texts(application, "value"):
                yield Wiring("jaxrs", "application", declared.scope, application.line, (text,))
        resource = find(declared.annotations, "Path")
        client = find(declared.annotations, "RegisterRestClient", "FeignClient")
        prefix = (*outline.texts(resource, "value"), "")[0]
        for method in declared.methods if client is None else ():
            own = find(method.annotations, "Path")
            if resource is None and own is None:
                continue  # @GET alone may be another framework's
            for annotation in method.annotations:
                if annotation.name in VERBS:
                    suffix = (*outline.texts(own, "value"), "")[0]
                    yield Wiring("jaxrs", "route", method.scope, annotation.line, (annotation.name, prefix, suffix))


FRAMEWORK = JaxRs()
