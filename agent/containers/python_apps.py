"""Python processes: WSGI, ASGI and Django applications, workers of Celery and RQ, servers of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.containers.django_apps import project_at
from agent.containers.reading import listening_port
from agent.containers.tree import Tree, label, line_of, project_of
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import EntryPoint, Inventory, Location

__all__ = ["MANIFESTS", "find_python", "manage_of", "python_version"]

MANIFESTS = ("requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
DEFAULT = "3.11"
PORT = 8000
_NEWEST = (("3.13", "3.13"), ("3.12", "3.12"))


def find_python(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """Web applications first, then workers; jobs come from schedules."""
    manifests = tree.named(*MANIFESTS)
    webs: dict[str, list[tuple[int, EntryPoint]]] = {}
    for entry in inventory.entry_points:
        if entry.evidence.path.endswith((".py", "Procfile")) and entry.kind in ("web", "main", "cli"):
            if not tree.runs(entry.evidence.path):
                continue
            rank = _rank(entry, tree)
            if rank is not None:
                webs.setdefault(project_of(entry.evidence.path, manifests), []).append((rank, entry))
    several = len(webs) > 1
    for folder in sorted(webs):
        _, entry = min(
            webs[folder], key=lambda pair: (pair[0], pair[1].evidence.path.count("/"), pair[1].evidence.path)
        )
        yield _web(inventory, tree, folder, entry, several)
        yield from _workers(inventory, tree, folder)


def _rank(entry: EntryPoint, tree: Tree) -> int | None:
    how = entry.how
    if how == "WSGI application":
        return 0
    if how == "ASGI application":
        return 1
    if how in ("get_wsgi_application()", "WSGIApplication()", "Bottle()", "Flask()"):
        return 2
    if how in ("FastAPI()", "Starlette()", "Quart()", "get_asgi_application()"):
        return 3
    if how.endswith("in an application factory"):
        return 4
    if how == "Django's manage.py":
        return 6 if _settings_module(tree.text(entry.evidence.path)) else None
    if how.endswith("Server()") or how.startswith(("make_server", "cherrypy", "bottle.run")):
        return 8
    return None


def _settings_module(text: str) -> str:
    found = re.search(r"DJANGO_SETTINGS_MODULE['\"]\s*,\s*['\"]([\w.]{1,120})['\"]", text)
    return found[1] if found else ""


def _web(inventory: Inventory, tree: Tree, folder: str, entry: EntryPoint, several: bool) -> Deployable:
    version, where = python_version(inventory, tree, folder)
    home, project = folder, None
    path = entry.evidence.path
    inside = path[len(folder) + 1 :] if folder else path
    module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    attribute = entry.name.partition(":")[2] or "application"
    port, framework = PORT, _framework(inventory)
    command: tuple[str, ...] = ()
    why = [Reason(text=f"{entry.how} ({entry.name})", where=(entry.evidence,)), *where]
    if entry.how.endswith("in an application factory"):
        attribute = f"{_factory(tree.text(path), entry.evidence.line)}()"
    migrate: tuple[str, ...] = ()
    name = label((folder if several and folder else inventory.name).rpartition("/")[2])
    manage = manage_of(tree, folder)
    if manage:
        framework = "Django"
        project = project_at(tree, folder, path, manage)
        if project is not None and project.root != folder:
            folder = project.root
            inside = path[len(folder) + 1 :] if folder else path
            module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        inside_manage = manage[len(folder) + 1 :] if folder else manage
        migrate = ("python", inside_manage, "migrate", "--noinput")
        if entry.how == "Django's manage.py":
            command = ("python", inside_manage, "runserver", "--noreload", f"0.0.0.0:{PORT}")
    if not command and entry.how.endswith("Server()"):
        listening = listening_port(tree, (path,), "python")
        port = listening[0] if listening else PORT
        command = ("python", "-m", module) if "/" in inside else ("python", inside)
    elif not command:
        asynchronous = _rank(entry, tree) in (1, 3)
        listening = listening_port(tree, (path,), "python")
        if listening:
            port = listening[0]
            why.append(Reason(text=f"it listens on {port} today", where=(listening[1],)))
        threads = "1" if re.search(r"\bthreads=1\b", tree.text(path)) else "4"
        command = _served(module, attribute, port, threads, asynchronous=asynchronous)
        if manage and "/" in inside and (project is None or project.root == home):
            command = _from_manage(command, manage, inside, folder)
    return Deployable(
        name=name, kind="web", why=tuple(why), folder=folder, language="python", runtime="python", version=version,
        framework=framework, command=command, port=port, migrate=migrate,
    )  # fmt: skip


def manage_of(tree: Tree, folder: str) -> str:
    """The manage.py of the project in a folder; empty when there is none that runs Django's commands."""
    manifests = tree.named(*MANIFESTS)
    manage = next((path for path in tree.named("manage.py") if project_of(path, manifests) == folder), "")
    plain = re.fullmatch(r"[\w./-]+", manage)  # its path becomes part of commands
    return manage if plain and "execute_from_command_line" in tree.text(manage) else ""


