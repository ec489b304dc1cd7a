"""Folders that plan, refactor and containerize wrote -> their results as values; nothing outside of these folders is read."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from agent.delivery.results import Results
from agent.domain.container import ContainerReport
from agent.domain.inventory import Noun
from agent.domain.patch import RefactorReport
from agent.domain.plan import Plan
from agent.errors import InputError

__all__ = ["are_results", "read_results"]

_Noun = TypeVar("_Noun", bound=Noun)
_LARGEST = 50_000_000  # bytes of any one file
_PLAN_FILES = ("plan.md", "boundaries.toml")
_LINK = re.compile(r"\]\(([A-Za-z0-9_./-]{1,200})\)")
_CONTAINER_TOPS = ("compose.yaml", "kubernetes", "facade", "secrets")


def are_results(folders: Sequence[Path]) -> bool:
    """Whether plan and refactor both left something in one of the folders."""
    return all(_holding(folders, name) is not None for name in ("plan.json", "verdicts.json"))


def read_results(folders: Sequence[Path], repo: str) -> Results:
    """Of each kind of result, the one in the first folder that has it. Raises InputError, which names the command to run first."""
    place = folders[0]
    plan_folder = _holding(folders, "plan.json")
    if plan_folder is None:
        raise InputError(f"there is no plan in {place}: run `figwright plan {repo} --out {place}` first.")
    patch_folder = _holding(folders, "verdicts.json")
    if patch_folder is None:
        raise InputError(
            f"there are no judged patches in {place}: run `figwright refactor {repo} --out {place}` first."
        )
    text = _text(plan_folder / "plan.json")
    plan = _as(Plan, text, plan_folder / "plan.json", "plan")
    report = _report(_text(patch_folder / "verdicts.json"), patch_folder / "verdicts.json")
    _agree(plan, report, repo, place)
    containers_folder = _holding(folders, "containers.json")
    containers = _containers(containers_folder) if containers_folder else None
    return Results(
        plan=plan,
        plan_hash=hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest(),
        plan_files=_plan_files(plan_folder),
        report=report,
        patches={patch.file: _patch(patch_folder, patch.file) for patch in report.patches if patch.file},
        containers=containers,
        container_files=_container_files(containers_folder, containers) if containers_folder and containers else {},
    )


def _holding(folders: Sequence[Path], name: str) -> Path | None:
    return next((folder for folder in folders if (folder / name).is_file()), None)


def _agree(plan: Plan, report: RefactorReport, repo: str, place: Path) -> None:
    if not report.commit:
        raise InputError(
            f"{repo} was no git repository when its patches were judged: only commits can become branches."
        )
    if plan.repository.commit != report.commit:
        raise InputError(
            f"the plan is of commit {plan.repository.commit[:12] or '(none)'} and the patches of {report.commit[:12]}: run "
            f"`figwright plan {repo} --out {place}` and `figwright refactor {repo} --out {place}` on the same commit."
        )
    if plan.repository.dirty:
        raise InputError(
            f"the plan was made of a work tree with {plan.repository.dirty_files} uncommitted changes, which no branch would have: "
            "commit or stash them, then run plan and refactor again."
        )


def _report(text: str, path: Path) -> RefactorReport:
    """The report as it was, but for the texts of the changes, which are in the patches."""
    try:
        data: Any = json.loads(text)
        for entry in data["patches"]:
            entry.pop("files", None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path} is broken: run figwright refactor again.") from None
    return _as(RefactorReport, json.dumps(data), path, "refactor")


def _containers(folder: Path) -> ContainerReport:
    return _as(ContainerReport, _text(folder / "containers.json"), folder / "containers.json", "containerize")


def _as(model: type[_Noun], text: str, path: Path, command: str) -> _Noun:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{path} does not fit this version of figwright ({where}: {first['msg']}): run figwright {command} again."
        ) from None


def _plan_files(folder: Path) -> dict[str, str]:
    """The plan, and whatever it links to: a link must not lead nowhere in the repository that gets it."""
    todo = [*_PLAN_FILES, *sorted(path.name for path in folder.glob("decision-*.md"))]
    found: dict[str, str] = {}
    while todo:
        name = todo.pop(0)
        path = folder / name
        if name in found or not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            continue
        found[name] = _text(path)
        if name.endswith(".md"):
            todo += [
                posixpath.normpath(posixpath.join(posixpath.dirname(name), to)) for to in _LINK.findall(found[name])
            ]
    return found


def _patch(folder: Path, name: str) -> bytes:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"{folder / 'verdicts.json'} names the file {name} outside of its folder: run figwright refactor again."
        )
    try:
        return _bytes(path)
    except OSError:
        raise InputError(f"the patch {path} is missing: run figwright refactor again.") from None


def _container_files(folder: Path, report: ContainerReport) -> dict[str, str]:
    """What containerize writes: by its own names, so that nothing else in the folder is taken along."""
    names = {top for top in _CONTAINER_TOPS if (folder / top).exists()}
    for proof in report.deployables:
        names |= {proof.dockerfile, f"{proof.dockerfile}.dockerignore"}
    found = {}
    for path in _files(folder, sorted(names)):
        if path.resolve().is_relative_to(folder.resolve()):
            found[path.relative_to(folder).as_posix()] = _text(path)
    return found


def _files(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        path = folder / name
        if path.is_dir():
            # Filled-in secrets lie beside their examples and never leave this machine.
            yield from (one for one in sorted(path.rglob("*")) if one.is_file() and one.suffix != ".env")
        elif path.is_file():
            yield path


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", "surrogateescape")


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path} is larger than {_LARGEST:,} bytes: this is no file that figwright wrote.")
    return path.read_bytes()
