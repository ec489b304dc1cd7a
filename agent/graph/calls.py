"""The precise layer of calls: which functions each call in Python code may reach, by following values (`Dataflow`).

Flow facts of all files go in; out comes for each place of a call what it reaches. A function that calls its parameter
reaches what its callers in the repository pass: each target is proven, the list may miss what callers elsewhere pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """All call sites, by place."""

    def __init__(self, sites: Mapping[tuple[str, int, str], tuple[CallSite, ...]]) -> None:
        self._sites = sites
        unnamed: dict[str, list[CallSite]] = {}
        for path, line, name in sorted(sites):
            if not name:
                unnamed.setdefault(path, []).extend(sites[path, line, name])
        self._unnamed = {path: tuple(found) for path, found in unnamed.items()}

    def at(self, path: str, line: int, name: str) -> tuple[CallSite, ...]:
        """The calls of that name on a line; by the last name as written."""
        return self._sites.get((path, line, name), ())

    def unnamed(self, path: str) -> tuple[CallSite, ...]:
        """The calls of a file that have no name: iteration, ``with``, properties, calls of a call's result."""
        return self._unnamed.get(path, ())

    def __iter__(self) -> Iterator[CallSite]:
        for place in sorted(self._sites):
            yield from self._sites[place]


def find_calls(facts: Mapping[str, FileFacts], project: Project, language: Language) -> Calls:
    """Follow values through all files of the language."""
    analysis = Dataflow(facts, project, language)
    analysis.run()
    found: dict[tuple[str, int, str], list[CallSite]] = {}
    for body in analysis.bodies:
        for site in body.sites.values():
            if not site.targets:
                continue
            inner = {analysis.bodies[atom[1]].symbol for atom in site.targets if atom[0] == "f"}
            outer = {atom[1] for atom in site.targets if atom[0] == "x"}
            found.setdefault((body.path, site.line, site.name), []).append(
                CallSite(
                    body.path,
                    site.line,
                    site.name,
                    body.symbol,
                    body.scope,
                    tuple(sorted(inner)),
                    tuple(sorted(outer)),
                    site.complete,
                )
            )
    return Calls({place: tuple(sorted(set(sites), key=_order)) for place, sites in found.items()})


def _order(site: CallSite) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    return (site.caller, site.targets, site.external, site.complete)
