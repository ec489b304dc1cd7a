"""Results of earlier commands -> items in roadmap order: the plan first, then each concern, each behind what it needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from agent.delivery.container_items import container_items
from agent.delivery.grouping import Group, Judged, group_patches
from agent.delivery.patch_text import read_patch_text
from agent.delivery.plain import one_sentence, prose
from agent.delivery.proof import folded_tests, not_proved, proof
from agent.delivery.results import Results
from agent.delivery.steps import Place, place_of_files, step_of_patch
from agent.domain.delivery import Change, Delivery, Item, Row
from agent.domain.wording import counted

__all__ = ["DOCUMENTS", "change_digest", "make_delivery"]

DOCUMENTS = "docs/modernization"
"""Where the plan stands in the repository that it is about."""


def make_delivery(results: Results, *, include_unprotected: bool = False) -> Delivery:
    """Everything that may be delivered, and what is held back and why. Nothing that any test lost by is ever an item."""
    judged = _judged(results)
    chosen = [one for one in judged if include_unprotected or not one.unprotected]
    groups = group_patches(chosen)
    placed = [
        (_group_item(group, chosen, groups, results), step_of_patch(group.members, results.plan)) for group in groups
    ]
    containers, held = container_items(results, include_unprotected=include_unprotected)
    placed += [(item, place_of_files(results.plan, "containerize")) for item in containers]
    items = [_plan_item(results), *_in_order([_with_step(item, place) for item, place in placed])]
    return Delivery(
        name=results.plan.repository.name,
        commit=results.report.commit or results.plan.repository.commit,
        committed_on=results.committed_on,
        plan=results.plan_hash[:12],
        items=tuple(item for item, _ in items),
        held_back=(*_held_back(results, judged, include_unprotected), *held),
    )


def change_digest(item: Item) -> str:
    """Of what the item changes, whatever is said about it."""
    data = [[change.diff, change.files] for change in item.changes]
    return hashlib.sha256(json.dumps(data).encode("utf-8", "surrogateescape")).hexdigest()[:12]


Placed = tuple[Item, tuple[int, int]]


def _judged(results: Results) -> list[Judged]:
    """In the order in which they apply: those that held, then those that nothing protects."""
    found = [
        Judged(patch, read_patch_text(results.patches[patch.file], patch.file))
        for patch in results.report.patches
        if patch.file and not patch.file.startswith("unfinished/") and not patch.verdict.lost
    ]
    return sorted(found, key=lambda one: (one.unprotected, one.patch.number))


def _plan_item(results: Results) -> Placed:
    files = tuple((f"{DOCUMENTS}/{name}", text) for name, text in sorted(results.plan_files.items()))
    roadmap = results.plan.roadmap
    steps = [step for phase in roadmap.phases for step in phase.steps]
    item = Item(
        id="plan",
        kind="plan",
        title="Add the modernization plan",
        why=f"Every later request is one step of this plan: {counted(len(steps), 'step')} in "
        f"{counted(len(roadmap.phases), 'phase')}, each claim with its place in the code.",
        changes=(Change(subject="Add the modernization plan", body=_plan_body(results), files=files),),
        rows=tuple(Row(path=path, added=text.count("\n"), removed=0, by="figwright plan", confidence="a proposal") for path, text in files),
        proof=(f"The same commit gives the same plan: `figwright plan --commit {results.plan.repository.commit[:12]}`.",),
        not_proved=(
            "A plan is read from code: what people know and code does not say is not in it. Its first section lists what "
            "was not understood.",
        ),
        risk="None: only documents are added.",
        rollback="Delete the folder; nothing reads it.",
        hand_lines=sum(text.count("\n") for _, text in files),
        folded=(("Phases", tuple(f"{phase.id} {phase.title}: {counted(len(phase.steps), 'step')}" for phase in roadmap.phases)),),
    )  # fmt: skip
    return item, (-1, 0)


def _plan_body(results: Results) -> str:
    return f"As of commit {results.plan.repository.commit[:12]}; by figwright {results.plan.figwright}."


def _group_item(group: Group, chosen: Sequence[Judged], groups: Sequence[Group], results: Results) -> Item:
    members = group.members
    first = members[0].patch.proposal
    by_rule = members[0].by_rule
    more = counted(len(members) - 1, "more step" if first.series else "more change")
    title = f"{first.title}, and {more}" if len(members) > 1 else first.title
    lines = sum(member.lines for member in members)
    return Item(
        id=group.id,
        kind="patch",
        title=title[:100],
        why=one_sentence(first.why),
        recipes=tuple(dict.fromkeys(member.patch.proposal.recipe for member in members)),
        changes=tuple(Change(subject=one.text.subject, body=one.text.body, diff=one.text.diff) for one in members),
        needs=tuple(sorted(group.needs)),
        rows=_rows(members),
        proof=proof(members, results.report, applies_alone=not group.needs),
        not_proved=not_proved(members, alone=_stood_on_others(group, chosen, groups)),
        folded=(*_steps(members), *folded_tests(members, results.report)),
        risk=_risk(group),
        rollback="Revert the merge commit; nothing outside of the repository is touched.",
        unprotected=members[0].unprotected,
        caveat=_caveat(group),
        hand_lines=0 if by_rule else lines,
        rule_lines=lines if by_rule else 0,
    )


def _steps(members: Sequence[Judged]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The commits of a request that has several."""
    lines = tuple(
        f"{prose(one.patch.proposal.title)}: {one.patch.verdict.label}, {counted(one.lines, 'line')}" for one in members
    )
    return ((f"{counted(len(lines), 'commit')}, to be read one by one", lines),) if len(lines) > 1 else ()


