"""The scripts that run under Node.js, put into a folder that boxes show read-only, with the names at each module's top level."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from tree_sitter import Node

from agent.domain.execution import OUT, Outcome
from agent.domain.execution import Command as BoxCommand
from agent.extraction.ground import Ground
from agent.extraction.staging import BOX_REPO, in_box
from agent.languages.javascript import LANGUAGES

__all__ = ["MODULES", "node_program", "run_script", "stage_node", "top_names", "variables_of"]

MODULES = (".js", ".cjs", ".jsx", ".ts", ".cts", ".tsx")
"""Suffixes of modules that Node.js loads by ``require``, through a compiler or not."""
_BIN = "FIGWRIGHT_NODE_BIN"  # of `agent.validation`'s recipes: a Node.js of the time, in the environment
_MOST_BYTES = 2_000_000
_DECLARING = frozenset({"lexical_declaration", "variable_declaration"})


def stage_node(ground: Ground) -> Path:
    """A fresh folder with the scripts and what they have to know of the repository."""
    folder = ground.folders.fresh("box")
    for entry in sorted(files("agent.extraction.box_node").iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".js"):
            (folder / entry.name).write_bytes(entry.read_bytes())
    setup = {
        "repository": BOX_REPO,
        "tests": sorted(ground.test_files),
        "names": top_names(ground.pristine, ground.test_files),
    }
    (folder / "setup.json").write_text(json.dumps(setup), "utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def node_program(ground: Ground) -> str:
    """The interpreter of the repository's tests, as commands name it."""
    if ground.variables.get(_BIN):
        return f"{ground.variables[_BIN]}/node"
    return next((str(one.executable) for one in ground.toolchains if one.name == "node"), "node")


def variables_of(ground: Ground) -> Mapping[str, str]:
    """A run's variables. What a test command puts into its own (CI, NODE_ENV) comes with each recorded request."""
    return dict(ground.variables)


def run_script(
    ground: Ground, box: Path, script: str, repo: Path, out: Path, show: tuple[Path, ...], seconds: float
) -> Outcome:
    """Run one of the scripts with ``plan.json`` of ``out`` as its argument, in the suite's folder."""
    command = BoxCommand(
        (node_program(ground), str(box / script), f"{OUT}/plan.json"), variables_of(ground), ground.folder
    )
    return in_box(ground, command, repo, out, (box, *show), seconds)


def top_names(root: Path, tests: Collection[str] = ()) -> Mapping[str, tuple[str, ...]]:
    """Path -> names of variables, functions and classes at the module's top level, for modules that are neither tests nor libraries."""
    found: dict[str, tuple[str, ...]] = {}
    skipped = frozenset(tests)
    languages = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
    for place in sorted(root.rglob("*")):
        path = place.relative_to(root).as_posix()
        if place.suffix not in MODULES or path in skipped or "node_modules" in place.parts or place.is_symlink():
            continue
        if not place.is_file() or place.stat().st_size > _MOST_BYTES:
            continue
        source = place.read_bytes()
        _, tree = languages[place.suffix].extract(path, source)
        names = tuple(dict.fromkeys(_declared(tree))) if tree is not None else ()
        if names:
            found[path] = names
    return found


def _declared(root: Node) -> Iterator[str]:
    for statement in root.named_children:
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
        if inner is None:
            continue
        if inner.type in _DECLARING:
            for declarator in inner.named_children:
                name = declarator.child_by_field_name("name")
                if name is not None:
                    yield from _bound(name)
        elif inner.type.endswith("_declaration"):
            name = inner.child_by_field_name("name")
            if name is not None and name.type in ("identifier", "type_identifier"):
                yield _text(name)


def _bound(pattern: Node) -> Iterator[str]:
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield _text(pattern)
        return
    # A key and a default value are no names that are bound
    of_pair = pattern.type in ("pair_pattern", "assignment_pattern", "object_assignment_pattern")
    for child in pattern.named_children:
        other = of_pair and child in (pattern.child_by_field_name("key"), pattern.child_by_field_name("right"))
        if not other:
            yield from _bound(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
