"""A model edits, tests judge: a task and an editor in; a patch that held, or all attempts with why each was refused, out.

What failing tests printed, located and shortened, goes into the next attempt; after so many rounds it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from agent.domain.patch import EditTask, Left, Proposal, Shown
from agent.domain.verdict import CaseResult, FileChange, SuiteResult, Verdict
from agent.domain.wording import listed
from agent.patches.codebase import OverlaidCode, combined
from agent.patches.search_replace import read_answer, readable
from agent.ports import Editor
from agent.refactoring.ground import Ground
from agent.refactoring.weighing import Judged, installed_for, judge_proposal
from agent.validation.case_names import as_named_before

__all__ = [
    "MODEL_RECIPE",
    "Attempted",
    "described",
    "edit",
    "failures_of",
    "files_named",
    "mending_task",
    "task_of",
    "tasks_of_left",
]

MODEL_RECIPE = "model"
MOST_FAILURES = 3
MOST_LINES = 25  # of one failure
MOST_FILES = 4
MOST_SHOWN = 60_000  # characters of one file
MOST_TRIED = 40  # lines of an answer that was refused
MOST_WIDTH = 200
_PLACE = re.compile(r"File \"([^\"\n]{1,300})\", line (\d+)|((?:[\w.@-]+/)*[\w.@-]+\.[A-Za-z]{1,5})[:(](\d+)")

# What differs from run to run in what a runner prints: seconds, addresses.
_VARYING = re.compile(r"\b\d+\.\d+ ?s(?:econds?)?\b|\b0x[0-9a-fA-F]{6,}\b")


@dataclass(frozen=True)
class Attempted:
    """The proposal of the last attempt that could be applied (None: none could), its verdict, and what came before."""

    proposal: Proposal | None
    judged: Judged
    attempts: tuple[str, ...] = ()


def edit(
    ground: Ground,
    editor: Editor,
    task: EditTask,
    *,
    onto: Proposal | None = None,
    rounds: int = 3,
    mutants: int = 20,
    languages: frozenset[str] = frozenset(),
) -> Attempted:
    """Ask until an answer holds, at most ``rounds`` times. Each answer is a change of the ground with ``onto`` in it, a
    proposal that was refused, not of the answer before."""
    attempts: list[str] = []
    last: Proposal | None = None
    judged = Judged(Verdict(label="refused", reasons=("the model gave no answer",)), standing=ground.standing)
    code = ground.code.changed(onto.changes if onto else ())
    for number in range(1, rounds + 1):
        ground.place.say(f"{editor.name}: {_title(task.goal)}, attempt {number} of {rounds}")
        answer = editor.propose_edit(task)
        if not answer.strip():
            break
        edited = read_answer(code, answer, ground.languages)
        failures = task.failures
        if edited.refused:
            judged = Judged(Verdict(label="refused", reasons=edited.refused), standing=ground.standing)
            tried = _excerpt(answer)
        else:
            last = _proposal(task, edited.changes, onto, editor.name)
            judged = judge_proposal(ground, last, languages, mutants)
            if judged.verdict.label != "refused":
                return Attempted(last, judged, tuple(attempts))
            failures = failures_with(ground, last, judged.verdict)
            tried = _excerpt(described(edited.changes))
        attempts.append("; ".join(judged.verdict.reasons) + f"\n{tried}")
        named = files_named(failures, code)
        shown = task_of(task.goal, code, [*(file.path for file in task.files), *named]).files
        task = task.model_copy(update={"files": shown, "failures": failures, "refused": tuple(attempts)})
    return Attempted(last, judged, tuple(attempts))


def mending_task(ground: Ground, proposal: Proposal, verdict: Verdict) -> EditTask:
    """To make a refused proposal hold: the files that failing tests name, then those that it changes."""
    code = ground.code.changed(proposal.changes)
    failures = failures_with(ground, proposal, verdict)
    goal = (
        f"{proposal.title}\nThis change is made already, and these tests fail with it: mend the code so that they pass."
    )
    paths = [*files_named(failures, code), *(change.path for change in proposal.changes)]
    return task_of(goal, code, paths).model_copy(
        update={"failures": failures, "refused": ("; ".join(verdict.reasons),)}
    )


def _proposal(task: EditTask, changes: Sequence[FileChange], onto: Proposal | None, model: str) -> Proposal:
    if onto is None:
        return Proposal(
            recipe=MODEL_RECIPE,
            title=_title(task.goal),
            why=task.goal,
            changes=tuple(changes),
            fixer=False,
            model=model,
        )
    paths = tuple(change.path for change in changes)
    why = f"{onto.why}\n\nThe recipe alone lost tests; a model edited {listed(paths, 5)} on top of it."
    whole = combined([*onto.changes, *changes])
    return onto.model_copy(update={"why": why, "changes": whole, "model": model, "edited": paths})


def _excerpt(text: str) -> str:
    lines = [line[:MOST_WIDTH] for line in text.strip().splitlines()]
    return "\n".join([*lines[:MOST_TRIED], *(["..."] if len(lines) > MOST_TRIED else [])])


def task_of(goal: str, code: OverlaidCode, paths: Iterable[str], left: Sequence[Left] = ()) -> EditTask:
    """A task with these files as they stand now."""
    shown = []
    for path in list(dict.fromkeys(paths))[:MOST_FILES]:
        text = code.text(path)
        if text is not None and not code.is_test(path):
            shown.append(Shown(path=path, text=readable(text)[:MOST_SHOWN]))
    return EditTask(goal=goal, files=tuple(shown), left=tuple(left))


def tasks_of_left(code: OverlaidCode, left: Sequence[Left], most: int = 20) -> tuple[EditTask, ...]:
    """One task for each file in which a recipe left something to people, the fullest first."""
    by_file: dict[str, list[Left]] = {}
    for entry in left:
        by_file.setdefault(entry.where.path, []).append(entry)
    chosen = sorted(by_file, key=lambda path: (-len(by_file[path]), path))[:most]
    return tuple(
        task_of(f"Change what recipes left in {path}\n{by_file[path][0].text}", code, [path], by_file[path])
        for path in chosen
        if code.text(path) is not None and not code.is_test(path)
    )


def described(changes: Sequence[FileChange]) -> str:
    """What a change does, as the lines of a diff."""
    lines: list[str] = []
    for change in changes:
        before, after = readable(change.before or "").split("\n"), readable(change.after or "").split("\n")
        lines += unified_diff(before, after, change.path, change.path, lineterm="", n=1)
    return "\n".join(lines)


def failures_of(result: SuiteResult, lost: Sequence[str]) -> tuple[str, ...]:
    """What the lost tests printed, shortened; what could not be loaded comes first, since it may explain the rest."""
    found = []
    if result.collection_errors:
        lines = (line[:300] for line in result.last_lines[-MOST_LINES:])
        found.append("\n".join([f"cannot be loaded: {listed(result.collection_errors)}", *lines]))
    by_id = {case.id: case for case in result.cases}
    for name in lost:
        if len(found) >= MOST_FAILURES:
            break
        case = by_id.get(name)
        found.append(_shortened(case) if case else f"{name}: it is no longer there")
    if not found and result.trouble:
        found.append("\n".join([result.trouble, *result.last_lines[-MOST_LINES:]]))
    return tuple(_VARYING.sub("...", failure) for failure in found)


def files_named(failures: Iterable[str], code: OverlaidCode) -> tuple[str, ...]:
    """The product's files that failures name, the innermost call first."""
    found: dict[str, None] = {}
    known = frozenset(code.paths())
    for failure in failures:
        for match in reversed(list(_PLACE.finditer(failure))):
            named = (match.group(1) or match.group(3) or "").lstrip("/")
            # The sandbox shows the repository at a path of its own: the longest end of it that is a file here is meant.
            parts = named.split("/")
            path = next(("/".join(parts[at:]) for at in range(len(parts)) if "/".join(parts[at:]) in known), "")
            if path and not code.is_test(path):
                found[path] = None
    return tuple(found)


def _shortened(case: CaseResult) -> str:
    lines = [line.rstrip()[:300] for line in case.message.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        places = [line for line in lines[: -MOST_LINES // 2] if _PLACE.search(line)]
        lines = [*places[-MOST_LINES // 2 :], "...", *lines[-MOST_LINES // 2 :]]
    return "\n".join([case.id, *lines])


def failures_with(ground: Ground, proposal: Proposal, verdict: Verdict) -> tuple[str, ...]:
    """What the tests printed that a proposal lost; the run is in the journal, or is made once more."""
    if not (verdict.lost or verdict.missing or verdict.collection_errors):
        return ()
    files = {change.path: change.after for change in proposal.changes}
    for standing in ground.standing:
        installed, _ = installed_for(ground, standing, proposal.changes, proposal.runs_on)
        if installed is None:
            continue
        result = as_named_before(standing.baseline, ground.run(installed, files))
        found = failures_of(result, [*verdict.lost, *verdict.missing])
        if found:
            return found
    return ()


def _title(goal: str) -> str:
    """Of a goal's first line."""
    words = " ".join(goal.partition("\n")[0].split())
    return words if len(words) <= 72 else words[:69].rsplit(" ", 1)[0] + "..."