def _rows(members: Sequence[Judged]) -> tuple[Row, ...]:
    found: dict[str, Row] = {}
    for member in members:
        proposal = member.patch.proposal
        by = f"{proposal.recipe} by {proposal.model}" if proposal.model else proposal.recipe
        for file in member.text.files:
            old = found.get(file.path)
            added, removed = file.added + (old.added if old else 0), file.removed + (old.removed if old else 0)
            label = member.patch.verdict.label
            found[file.path] = Row(path=file.path, added=added, removed=removed, by=by, confidence=label)
    return tuple(found[path] for path in sorted(found))


def _stood_on_others(group: Group, chosen: Sequence[Judged], groups: Sequence[Group]) -> bool:
    """Whether patches were in place when these were judged that their branch will not hold."""
    by_id = {each.id: each for each in groups}
    held: set[int] = set()
    todo = [group.id]
    while todo:
        each = by_id[todo.pop()]
        held |= {member.patch.number for member in each.members}
        todo += sorted(each.needs)
    last = chosen.index(group.members[-1])
    return any(one.patch.number not in held for one in chosen[:last])


def _caveat(group: Group) -> str:
    """What nobody should overlook. A series is taken when no test is lost, even if tests run a part of it only."""
    if group.members[0].unprotected:
        return "unprotected: no test would notice a mistake"
    weak = any(member.patch.verdict.label == "unprotected" for member in group.members)
    return "tests run a part of it" if weak else ""


def _risk(group: Group) -> str:
    label = group.members[0].patch.verdict.label
    first = group.members[0].patch.proposal
    if group.members[0].unprotected:
        return "Nobody would notice a mistake in it by the tests: read every line."
    parts = {
        "mutation-checked": "Small: tests run the changed lines and notice defects put into them.",
        "restored": "Tests that did not run before run now; what they do not look at may differ.",
    }
    said = parts.get(label, "Some: no test is lost, but not every changed line is looked at by one.")
    return f"{said} The steps only make sense together: do not merge a part of them." if first.series else said


def _with_step(item: Item, place: Place) -> Placed:
    step = place.step
    update = {"step": step.id, "step_title": step.title} if step else {}
    if step and step.rollback and item.kind == "containers":
        update["rollback"] = step.rollback
    return item.model_copy(update=update), place.rank


def _in_order(placed: Sequence[Placed]) -> list[Placed]:
    """By the roadmap, each behind what it needs; what has no step of its own keeps its place among its neighbours."""
    left = sorted(enumerate(placed), key=lambda entry: (entry[1][1], entry[0]))
    ids = {item.id for item, _ in placed}
    ordered: list[Placed] = []
    done: set[str] = set()
    while left:
        at = next(n for n, (_, (item, _)) in enumerate(left) if set(item.needs) & ids <= done)
        _, found = left.pop(at)
        ordered.append(found)
        done.add(found[0].id)
    return ordered


def _held_back(results: Results, judged: Sequence[Judged], include_unprotected: bool) -> tuple[str, ...]:
    patches = results.report.patches
    refused = sum(not patch.file for patch in patches)
    unfinished = sum(patch.file.startswith("unfinished/") for patch in patches)
    unprotected = sum(one.unprotected for one in judged)
    lines = []
    if refused:
        lines.append(f"{counted(refused, 'patch', 'patches')} were refused by the tests and are never delivered.")
    if unfinished:
        lines.append(
            f"{counted(unfinished, 'patch', 'patches')} of an unfinished series still lose tests and are never delivered."
        )
    if unprotected and not include_unprotected:
        lines.append(
            f"{counted(unprotected, 'patch', 'patches')} would go unnoticed by the tests if wrong: --include-unprotected "
            "delivers them, too, and their titles say so."
        )
    return tuple(lines)
