"""The precise layer of calls: which functions each call in Python code may reach, by following values (`Dataflow`).

Flow facts of all files go in; out comes for each place of a call what it reaches. A function that calls its parameter
reaches what its callers in the repository pass: each target is proven, the list may miss what callers elsewhere pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from agent.domain.facts import FileFacts
from agent.graph.dataflow import Dataflow

if TYPE_CHECKING:
    from agent.ports import Language, Project

__all__ = ["MAX_TARGETS", "CallSite", "Calls", "find_calls"]

MAX_TARGETS = 8  # a call that may reach more than this says nothing: it is ambiguous


class CallSite(Struct, frozen=True, gc=False):
    """One call: ``source`` calls ``targets`` (functions of the repository) and ``external`` ones (dotted names).

    ``name`` is the last name of what is called as written, ``""`` where the language calls (iteration, ``with``).
    ``complete``: nothing else was seen that it may be.
    """

    path: str
    line: int
    name: str
    caller: str  # the function with lambdas counted as functions of their own: shop.orders.total.<lambda1>
    source: str  # the nearest definition with a name: what the graph knows
    targets: tuple[str, ...]
    external: tuple[str, ...]
    complete: bool


class Calls:
    """All call sites, by file and place."""

    def __init__(self, sites: Mapping[str, Mapping[tuple[int, str], tuple[CallSite, ...]]]) -> None:
        self._sites = sites

    @classmethod
    def of_sites(cls, sites: Iterable[CallSite]) -> Calls:
        """From sites in any order."""
        found: dict[str, dict[tuple[int, str], list[CallSite]]] = {}
        for site in sites:
            found.setdefault(site.path, {}).setdefault((site.line, site.name), []).append(site)
        return cls(
            {
                path: {place: tuple(sorted(each, key=_order)) for place, each in places.items()}
                for path, places in found.items()
            }
        )

    def of(self, path: str) -> Mapping[tuple[int, str], tuple[CallSite, ...]]:
        """A file's call sites by line and last name as written, ``""`` for calls that the language makes."""
        return self._sites.get(path, {})

    def __iter__(self) -> Iterator[CallSite]:
        for path in sorted(self._sites):
            for place in sorted(self._sites[path]):
                yield from self._sites[path][place]


def find_calls(facts: Mapping[str, FileFacts], project: Project, language: Language) -> Calls:
    """Follow values through all files of the language."""
    own = {path: file for path, file in facts.items() if file.language == language.name}
    analysis = Dataflow(own, project, language)
    analysis.run()
    bodies = analysis.bodies
    analysis.close()  # before the answer is made: it needs the room
    found: set[CallSite] = set()
    for body in bodies:
        for site in body.sites.values():
            if site.targets:
                inner = {bodies[atom[1]].symbol for atom in site.targets if atom[0] == "f"}
                outer = {atom[1] for atom in site.targets if atom[0] == "x"}
                targets, external = tuple(sorted(inner)), tuple(sorted(outer))
                found.add(
                    CallSite(body.path, site.line, site.name, body.symbol, body.scope, targets, external, site.complete)
                )
        body.sites = {}
    return Calls.of_sites(found)


def _order(site: CallSite) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    return (site.caller, site.targets, site.external, site.complete)
