"""A report to a folder: numbered patches that ``git am`` applies in order, ``verdicts.json``, and what the run cost apart.

Only what held lies in the folder itself; ``unprotected`` and ``unfinished`` patches lie in folders of that name, for people
to choose. The same report gives the same bytes; seconds are in ``measurements.json`` alone.
"""

from __future__ import annotations

import contextlib
import json
import textwrap
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from agent.adapters.output_folder import write_files
from agent.domain.patch import Patch, RefactorReport
from agent.domain.wording import counted, listed
from agent.patches.mailbox import mailed

__all__ = ["message", "patch_files", "report_json", "write_report"]

VERDICTS = "verdicts.json"
MEASUREMENTS = "measurements.json"
MOST_LEFT = 5  # in a commit's message


def write_report(
    folder: Path,
    report: RefactorReport,
    committed_on: str = "",
    executable: Callable[[str], bool] = lambda _: False,
    measurements: Mapping[str, object] | None = None,
) -> list[str]:
    """Write everything; patches of an earlier run into the same folder go. Returns the patches' names."""
    files = patch_files(report, committed_on, executable)
    stale = _earlier(folder) - set(files)
    by_folder: dict[Path, dict[str, str]] = defaultdict(dict)
    for name, content in files.items():
        path = folder / name
        by_folder[path.parent][path.name] = content.decode("utf-8", "surrogateescape")
    for name in sorted(stale):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    for place, texts in sorted(by_folder.items()):
        write_files(place, texts)
    last = {VERDICTS: report_json(report)}
    if measurements is not None:
        last = {MEASUREMENTS: json.dumps(measurements, indent=1, sort_keys=True) + "\n", **last}
    write_files(folder, last)
    return list(files)


def patch_files(
    report: RefactorReport, committed_on: str = "", executable: Callable[[str], bool] = lambda _: False
) -> dict[str, bytes]:
    """Name -> content of every patch that is written."""
    return {
        patch.file: mailed(
            patch.proposal.title,
            message(patch, report),
            patch.proposal.changes,
            committed_on,
            executable,
            for_git=bool(report.commit),
        )
        for patch in report.patches
        if patch.file
    }


def report_json(report: RefactorReport) -> str:
    """The whole report but for the texts of the changes, of which the files' names are given."""
    data = report.model_dump(mode="json", exclude={"patches": {"__all__": {"proposal": {"changes"}}}})
    for entry, patch in zip(data["patches"], report.patches, strict=True):
        entry["files"] = [change.path for change in patch.proposal.changes]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def message(patch: Patch, report: RefactorReport) -> str:
    """A commit's body: why, what the tests say, and what is not proved."""
    proposal, verdict = patch.proposal, patch.verdict
    lines = [*_wrapped(proposal.why), ""]
    lines.append(f"Recipe: {proposal.recipe}")
    if proposal.model:
        lines.append(f"Written by: {proposal.model}")
    lines.append(f"Verdict: {verdict.label}")
    lines += [f"  {reason}" for reason in verdict.reasons]
    if verdict.passed_before or verdict.passed_after:
        lines.append(f"Tests: {verdict.passed_before} passed before, {verdict.passed_after} after")
    for word, names in (("Lost", verdict.lost), ("No longer there", verdict.missing)):
        if names:
            lines.append(f"{word} ({len(names)}): {listed(names, 20)}")
    if patch.counts is not None:
        count = patch.counts
        lines.append(f"This step: {count.before} of {count.baseline} tests before, {count.after} after")
    shield = verdict.protection
    if shield.changed_lines:
        lines.append(f"Coverage: tests run {shield.covered_lines} of {counted(shield.changed_lines, 'changed line')}")
    if shield.mutants:
        lines.append(f"Mutants: {shield.killed} of {shield.killed + shield.survived} noticed")
    lines += _not_proved(patch)
    if proposal.needs:
        lines.append(f"Needs: patches of {listed(proposal.needs)}")
    if proposal.series:
        lines.append(f"Series: {proposal.series}; it holds as a whole, not step by step")
    lines += [f"Taken out: {left.where}: {left.text}" for left in patch.dropped[:20]]
    if len(patch.dropped) > 20:
        lines.append(f"Taken out: and {len(patch.dropped) - 20} more")
    lines += [f"Left to people: {left.where}: {left.text}" for left in proposal.left[:MOST_LEFT]]
    if len(proposal.left) > MOST_LEFT:
        lines.append(f"Left to people: and {len(proposal.left) - MOST_LEFT} more places, in {VERDICTS}")
    tested = next((one for one in report.tested if one.environment == patch.environment), None)
    if tested is not None:
        lines.append(
            f"Tested with: {tested.suite.runner}, {', '.join(tested.toolchains)}, environment {tested.environment[:12]}"
        )
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    """Long lines broken for a terminal; what is indented, such as code, stays as it is."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        lines += [line] if len(line) <= 100 or line.startswith(" ") else textwrap.wrap(line, 76, break_long_words=False)
    return lines


def _not_proved(patch: Patch) -> list[str]:
    shield = patch.verdict.protection
    lines = []
    if shield.uncovered:
        lines.append(f"Not proved: no test runs {listed([str(where) for where in shield.uncovered], 10)}")
    survived = [f"{m.where} ({m.operator})" for m in shield.mutants if m.status == "survived"]
    if survived:
        lines.append(f"Not proved: a defect would pass at {listed(survived, 10)}")
    if shield.note and not any(shield.note in reason for reason in patch.verdict.reasons):
        lines.append(f"Not proved: {shield.note}")
    return lines


def _earlier(folder: Path) -> set[str]:
    """The patches that an earlier run says it wrote here; nothing outside the folder, whatever the file says."""
    try:
        data = json.loads((folder / VERDICTS).read_text("utf-8"))
        names = [patch["file"] for patch in data["patches"]]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {
        name
        for name in names
        if isinstance(name, str)
        and name.endswith(".patch")
        and ".." not in Path(name).parts
        and not name.startswith("/")
    }
