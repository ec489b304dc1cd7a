"""Builds adapters, languages and frameworks from settings: the one place that does, for the CLI and the evaluation alike."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agent.adapters.memo_store import MemoStore
from agent.errors import SandboxError
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.adapters.chroma_index import ChromaIndex
    from agent.ports import Ecosystem, Framework, Language, Sandbox, Snapshot
    from agent.validation import Workplace

__all__ = [
    "SANDBOXES",
    "Workbench",
    "ecosystems",
    "frameworks",
    "languages",
    "open_sandbox",
    "open_snapshot",
    "workbench",
    "workplace",
]

LANGUAGES = (
    "python", "java", "javascript", "php", "csharp", "cobol", "jcl", "bms", "csd", "c", "go", "ruby", "perl", "vbnet", "sql", "xml", "html", "jsp",
)  # fmt: skip
FRAMEWORKS = (
    "django", "flask", "fastapi", "sqlalchemy", "celery", "python_sql", "wsgi", "templates",
    "java_constants", "spring", "servlet", "jaxrs", "ejb", "stripes", "jpa", "mybatis", "jdbc",
    "express",
    "php_sql", "php_web", "laravel", "symfony",  # php_sql first: symfony takes DQL out of what it found
    "aspnet", "entity_framework", "dotnet_sql",
    "cobol_data", "cics",
)  # fmt: skip

ECOSYSTEMS = ("python", "node", "java", "php", "go")
SANDBOXES = ("bubblewrap", "container", "none")


@dataclass(frozen=True)
class Workbench:
    """What a run works with. ``folder`` is this repository's cache directory."""

    snapshot: Snapshot
    languages: Mapping[str, Language]
    frameworks: tuple[Framework, ...]
    memo: MemoStore
    folder: Path

    def index(self) -> ChromaIndex:
        """The vector index; chromadb is only imported when it is asked for."""
        from agent.adapters.chroma_index import ChromaIndex

        return ChromaIndex(self.folder / "index")


@cache
def languages() -> Mapping[str, Language]:
    """Every language with a parser, by name."""
    found: dict[str, Language] = {}
    for name in LANGUAGES:
        module = importlib.import_module(f"agent.languages.{name}")
        for language in getattr(module, "LANGUAGES", None) or (module.LANGUAGE,):
            found[language.name] = language
    return found


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework, in a fixed order."""
    return tuple(importlib.import_module(f"agent.frameworks.{name}").FRAMEWORK for name in FRAMEWORKS)


def open_snapshot(source: str, settings: Settings, commit: str | None = None, name: str | None = None) -> Snapshot:
    """The repository at a path or URL."""
    from agent.adapters.git_repository import open_repository

    return open_repository(source, commit=commit, name=name, cache_dir=settings.cache_dir)


@contextmanager
def workbench(
    source: str, settings: Settings, commit: str | None = None, name: str | None = None
) -> Iterator[Workbench]:
    """Open a repository and its cache; both are released at the end."""
    snapshot = open_snapshot(source, settings, commit, name)
    folder = settings.cache_dir / "repositories" / cache_key(source, snapshot)
    memo = MemoStore(folder / "memo.sqlite")
    try:
        yield Workbench(snapshot, languages(), frameworks(), memo, folder)
    finally:
        memo.close()


@cache
def ecosystems() -> Mapping[str, Ecosystem]:
    """Every family of languages whose tests can be run, by name."""
    modules = [importlib.import_module(f"agent.validation.ecosystems.{name}") for name in ECOSYSTEMS]
    return {module.ECOSYSTEM.name: module.ECOSYSTEM for module in modules}


def open_sandbox(name: str) -> Sandbox:
    """The sandbox of that name. Raises SandboxError when it cannot be used here; nothing weaker stands in for it."""
    from agent.adapters.bare_sandbox import BareSandbox
    from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
    from agent.adapters.container_sandbox import ContainerSandbox

    made: dict[str, Callable[[], Sandbox]] = {
        "bubblewrap": BubblewrapSandbox,
        "container": ContainerSandbox,
        "none": BareSandbox,
    }
    sandbox = made[name]()
    why = sandbox.unusable()
    if why:
        raise SandboxError(why)
    return sandbox


@contextmanager
def workplace(
    source: str,
    settings: Settings,
    *,
    sandbox: str = "bubblewrap",
    commit: str | None = None,
    name: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Workplace]:
    """What validation works with, for one repository; its folders are removed at the end."""
    from agent.adapters.machine_toolchains import MachineToolchains
    from agent.adapters.work_folders import WorkFolders
    from agent.validation import Workplace

    box = open_sandbox(sandbox)
    snapshot = open_snapshot(source, settings, commit, name)
    with WorkFolders(settings.cache_dir / "validation") as folders:
        pristine = folders.fresh("pristine")
        snapshot.copy_to(pristine)
        yield Workplace(snapshot, pristine, box, MachineToolchains(), ecosystems(), folders, say=say)


def cache_key(source: str, snapshot: Snapshot) -> str:
    """A repository's folder in the cache: its name for people, and a hash of where it came from."""
    where = snapshot.remote or (str(Path(source).resolve()) if Path(source).exists() else source)
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", snapshot.name)[:40].strip("-") or "repository"
    return f"{readable}-{hashlib.sha256(where.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
