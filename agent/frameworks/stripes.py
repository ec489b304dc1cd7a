"""Stripes: action beans as routes, by annotation or by the name of the class, and the pages that they forward to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Constants, Outline, find, outline_of
from agent.frameworks.java_strings import texts_of
from agent.frameworks.web_routes import Templates, join_path, link_pages, route

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Stripes", "default_binding"]

BASE_PACKAGES = ("web", "www", "stripes", "action")
SUFFIXES = ("Bean", "Action")


class Stripes:
    """Records: ``action`` (URL binding), ``handler`` (event, default or not), ``view``.

    A route is the bean's URL, with ``?event`` for an event that is not the default one, as Stripes writes it.
    """

    name = "stripes"
    languages = frozenset({"java"})
    markers = (b"net.sourceforge.stripes", b"ActionBean")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with action beans, handlers and forwards."""
        found = tuple(_read(outline_of(root, source))) if root is not None else ()
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes to handler methods, handlers to pages, pages to the beans that their forms and links name."""
        constants = Constants(project)
        templates = Templates(project)
        routes, by_event = [], {}
        bindings = {(path, w.scope): w.args[0] for path, w in project.wirings(self.name, "action")}
        for path, wiring in project.wirings(self.name, "handler"):
            owner, event, default = wiring.args
            bean = project.symbol_at(path, owner)
            binding = constants.finish(bindings.get((path, owner), ""), path, owner) or default_binding(bean)
            symbol, edge = route(
                "ANY", _url(binding, event, default), path, wiring.line, project.symbol_at(path, wiring.scope)
            )
            routes.append((symbol, edge))
            by_event[bean, event] = symbol.id
            if default:
                by_event[bean, ""] = symbol.id
        renders = (
            templates.render(project.symbol_at(path, w.scope), constants.finish(w.args[0], path, w.scope), path, w.line)
            for path, w in project.wirings(self.name, "view")
        )
        rendered = [edge for edge in renders if edge is not None]
        symbols = [symbol for symbol, _ in routes]
        links = link_pages(project, symbols, templates)
        return Linking(
            symbols=(*symbols, *templates.symbols),
            dependencies=(*(edge for _, edge in routes), *rendered, *_page_links(project, by_event), *links),
        )

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Stripes declares no entities."""
        return ""


def _read(outline: Outline) -> Iterator[Wiring]:
    for declared in outline.types:
        if "abstract" in declared.modifiers or declared.kind != "class":
            continue
        bound = find(declared.annotations, "UrlBinding")
        handlers = [
            m for m in declared.methods if _resolves(m.returns) and not m.parameters and "public" in m.modifiers
        ]
        if bound is None and not any(name.rpartition(".")[2].endswith("ActionBean") for name, _ in declared.bases):
            continue
        yield Wiring("stripes", "action", declared.scope, declared.line, outline.texts(bound, "value")[:1] or ("",))
        for method in handlers:
            event = (*outline.texts(find(method.annotations, "HandlesEvent", "HandlesEvents"), "value"), method.name)[0]
            # The only handler is the default one (AnnotatedClassActionResolver.getDefaultHandler).
            default = "default" if find(method.annotations, "DefaultHandler") or len(handlers) == 1 else ""
            yield Wiring("stripes", "handler", method.scope, method.line, (declared.scope, event, default))
    for text in texts_of(outline):
        if "ForwardResolution" in text.sinks and text.text:
            yield Wiring("stripes", "view", text.scope, text.line, (text.text,))


def _resolves(returns: str) -> bool:
    return returns.rpartition(".")[2].endswith("Resolution")


def default_binding(name: str) -> str:
    """The URL of an action bean without annotation, from its full class name (Stripes' NameBasedActionResolver)."""
    for base in BASE_PACKAGES:
        position = name.find(f".{base}.")
        if position >= 0:
            name = name[position + len(base) + 1 :]
        elif name.startswith(base + "."):
            name = name[len(base) :]
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return "/" + name.replace(".", "/").removeprefix("/") + ".action"


def _url(binding: str, event: str, default: str) -> str:
    """``/orders/{$event}`` carries the event in its path, every other binding as a request parameter."""
    if "{$event" in binding:
        head, _, rest = binding.partition("{$event")
        return join_path(head + ("" if default else event) + rest.partition("}")[2])
    return join_path(binding) + ("" if default else f"?{event}")


def _page_links(project: Project, by_event: dict[tuple[str, str], str]) -> Iterator[Dependency]:
    """``<stripes:link beanclass="..." event="...">``."""
    for path, wiring in project.wirings("page", "bean_link"):
        bean, event = wiring.args
        target = by_event.get((bean, event))
        if target is not None:
            yield Dependency(project.symbol_at(path, ""), target, "call", path, wiring.line, "exact")


FRAMEWORK = Stripes()
