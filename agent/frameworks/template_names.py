"""Template files by the names that code uses for them: paths of a project in, symbol IDs out.

A loader's root is a folder called ``templates`` or ``jinja2``; where a project keeps its templates elsewhere, a name
that is the end of exactly one file's path means that file.
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import join, normpath

from agent.ports import Project

__all__ = ["TemplateNames"]

MAX_SAME = 500  # files of one name that are told apart by their folders
ROOTS = frozenset({"templates", "jinja2", "jinja"})
# Page files that belong to other engines (EJS, Handlebars, FreeMarker ...) are left to their own frameworks.
SUFFIXES = (
    ".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".djhtml", ".tmpl", ".tpl", ".mako", ".xml", ".txt",
)  # fmt: skip


class TemplateNames:
    """All template files of a project and their symbol IDs; ``known`` are the paths that are templates for sure."""

    def __init__(self, project: Project, known: Iterable[str]) -> None:
        self._project = project
        self._known = frozenset(known)
        self._by_name: dict[str, list[str]] = {}
        self._by_tail: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self._roots: list[str] = []
        self.paths = tuple(path for path in project.files("html") if path.endswith(SUFFIXES))
        roots: set[str] = set()
        for path in self.paths:
            parts = path.split("/")
            inside = [i + 1 for i, part in enumerate(parts[:-1]) if part in ROOTS]
            roots.update("/".join(parts[:end]) for end in inside)
            for end in inside:
                self._by_name.setdefault("/".join(parts[end:]), []).append(path)
            self._by_tail.setdefault(parts[-1], []).append(path)
            self._names[path] = "/".join(parts[inside[-1] :]) if inside else path
        self._roots = sorted(roots)
        self._first = {name: min(p for p in paths if self._names[p] == name) for name, paths in self._taken().items()}

    def _taken(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, name in self._names.items():
            found.setdefault(name, []).append(path)
        return found

    def is_template(self, path: str) -> bool:
        """A file in a loader's root, or one that carries template tags."""
        return path in self._known or self._names.get(path, path) != path

    def symbol(self, path: str) -> str:
        """``template:`` and the path below the loader's root; a second file of that name has its whole path."""
        name = self._names.get(path)
        if name is None:
            parts = path.split("/")
            inside = [i + 1 for i, part in enumerate(parts[:-1]) if part in ROOTS]
            return "template:" + ("/".join(parts[inside[-1] :]) if inside else path)
        return "template:" + (name if self._first[name] == path else path)

    def find(self, name: str, user: str) -> tuple[str, str] | None:
        """(path, resolution) of the file that ``user`` means by a template's name; None when there is none."""
        name = normpath(name).lstrip("/")
        if name.startswith("..") or not name:
            return None
        found = self._by_name.get(name)
        if found:
            return _nearest(found[:MAX_SAME], user), "exact"
        plain = [f"{root}/{name}" for root in self._roots if self._project.exists(f"{root}/{name}")]
        if plain:  # text mails, feeds: no page language, yet rendered
            return _nearest(plain, user), "exact"
        same = self._by_tail.get(name.rpartition("/")[2], ())
        tails = [p for p in same[:MAX_SAME] if p == name or p.endswith("/" + name)]
        return (tails[0], "inferred") if len(tails) == 1 else None

    def relative(self, name: str, user: str) -> str:
        """``./row.html`` and ``../base.html`` inside a template, as a name."""
        if not name.startswith(("./", "../")):
            return name
        own = self._names.get(user, user)
        return normpath(join(own.rpartition("/")[0], name))


def _nearest(paths: list[str], user: str) -> str:
    """Of several files the one that shares most folders with the user; then the first."""
    own = user.split("/")[:-1]

    def shared(path: str) -> int:
        count = 0
        for mine, its in zip(own, path.split("/"), strict=False):
            if mine != its:
                break
            count += 1
        return count

    return min(paths, key=lambda path: (-shared(path), path))
