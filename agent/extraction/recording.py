"""A test run in, its HTTP requests out: each with the database, the clock and the configuration that it met."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.domain.execution import OUT, Command, Outcome
from agent.domain.extraction import Application, RecordedRequest
from agent.errors import ExtractionError
from agent.extraction.ground import Ground
from agent.extraction.joining import join_applications
from agent.extraction.staging import in_box, search_path, stage_box

__all__ = ["Recording", "collect_recording", "read_recording", "record"]

_MOST_LINES, _MOST_LINE = 50_000, 8 << 20
"""Lines, and characters of one, that are read back: what the repository's tests wrote is not trusted."""


@dataclass(frozen=True)
class Recording:
    """``folder`` holds requests.jsonl, applications.json and blobs/. ``tests`` counts the tests that made a request."""

    folder: Path
    requests: tuple[RecordedRequest, ...]
    applications: tuple[Application, ...]
    tests: int = 0
    trouble: str = ""
    notes: tuple[str, ...] = ()


def record(ground: Ground, command: Command, into: Path) -> Recording:
    """Run the suite's command with the recorder loaded; ``into`` becomes the recording's folder.

    The command is as `agent.ports.Runner` gives it, its toolchains filled in. A run without a request is a Recording without one.
    """
    box = stage_box(ground, recorder=True)
    repo = ground.folders.copy(ground.pristine, "repo")
    out = ground.folders.fresh("recording")
    (out / "recording").mkdir()
    variables = {
        **ground.variables,
        **command.env,
        "PYTHONPATH": search_path(ground, box),
        "FIGWRIGHT_RECORDING": f"{OUT}/recording",
        "FIGWRIGHT_BOX": str(box),
    }
    try:
        outcome = in_box(ground, replace(command, env=variables), repo, out, (box,))
        return collect_recording(out / "recording", into, outcome)
    finally:
        for folder in (box, repo, out):
            ground.folders.drop(folder)


def collect_recording(made: Path, into: Path, outcome: Outcome) -> Recording:
    """Number the requests of all processes, and write the recording as it is kept."""
    applications: dict[str, dict[str, Any]] = {}
    for path in sorted(made.glob("applications-*.json")):
        applications.update(_object(path.read_bytes()))
    requests: list[dict[str, Any]] = []
    broken = 0
    for path in sorted(made.glob("requests-*.jsonl")):
        with path.open("rb") as lines:
            for line in islice(lines, _MOST_LINES):
                found = _object(line) if len(line) <= _MOST_LINE else {}
                broken += not found
                if found:
                    requests.append(found)
    into.mkdir(parents=True, exist_ok=True)
    if (made / "blobs").is_dir():
        shutil.move(made / "blobs", into / "blobs")
    else:
        (into / "blobs").mkdir(exist_ok=True)
    requests, applications = join_applications(requests, applications, into / "blobs")
    (into / "requests.jsonl").write_bytes(
        b"".join(
            json.dumps({**one, "number": number}, sort_keys=True).encode() + b"\n"
            for number, one in enumerate(requests, 1)
        )
    )
    (into / "applications.json").write_text(
        json.dumps([{"id": name, **one} for name, one in sorted(applications.items())], sort_keys=True), "utf-8"
    )
    _open_up(into)
    notes = (*([f"{broken} recorded lines cannot be read"] if broken else ()), *_by_hand(made))
    trouble = f"the tests were stopped: {outcome.stopped_by} used up" if outcome.stopped_by else ""
    if not requests and not trouble:
        said, mostly = _why_nothing(made.parent / "results.jsonl")
        said_first = (*([said] if said else ()), *notes)
        notes, trouble = (said_first, "") if mostly else (notes, "; ".join(said_first))
    return replace(read_recording(into), trouble=trouble, notes=notes)


def _by_hand(made: Path) -> tuple[str, ...]:
    """Requests that tests put together and hand to code themselves: no server was asked, so there is nothing to replay."""
    tests: dict[str, set[str]] = {}
    for path in sorted(made.glob("by-hand-*.json")):
        for what, found in _object(path.read_bytes()).items():
            tests.setdefault(str(what)[:80], set()).update(str(one) for one in found)
    return tuple(
        f"{len(found)} tests call code with a request made by hand ({what}): these are not recorded"
        for what, found in sorted(tests.items())
    )


def _why_nothing(results: Path) -> tuple[str, bool]:
    """What the tests' own outcome says of those that did not pass; whether most did, so that they simply ask nothing."""
    if not results.is_file():
        return "", False
    with results.open("rb") as lines:
        found = [_object(line) for line in islice(lines, _MOST_LINES) if len(line) <= _MOST_LINE]
    cases = [one for one in found if "status" in one]
    passed = sum(one["status"] == "passed" for one in cases)
    broken = [
        one for one in found if "unloadable" in one or one.get("status") in ("failed", "error") or "broken" in one
    ]
    if not broken:
        return "", True
    said = str(broken[0].get("message") or broken[0].get("broken") or "").strip().rpartition("\n")[2]
    name = broken[0].get("unloadable") or broken[0].get("id") or "the run"
    mostly = 2 * passed > len(cases) + sum("unloadable" in one for one in broken)
    return f"{passed} of {len(cases)} tests passed, and {name} says {said.removeprefix('E').strip()[:200]}", mostly


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _open_up(folder: Path) -> None:
    # The box's user is another one
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def read_recording(folder: Path) -> Recording:
    """A recording that was made earlier. Raises ExtractionError when it is none."""
    try:
        with (folder / "requests.jsonl").open("rb") as lines:
            requests = tuple(RecordedRequest.model_validate(json.loads(line)) for line in lines)
        listed = json.loads((folder / "applications.json").read_bytes())
        applications = tuple(Application.model_validate(one) for one in listed)
    except (OSError, ValueError, ValidationError) as error:
        raise ExtractionError(f"the recording {folder} cannot be read ({error}): record the tests again.") from None
    return Recording(folder, _told(requests, applications), applications, len({one.test for one in requests}))


def _told(requests: Iterable[RecordedRequest], applications: Iterable[Application]) -> tuple[RecordedRequest, ...]:
    """What is known at once of an application that cannot be made again is said of its requests."""
    cannot: Mapping[str, str] = {one.id: one.cannot for one in applications}
    return tuple(
        one
        if one.cannot or not cannot.get(one.application)
        else one.model_copy(update={"cannot": cannot[one.application]})
        for one in requests
    )
