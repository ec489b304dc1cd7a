"""``figwright test``: a repository's own tests in a sandbox, and what they say of a change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Commit, Environment, Name, Output, Quiet, Repo, Runner, Runs, Sandbox, app
from agent.cli.shared import emit, one_of, say, settings_for, shown_progress, text_of
from agent.errors import InputError

__all__ = ["run_tests"]


@app.command("test")
def run_tests(
    repo: Repo,
    env: Environment = "auto",
    runner: Runner = "auto",
    sandbox: Sandbox = "bubblewrap",
    patch: Annotated[
        Path | None,
        typer.Option("--patch", metavar="FILE", help="Judge this change (a unified diff): the tests before and after."),
    ] = None,
    characterize: Annotated[
        str | None,
        typer.Option(
            "--characterize",
            metavar="FILE",
            help="Print tests of what this Python file of the repository does today, for lines that no test runs, as a patch.",
        ),
    ] = None,
    runs: Runs = 3,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    output: Output = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Run a repository's own tests in a sandbox: makes what they need, and says by test ID what happened.

    Exit code 0: tests ran (and the change, if one was given, is accepted); 1: none could, or the change is not accepted.
    """
    from agent.composition import SANDBOXES, languages, workplace
    from agent.report.suite_table import write_test_table
    from agent.validation import as_patch, examine, judge_patch, protect_file, read_recipe, understand_patch

    one_of("--format", form, ("table", "json"))
    one_of("--sandbox", sandbox, SANDBOXES)
    settings = settings_for(repo, quiet=quiet)
    recipe = None if env == "auto" else read_recipe(text_of(Path(env), "recipe"), env)
    diff = _bytes(patch) if patch is not None else None
    with (
        shown_progress(settings.quiet) as progress,
        workplace(repo, settings, sandbox=sandbox, commit=commit, name=name, say=progress) as place,
    ):
        changes = understand_patch(place, diff) if diff is not None else ()
        report, standing = examine(place, runner, recipe, runs)
        if changes and standing:
            report = judge_patch(place, report, standing[0], changes, languages())
        recorded = protect_file(place, standing[0], characterize, languages()) if characterize and standing else None
    if recorded is not None:
        for why in recorded.left[:20]:
            say(f"not recorded: {why}")
        say(f"{sum(recorded.kept.values())} cases of {len(recorded.kept)} functions")
        emit(as_patch(recorded.changes), output, repo)
        if not recorded.changes:
            raise typer.Exit(1)
        return
    emit(report.model_dump_json(indent=1) + "\n" if form == "json" else write_test_table(report), output, repo)
    if not standing or (report.verdict is not None and not report.verdict.accepted):
        raise typer.Exit(1)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"the patch {path} cannot be read ({error.strerror}): give a file that exists.") from None
