"""One validated settings object: flags > environment (FIGWRIGHT_*) > the user's files > the repository's file > defaults.

The user's files are ``figwright.toml`` or ``[tool.figwright]`` of ``pyproject.toml`` in the current folder (unless that
folder lies in the repository that is being read) and ``config.toml`` in the user's configuration folder. The
repository under study is untrusted: its own file may set only what `agent.domain.assumptions` holds (pins, weights,
accepted findings, past work: ``effort_history``); anything else in it is refused, so that a hostile repository cannot redirect output or caches.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.domain.assumptions import Assumptions
from agent.errors import SettingsError
from agent.toml_lines import line_of, with_places

__all__ = ["AdvisorSettings", "ModelPrice", "Settings", "load_settings", "with_repository"]

ENVIRONMENT = {
    "FIGWRIGHT_OUT": "out",
    "FIGWRIGHT_CACHE_DIR": "cache_dir",
    "FIGWRIGHT_AS_OF": "as_of",
    "FIGWRIGHT_QUIET": "quiet",
    "FIGWRIGHT_EMBEDDINGS": "embeddings",
    "FIGWRIGHT_MINILM": "minilm",
}
ASSUMPTION_KEYS = frozenset(Assumptions.model_fields)


class ModelPrice(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class AdvisorSettings(BaseModel):
    """Which language model is asked, how far, and what it may see. Without ``model`` nothing is asked and nothing sent.

    There is no key here on purpose: it comes from the environment or a keyring. ``timeout`` is seconds of silence,
    ``minutes`` the whole run's; ``never_send`` are patterns of paths, in addition to the usual places of secrets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""
    base_url: str = ""
    mode: Literal["auto", "tools", "questions"] = "auto"
    max_cost: float | None = Field(default=None, ge=0)
    max_tokens: int = Field(default=400_000, ge=0)
    max_steps: int = Field(default=8, ge=1, le=50)
    minutes: float = Field(default=60.0, gt=0)
    timeout: float = Field(default=300.0, gt=0)
    attempts: int = Field(default=4, ge=1, le=10)
    backoff: float = Field(default=1.0, ge=0)
    parallel: int = Field(default=2, ge=1, le=16)
    stream: bool = False
    answer_tokens: int = Field(default=700, ge=50, le=8000)
    never_send: tuple[str, ...] = ()
    prices: dict[str, ModelPrice] = Field(default={})


