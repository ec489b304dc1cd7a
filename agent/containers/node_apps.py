"""Node processes: a start script, a program of ``bin``, or a file that listens."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from agent.containers.reading import listening_port
from agent.containers.tree import Tree, label
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location

__all__ = ["find_node", "manifest", "node_version"]

PORT = 3000
_SERVERS = (
    "express",
    "koa",
    "fastify",
    "hapi",
    "@hapi/hapi",
    "restify",
    "next",
    "nuxt",
    "@nestjs/core",
    "connect",
    "polka",
)


def manifest(tree: Tree, path: str) -> Mapping[str, Any]:
    try:
        found = json.loads(tree.text(path))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def find_node(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """One for each package.json that starts something; build tools of another language's application start nothing."""
    packages = tree.named("package.json")
    for path in packages:
        folder = path.rpartition("/")[0]
        package = manifest(tree, path)
        found = _start(inventory, tree, folder, path, package)
        if found is None:
            continue
        command, reasons = found
        version, where = node_version(inventory, package, path)
        files = _listening_files(inventory, tree, folder)
        port = listening_port(tree, _port_files(tree, folder, files), "javascript")
        web = bool(files) or any(name in package.get("dependencies", {}) for name in _SERVERS)
        if port:
            reasons.append(Reason(text=f"it listens on {port[0]} today", where=(port[1],)))
        kind = "web" if web else "worker"
        name = label(str(package.get("name") or folder or inventory.name).rpartition("/")[2])
        yield Deployable(
            name=name, kind=kind, why=(*reasons, *where), folder=folder, language="javascript",  # type: ignore[arg-type]
            runtime="node", version=version, framework="Express" if "express" in package.get("dependencies", {}) else "",
            command=command, port=(port[0] if port else PORT) if web else None,
        )  # fmt: skip


def _start(
    inventory: Inventory, tree: Tree, folder: str, path: str, package: Mapping[str, Any]
) -> tuple[tuple[str, ...], list[Reason]] | None:
    scripts = package.get("scripts") if isinstance(package.get("scripts"), dict) else {}
    assert isinstance(scripts, dict)
    listening = _listening_files(inventory, tree, folder)
    start = str(scripts.get("start", ""))
    direct = re.fullmatch(r"(?:NODE_ENV=\w+\s+)?node\s+([\w./-]+)((?:\s+[\w./=:-]+)*)", start.strip())
    if direct and tree.has(_join(folder, _file(tree, folder, direct[1]))):
        command = ("node", _file(tree, folder, direct[1]), *shlex.split(direct[2]))
        return command, [
            Reason(text=f"script 'start' in package.json: {start[:80]}", where=(_line(tree, path, '"start"'),))
        ]
    program = package.get("bin")
    programs = {str(package.get("name")): program} if isinstance(program, str) else program or {}
    if start and not _tool(start):
        return ("npm", "start"), [
            Reason(text=f"script 'start' in package.json: {start[:80]}", where=(_line(tree, path, '"start"'),))
        ]
    if isinstance(programs, dict) and programs and listening:
        target = str(next(iter(programs.values()))).removeprefix("./")
        words = ("node", target, *_arguments(start, target), *_everywhere(tree, listening, folder))
        return words, [Reason(text="bin in package.json, which listens", where=(_line(tree, path, '"bin"'),))]
    main = str(package.get("main", "")).removeprefix("./")
    if main and any(entry == _join(folder, _file(tree, folder, main)) for entry in listening):
        return ("node", _file(tree, folder, main)), [
            Reason(text="main in package.json, which listens", where=(_line(tree, path, '"main"'),))
        ]
    if len(listening) == 1:
        inside = listening[0][len(folder) + 1 :] if folder else listening[0]
        place = next(entry.evidence for entry in inventory.entry_points if entry.evidence.path == listening[0])
        return ("node", inside), [Reason(text="the one file that listens", where=(place,))]
    for name in ("server.js", "app.js", "index.js", "stats.js"):
        if listening and tree.has(_join(folder, name)):
            return ("node", name), [
                Reason(text=f"{name} beside the files that listen", where=(Location(path=_join(folder, name)),))
            ]
    return None


