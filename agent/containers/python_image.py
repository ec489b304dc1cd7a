"""The image of a Python deployable: a virtual environment made in a stage of its own, and the server that is missing."""

from __future__ import annotations

import re
import tomllib

from agent.containers.django_apps import Project, collects_static, project_at
from agent.containers.packages import normal, packages_for
from agent.containers.python_apps import MANIFESTS, manage_of
from agent.containers.reading import database_folder, is_signing_key
from agent.containers.tree import Tree, project_of, under
from agent.domain.container import Deployable, Image
from agent.domain.environment import Reason

__all__ = ["collect_static", "design_python"]

# Servers that are added when the code declares none: the last release that the Python runs.
_GUNICORN = (("2.7", "gunicorn==19.10.0"), ("3.6", "gunicorn==21.2.0"))
_NAME = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)")
_INCLUDED = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)")


def design_python(app: Deployable, tree: Tree) -> Image:
    """``requirements.txt`` when there is one, else the package itself is installed; the source is copied last."""
    entry = app.why[0].where[0].path if app.why and app.why[0].where else ""
    home = project_of(entry, tree.named(*MANIFESTS)) if under(entry, app.folder) else app.folder
    manage = manage_of(tree, home) if app.framework == "Django" else ""
    django = project_at(tree, home, entry, manage) if manage else None
    if django is None or django.root != app.folder:
        home = app.folder
    manifests, names = _requirements(tree, home)
    # The folder above a project may be a package of its own, which the project imports.
    project = (not manifests or home != app.folder) and any(
        tree.has(_in(app.folder, name)) for name in ("pyproject.toml", "setup.py")
    )
    if project:
        names |= _declared(tree, app.folder)
    extras, reasons = _servers(app, names)
    pip = "/opt/venv/bin/pip install --no-cache-dir"
    venv = "python -m venv /opt/venv"
    if app.version.startswith("2."):
        venv = "python -m pip install --no-cache-dir virtualenv==20.15.1 && python -m virtualenv /opt/venv"
    inside = [path[len(app.folder) + 1 :] if app.folder else path for path in manifests]
    install, build = [venv], []
    if manifests:
        install.append(f"{pip} -r {inside[0]}{_tail(extras)}")
    if project:
        build.append(f"{pip} .{_tail([] if manifests else extras)}")
    elif extras and not manifests:
        install.append(f"{pip}{_tail(extras)}")
    build_packages, packages = packages_for("python", names, app.version)
    image = Image(
        name=app.name, family="python", folder=app.folder, base=f"python:{app.version}-slim", build_base=f"python:{app.version}-slim",
        packages=packages, build_packages=build_packages, manifests=tuple(inside),
        install=tuple(install), build=tuple(build), artifacts=(("/opt/venv", "/opt/venv"),),
        env=(("PATH", "/opt/venv/bin:$PATH"), ("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUNBUFFERED", "1")),
        reasons=tuple(reasons), command=app.command,
    )  # fmt: skip
    return _django(image, app, tree, django, moved=home != app.folder) if django is not None else image


def _django(image: Image, app: Deployable, tree: Tree, project: Project, *, moved: bool) -> Image:
    """The settings that it runs with, the folder of its modules, and its static files where it serves them itself."""
    env = [*image.env]
    env += [("DJANGO_SETTINGS_MODULE", project.settings)] if project.settings else []
    env += [("PYTHONPATH", image.workdir)] if moved else []
    reasons, after = [*image.reasons, *project.reasons], list(image.after)
    beside = _in(app.folder, app.migrate[1]).rpartition("/")[0] if app.migrate else ""  # manage.py may lie deeper
    where = collects_static(tree, project.root, project.module) or collects_static(tree, beside, project.module)
    if where is not None and app.migrate:
        after.append(collect_static(image.model_copy(update={"env": tuple(env)}), app))
        reasons.append(Reason(text="static files are collected: the application serves them itself", where=(where,)))
    folders, database = list(image.folders), database_folder(tree, app.folder)
    if database is not None:
        folders.append("/".join(filter(None, (image.workdir, database[0]))))
        reasons.append(
            Reason(text=f"the SQLite file lies in {folders[-1]}, which must be writable", where=(database[1],))
        )
    return image.model_copy(
        update={"env": tuple(env), "reasons": tuple(reasons), "after": tuple(after), "folders": tuple(folders)}
    )


def collect_static(image: Image, app: Deployable) -> str:
    """The command; secrets get a word that stands for none, since settings refuse to load without them."""
    keys = sorted(v.name for v in app.variables if v.secret and is_signing_key(v.name)) or ["SECRET_KEY"]
    words = [f"{name}=only-while-building" for name in keys]
    words += [f"{name}={value}" for name, value in image.env if name in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")]
    return " ".join([*words, f"/opt/venv/bin/python {app.migrate[1]} collectstatic --noinput"])


def _tail(extras: list[str]) -> str:
    return "".join(f" {extra}" for extra in extras)


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _requirements(tree: Tree, folder: str) -> tuple[list[str], set[str]]:
    """The requirement files that production needs, the main one first, and the names in them."""
    guesses = ("requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt", "requirements/common.txt",
               "requirements-prod.txt", "requirements_prod.txt")  # fmt: skip
    main = next((_in(folder, name) for name in guesses if tree.has(_in(folder, name))), "")
    if not main:
        return [], set()
    found, waiting, names = [main], [main], set()
    while waiting:
        path = waiting.pop()
        for row in tree.text(path).splitlines():
            included = _INCLUDED.match(row)
            if included:
                target = _joined(path, included[1])
                if target and tree.has(target) and target not in found:
                    found.append(target)
                    waiting.append(target)
            elif (match := _NAME.match(row)) and not row.startswith("-"):
                names.add(normal(match[1]))
    return found, names


def _joined(path: str, other: str) -> str:
    parts = path.split("/")[:-1]
    for part in other.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _declared(tree: Tree, folder: str) -> set[str]:
    """Names of pyproject.toml's dependencies, and what setup.py and setup.cfg spell out."""
    try:
        project = tomllib.loads(tree.text(_in(folder, "pyproject.toml")))
    except (tomllib.TOMLDecodeError, RecursionError):
        project = {}
    said: list[str] = []
    for table in (
        project.get("project"),
        project.get("tool", {}).get("poetry") if isinstance(project.get("tool"), dict) else None,
    ):
        listed = table.get("dependencies") if isinstance(table, dict) else None
        if isinstance(listed, (list, dict)):
            said += [str(entry) for entry in listed]
    for name in ("setup.py", "setup.cfg"):
        said += re.findall(r"['\"\n]\s*([A-Za-z][\w.-]{1,40})\s*(?:[<>=~!\[;]|['\"])", tree.text(_in(folder, name)))
    return {normal(match[1]) for entry in said if (match := _NAME.match(entry))}


def _servers(app: Deployable, names: set[str]) -> tuple[list[str], list[Reason]]:
    server = app.command[0] if app.command else ""
    if server == "uvicorn" and "uvicorn" not in names:
        return ["uvicorn==0.30.6"], [Reason(text="uvicorn is added: no ASGI server is declared")]
    if server == "gunicorn" and "gunicorn" not in names:
        wanted = next((pin for version, pin in _GUNICORN if app.version == version), "gunicorn==23.0.0")
        extras = [
            wanted,
            *(["futures==3.4.0"] if app.version == "2.7" and "4" in app.command else []),
        ]  # gunicorn's threads
        return extras, [Reason(text=f"{wanted} is added: no WSGI server for production is declared")]
    return [], []
