"""How JavaScript packages are tested: a snapshot in; suites, and recipes that install with npm as of the commit's date, out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from agent.domain.environment import Need, Reason, Recipe
from agent.domain.inventory import Location
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Runner, Snapshot, Toolchains
from agent.validation.ecosystems.node_rules import amend_node, install_steps
from agent.validation.ecosystems.node_suites import find_suites
from agent.validation.ecosystems.node_versions import node_of_the_time, satisfies, wanted_version
from agent.validation.ecosystems.tree_reading import Tree, beside, line_of, read_tree
from agent.validation.runners.jest import JEST, VITEST
from agent.validation.runners.mocha import MOCHA
from agent.validation.runners.npm import AVA, JASMINE, NODE_TEST, NPM, TAP, TAPE

__all__ = ["ECOSYSTEM", "NodeEcosystem"]

LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml")
_OLD_ENOUGH = (
    12  # below this, what CI lists is another JavaScript world; above it, the machine's own Node.js is tried first
)


class NodeEcosystem:
    """npm packages, whatever runs their tests."""

    name = "node"
    runners: Mapping[str, Runner] = {
        runner.name: runner for runner in (MOCHA, JEST, VITEST, TAP, TAPE, AVA, NODE_TEST, JASMINE, NPM)
    }

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        return find_suites(read_tree(tree))

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        known = read_tree(tree)
        names = ("package.json", *LOCKS, *OTHER_LOCKS, ".nvmrc", ".node-version", ".npmrc", "Makefile")
        paths = {beside(folder, name) for folder in {"", suite.folder} for name in names}
        return sorted(path for path in paths if known.has(path))

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        known = read_tree(tree)
        machine = toolchains.best("node")
        if machine is None:
            raise EnvironmentUnmakeableError(
                "the tests need Node.js, and this machine has none: install it, or give your own recipe with --env."
            )
        folder = _install_folder(known, suite)
        day = tree.committed_on()
        version, reasons = _chosen_node(known, folder, machine.version)
        locks = [lock for lock in LOCKS if known.has(beside(folder, lock))]
        recipe = Recipe(
            ecosystem=self.name,
            needs=(Need(name="node"),),
            variables={},
            kept=_kept(folder, suite),
            as_of="" if locks else _day_after(day),
            reasons=(*reasons, *_install_reasons(known, folder, locks, day)),
        )
        era = {"FIGWRIGHT_ERA": day} if day else {}
        recipe = recipe.model_copy(update={"variables": era})
        return install_steps(
            recipe, folder=folder, node=version, locked=bool(locks), old=_before_peers(known, folder, day)
        )

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        return amend_node(recipe, suite, said)


def _day_after(day: str) -> str:
    """npm's ``--before`` means the start of a day; what was published on the day of the commit counts too."""
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _install_folder(tree: Tree, suite: Suite) -> str:
    """Where ``npm install`` runs: the root when it says that the suite's folder is one of its workspaces."""
    if suite.folder and (
        tree.json("package.json").get("workspaces") or (tree.has("lerna.json") and tree.has("package-lock.json"))
    ):
        return ""
    return suite.folder


def _kept(folder: str, suite: Suite) -> tuple[str, ...]:
    kept = [beside(folder, "node_modules")]
    if folder != suite.folder:
        kept.append(beside(suite.folder, "node_modules"))
    return tuple(kept)


def _before_peers(tree: Tree, folder: str, day: str) -> bool:
    """Whether the package is from before npm 7, which was the first to install and to insist on peer dependencies."""
    lock = tree.json(beside(folder, "package-lock.json")).get("lockfileVersion")
    return lock == 1 or (lock is None and bool(day) and day < "2020-10-13") or tree.has(beside(folder, "yarn.lock"))


def _chosen_node(tree: Tree, folder: str, machine: str) -> tuple[str, tuple[Reason, ...]]:
    """The Node.js line to install from the registry; empty for the machine's own. And why."""
    for name in (".nvmrc", ".node-version"):
        path = tree.first(folder, (name,)) or tree.first("", (name,))
        wanted = wanted_version(tree.text(path)) if path else ""
        if wanted and wanted.split(".")[0] != machine.split(".")[0]:
            return wanted, (Reason(text=f"Node.js {wanted}, as {name} says", where=(Location(path=path, line=1),)),)
    manifest = beside(folder, "package.json")
    engines = tree.json(manifest).get("engines")
    wanted = engines.get("node", "") if isinstance(engines, dict) else ""
    if isinstance(wanted, str) and wanted and not satisfies(machine, wanted):
        line = _newest_line(wanted)
        where = line_of(tree.text(manifest), '"engines"', manifest)
        if line:
            return line, (
                Reason(text=f"Node.js {line}: engines wants {wanted}, the machine has {machine}", where=(where,)),
            )
    return _from_ci(tree, machine)


def _newest_line(wanted: str) -> str:
    lines = ("24", "22", "20", "18", "16", "14", "12", "10", "8", "6", "4", "0.12", "0.10")
    return next((line for line in lines if satisfies(f"{line}.999" if "." in line else f"{line}.999.0", wanted)), "")


def _from_ci(tree: Tree, machine: str) -> tuple[str, tuple[Reason, ...]]:
    """What .travis.yml lists, when even its newest is from a time whose code the machine's Node.js often cannot run."""
    text = tree.text(".travis.yml")[:50_000]
    block = re.search(r"^node_js:[ \t]*([^\n]*(?:\n[ \t]*-[^\n]*)*)", text, re.MULTILINE)
    if block is None or re.search(r"\b(?:node|stable|lts|current)\b", re.sub(r"^node_js:", "", block[0])):
        return "", ()
    listed = [tuple(int(part) for part in found.split(".")[:2]) for found in re.findall(r"\d+(?:\.\d+)?", block[1])]
    newest = max(listed, default=(0,))
    if (not newest[0] and len(newest) < 2) or newest[0] >= _OLD_ENOUGH or newest[0] in (1, 2, 3, 5, 7, 9):
        even = [one for one in listed if one[0] not in (1, 2, 3, 5, 7, 9)]
        newest = max(even, default=(0,)) if newest[0] < _OLD_ENOUGH else (0,)
    if newest == (0,) or (newest[0] == 0 and newest[1] < 6):
        return "", ()
    if newest[0] == 0 and newest[1] not in (10, 12):
        newest = (0, 10)  # what the registry has of 0.x, and what 0.6 to 0.9 grew into
    line = ".".join(str(part) for part in newest) if newest[0] == 0 else str(newest[0])
    where = line_of(text, "node_js:", ".travis.yml")
    return line, (
        Reason(text=f"Node.js {line}, the newest that CI was run with (the machine has {machine})", where=(where,)),
    )


def _install_reasons(tree: Tree, folder: str, locks: Sequence[str], day: str) -> tuple[Reason, ...]:
    if locks:
        return (
            Reason(text="npm ci: the lock file names every version", where=(Location(path=beside(folder, locks[0])),)),
        )
    other = [lock for lock in OTHER_LOCKS if tree.has(beside(folder, lock))]
    found: list[Reason] = []
    if other:
        text = f"{other[0]} is read by npm as far as npm can (yarn.lock) or not at all (pnpm-lock.yaml)"
        found.append(Reason(text=text, where=(Location(path=beside(folder, other[0])),)))
    if day:
        text = f"no npm lock: versions as they were on {day}, the day of the commit (Node.js of that time: {node_of_the_time(day)})"
        found.append(Reason(text=text, where=(Location(path=beside(folder, "package.json")),)))
    return tuple(found)


ECOSYSTEM = NodeEcosystem()
