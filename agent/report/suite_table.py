"""The report of a repository's tests as a plain table for a terminal: what could not be run first."""

from __future__ import annotations

from agent.domain.verdict import RepositoryReport, SuiteReport, Verdict
from agent.domain.wording import counted

__all__ = ["write_test_table"]

_MOST = 20


def write_test_table(report: RepositoryReport) -> str:
    """Plain text, lines of the report in a fixed order; failures at most 20 a suite, with how many more there are."""
    commit = f" at {report.commit[:12]}" if report.commit else ""
    lines = [f"{report.name}{commit}, in the sandbox {report.sandbox}"]
    lines += [f"NOT RUN  {reason}" for reason in report.not_run]
    for suite in report.suites:
        lines += ["", *_suite(suite)]
    if report.verdict is not None:
        lines += ["", *_verdict(report.verdict)]
    return "\n".join(lines) + "\n"


def _suite(report: SuiteReport) -> list[str]:
    suite, environment = report.suite, report.environment
    where = ", ".join(str(place) for place in suite.where)
    lines = [f"{suite.runner} in {suite.folder or '.'}: {suite.why}" + (f" ({where})" if where else "")]
    made = "found made" if environment.reused else f"made in {counted(environment.rounds, 'round')}"
    lines.append(f"  environment  {', '.join(environment.toolchains) or 'none'}; {made}; {environment.key[:12]}")
    lines += [f"               {reason.text}" for reason in environment.recipe.reasons]
    lines += [f"               then: {note}" for note in environment.amended]
    if environment.failed:
        lines.append(f"  FAILED       {environment.reason}")
    baseline = report.baseline
    if baseline is not None:
        counts = [f"{len(baseline.passed)} passed"]
        counts += [f"{len(baseline.failed)} failed"] if baseline.failed else []
        counts += [f"{len(baseline.skipped)} skipped"] if baseline.skipped else []
        counts += [f"{len(baseline.set_aside)} set aside"] if baseline.set_aside else []
        orders = " in different orders" if len(set(baseline.orders)) > 1 else ""
        lines.append(
            f"  tests        {', '.join(counts)}; {counted(baseline.runs, 'run')}{orders}, {baseline.seconds:.1f} s"
        )
        if baseline.order_dependent:
            lines += _some(
                f"  order        {counted(len(baseline.order_dependent), 'test')} of these fail in another order than the suite's own: ",
                list(baseline.order_dependent[:3]),
            )[:1]
        if baseline.trouble:
            lines.append(f"  TROUBLE      {baseline.trouble}")
        lines += _some("  NOT LOADED   ", list(baseline.collection_errors))
        lines += _some("  set aside    ", [f"{case.why}: {case.id} ({case.detail})" for case in baseline.set_aside])
        aside = {case.id for case in baseline.set_aside}
        failed = [case for case in report.failures if case.id not in aside]
        lines += _some("  failed       ", [f"{case.id}: {_last(case.message)}" for case in failed])
    lines += [f"    | {line}" for line in report.last_lines[-_MOST:]]
    return lines


def _verdict(verdict: Verdict) -> list[str]:
    lines = [f"VERDICT  {verdict.label}: {verdict.passed_before} passed before, {verdict.passed_after} after"]
    lines += [f"  {reason}" for reason in verdict.reasons]
    lines += _some("  lost         ", list(verdict.lost))
    lines += _some("  missing      ", list(verdict.missing))
    lines += _some("  refused      ", [f"{found.where}: {found.text}" for found in verdict.tampering])
    shield = verdict.protection
    if shield.changed_lines:
        lines.append(
            f"  protection   {shield.covered_lines} of {counted(shield.changed_lines, 'changed line')} run by tests; "
            f"{shield.killed} of {counted(shield.killed + shield.survived, 'mutant')} noticed"
        )
    if shield.note:
        lines.append(f"               {shield.note}")
    return lines


def _some(head: str, entries: list[str]) -> list[str]:
    lines = [head + entry for entry in entries[:_MOST]]
    if len(entries) > _MOST:
        lines.append(f"{head}... and {len(entries) - _MOST} more")
    return lines


def _last(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
