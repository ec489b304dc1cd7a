"""Python 3 and 2: the `Language` of .py files: how modules are named and how their import statements resolve.

What a module says is read in `agent.languages.python_facts`, how values move in it in `agent.languages.python_flow`.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from tree_sitter import Parser

from agent.domain.facts import FileFacts, Import
from agent.languages.python_facts import read_python
from agent.languages.python_flow import read_flow
from agent.languages.python_grammar import GRAMMAR

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Python"]

MAX_BYTES = 2_000_000


class Python:
    """The `Language` of .py files; module IDs are dotted names, found by the packages' own folders."""

    name = "python"
    suffixes = (".py", ".pyw")
    receiver_names = frozenset({"self", "cls"})
    super_names = frozenset({"super()"})
    implicit_receiver = False
    builtins = frozenset(dir(builtins)) | frozenset(
        [
            "unicode",
            "basestring",
            "xrange",
            "raw_input",
            "long",
            "reduce",
            "file",
            "execfile",
            "cmp",
            "unichr",
            "reload",
            "coerce",
            "intern",
            "apply",
            "buffer",
            "__file__",
            "__name__",
            "__doc__",
            "WindowsError",
        ]
    )

    def __init__(self, *, flow: bool = True) -> None:
        self._parser = Parser(GRAMMAR)
        self._flow = flow  # whether to read what the precise layer of calls needs
        self._modules: tuple[int, dict[str, str]] | None = None

    def unit_kind(self) -> str:
        """Boundaries are drawn around modules."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``shop.orders`` and ``Order.total`` give ``shop.orders.Order.total``."""
        return f"{module}.{scope}" if scope else module

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one module. Never raises: an unreadable file comes back with ``failure`` set."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        root = self._parser.parse(source).root_node
        facts = read_python(root, source)
        return (replace(facts, flow=read_flow(root, source)) if self._flow else facts), root

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """Dotted names: a package's name starts below the first folder that has no ``__init__.py``."""
        paths = layout.files(self.name)
        packages = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "__init__.py"}
        root_name = _root_package(paths, layout) if "" in packages else ""
        named: dict[str, str] = {}
        for path in paths:
            named[path] = _dotted(path, packages, root_name)
        taken = Counter(named.values())
        for path, name in named.items():
            if taken[name] > 1 or not name:
                named[path] = _whole_path(path) or "__init__"
        return named

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """Absolute, relative and script-relative imports; see `Language.resolve_import` for the answer's form.

        ``import a.b`` binds ``a`` and depends on ``a.b``; ``from a import b`` depends on the module ``a.b`` when there
        is one, else on ``a``'s own ``b``, else on ``a`` (which may re-export it), as grimp counts it.
        """
        base, why = self._absolute(imported, path, project)
        if not base and why:
            return ((imported.alias, why, ""),)
        modules = project.module_ids("python")
        for prefix in self._prefixes(path, project, explicit=imported.module.startswith(".")):
            target = f"{prefix}.{base}" if prefix and base else (prefix or base)
            if not imported.name:
                found = self._whole_module(imported, target, modules)
            else:
                found = self._member(imported, target, modules, project)
            if found:
                return found
        if imported.module.startswith("."):
            return ((imported.alias, f"unresolved:no module {imported.module}", ""),)
        top = base.partition(".")[0]
        if top in project.top_names("python"):
            # A sibling of ours by name that has no such module: generated, deleted, or another distribution's part.
            return ((imported.alias, f"unresolved:no module {base}", ""),)
        return ((imported.alias, f"external:{top}", ""),)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing is visible in Python without an import."""
        return {}

    def _absolute(self, imported: Import, path: str, project: Project) -> tuple[str, str]:
        module = imported.module
        if not module.startswith("."):
            return module, ""
        level = len(module) - len(module.lstrip("."))
        package = project.modules()[path]
        parts = package.split(".")
        if path.rpartition("/")[2] != "__init__.py":
            parts = parts[:-1]
        if level - 1 > len(parts):
            return "", "unresolved:relative import above the top-level package"
        parts = parts[: len(parts) - (level - 1)]
        rest = module.lstrip(".")
        return ".".join([*parts, rest] if rest else parts), ""

    def _prefixes(self, path: str, project: Project, *, explicit: bool) -> tuple[str, ...]:
        """Where an absolute name may start: the roots first, then the script's own folder (sys.path[0], Python 2)."""
        if explicit:
            return ("",)
        module = project.modules()[path]
        own = module if path.endswith("__init__.py") else module.rpartition(".")[0]
        if not own:
            return ("",)
        # A script's folder is on sys.path. A package's is not in Python 3 (`import json` beside a json.py means the
        # standard library's), but was searched first by Python 2.
        if own not in project.module_ids("python"):
            return ("", own)
        return (own, "") if project.has_wiring("python", "python2") else ("",)

    def _whole_module(
        self, imported: Import, target: str, modules: Mapping[str, str]
    ) -> tuple[tuple[str, str, str], ...] | None:
        if target not in modules:
            return None
        top = imported.module.partition(".")[0]
        if imported.alias == top and "." in imported.module:
            bound = target[: len(target) - len(imported.module) + len(top)]
            return ((imported.alias, bound, ""), ("", target, "exact"))
        return ((imported.alias, target, "exact"),)

    def _member(
        self, imported: Import, target: str, modules: Mapping[str, str], project: Project
    ) -> tuple[tuple[str, str, str], ...] | None:
        if imported.name == "*":
            return (("*", target, "exact"),) if target in modules else None
        submodule = f"{target}.{imported.name}" if target else imported.name
        if submodule in modules:
            return ((imported.alias, submodule, "exact"),)
        path = modules.get(target)
        if path is None:
            return None
        if project.defines(path, imported.name):
            return ((imported.alias, self.symbol_id(target, imported.name), "exact"),)
        return ((imported.alias, f"{target}:{imported.name}", ""), ("", target, "exact"))


def _dotted(path: str, packages: set[str], root_name: str) -> str:
    folder, _, file = path.rpartition("/")
    stem = file.rpartition(".")[0]
    parts: list[str] = [] if stem == "__init__" else [stem]
    while folder and folder in packages:
        folder, _, last = folder.rpartition("/")
        parts.insert(0, last)
    if not folder and root_name:
        parts.insert(0, root_name)
    elif folder and (len(parts) == 1 and stem != "__init__" and f"{folder}" not in packages):
        # A module outside any package: a script, or a namespace package's part; its folders name it.
        parts = [*_clean(folder), *parts]
    return ".".join(parts)


def _clean(folder: str) -> list[str]:
    parts = folder.split("/")
    while parts and parts[0] in ("src", "lib"):
        parts = parts[1:]
    return parts


def _whole_path(path: str) -> str:
    stem = path.rpartition(".")[0].removesuffix("/__init__").removesuffix("__init__")
    return stem.replace("/", ".")


def _root_package(paths: Sequence[str], layout: Layout) -> str:
    """The name of a package whose folder is the repository itself: what its own modules call it.

    Taken from the code, not from the folder, so that the same commit gets the same names wherever it lies.
    """
    tops = {path.partition("/")[0].removesuffix(".py") for path in paths}
    votes: Counter[str] = Counter()
    for path in paths:
        for imported in layout.facts(path).imports:
            first, _, rest = imported.module.partition(".")
            second = rest.partition(".")[0] or imported.name
            if first and second in tops and first not in tops:
                votes[first] += 1
    best = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    return best[0][0] if best else ""


LANGUAGE = Python()
