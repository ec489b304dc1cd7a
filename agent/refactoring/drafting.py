"""What a model is given to do once the recipes are through: findings and places left to people in, tasks out.

A finding is a task when its remedy lies in a single file of the product, and when no recipe's patch has changed its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import SEVERITIES, Finding
from agent.domain.patch import EditTask, Left, Patch
from agent.domain.verdict import Verdict
from agent.patches.codebase import OverlaidCode
from agent.ports import PatchRecipe
from agent.refactoring.editing import MODEL_RECIPE, task_of, tasks_of_left

__all__ = ["DRAFTED", "MOST_TASKS", "draft_tasks", "foreseen"]

MOST_TASKS = 20
# Rules whose remedy is a change of a few lines where the finding is; the others ask for decisions, or for another design.
DRAFTED = frozenset(
    """security.code-evaluation security.command-injection security.cookie security.csrf-off security.debug
security.deserialization security.open-redirect security.path-traversal security.secret-in-log security.sql-injection
security.tls-off security.unescaped-output security.weak-random security.xml-entities privacy.logged performance.no-timeout
performance.query-in-loop performance.unbounded-read portability.absolute-path""".split()
)


def draft_tasks(
    code: OverlaidCode, findings: Sequence[Finding], left: Sequence[Left], patches: Sequence[Patch]
) -> tuple[EditTask, ...]:
    """At most `MOST_TASKS`: findings first, the severest first, then what recipes left, file by file."""
    touched = {line for patch in patches if patch.proposal.recipe != MODEL_RECIPE for line in _lines_gone(patch)}
    ranked = sorted(findings, key=lambda found: (SEVERITIES.index(found.severity), found.id))
    tasks = [task for found in ranked if (task := _task_of(found, code, touched)) is not None]
    return (*tasks, *tasks_of_left(code, left, MOST_TASKS))[:MOST_TASKS]


def foreseen(code: OverlaidCode, recipes: Sequence[PatchRecipe], findings: Sequence[Finding]) -> tuple[EditTask, ...]:
    """The tasks if every proposal of the recipes held: for a dry run, which runs no test."""
    left: list[Left] = []
    patches: list[Patch] = []
    for recipe in recipes:
        for proposal in recipe.propose(code):
            left += proposal.left
            if proposal.changes and not code.fits(proposal.changes):
                patches.append(Patch(number=len(patches) + 1, proposal=proposal, verdict=Verdict(label="unprotected")))
                code = code.changed(proposal.changes)
    return draft_tasks(code, findings, left, patches)


def _task_of(found: Finding, code: OverlaidCode, touched: set[tuple[str, str]]) -> EditTask | None:
    paths = {one.location.path for one in found.evidence}
    if found.rule not in DRAFTED or found.accepted or found.severity == "info" or len(paths) != 1:
        return None
    (path,) = paths
    if code.text(path) is None or code.is_test(path):
        return None
    places = [one for one in found.evidence if not _is_touched(code, path, one.location.line, touched)]
    if not places:
        return None
    lines = tuple(Left(where=one.location, text=one.text) for one in places)
    # The first line becomes the patch's title.
    return task_of(f"{found.title}\n{found.remedy} ({found.rule})", code, [path], lines)


def _is_touched(code: OverlaidCode, path: str, line: int, touched: set[tuple[str, str]]) -> bool:
    """Whether a patch, taken or only proposed, changes the line of the finding, which counts in the text as it was read."""
    text = OverlaidCode(code.pristine, code.known).text(path) or ""
    lines = text.split("\n")
    return 0 < line <= len(lines) and (path, lines[line - 1]) in touched


def _lines_gone(patch: Patch) -> Iterator[tuple[str, str]]:
    if patch.verdict.label == "refused":
        return
    for change in patch.proposal.changes:
        kept = set((change.after or "").split("\n"))
        yield from ((change.path, line) for line in (change.before or "").split("\n") if line not in kept)
