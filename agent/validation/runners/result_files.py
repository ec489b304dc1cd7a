"""Reads what a run left in its results folder, which the tests could write to: bytes out, links and giants left alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from agent.domain.execution import Outcome
from agent.domain.verdict import CaseResult, SuiteResult
from agent.validation.runners.junit_xml import LONGEST_MESSAGE, number_twins

__all__ = ["json_lines", "lines_that_ran", "read_bytes", "read_folder", "read_json", "said", "shorten", "summed_up"]

LARGEST_FILE = 256 << 20
MOST_FILES = 20_000
LONGEST_ID = 1_000


def read_bytes(out: Path, name: str) -> bytes:
    """A regular file directly in ``out``; empty when there is none, when it is a link, or when it is too large."""
    try:
        descriptor = os.open(out / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
            return b""
        try:
            return file.read(LARGEST_FILE)
        except OSError:
            return b""


def read_folder(out: Path, name: str, ending: str) -> Mapping[str, bytes]:
    """The regular files of one folder in ``out`` whose names end so, by name; nothing when the folder is a link."""
    folder = out / name
    if folder.is_symlink() or not folder.is_dir():
        return {}
    names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(ending))
    return {name: data for name in names[:MOST_FILES] if (data := read_bytes(folder, name))}


def read_json(out: Path, name: str) -> Any:
    """The JSON value in that file; None when there is none or it is broken."""
    try:
        return json.loads(read_bytes(out, name))
    except (ValueError, RecursionError):
        return None


def json_lines(data: bytes) -> Sequence[Mapping[str, Any]]:
    """One JSON object a line; what is none is left out, such as a line that was cut when its writer was killed."""
    found: list[Mapping[str, Any]] = []
    for line in data.split(b"\n"):
        if line[:1] != b"{":
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def said(outcome: Outcome) -> str:
    """Everything that was printed, as text."""
    return (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")


def shorten(text: str) -> str:
    """The end of a message, where the cause usually is, within the length that is kept."""
    return text.strip()[-LONGEST_MESSAGE:]


def lines_that_ran(out: Path) -> Mapping[str, Mapping[int, bool]]:
    """``lines.json``: path in the repository to line to whether it ran. What has another shape is left out."""
    value = read_json(out, "lines.json")
    found: dict[str, dict[int, bool]] = {}
    for path, lines in value.items() if isinstance(value, dict) else ():
        if isinstance(lines, dict) and not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts:
            found[path] = {
                int(line): bool(ran) for line, ran in sorted(lines.items()) if line.isascii() and line.isdigit()
            }
    return dict(sorted(found.items()))


def summed_up(
    runner: str,
    cases: Iterable[CaseResult],
    outcome: Outcome,
    *,
    collection_errors: Iterable[str] = (),
    trouble: str = "",
) -> SuiteResult:
    """The result of a run: IDs made unique, and trouble told when nothing ran or when the runner's exit does not fit."""
    named = [
        case if len(case.id) <= LONGEST_ID else case.model_copy(update={"id": case.id[:LONGEST_ID]}) for case in cases
    ]
    numbered = number_twins(named)
    errors = tuple(sorted(set(collection_errors)))
    if not trouble and outcome.stopped_by:
        trouble = f"the run was stopped: {outcome.stopped_by} used up"
    if not trouble and not numbered:
        trouble = f"{runner} ended with exit code {outcome.exit_code} and ran no test"
        if errors:
            trouble += f": {len(errors)} files could not be loaded"
    return SuiteResult(
        cases=numbered,
        collection_errors=errors,
        exit_code=outcome.exit_code,
        stopped_by=outcome.stopped_by,
        trouble=trouble,
        seconds=outcome.seconds,
    )
