"""The image of a Node deployable: dependencies without those of development, a build step where the program is built."""

from __future__ import annotations

from agent.containers.node_apps import manifest
from agent.containers.packages import packages_for
from agent.containers.tree import Tree
from agent.domain.container import Deployable, Image
from agent.domain.environment import Reason
from agent.domain.inventory import Location

__all__ = ["design_node"]

# Node as process 1 does not end on SIGTERM unless somebody listens; a program that listens itself is left alone.
STOP = "/usr/local/lib/stop-on-signal.js"
_STOP_SCRIPT = (
    "['SIGTERM', 'SIGINT'].forEach(function (s) { process.on(s, function () { "
    "if (process.listeners(s).length === 1) process.exit(0); }); });"
)


def design_node(app: Deployable, tree: Tree) -> Image:
    """``npm ci`` where there is a lock file of npm, else yarn or ``npm install``."""
    path = f"{app.folder}/package.json" if app.folder else "package.json"
    package = manifest(tree, path)
    names = {**_table(package, "dependencies"), **_table(package, "optionalDependencies")}
    build_packages, packages = packages_for("node", _table(package, "dependencies"))
    scripts = _table(package, "scripts")
    made = _is_built(app, tree, scripts)
    old = int(app.version) < 16
    without = "--only=production" if old else "--omit=dev"
    # Install scripts run only where a dependency has to be compiled: the rest of them is other people's code at build time.
    quiet = "--no-audit --no-fund" + ("" if build_packages or made else " --ignore-scripts")
    lock = next(
        (name for name in ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock") if tree.has(_in(app.folder, name))),
        "",
    )
    manifests = ["package.json", *([lock] if lock else [])]
    build: list[str] = []
    reasons: list[Reason] = []
    if lock == "yarn.lock":
        install = ["corepack enable && yarn install --frozen-lockfile" + ("" if made else " --production")]
    else:
        verb = "ci" if lock else "install"
        install = [f"npm {verb} {quiet}{' --ignore-scripts' if made else f' {without}'}"]
    artifacts = [("/app/node_modules", "/app/node_modules")]
    if made:
        build = ["npm run build", f"npm prune {without} --no-audit --no-fund --ignore-scripts"]
        artifacts.append((f"/app/{made}", f"/app/{made}"))
        where = (Location(path=path),)
        reasons.append(Reason(text=f"{made} is made by the script 'build': {scripts['build'][:60]}", where=where))
    if not lock:
        reasons.append(Reason(text="there is no lock file: two builds may differ", where=(Location(path=path),)))
    return Image(
        name=app.name, family="node", folder=app.folder, base=f"node:{app.version}-slim", build_base=f"node:{app.version}-slim",
        packages=packages, build_packages=build_packages, manifests=tuple(manifests), install=tuple(install), build=tuple(build),
        artifacts=tuple(artifacts) if names or made else (), finish=(f'printf "%s\\n" "{_STOP_SCRIPT}" > {STOP}',),
        env=(("NODE_ENV", "production"), ("NODE_OPTIONS", f"--require={STOP}")), reasons=tuple(reasons), command=app.command,
    )  # fmt: skip


def _table(package: object, name: str) -> dict[str, str]:
    found = package.get(name) if hasattr(package, "get") else None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_built(app: Deployable, tree: Tree, scripts: dict[str, str]) -> str:
    """The folder that the program is built into, when its file is not in the repository."""
    if "build" not in scripts or len(app.command) < 2:
        return ""
    program = app.command[1].removeprefix("./")
    if app.command[:2] == ("npm", "start"):
        words = scripts.get("start", "").split()
        program = next((word.removeprefix("./") for word in words if "/" in word), "")
    folder = program.partition("/")[0] if "/" in program else ""
    prefix = _in(app.folder, folder) + "/"
    return folder if folder and not any(path.startswith(prefix) for path in tree.paths) else ""