class Settings(BaseModel):
    """What a run may be told. ``out`` is None for the default place; ``cache_dir`` holds indexes, facts and clones.

    ``embeddings`` are the index's vectors; ``minilm`` is the folder of a transformer's weights, None for the package's.
    ``runtime`` are files of the running system: access logs, traces, job logs, statistics of statements and of tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: Path | None = None
    cache_dir: Path = Path(platformdirs.user_cache_dir("figwright"))
    as_of: date | None = None
    quiet: bool = False
    embeddings: Literal["static", "hashed", "minilm"] = "static"
    minilm: Path | None = None
    runtime: tuple[Path, ...] = ()
    advisor: AdvisorSettings = AdvisorSettings()
    assumptions: Assumptions = Assumptions()


def load_settings(flags: Mapping[str, Any], repository: Path | None, cwd: Path | None = None) -> Settings:
    """Merge the user's own sources for a run on ``repository`` (None for a URL); see `with_repository` for its file.

    Raises SettingsError naming the file or variable and the key.
    """
    merged: dict[str, Any] = {}
    assumptions: dict[str, Any] = {}
    for path, table in _user_files(cwd or Path.cwd(), repository):
        own = {key: table.pop(key) for key in list(table) if key in ASSUMPTION_KEYS}
        _validate(Settings, table, path)
        _validate(Assumptions, own, path)
        merged.update(table)
        assumptions.update(own)
    for variable, key in ENVIRONMENT.items():
        value = os.environ.get(variable)
        if value:
            _validate(Settings, {key: value}, variable)
            merged[key] = value
    merged.update({key: value for key, value in flags.items() if value is not None and key != "advisor"})
    told = {key: value for key, value in (flags.get("advisor") or {}).items() if value is not None}
    if told:
        merged["advisor"] = {**merged.get("advisor", {}), **told}
    _validate(Settings, {key: merged[key] for key in merged}, "the command line")
    return Settings(**merged, assumptions=Assumptions(**assumptions))


def with_repository(settings: Settings, read: Callable[[str], bytes | None]) -> Settings:
    """The settings with what the repository's own file assumes, as it stands in the revision that is read.

    ``read`` gives a file's bytes, None when there is none. What the user says wins, key by key; any key that is not an
    assumption is refused, whatever its value.
    """
    for name in ("figwright.toml", "pyproject.toml"):
        content = read(name)
        if content is None:
            continue
        table = _repository_table(name, content)
        if table is None:
            continue
        where = f"{name} inside the repository"
        foreign = sorted(set(table) - ASSUMPTION_KEYS)
        if foreign:
            allowed = ", ".join(sorted(ASSUMPTION_KEYS))
            raise SettingsError(
                f"{where} sets {foreign[0]!r}, which only your own configuration may set: remove it there (a repository may "
                f"set {allowed})."
            )
        text = content.decode("utf-8", "replace")
        _validate(Assumptions, table, where, text)
        theirs = Assumptions(**with_places(table, text, name))
        mine = {key: getattr(settings.assumptions, key) for key in settings.assumptions.model_fields_set}
        for key in mine.keys() & {"answers", "schedule"}:  # one answer does not silence the others
            mine[key] = {**getattr(theirs, key), **mine[key]}
        return settings.model_copy(update={"assumptions": theirs.model_copy(update=mine)})
    return settings


def _repository_table(name: str, content: bytes) -> dict[str, Any] | None:
    """The table that is figwright's in a file of the repository; None when it has none."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if name == "pyproject.toml":
            return None  # somebody else's broken pyproject is not our business
        raise SettingsError(
            f"{name} inside the repository cannot be read as TOML ({error}): correct it or remove it."
        ) from None
    if name == "figwright.toml":
        return table
    tool = table.get("tool")
    own = tool.get("figwright") if isinstance(tool, dict) else None
    return own if isinstance(own, dict) else None


def _user_files(cwd: Path, repository: Path | None) -> list[tuple[Path, dict[str, Any]]]:
    found: list[tuple[Path, dict[str, Any]]] = []
    home = Path(platformdirs.user_config_dir("figwright")) / "config.toml"
    if home.is_file():
        found.append((home, _parse(home)))
    inside = repository is not None and cwd.resolve().is_relative_to(repository.resolve())
    if not inside:
        found.extend(_tables(cwd))
    return found


def _tables(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    own = folder / "figwright.toml"
    if own.is_file():
        return [(own, _parse(own))]
    shared = folder / "pyproject.toml"
    if shared.is_file():
        try:
            table = _parse(shared).get("tool", {}).get("figwright")
        except (SettingsError, AttributeError):
            return []  # somebody else's broken pyproject is not our business
        if isinstance(table, dict):
            return [(shared, table)]
    return []


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        return with_places(tomllib.loads(text), text, path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML ({error}): correct it or remove it.") from None


def _validate(model: type[BaseModel], values: Mapping[str, Any], source: Path | str, text: str = "") -> None:
    """Raises SettingsError, with the line where the text of a file says which one it is."""
    try:
        model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "?"
        if isinstance(source, Path) and source.is_file():
            text = source.read_text("utf-8", "replace")
        line = line_of(text, [str(part) for part in first["loc"] if not isinstance(part, int)]) if text else 0
        source = f"{source}:{line}" if line else source
        if key == "as_of":
            raise SettingsError(
                f"{source}: as_of {values.get('as_of')!r} is not a date: write it as YYYY-MM-DD."
            ) from None
        what = "is not a setting" if first["type"] == "extra_forbidden" else f"is not valid: {first['msg']}"
        raise SettingsError(f"{source}: {key!r} {what}; see `figwright --help` and docs/settings.md.") from None
