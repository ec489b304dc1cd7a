"""EJB and CDI: session beans, message-driven beans, timers, and which bean an injected interface leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.injection import read_beans, wire
from agent.frameworks.java_outline import Annotation, Outline, find, nested, outline_of

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Ejb"]

STEREOTYPES = frozenset(
    "Stateless Stateful Singleton MessageDriven ManagedBean Named ApplicationScoped RequestScoped SessionScoped "
    "ConversationScoped ViewScoped Dependent Local Remote".split()
)
POINTS = frozenset({"EJB", "Inject", "EJBs"})


class Ejb:
    """Records: ``bean`` and ``inject`` as in `injection`, ``entry`` (listener or job, and the queue or schedule)."""

    name = "ejb"
    languages = frozenset({"java"})
    markers = (
        b"javax.ejb", b"jakarta.ejb", b"javax.inject", b"jakarta.inject", b"javax.enterprise", b"jakarta.enterprise",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with beans, injection points and message listeners."""
        if root is None:
            return facts
        outline = outline_of(root, source)
        beans = read_beans(outline, self.name, STEREOTYPES, POINTS, constructors=False)
        found = (*beans, *_entries(outline))
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:
        """Injected interfaces to the beans that implement them."""
        return Linking(dependencies=tuple(wire(project, self.name)))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """EJB sessions declare no entities."""
        return ""


def _entries(outline: Outline) -> Iterator[Wiring]:
    for declared in outline.types:
        driven = find(declared.annotations, "MessageDriven")
        if driven is not None:
            listening = next((m.scope for m in declared.methods if m.name == "onMessage"), declared.scope)
            yield Wiring("ejb", "entry", listening, driven.line, ("listener", _destination(driven, outline)))
        for method in declared.methods:
            timer = find(method.annotations, "Schedule", "Schedules", "Timeout")
            if timer is not None:
                yield Wiring("ejb", "entry", method.scope, timer.line, ("job", method.name))


def _destination(driven: Annotation, outline: Outline) -> str:
    """The queue of a message-driven bean: mappedName, or the activation property that names the destination."""
    for property_ in nested(driven, "activationConfig"):
        name = (*outline.texts(property_, "propertyName"), "")[0]
        if name in ("destination", "destinationLookup"):
            return (*outline.texts(property_, "propertyValue"), "")[0]
    return (*outline.texts(driven, "mappedName", "name"), "")[0]


FRAMEWORK = Ejb()
