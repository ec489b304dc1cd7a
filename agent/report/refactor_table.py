"""What became of proposed patches as a plain table for a terminal: what was not tried comes first."""

from __future__ import annotations

from collections import Counter

from agent.domain.patch import Patch, RefactorReport
from agent.domain.wording import counted

__all__ = ["write_refactor_table"]

_MOST = 20


def write_refactor_table(report: RefactorReport) -> str:
    """Plain text: what was not tried, the tests, each patch with its verdict, what is left to people, a sum."""
    commit = f" at {report.commit[:12]}" if report.commit else ""
    lines = [f"{report.name}{commit}, in the sandbox {report.sandbox}"]
    lines += [f"NOT TRIED  {reason}" for reason in report.not_tried]
    for tested in report.tested:
        by = f", from patch {tested.brought_by:04d} on" if tested.brought_by else ""
        outcome = tested.trouble or f"{counted(len(tested.passed), 'test')} passed" + (
            f", {len(tested.failed)} failed" if tested.failed else ""
        )
        lines.append(
            f"tests  {tested.suite.runner} in {tested.suite.folder or '.'}{by}: {outcome}; {', '.join(tested.toolchains)}"
        )
        lines += [f"  | {line[:160]}" for failure in tested.failures[:1] for line in failure.splitlines()[-8:]]
    lines.append("")
    said: tuple[str, ...] = ()  # a series has one verdict: its reasons are shown once
    for patch in report.patches:
        lines += _patch(patch, again=bool(patch.proposal.series) and patch.verdict.reasons == said)
        said = patch.verdict.reasons
    if report.left:
        lines += ["", f"left to people: {counted(len(report.left), 'place')}"]
        lines += [f"  {left.where}: {left.text}" for left in report.left[:_MOST]]
        if len(report.left) > _MOST:
            lines.append(f"  ... and {len(report.left) - _MOST} more, in verdicts.json")
    labels = Counter(patch.verdict.label for patch in report.patches)
    total = ", ".join(f"{number} {label}" for label, number in sorted(labels.items()))
    lines += ["", f"{counted(len(report.patches), 'proposal')}: {total or 'nothing to change'}"]
    return "\n".join(lines) + "\n"


def _patch(patch: Patch, *, again: bool) -> list[str]:
    verdict, proposal = patch.verdict, patch.proposal
    counts = f"  {patch.counts.before} -> {patch.counts.after} of {patch.counts.baseline}" if patch.counts else ""
    lines = [
        f"{patch.number:04d}  {verdict.label:<16}  {proposal.recipe}: {proposal.title}{counts}"
        + (f"  ({counted(len(proposal.changes), 'file')})" if proposal.changes else "")
    ]
    shield = verdict.protection
    if again:
        pass
    elif verdict.label in ("refused", "unprotected"):
        lines += [f"        {reason[:400]}" for reason in verdict.reasons[:3]]
    elif shield.changed_lines:
        lines.append(
            f"        tests run {shield.covered_lines} of {counted(shield.changed_lines, 'changed line')}; "
            f"{shield.killed} of {counted(shield.killed + shield.survived, 'mutant')} noticed"
        )
    lines += [f"        taken out: {left.where}: {left.text[:200]}" for left in patch.dropped[:3]]
    if len(patch.dropped) > 3:
        lines.append(f"        taken out: ... and {len(patch.dropped) - 3} more")
    return lines
