"""``figwright diff``: what moved between two plans, or between two commits of a repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import Output, Quiet, app
from agent.cli.shared import assuming, emit, one_of, runtime_of, settings_for, shown_progress, text_of
from agent.errors import InputError

__all__ = ["diff", "tell_changes"]

LARGEST = 60_000_000
TOLD = 4  # changes of a section that `plan` tells


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A plan.json or its folder; with --repo a revision.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, for what it is now.")],
    repo: Annotated[
        str | None,
        typer.Option("--repo", metavar="REPO", help="Plan two revisions of this repository and compare them."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text (Markdown) or json.")] = "text",
    output: Output = None,
    quiet: Quiet = None,
) -> None:
    """Show what moved: dispositions, answers, services, routes, writers of tables, steps, parity, findings."""
    from agent.report import write_changes
    from agent.roadmap import compare_plans

    one_of("--format", form, ("text", "json"))
    plans = [_planned(repo, at, quiet) if repo else _stored(at) for at in (old, new)]
    sections = compare_plans(*plans)
    if form == "json":
        text = (
            json.dumps({t: [c.model_dump(exclude={"note"}) for c in changes] for t, changes in sections}, indent=1)
            + "\n"
        )
    else:
        text = write_changes(sections)
    emit(text, output, repo or ".")


def tell_changes(before: str, after: str) -> list[str]:
    """Lines for people on what a new plan moved; nothing when the old one is the same, or cannot be read."""
    from agent.report import read_json
    from agent.roadmap import compare_plans

    if before == after or len(before) > LARGEST:
        return []
    try:
        sections = compare_plans(read_json(before), read_json(after))
    except ValueError:
        return []  # written by another version: there is nothing to compare with
    lines = []
    for title, changes in sections:
        lines.append(f"{title}: {len(changes)} moved since the plan that stood here")
        lines += [f"  {c.what}: {c.before or 'not there'} -> {c.after or 'not there'}"[:200] for c in changes[:TOLD]]
        if len(changes) > TOLD:
            lines.append(f"  and {len(changes) - TOLD} more")
    return lines


def _stored(name: str) -> Any:
    from agent.report import read_json

    path = Path(name)
    path = path / "plan.json" if path.is_dir() else path
    try:
        return read_json(
            text_of(path, "plan", "give a plan.json or the folder that it lies in, or two revisions with --repo")
        )
    except ValueError:
        raise InputError(f"{path} is no plan of this version of figwright: plan again and compare then.") from None


def _planned(repo: str, revision: str, quiet: bool | None) -> Any:
    from agent.composition import workbench
    from agent.pipeline import Run, make_plan
    from agent.report import read_json

    settings = settings_for(repo, quiet=quiet)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, revision, None) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        return read_json(make_plan(bench, run, settings.assumptions, settings.as_of)[0]["plan.json"])