def _arguments(start: str, target: str) -> tuple[str, ...]:
    """What the script 'start' gives to the same program when it runs it from its sources."""
    try:
        words = shlex.split(start)
    except ValueError:
        return ()
    stem = target.rpartition(".")[0].rpartition("/")[2] or target
    place = next((i for i, word in enumerate(words) if word.rpartition("/")[2].split(".")[0] == stem), len(words))
    return tuple(word for word in words[place + 1 :] if re.fullmatch(r"[\w./:=@-]{1,80}", word))


def _everywhere(tree: Tree, listening: list[str], folder: str) -> tuple[str, ...]:
    """An option for the host whose default is this machine: in a container nobody could reach it."""
    beside = {path.rpartition("/")[0] for path in listening}
    for path in tree.code("javascript", "typescript", folder=folder):
        option = r"\bhost\s*:\s*\{[^{}]{0,200}\bdefault\s*:\s*['\"](?:localhost|127\.0\.0\.1)['\"]"
        if path.rpartition("/")[0] in beside and re.search(option, tree.text(path)):
            return ("--host", "0.0.0.0")  # noqa: S104
    return ()


def _tool(start: str) -> bool:
    """Development servers of build tools, and transpilers that run from sources."""
    return bool(
        re.search(r"\b(?:webpack|gulp|grunt|vite|react-scripts|ng|parcel|babel-node|nodemon|ts-node|rollup)\b", start)
    )


def _file(tree: Tree, folder: str, name: str) -> str:
    name = name.removeprefix("./")
    for guess in (name, f"{name}.js", f"{name}/index.js"):
        if tree.has(_join(folder, guess)):
            return guess
    return name


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _line(tree: Tree, path: str, word: str) -> Location:
    for number, row in enumerate(tree.text(path).splitlines(), 1):
        if word in row:
            return Location(path=path, line=number)
    return Location(path=path)


def _listening_files(inventory: Inventory, tree: Tree, folder: str) -> list[str]:
    inner = [p.rpartition("/")[0] for p in tree.named("package.json") if p.rpartition("/")[0] not in ("", folder)]
    return [
        entry.evidence.path
        for entry in inventory.entry_points
        if entry.how.endswith(".listen()")
        and tree.runs(entry.evidence.path)
        and (not folder or entry.evidence.path.startswith(folder + "/"))
        and not any(entry.evidence.path.startswith(other + "/") for other in inner if not folder.startswith(other))
    ]


def _port_files(tree: Tree, folder: str, files: list[str]) -> list[str]:
    known = list(tree.code("javascript", "typescript", folder=folder))
    settings = [path for path in known if re.search(r"(?:^|/)(?:config|settings)[\w./-]*\.[jt]s$", path)]
    return [*files, *settings, *[path for path in known if path not in files][:60]]


def node_version(inventory: Inventory, package: Mapping[str, Any], path: str) -> tuple[str, tuple[Reason, ...]]:
    """The major version: what is pinned, else 20 when the range allows it, else the highest that it allows."""
    for runtime in inventory.runtimes:
        exact = re.fullmatch(r"v?(\d+)(?:\.[\dx]+)*", runtime.version.strip())
        if runtime.name == "Node.js" and exact:
            return exact[1], (Reason(text=f"Node.js {exact[1]}: {runtime.how}", where=(runtime.evidence,)),)
    engines = package.get("engines")
    wanted = str(engines.get("node", "")) if isinstance(engines, dict) else ""
    versions = [number for number in (20, 22, 18, 16, 14, 12, 10, 8) if _allows(wanted, number)]
    if wanted and versions:
        text = f"Node.js {versions[0]}: engines.node {wanted!r} allows it"
        return str(versions[0]), (Reason(text=text, where=(Location(path=path),)),)
    return "20", (Reason(text="no version of Node.js is declared: 20 is taken"),)


def _allows(wanted: str, major: int) -> bool:
    if not wanted.strip():
        return True
    for part in wanted.split("||"):
        good = True
        for sign, number in re.findall(r"(>=|<=|<|>|\^|~|=)?\s*v?(\d+)(?:\.[\dx*]+)*", part):
            value = int(number)
            good &= {
                ">=": major >= value, ">": major >= value, "<": major < value, "<=": major <= value,
            }.get(sign, major == value)  # fmt: skip
        if good:
            return True
    return False
