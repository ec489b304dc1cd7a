"""Ground truth from disk: a folder of <app>.toml and <app>.json, and the expected.toml of the samples.

The truth's keys are class names, file paths, or ``path::Name``; `SHARED` marks what is left out before scoring.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.domain.boundary import SHARED
from agent.scoring import find_units, read_members

__all__ = ["Case", "find_units", "read_dataset", "read_samples", "sample_folder"]


@dataclass(frozen=True)
class Case:
    """One system with a known decomposition.

    ``quality``: A expert, B re-implementation, C naming rule, S our own sample.
    ``source`` is the checkout, or the file of access traces for a truth about entities (None when it is not there);
    ``commit`` the revision that the truth was written for.
    """

    name: str
    quality: str
    unit: str  # class | file | module | entity
    truth: Mapping[str, str]
    source: Path | None
    commit: str = ""

    @property
    def scored(self) -> dict[str, str]:
        """The truth without shared units."""
        return {key: service for key, service in self.truth.items() if service != SHARED}


def sample_folder() -> Path:
    """sample_repos/ of this checkout."""
    return Path(__file__).resolve().parent.parent / "sample_repos"


def read_samples() -> tuple[Case, ...]:
    """Every sample that has an expected.toml, by name."""
    return tuple(_sample(path) for path in sorted(sample_folder().glob("*/expected.toml")))


def _sample(path: Path) -> Case:
    expected = tomllib.loads(path.read_text("utf-8"))
    truth: dict[str, str] = {}
    for service, members in expected["services"].items():
        truth.update(dict.fromkeys(read_members(members), service))
    truth.update(dict.fromkeys(read_members(expected.get("shared", [])), SHARED))
    return Case(path.parent.name, "S", "module", truth, path.parent)


def read_dataset(folder: Path, sources: Path | None) -> tuple[Case, ...]:
    """Every <app>.toml of the folder, by name. Raises ValueError naming the file when one cannot be used."""
    cases = []
    for path in sorted(folder.glob("*.toml")):
        try:
            about = tomllib.loads(path.read_text("utf-8"))
            truth = json.loads((folder / about["truth"]).read_text("utf-8"))
            name = str(about["name"])
            source = _source(sources, name, about) if sources else None
            cases.append(Case(name, about["quality"], about["unit"], truth, source, about.get("commit", "")))
        except (OSError, KeyError, ValueError) as error:
            raise ValueError(f"{path}: {error!r}") from None
    if not cases:
        raise ValueError(f"{folder} holds no <app>.toml")
    return tuple(cases)


def _source(sources: Path, name: str, about: Mapping[str, str]) -> Path | None:
    """The checkout's folder; for traces the file where the checkout has it, or by its own name in <name>/ or beside it."""
    checkout = sources / name
    if "traces" not in about:
        folder = checkout / about.get("folder", "")
        return folder if folder.is_dir() else None
    traces = Path(about["traces"])
    places = (checkout / traces, checkout / traces.name, sources / f"{name}.json", sources / traces.name)
    return next((place for place in places if place.is_file()), None)