def _served(module: str, attribute: str, port: int, threads: str, *, asynchronous: bool) -> tuple[str, ...]:
    if asynchronous:
        return ("uvicorn", "--host", "0.0.0.0", "--port", str(port), f"{module}:{attribute}")  # noqa: S104
    return ("gunicorn", "--bind", f"0.0.0.0:{port}", "--workers", "1", "--threads", threads, f"{module}:{attribute}")


def _from_manage(command: tuple[str, ...], manage: str, inside: str, folder: str) -> tuple[str, ...]:
    """Where manage.py lies deeper than the project, modules are named from its folder."""
    base = (manage[len(folder) + 1 :] if folder else manage).rpartition("/")[0]
    if not base or not inside.startswith(base + "/"):
        return command
    prefix = base.replace("/", ".") + "."
    words = [word.removeprefix(prefix) if word.startswith(prefix) else word for word in command]
    return (words[0], "--chdir" if words[0] == "gunicorn" else "--app-dir", base, *words[1:])


def _factory(text: str, line: int) -> str:
    found = "create_app"
    for number, row in enumerate(text.splitlines(), 1):
        match = re.match(r"def\s+(\w+)\s*\(", row)
        if match:
            found = match[1]
        if number >= line:
            break
    return found


def _framework(inventory: Inventory) -> str:
    known = ("Django", "Flask", "FastAPI", "Starlette", "Bottle", "Pyramid", "Tornado")
    return next((use.name for use in inventory.frameworks if use.name in known), "")


def _workers(inventory: Inventory, tree: Tree, folder: str) -> Iterator[Deployable]:
    app = _celery_app(tree, folder)
    tasks = [
        entry
        for entry in inventory.entry_points
        if entry.kind == "worker" and "task" in entry.how and tree.runs(entry.evidence.path)
    ]
    version, where = python_version(inventory, tree, folder)
    if app and tasks:
        module, place = app
        why = (Reason(text=f"a Celery application with {len(tasks)} tasks", where=(place, tasks[0].evidence)), *where)
        yield Deployable(
            name="worker", kind="worker", why=why, folder=folder, language="python", runtime="python",
            version=version, framework="Celery", command=("celery", "--app", module, "worker", "--loglevel", "info"),
        )  # fmt: skip
        for path in tree.code("python", folder=folder):
            found = re.search(r"\b(?:beat_schedule|CELERY_BEAT_SCHEDULE|CELERYBEAT_SCHEDULE)\b", tree.text(path))
            if found:
                here = Location(path=path, line=line_of(tree.text(path), found.start()))
                yield Deployable(
                    name="scheduler", kind="worker", why=(Reason(text="Celery beat schedule", where=(here,)), *where),
                    folder=folder, language="python", runtime="python", version=version, framework="Celery",
                    command=("celery", "--app", module, "beat", "--loglevel", "info", "--schedule", "/tmp/beat"),  # noqa: S108
                    single="two schedulers would start every task twice",
                )  # fmt: skip
                break


