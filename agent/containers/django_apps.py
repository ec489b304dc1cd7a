"""How a Django project is set up: the folder that its modules are imported from, and the settings that it runs with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.containers.tree import Tree, line_of, under
from agent.domain.environment import Reason
from agent.domain.inventory import Location

__all__ = ["VARIABLE", "Project", "collects_static", "project_at"]

VARIABLE = "DJANGO_SETTINGS_MODULE"
_SET = re.compile(rf"{VARIABLE}['\"]\s*(?:,|\]\s*=)\s*['\"]([\w.]{{1,120}})['\"]")
_STATED = re.compile(rf"{VARIABLE}\W{{1,40}}(?:value\W{{1,8}})?([A-Za-z_]\w*(?:\.\w+){{1,6}})(?![\w.-])")
_DEPLOYED = re.compile(r"(?:^|/)(?:Dockerfile|Containerfile|Procfile)[^/]*$|\.(?:service|sh|ya?ml|toml|ini|conf|env)$")
_TOLD = re.compile(r"\.(?:md|rst|txt)$")
_NOT_FOR_USE = re.compile(
    r"(?:^|[._])(?:dev|devel|development|tests?|testing|ci|local|debug|staging|example)(?:$|[._])"
)
_LIKELY = ("production", "prod", "settings", "base", "common", "__init__")
_MOST_FILES = 400


@dataclass(frozen=True)
class Project:
    """``root`` is the folder that modules are imported from; ``settings`` what the variable must be set to (empty: the code
    sets it), ``module`` what it is set to by either; ``reasons`` are for what is not plain."""

    root: str
    settings: str
    module: str
    reasons: tuple[Reason, ...] = ()


def project_at(tree: Tree, home: str, entry: str, manage: str) -> Project | None:
    """``home`` is the folder of the manifest, ``entry`` the file of the WSGI or ASGI application, ``manage`` that of manage.py."""
    said = _SET.search(tree.text(entry))
    if said is None and not manage:
        return None
    also = _SET.search(tree.text(manage)) if manage else None
    if said is not None:
        root, reasons = _root(tree, home, said[1])
        return Project(root, "", said[1], reasons)
    found = (also[1], Location(path=manage, line=line_of(tree.text(manage), also.start()))) if also else None
    found = found or _stated(tree, home) or _guessed(tree, home)
    if found is None:
        return None
    root, reasons = _root(tree, home, found[0])
    text = f"the code does not say which settings it runs with: {VARIABLE} is {found[0]}"
    return Project(root, found[0], found[0], (*reasons, Reason(text=text, where=(found[1],))))


def _file(tree: Tree, folder: str, module: str) -> str:
    """The file of a module that is imported from a folder; empty when there is none."""
    path = f"{folder}/{module.replace('.', '/')}".lstrip("/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if tree.has(name)), "")


def _root(tree: Tree, home: str, module: str) -> tuple[str, tuple[Reason, ...]]:
    """The folder above, where the project's own folder is a package of that name and its settings are named through it."""
    above, _, own = home.rpartition("/")
    if home and module.startswith(own + ".") and not _file(tree, home, module):
        file = _file(tree, above, module)
        if file:
            text = f"the package {own} is imported from the folder above it, which is what the image is built from"
            return above, (Reason(text=text, where=(Location(path=file),)),)
    return home, ()


def _stated(tree: Tree, home: str) -> tuple[str, Location] | None:
    """What deployment files say, else the documentation; settings for development and tests count last."""
    found: list[tuple[bool, int, str, str, int]] = []
    for path in _readable(tree):
        text = tree.text(path)
        for match in _STATED.finditer(text):
            module = match[1]
            if _file(tree, home, module) or _file(tree, home.rpartition("/")[0], module):
                kind = 0 if _DEPLOYED.search(path) else 1
                found.append(
                    (bool(_NOT_FOR_USE.search(module)), kind, module, path, line_of(text, match.start())),
                )
    if not found:
        return None
    _, _, module, path, line = min(found)
    return module, Location(path=path, line=line)


def _readable(tree: Tree) -> Iterator[str]:
    count = 0
    for path in tree.paths:
        if (_DEPLOYED.search(path) or _TOLD.search(path)) and count < _MOST_FILES:
            count += 1
            yield path


def _guessed(tree: Tree, home: str) -> tuple[str, Location] | None:
    """A settings module by its name and contents, production's first."""
    found = []
    for path in tree.code("python", folder=home):
        inside = (path[len(home) + 1 :] if home else path).removesuffix(".py")
        last = inside.rpartition("/")[2]
        if (
            "settings" not in inside
            or last not in _LIKELY
            or not re.search(r"INSTALLED_APPS|import \*", tree.text(path))
        ):
            continue
        module = inside.removesuffix("/__init__").replace("/", ".")
        if re.fullmatch(r"\w+(?:\.\w+)*", module):
            found.append((_LIKELY.index(last), inside.count("/"), module, path))
    if not found:
        return None
    _, _, module, path = min(found)
    return module, Location(path=path)


def collects_static(tree: Tree, root: str, module: str) -> Location | None:
    """Where the settings hand static files to the application itself, which only finds them when they were collected.

    None as well when the repository holds them already: collecting again would forget what is not in its sources.
    """
    if any(path.endswith("staticfiles.json") and under(path, root) for path in tree.paths):
        return None
    path = _file(tree, root, module)
    folder = path.rpartition("/")[0]
    beside = (
        [other for other in tree.code("python", folder=folder) if other.rpartition("/")[0] == folder] if path else []
    )
    for other in (path, *beside):
        text = tree.text(other)
        found = re.search(r"(?im)^[^#\n]*(?:whitenoise|ManifestStaticFilesStorage)", text)
        if found and any(re.search(r"(?m)^\s*STATIC_ROOT\s*=", tree.text(one)) for one in (path, *beside)):
            return Location(path=other, line=line_of(text, found.start()))
    return None
