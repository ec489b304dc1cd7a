"""Which processes a repository deploys, each with the reason, and the services that they need: inventory, graph and files in."""

from __future__ import annotations

from collections.abc import Iterator

from agent.containers.backing import find_backing
from agent.containers.blockers import find_blockers
from agent.containers.cobol_apps import find_cobol
from agent.containers.gpu_workloads import with_gpus
from agent.containers.health import health_candidates
from agent.containers.java_apps import find_java
from agent.containers.jobs import find_jobs
from agent.containers.node_apps import find_node
from agent.containers.other_apps import find_dotnet, find_go, find_ruby
from agent.containers.php_apps import find_php
from agent.containers.python_apps import find_python
from agent.containers.reading import database_folder, single_reason, variables, written_folders
from agent.containers.tree import Tree, unique
from agent.domain.code import DependencyGraph
from agent.domain.container import Backing, Deployable
from agent.domain.inventory import Inventory

__all__ = ["find_deployables"]

_READ = {
    "javascript": ("javascript", "typescript"), "csharp": ("csharp", "vb.net"), "cobol": ("cobol",),
}  # fmt: skip


def find_deployables(
    inventory: Inventory, graph: DependencyGraph | None, tree: Tree
) -> tuple[tuple[Deployable, ...], tuple[Backing, ...], str]:
    """The deployables (applications, then what runs on their images), the services behind them, and why there are none."""
    taken: set[str] = set()
    applications = []
    for found in _applications(inventory, tree):
        applications.append(
            _complete(found.model_copy(update={"name": unique(found.name, taken)}), inventory, graph, tree)
        )
    backing = find_backing(inventory)
    needed = tuple(service.name for service in backing)
    applications = _share_images(
        [app.model_copy(update={"backing": _of(app, backing, needed)}) for app in applications]
    )
    jobs = []
    for job in find_jobs(inventory, tree, applications):
        host = next(app for app in applications if app.name == job.image)
        jobs.append(
            job.model_copy(
                update={
                    "name": unique(job.name, taken),
                    "variables": host.variables,
                    "backing": host.backing,
                    "writes": host.writes,
                }
            )
        )
    jobs = _once(jobs)
    everything = with_gpus((*applications, *jobs), inventory, graph, tree)
    return everything, backing if everything else (), "" if everything else _nothing(inventory, tree)


def _applications(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    yield from find_python(inventory, tree)
    yield from find_java(inventory, tree)
    yield from find_node(inventory, tree)
    yield from find_php(inventory, tree)
    yield from find_ruby(inventory, tree)
    yield from find_go(inventory, tree)
    yield from find_dotnet(inventory, tree)
    yield from find_cobol(inventory, tree)


def _complete(app: Deployable, inventory: Inventory, graph: DependencyGraph | None, tree: Tree) -> Deployable:
    """With what the code says of variables, folders, health, replicas and blockers."""
    languages = _READ.get(app.language, (app.language,))
    alone = single_reason(tree, app.folder, languages) if app.kind in ("web", "worker") else None
    single = f"{alone[0]} ({alone[1]})" if alone and not app.single else app.single
    health = app.health
    if app.kind == "web" and not health:
        health = health_candidates(graph, app.folder)[0]
    writes = [place for place, _ in written_folders(tree, app.folder, languages)]
    database = database_folder(tree, app.folder) if app.framework == "Django" else None
    # A volume over a folder with code in it would hide the code.
    if database and database[0] and not any(tree.code("python", folder=f"{app.folder}/{database[0]}".strip("/"))):
        writes.append(f"/app/{database[0]}")
    return app.model_copy(
        update={
            "variables": variables(tree, app.folder, languages),
            "writes": tuple(writes),
            "blockers": find_blockers(inventory, tree, app.folder, languages),
            "health": health if app.kind == "web" else "",
            "single": single,
        }
    )


def _of(app: Deployable, backing: tuple[Backing, ...], every: tuple[str, ...]) -> tuple[str, ...]:
    if not app.folder:
        return every
    near = {service.name for service in backing if any(p.path.startswith(app.folder + "/") for p in service.where)}
    return tuple(name for name in every if name in near)


def _share_images(applications: list[Deployable]) -> list[Deployable]:
    """A worker runs on the image of the web application of the same folder and runtime."""
    webs = {(app.folder, app.runtime): app.name for app in applications if app.kind == "web"}
    return [
        app.model_copy(update={"image": webs.get((app.folder, app.runtime), "")})
        if app.kind == "worker" and app.runtime == "python"
        else app
        for app in applications
    ]


def _once(jobs: list[Deployable]) -> list[Deployable]:
    """The same command under several schedules stays several jobs; the very same line twice is one."""
    seen: set[tuple[tuple[str, ...], str]] = set()
    kept = []
    for job in jobs:
        if (job.command, job.schedule) not in seen:
            seen.add((job.command, job.schedule))
            kept.append(job)
    return kept


def _nothing(inventory: Inventory, tree: Tree) -> str:
    """Why there is nothing to deploy, in a sentence."""
    code = [share for share in inventory.languages if share.code_lines]
    if not code:
        return "nothing to deploy: there is no program code in this repository."
    manifests = tree.named(
        "setup.py", "pyproject.toml", "setup.cfg", "pom.xml", "package.json", "composer.json", "build.gradle", "go.mod"
    )
    clis = [
        entry for entry in inventory.entry_points if entry.kind in ("cli", "main") and tree.runs(entry.evidence.path)
    ]
    tail = (
        f"; its programs for the command line ({', '.join(entry.name for entry in clis[:3])}) are no service"
        if clis
        else ""
    )
    if manifests:
        return (
            f"nothing to deploy: a library. {manifests[0]} packages code for others to import, and nothing in it listens, "
            f"works off a queue or runs on a schedule{tail}."
        )
    return f"nothing to deploy: nothing in this repository listens, works off a queue or runs on a schedule{tail}."
