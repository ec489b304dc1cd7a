"""Which deployables compute on a GPU: inventory, graph and files in; the deployables with their reason for one out.

What counts is data (``gpu_workloads.toml``). A library that is declared for its CPU build, only as an extra, or only imported
where its absence is caught is no reason.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from agent.containers.packages import normal
from agent.containers.tree import Tree, line_of, project_of, under
from agent.domain.code import DependencyGraph
from agent.domain.container import Deployable
from agent.domain.inventory import Component, Inventory, Location

__all__ = ["lacking", "with_gpus"]

_ECOSYSTEMS = {"python": "pypi", "java": "maven", "node": "npm"}
_MANIFESTS = ("requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "package.json", "pom.xml",
              "build.gradle", "build.gradle.kts")  # fmt: skip
_IMPORT = re.compile(r"(?m)^[ \t]*(?:from|import)[ \t]+([^\n#]{1,200})")
_HEAD = re.compile(r"(?m)^\[+([\w.\" -]{1,120})\]+[ \t]*$")
_OPTIONAL = re.compile(r"\boptional[ \t]*=[ \t]*true\b")
_FROM = re.compile(r"(?mi)^FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)")
_MOST = 6  # places that are named

Found = tuple[str, Location]


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("agent.containers") / "gpu_workloads.toml").read_text("utf-8"))


def _libraries() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, row in _table().items():
        if "packages" in row:
            yield name, row


def with_gpus(
    deployables: Sequence[Deployable], inventory: Inventory, graph: DependencyGraph | None, tree: Tree
) -> tuple[Deployable, ...]:
    """The same deployables; those that compute on a GPU say why in ``gpu``.

    A job on another's image needs one only when its own program reaches the library, since an idle GPU is paid for.
    """
    folders = sorted({app.folder for app in deployables})
    reasons = {app.name: _reasons(app, inventory, tree, folders) for app in deployables if not app.image}
    made = []
    for app in deployables:
        found = reasons.get(app.image or app.name, [])
        if app.kind == "cli" or "beat" in app.command:  # Celery's clock only sends messages
            found = []
        elif app.image and app.kind in ("job", "batch"):
            found = _of_job(app, found, graph, tree)
        named = "; ".join(f"{text} ({place})" for text, place in found[:_MOST])
        named = "".join(
            c if c.isprintable() or 0xD800 <= ord(c) < 0xE000 else "?" for c in named
        )  # it becomes a comment
        made.append(app.model_copy(update={"gpu": named}) if named else app)
    return tuple(made)


def lacking(gpu: str) -> tuple[str, ...]:
    """What the libraries that a reason names need in the image beyond themselves, by name."""
    said = {part.strip().partition(" ")[0] for part in gpu.split(";")}
    return tuple(f"{name} needs {row['needs']}" for name, row in _libraries() if name in said and row.get("needs"))


def _reasons(app: Deployable, inventory: Inventory, tree: Tree, folders: Sequence[str]) -> list[Found]:
    own = _Own(app, tree, folders)
    declared: dict[str, Location] = {}
    without: set[str] = set()
    for component in inventory.components:
        for name, row in _libraries():
            for_cpu, it = _is(component.name, row.get("cpu", ())), _is_of(component, row)
            if not (for_cpu or it) or component.ecosystem != _ECOSYSTEMS.get(app.runtime):
                continue
            if not own.holds(component.evidence.path) or component.development or _extra(component, tree):
                continue
            if for_cpu or _cpu_build(component, tree):
                without.add(name)
            else:
                declared.setdefault(name, component.evidence)
    found = [(f"{name} is declared", place) for name, place in sorted(declared.items()) if name not in without]
    if app.runtime == "python":
        imported = _imports(tree, own.code())
        found += [
            (f"{name} is imported", place)
            for name, place in sorted(imported.items())
            if name not in without and name not in declared
        ]
    found = [pair for pair in found if _borne_out(pair[0].partition(" ")[0], own)]
    return [*found, *own.images()]


class _Own:
    """The files that belong to one deployable: not those of another one's folder, nor of a project nested in its own."""

    def __init__(self, app: Deployable, tree: Tree, folders: Sequence[str]) -> None:
        self.app, self.tree = app, tree
        self._others = [f for f in folders if f != app.folder and under(f, app.folder) and f]
        self._manifests = tree.named(*_MANIFESTS)
        entry = app.why[0].where[0].path if app.why and app.why[0].where else ""
        self._by_folder: dict[str, bool] = {}
        self._homes = {app.folder, project_of(entry, self._manifests) if entry else app.folder}

    def holds(self, path: str) -> bool:
        if not under(path, self.app.folder) or not self.tree.runs(path):
            return False
        folder = path.rpartition("/")[0]
        if folder not in self._by_folder:
            # A folder with manifests of its own is a project of its own: what trains a model beside the service, say.
            home = project_of(path, self._manifests)
            near = home in self._homes or not under(home, self.app.folder)
            self._by_folder[folder] = near and not any(under(path, other) for other in self._others)
        return self._by_folder[folder]

    def code(self) -> Iterator[str]:
        return (path for path in self.tree.code("python", folder=self.app.folder) if self.holds(path))

    def dockerfiles(self) -> Iterator[str]:
        for path in self.tree.paths:
            name = path.rpartition("/")[2]
            if name.startswith(("Dockerfile", "Containerfile")) and self.holds(path):
                yield path

    def images(self) -> list[Found]:
        base = re.compile(_table()["images"]["base"])
        found = []
        for path in self.dockerfiles():
            text = self.tree.text(path)
            for match in _FROM.finditer(text):
                if base.search(match[1]):
                    place = Location(path=path, line=line_of(text, match.start()))
                    found.append((f"the base image {match[1][:80]} holds CUDA", place))
        return found


