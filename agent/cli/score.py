"""``figwright score``: how far a plan agrees with what people expected of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsOf, Commit, Name, Output, Pinned, Quiet, Repo, Seen, app
from agent.cli.shared import (
    assuming,
    boundaries_file,
    emit,
    one_of,
    runtime_of,
    say,
    settings_for,
    shown_progress,
    text_of,
)
from agent.errors import InputError

__all__ = ["score"]


@app.command()
def score(
    repo: Repo,
    expected: Annotated[
        Path,
        typer.Option(
            "--expected", metavar="FILE", help="What you expect: services, tables, entry points, findings (TOML)."
        ),
    ],
    least: Annotated[
        float | None,
        typer.Option(
            "--fail-under",
            metavar="SCORE",
            help="Exit with 1 when the services' adjusted Rand index is below (-1 to 1).",
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Output = None,
    boundaries: Pinned = None,
    as_of: AsOf = None,
    commit: Commit = None,
    name: Name = None,
    runtime: Seen = None,
    quiet: Quiet = None,
) -> None:
    """Score a plan against what you expect of it, so that you know how far to trust the next one; says what differs.

    Agreement of services and tables: adjusted Rand index, F1 over pairs, MoJoFM. Entry points and findings: recall, and
    precision over the kinds and rules that FILE names (docs/guide/score.md).
    """
    from agent.scoring import Found, read_expected, score_plan, tell_score

    one_of("--format", form, ("text", "json"))
    wanted = read_expected(text_of(expected, "file of --expected"), expected.name)
    if least is not None and wanted.units is None:
        raise InputError(f"--fail-under is about services, and {expected.name} expects none: add [services].")
    from agent.assessment import assess  # after the cheap refusals: its imports take seconds
    from agent.composition import workbench
    from agent.pipeline import Run, make_case

    settings = settings_for(repo, as_of=as_of, quiet=quiet, runtime=runtime)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        case = make_case(bench, run, settings.assumptions, settings.as_of, boundaries_file(boundaries))
        findings = assess(case, settings.assumptions.accept) if wanted.findings is not None else ()
        done = score_plan(wanted, Found(case.graph, case.inventory, case.boundaries, findings))
    emit(tell_score(done) if form == "text" else done.model_dump_json(indent=1) + "\n", output, repo)
    if least is not None and done.services is not None and done.services.ari < least:
        say(f"the services' adjusted Rand index is {done.services.ari:.2f}, below {least:.2f}.")
        raise typer.Exit(1)