def _celery_app(tree: Tree, folder: str) -> tuple[str, Location] | None:
    for path in tree.code("python", folder=folder):
        found = re.search(r"(?m)^(\w+)\s*=\s*Celery\(", tree.text(path))
        if found:
            inside = path[len(folder) + 1 :] if folder else path
            module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            return module, Location(path=path, line=line_of(tree.text(path), found.start()))
    return None


def python_version(inventory: Inventory, tree: Tree, folder: str) -> tuple[str, tuple[Reason, ...]]:
    """``major.minor`` as the code declares or needs it; conflicting statements are told, the narrower one wins."""
    said: list[tuple[int, str, str, Location]] = []
    for runtime in inventory.runtimes:
        if runtime.name != "Python":
            continue
        exact = re.fullmatch(r"(?:==|~=)?\s*v?(\d+\.\d+)(?:\.[\d*]+)?", runtime.version.strip())
        if "syntax of Python 2" in runtime.how:
            if _mostly(tree, runtime.how):
                said.append((1, "2.7", runtime.how, runtime.evidence))
        elif exact:
            said.append((0, exact[1], runtime.how, runtime.evidence))
        else:
            said.append((2, _within(runtime.version), runtime.how, runtime.evidence))
    said = [fact for fact in said if fact[1]]
    if not said:
        by_pins = _era(tree, folder)
        if by_pins:
            return by_pins
        return DEFAULT, (Reason(text=f"no version of Python is declared: {DEFAULT} is taken"),)
    _, version, how, place = min(said)
    reasons = [Reason(text=f"Python {version}: {how}", where=(place,))]
    others = sorted({fact[1] for fact in said} - {version})
    if others:
        reasons.append(
            Reason(
                text=f"other places say {', '.join(others)}: the exact statement is followed",
                where=tuple(f[3] for f in said if f[1] != version)[:4],
            )
        )
    return version, tuple(reasons)


def _mostly(tree: Tree, how: str) -> bool:
    """Three old scripts beside a hundred new files do not make a Python 2 system."""
    files = re.search(r"in (\d+) files?", how)
    total = sum(1 for _ in tree.code("python"))
    return files is not None and int(files[1]) * 4 >= total


def _within(specifier: str) -> str:
    """The version nearest to the default that a range allows."""
    low = re.search(r">=?\s*(\d+)\.(\d+)", specifier)
    high = re.search(r"<\s*(\d+)\.(\d+)", specifier)
    caret = re.search(r"\^\s*(\d+)\.(\d+)", specifier)
    floor = low or caret
    minor = 11
    if floor and floor[1] == "3":
        minor = max(minor, int(floor[2]))
    elif floor and floor[1] == "2":
        return "2.7" if high is None or high[1] == "3" else DEFAULT
    if high and high[1] == "3" and int(high[2]) > 0:
        minor = min(minor, int(high[2]) - 1)
    return f"3.{minor}"


# The last Python that these releases run on, where a newer one breaks them: their own release notes.
_ERAS = (
    (r"(?i)^django\s*(?:==|~=|<=)\s*1\.(?:[0-9]|10)\b", "2.7"), (r"(?i)^django\s*(?:==|~=)\s*1\.11\b", "3.6"),
    (r"(?i)^django\s*(?:==|~=)\s*2\.\d", "3.8"), (r"(?i)^django\s*(?:==|~=)\s*3\.[01]\b", "3.9"),
    (r"(?i)^flask\s*(?:==|~=)\s*0\.", "3.6"), (r"(?i)^flask\s*(?:==|~=)\s*1\.", "3.8"),
    (r"(?i)^(?:numpy)\s*==\s*1\.1\d\b", "3.8"), (r"(?i)^pandas\s*==\s*(?:0\.|1\.[0-4])", "3.8"),
)  # fmt: skip


def _era(tree: Tree, folder: str) -> tuple[str, tuple[Reason, ...]] | None:
    for path in tree.named("requirements.txt", folder=folder):
        for number, row in enumerate(tree.text(path).splitlines(), 1):
            for pattern, version in _ERAS:
                if re.match(pattern, row.strip()):
                    text = f"Python {version}: the last that {row.strip()[:60]} runs on"
                    return version, (Reason(text=text, where=(Location(path=path, line=number),)),)
    return None
