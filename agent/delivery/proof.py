"""What is proved of a group of patches, and what is not: verdicts in, sentences and folded lists out. Nothing is claimed that was not run."""

from __future__ import annotations

from collections.abc import Sequence

from agent.delivery.grouping import Judged
from agent.delivery.plain import code, prose
from agent.domain.patch import RefactorReport, Tested
from agent.domain.verdict import Verdict
from agent.domain.wording import counted

__all__ = ["folded_tests", "not_proved", "proof"]

_MOST = 8


def proof(members: Sequence[Judged], report: RefactorReport, *, applies_alone: bool) -> tuple[str, ...]:
    """Tests before and after, coverage of the changed lines, mutants, the sandbox, and how to repeat it."""
    codes = {member.patch.environment: _exit_codes(member.patch.verdict) for member in members}  # the last one's count
    lines = [_ran(tested, report.sandbox, codes.get(tested.environment, "")) for tested in _tested(members, report)]
    last = members[-1].patch.verdict
    if last.passed_before or last.passed_after:
        lines.append(
            f"Tests, by ID: {last.passed_before} passed before, {last.passed_after} after; {len(last.lost)} lost, "
            f"{len(last.missing)} no longer there, {len(last.gained)} gained."
        )
    for member in members[-1:] if members[0].patch.proposal.series else members:
        shield = member.patch.verdict.protection
        series = member.patch.proposal.series
        what = (
            " of all steps together"
            if series
            else f" ({code(member.patch.proposal.title)})"
            if len(members) > 1
            else ""
        )
        if shield.changed_lines:
            covered = f"tests run {shield.covered_lines} of {counted(shield.changed_lines, 'changed line')}"
            tried = shield.killed + shield.survived
            mutants = (
                f"; of {counted(tried, 'small defect')} put into them, tests noticed {shield.killed}" if tried else ""
            )
            lines.append(f"Coverage{what}: {covered}{mutants}.")
    if len(members) == 1 and last.passed_after and applies_alone:
        lines.append(f"To repeat it: `figwright test REPO --patch {members[0].patch.file}`.")
    return tuple(lines[: _MOST + 2])


def not_proved(members: Sequence[Judged], *, alone: bool) -> tuple[str, ...]:
    """What no test says. ``alone``: patches that stood before these when they were judged are not in this branch."""
    lines: list[str] = []
    for member in members:
        verdict = member.patch.verdict
        shield = verdict.protection
        if member.unprotected:
            lines += [f"{reason[:1].upper()}{reason[1:]}." for reason in map(prose, verdict.reasons[:2])]
        if shield.uncovered:
            lines.append(f"No test runs {_places([str(where) for where in shield.uncovered])}.")
        survived = sorted({str(mutant.where) for mutant in shield.mutants if mutant.status == "survived"})
        if survived and not member.unprotected:
            lines.append(f"A defect would go unnoticed at {_places(survived)}.")
        lines += [f"{code(str(left.where))}: taken out, as tests failed with it." for left in member.patch.dropped[:3]]
    if alone:
        lines.append(
            "The tests ran with patches before these in place that this branch does not hold: your CI judges it alone."
        )
    lines.append("Tests bound behaviour, they do not settle it; what no test looks at may have changed.")
    unique = list(dict.fromkeys(lines))
    return tuple(unique[:_MOST] + unique[-1:] if len(unique) > _MOST else unique)


def folded_tests(members: Sequence[Judged], report: RefactorReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Test IDs, and the places that were left to people."""
    verdict = members[-1].patch.verdict
    tests: list[str] = []
    for word, names in (
        ("gained", verdict.gained), ("lost", verdict.lost), ("no longer there", verdict.missing),
        *(("failing before already", tested.failed) for tested in _tested(members, report)),
    ):  # fmt: skip
        if names:
            more = f" and {len(names) - _MOST} more in verdicts.json" if len(names) > _MOST else ""
            tests.append(f"{word}: {', '.join(code(name) for name in names[:_MOST])}{more}")
    left = [f"{code(str(one.where))}: {prose(one.text)}" for member in members for one in member.patch.proposal.left]
    folded: list[tuple[str, tuple[str, ...]]] = []
    if tests:
        folded.append(("Tests by ID", tuple(tests)))
    if left:
        rest = [f"and {len(left) - _MOST} more in verdicts.json"] if len(left) > _MOST else []
        folded.append((f"{counted(len(left), 'place')} left to people", (*left[:_MOST], *rest)))
    return tuple(folded)


def _tested(members: Sequence[Judged], report: RefactorReport) -> list[Tested]:
    keys = list(dict.fromkeys(member.patch.environment for member in members if member.patch.environment))
    return [tested for key in keys for tested in report.tested if tested.environment == key][:2]


def _exit_codes(verdict: Verdict) -> str:
    """``, exit code 0 before and after``; of a command that was not run before, what it ended with after."""
    before, after = verdict.exit_code_before, verdict.exit_code_after
    if after is None:
        return ""
    if before is None:
        return f", exit code {after} with the change"
    return f", exit code {before} before " + ("and after" if before == after else f"and {after} after")


def _ran(tested: Tested, sandbox: str, exit_codes: str) -> str:
    command = " ".join([tested.suite.runner, *tested.suite.options, *tested.suite.paths])
    where = f" in {code(tested.suite.folder)}" if tested.suite.folder else ""
    with_ = f", {', '.join(tested.toolchains)}" if tested.toolchains else ""
    return f"{code(command)}{where}{exit_codes}, sandbox {sandbox}{with_}, environment {code(tested.environment[:12])}."


def _places(places: Sequence[str]) -> str:
    shown = ", ".join(code(place) for place in places[:4])
    return f"{shown} and {len(places) - 4} more" if len(places) > 4 else shown
