"""Builds adapters, languages and frameworks from settings: the one place that does, for the CLI and the evaluation alike."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agent.adapters.memo_store import MemoStore
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.adapters.chroma_index import ChromaIndex
    from agent.ports import Framework, Language, Snapshot

__all__ = ["Workbench", "frameworks", "languages", "open_snapshot", "workbench"]

LANGUAGES = (
    "python", "java", "javascript", "php", "csharp", "cobol", "jcl", "bms", "csd", "sql", "xml", "html", "jsp",
)  # fmt: skip
FRAMEWORKS = (
    "django", "flask", "fastapi", "sqlalchemy", "celery", "templates",
    "java_constants", "spring", "servlet", "jaxrs", "ejb", "stripes", "jpa", "mybatis", "jdbc",
    "express",
    "php_sql", "php_web", "laravel", "symfony",  # php_sql first: symfony takes DQL out of what it found
    "aspnet", "entity_framework", "dotnet_sql",
    "cobol_data", "cics",
)  # fmt: skip


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


def cache_key(source: str, snapshot: Snapshot) -> str:
    """A repository's folder in the cache: its name for people, and a hash of where it came from."""
    where = snapshot.remote or (str(Path(source).resolve()) if Path(source).exists() else source)
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", snapshot.name)[:40].strip("-") or "repository"
    return f"{readable}-{hashlib.sha256(where.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
