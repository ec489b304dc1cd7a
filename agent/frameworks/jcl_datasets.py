"""Datasets: the DD statements of all jobs and procedures resolved, and which DD name of which program means which dataset.

Takes the ``jcl`` records of a project, puts the values of symbols in place (SET, PROC defaults, EXEC parameters) and
gives datasets as tables: ``table:`` and the whole dataset name in lower case, generations (``(+1)``) left off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from agent.domain.code import Dependency, Symbol

if TYPE_CHECKING:
    from agent.domain.facts import Wiring
    from agent.ports import Project

__all__ = ["Datasets", "dataset_id"]

SYMBOL = re.compile(r"&([A-Za-z$#@][\w$#@]{0,7})\.?")
GENERATION = re.compile(r"\([^()]{0,12}\)\Z")
MAX_CALLERS = 50
MAX_MEMBERS = 20
AGREEING = 2  # programs that must give a DD name the same dataset before another one's is taken for it


def dataset_id(name: str) -> str:
    """``AWS.ORDERS.BKUP(+1)`` is ``table:aws.orders.bkup``."""
    return "table:" + GENERATION.sub("", name.strip("' ")).lower()


class Datasets:
    """Steps, what they run, and what their DD names mean; made once for each linking."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._symbols: dict[str, Symbol] = {}
        self._dds: dict[str, dict[str, dict[str, None]]] = {}  # program -> DD name -> dataset IDs
        self._without: dict[str, set[str]] = {}  # program -> DD names that jobs give no dataset: printed, DUMMY, work
        self._named: dict[str, dict[str, set[str]]] = {}  # DD name -> dataset ID -> programs
        self._members: dict[str, set[str]] = {}  # dataset ID -> members that DD statements name
        self._edges: list[Dependency] = []
        self._programs: dict[str, list[str]] = {}  # step's ID -> programs
        self._by_place: dict[str, list[str]] = {}  # job or procedure -> programs
        self._called: dict[tuple[str, str], str] = {}  # (path, step) -> procedure
        self._values: dict[tuple[str, str], dict[str, str]] = {}  # (path, procedure) -> symbols
        self._calls: dict[str, list[tuple[str, str, Mapping[str, str]]]] = {}  # procedure -> (path, step, given)
        self._read_steps()
        self._read_dds()

    @property
    def symbols(self) -> list[Symbol]:
        """All datasets that were named; of a library, with the members that were."""
        found = []
        for key in sorted(self._symbols):
            members = sorted(self._members.get(key, ()))
            known = self._symbols[key]
            doc = f"Members used: {', '.join(members[:MAX_MEMBERS])}." if members else ""
            found.append(msgspec.structs.replace(known, doc=doc) if doc else known)
        return found

    @property
    def dependencies(self) -> list[Dependency]:
        """Step reads, writes or defines dataset; an index refers to its base."""
        return self._edges

    def of(self, program: str, dd: str) -> tuple[str, ...]:
        """The datasets that a DD name means when the program runs, in any job."""
        return tuple(self._dds.get(program, {}).get(dd.upper(), ()))

    def has_none(self, program: str, dd: str) -> bool:
        """Whether jobs say what the DD name is, and it is no dataset: a listing, DUMMY, data in the job, a work file."""
        return dd.upper() in self._without.get(program, ())

    def by_name(self, dd: str) -> str:
        """The one dataset that a DD name means in all programs, two or more; ``""`` when they do not agree."""
        found = self._named.get(dd.upper(), {})
        return next(iter(found)) if len(found) == 1 and len(next(iter(found.values()))) >= AGREEING else ""

    def table(self, name: str, path: str, line: int) -> str:
        """A dataset's or file's ID; it becomes a symbol."""
        identifier = dataset_id(name)
        self._symbols.setdefault(identifier, Symbol(identifier, "table", path, line, line, "jcl"))
        return identifier

    def _read_steps(self) -> None:
        for path, wiring in self._project.wirings("jcl", "symbol"):
            self._values.setdefault((path, wiring.scope), {}).setdefault(*wiring.args[:2])
        for path, wiring in self._project.wirings("jcl", "step"):
            program, procedure = wiring.args[:2]
            step = self._project.symbol_at(path, wiring.scope)
            if program:
                self._programs.setdefault(step, []).append(program)
                self._by_place.setdefault(step.rpartition(".")[0], []).append(program)
            else:
                given = dict(part.split("=", 1) for part in wiring.args[2:])
                self._called[path, wiring.scope] = procedure
                self._calls.setdefault(procedure, []).append((path, wiring.scope, given))

    def _read_dds(self) -> None:
        for path, wiring in self._project.wirings("jcl", "dd"):
            source = self._project.symbol_at(path, wiring.scope)
            name, written, mode = wiring.args[:3]
            for dataset in self._datasets(path, wiring, written):
                target = self.table(dataset, path, wiring.line)
                self._edges.append(Dependency(source, target, mode, path, wiring.line))
                if wiring.args[4]:
                    self._members.setdefault(target, set()).add(wiring.args[4])
                plain = name.rpartition(".")[2]
                for program in self._run_by(path, wiring.scope, source, name):
                    self._dds.setdefault(program, {}).setdefault(plain, {})[target] = None
                    self._named.setdefault(plain, {}).setdefault(target, set()).add(program)
        for path, wiring in self._project.wirings("jcl", "no dataset"):
            source = self._project.symbol_at(path, wiring.scope)
            for program in self._run_by(path, wiring.scope, source, wiring.args[0]):
                self._without.setdefault(program, set()).add(wiring.args[0].rpartition(".")[2])
        for path, wiring in self._project.wirings("jcl", "dataset"):
            source = self._project.symbol_at(path, wiring.scope)
            for dataset in self._datasets(path, wiring, wiring.args[0]):
                target = self.table(dataset, path, wiring.line)
                self._edges.append(Dependency(source, target, wiring.args[1], path, wiring.line))
        for path, wiring in self._project.wirings("jcl", "related"):
            for name, base in zip(*(self._datasets(path, wiring, w) for w in wiring.args), strict=False):
                ends = (self.table(name, path, wiring.line), self.table(base, path, wiring.line))
                self._edges.append(Dependency(*ends, "reference", path, wiring.line))

    def _run_by(self, path: str, scope: str, step: str, dd: str) -> list[str]:
        """The step's programs; for ``PSTEP.DD`` in a step that calls a procedure, those of the procedure's step."""
        own = self._programs.get(step)
        if own:
            return own
        inner, _, _ = dd.rpartition(".")
        place = self._procedure(path, self._called.get((path, scope), ""))
        if inner:
            return self._programs.get(f"{place}.{inner}", [])
        return self._by_place.get(place, [])

    def _procedure(self, path: str, name: str) -> str:
        """The ID of a procedure: in-stream in the same job, else cataloged."""
        if not name:
            return ""
        local = self._project.symbol_at(path, name)
        if self._project.definition(local) is not None:
            return local
        return f"PROC:{name}" if self._project.path_of_module(f"PROC:{name}") else ""

    def _datasets(self, path: str, wiring: Wiring, written: str) -> Iterator[str]:
        """The name with symbols put in place: once for each EXEC that runs the procedure with other values."""
        if written.endswith("."):
            return  # a mask: DELETE A.B.*
        if "&" not in written:
            yield written
            return
        top = wiring.scope.partition(".")[0]
        values = {**self._values.get((path, ""), {}), **self._values.get((path, top), {})}
        module = self._project.symbol_at(path, "")
        name = module.removeprefix("PROC:") if module.startswith("PROC:") else top
        given = [
            {**values, **self._values.get((caller, ""), {}), **arguments}
            for caller, _, arguments in self._calls.get(name, ())[:MAX_CALLERS]
        ]
        found = dict.fromkeys(_substituted(written, symbols) for symbols in given or [values])
        yield from (dataset for dataset in found if "&" not in dataset and dataset)


def _substituted(text: str, values: Mapping[str, str], depth: int = 0) -> str:
    """With symbols' values in place; a value may name other symbols, whose dots must not be taken for this text's."""

    def value(match: re.Match[str]) -> str:
        found = values.get(match.group(1).upper())
        if found is None or depth > 4:
            return match.group()
        return _substituted(found, values, depth + 1)

    return SYMBOL.sub(value, text[:200])[:200].upper()
