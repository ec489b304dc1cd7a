"""``figwright assess``: the findings alone, of one lens or of all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import AsOf, Commit, FailOn, Name, Output, Pinned, Quiet, Repo, app
from agent.cli.shared import (
    assuming,
    boundaries_file,
    emit,
    exit_on_severity,
    one_of,
    runtime_of,
    say,
    settings_for,
    shown_progress,
    stay_outside,
    text_of,
)

__all__ = ["assess"]


@app.command()
def assess(
    repo: Repo,
    lens: Annotated[
        list[str] | None,
        typer.Option(
            "--lens",
            metavar="NAME",
            help="Look through this lens only (docs/lenses.md); repeat for more; default: all.",
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="table, json, sarif, cyclonedx (the components that manifests declare), or k6 (a load test of the routes).",
        ),
    ] = "table",
    fail_on: FailOn = None,
    output: Output = None,
    artifacts: Annotated[
        Path | None,
        typer.Option(
            "--artifacts",
            metavar="DIR",
            help="Also write what can be used as it is: schedules, OpenTofu modules, policies, gates, migration queries.",
        ),
    ] = None,
    coverage: Annotated[
        list[Path] | None,
        typer.Option(
            "--coverage",
            metavar="FILE",
            help="Coverage of a test run (Cobertura, JaCoCo or LCOV) for the risk lens; repeat for more.",
        ),
    ] = None,
    boundaries: Pinned = None,
    as_of: AsOf = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Say what a move to the cloud asks of this repository, from its code: each finding with file:line and remedy.

    Findings are accepted in figwright.toml: `[[accept]]` with `id`, `reason` and, if you like, `expires`.
    """
    from agent.assessment import LENSES, lens_named
    from agent.assessment import assess as look
    from agent.composition import workbench
    from agent.domain.finding import SEVERITIES
    from agent.pipeline import Run, make_case

    one_of("--format", form, ("table", "json", "sarif", "cyclonedx", "k6"))
    if fail_on is not None:
        one_of("--fail-on", fail_on, SEVERITIES)
    for one in lens or ():
        one_of("--lens", one, tuple(known.name for known in LENSES))
    chosen = tuple(dict.fromkeys(found for one in lens if (found := lens_named(one)))) if lens else LENSES
    settings = settings_for(repo, as_of=as_of, quiet=quiet)
    file = boundaries_file(boundaries)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        case = make_case(bench, run, settings.assumptions, settings.as_of, file)
        case = _with_coverage(case, coverage or ())
        done = run.stage("assessment")
        findings = look(case, settings.assumptions.accept, chosen)
        done()
    text = _written(form, findings, tuple(rule for one in chosen for rule in one.rules), case)
    emit(text, output, repo)
    if artifacts is not None:
        _leave(repo, artifacts, case, findings, [rule.id for one in chosen for rule in one.rules])
    for late in settings.assumptions.accept:
        if late.expires and late.expires < case.as_of and not settings.quiet:
            say(f"Note: the acceptance of {late.id} expired on {late.expires.isoformat()}.")
    if fail_on is not None:
        exit_on_severity([json.loads(f.model_dump_json()) for f in findings], fail_on)


def _with_coverage(case: Any, reports: Sequence[Path]) -> Any:
    """The case with what the reports say of its files; of a file in several the most lines that ran."""
    from dataclasses import replace

    from agent.assessment.reading.coverage import matched, read_coverage

    found: dict[str, tuple[int, int]] = {}
    for path in reports:
        read = read_coverage(path.name, text_of(path, "coverage report"))
        for name, counts in matched(read, (f.path for f in case.inventory.files)).items():
            found[name] = max(counts, found.get(name, (0, 0)))
    return replace(case, coverage=found) if found else case


def _leave(repo: str, folder: Path, case: Any, findings: Any, rules: list[str]) -> None:
    """The files that can be used as they are, outside of the repository."""
    from agent.adapters.output_folder import write_files
    from agent.assessment.artifacts import write_artifacts

    stay_outside(repo, "--artifacts", folder)
    by_folder: dict[str, dict[str, str]] = {}
    for path, text in write_artifacts(case, findings, rules).items():
        head, _, name = path.rpartition("/")
        by_folder.setdefault(head, {})[name] = text
    for head, files in sorted(by_folder.items()):
        write_files(folder / head if head else folder, files)


def _written(form: str, findings: Any, rules: Any, case: Any) -> str:
    """The findings, or what else an assessment leaves behind."""
    if form == "cyclonedx":
        from agent.report.sbom import write_sbom

        return write_sbom(case.inventory, case.as_of)
    if form == "k6":
        from agent.assessment import summarize
        from agent.report.load_script import write_load_script

        return write_load_script(case.inventory.name, summarize(case).routes_table)
    from agent.report.findings import write_findings

    return write_findings(form, findings, rules, case.inventory.name, case.as_of)