def _is(name: str, wanted: Iterable[str]) -> bool:
    plain = normal(name)
    return any(plain.startswith(normal(w[:-1])) if w.endswith("*") else plain == normal(w) for w in wanted)


def _is_of(component: Component, row: Mapping[str, Any]) -> bool:
    return _is(component.name, row["packages"].get(component.ecosystem, ()))


def _line(component: Component, tree: Tree) -> str:
    rows = tree.text(component.evidence.path).splitlines()
    return rows[component.evidence.line - 1] if 0 < component.evidence.line <= len(rows) else ""


def _cpu_build(component: Component, tree: Tree) -> bool:
    words = _table()["without"]
    said = f"{component.version} {_line(component, tree)}"
    if re.search(words["line"], said):
        return True
    return normal(component.name) == "torch" and bool(re.search(words["index"], tree.text(component.evidence.path)))


def _extra(component: Component, tree: Tree) -> bool:
    """Declared as an extra, which the image does not install."""
    if _OPTIONAL.search(_line(component, tree)):
        return True
    above = tree.text(component.evidence.path).splitlines(keepends=True)[: component.evidence.line]
    heads = _HEAD.findall("".join(above))
    last = heads[-1] if heads else ""
    return "optional-dependencies" in last or "extras_require" in last


def _imports(tree: Tree, paths: Iterable[str]) -> dict[str, Location]:
    """Library -> the first place that imports it, in files by path; a module of the repository's own name is not it."""
    modules = {row["module"]: name for name, row in _libraries() if row.get("module")}
    ours = {module for module in modules if _is_own(module, tree)}
    found: dict[str, Location] = {}
    for path in paths:
        for module, line in _imported(tree.text(path), modules.keys() - ours):
            found.setdefault(modules[module], Location(path=path, line=line))
    return found


def _is_own(module: str, tree: Tree) -> bool:
    """Whether the repository has a module of that name that is imported by it alone: not one inside of a package."""
    for path in tree.paths:
        if path.endswith((f"{module}.py", f"{module}/__init__.py")):
            home, _, name = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")
            if name == module and not tree.has(f"{home}/__init__.py".lstrip("/")):
                return True
    return False


def _imported(text: str, modules: Iterable[str]) -> list[tuple[str, int]]:
    wanted = {module for module in modules if module in text}
    if not any(word in wanted for match in _IMPORT.finditer(text) for word in re.findall(r"\w+", match[1])):
        return []
    try:
        return sorted(_certain(ast.parse(text), wanted), key=lambda pair: pair[1])
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # Python 2, or half a file
        plain = [re.match(r"[ \t]*(?:from|import)[ \t]+(\w+)", row) for row in text.splitlines()]
        return [(m[1], number) for number, m in enumerate(plain, 1) if m and m[1] in wanted]


def _certain(module: ast.Module, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """Imports that must hold: not those under a ``try`` whose handler goes on without, nor for type checkers only."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else []
        else:
            names = []
        for name in names:
            if name.partition(".")[0] in wanted:
                yield name.partition(".")[0], getattr(node, "lineno", 0)
        if isinstance(node, ast.Try) and any(_catches_import(handler) for handler in node.handlers):
            waiting += [*node.handlers, *node.orelse, *node.finalbody]
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    return bool(caught & {"ImportError", "ModuleNotFoundError", "Exception"}) and not raises


def _borne_out(name: str, own: _Own) -> bool:
    """A library that runs on either processor counts where something beside it says CUDA."""
    said = _table().get(name, {}).get("with")
    if not said:
        return True
    pattern = re.compile(said)
    places = [*(p for p in own.tree.named(*_MANIFESTS) if own.holds(p)), *own.dockerfiles(), *own.code()]
    return any(pattern.search(own.tree.text(path)) for path in places)


def _of_job(app: Deployable, found: Sequence[Found], graph: DependencyGraph | None, tree: Tree) -> list[Found]:
    """Of the reasons of its image, for a job: none unless its program, or what that reaches in the graph, imports one."""
    if not found:
        return []
    start = {path for word in app.command for path in _program(word, app.folder) if tree.has(path)}
    reached, waiting = set(start), sorted(start)
    if graph is not None:
        leads: dict[str, set[str]] = {}
        for edge in graph.dependencies:
            target = graph.by_id[edge.target]
            leads.setdefault(edge.path, set()).add(target.path)
        while waiting:
            for path in leads.get(waiting.pop(), set()) - reached:
                reached.add(path)
                waiting.append(path)
    imported = _imports(tree, (path for path in sorted(reached) if path.endswith(".py")))
    held = {text.partition(" ")[0] for text, _ in found}
    return [(f"{name} is imported", place) for name, place in sorted(imported.items()) if name in held]


def _program(word: str, folder: str) -> tuple[str, ...]:
    """The files that a word of a command may mean: a path, or a module after ``-m``."""
    base = f"{folder}/" if folder else ""
    module = word.replace(".", "/")
    return f"{base}{word}", f"{base}{module}.py", f"{base}{module}/__main__.py"
