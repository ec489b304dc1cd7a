"""``figwright boundaries``: the proposed services on standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Commit, Name, Output, Pinned, Quiet, Repo, Seen, app
from agent.cli.shared import assuming, boundaries_file, emit, one_of, runtime_of, settings_for, shown_progress
from agent.errors import InputError

__all__ = ["boundaries"]


@app.command()
def boundaries(
    repo: Repo,
    form: Annotated[
        str | None, typer.Option("--format", help="json or toml; with --compare text or json.", show_default=False)
    ] = None,
    output: Output = None,
    boundaries: Pinned = None,
    against: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Score an edited boundaries.toml, and show what it changes."),
    ] = None,
    commit: Commit = None,
    name: Name = None,
    runtime: Seen = None,
    quiet: Quiet = None,
) -> None:
    """Print the proposed services: every unit's home, what each service owns, metrics, and the alternatives."""
    from agent.boundaries import as_json, compare, print_boundaries, tell_comparison
    from agent.composition import workbench
    from agent.pipeline import Run, make_boundaries, make_graph, make_inventory

    if against is not None and boundaries is not None:
        raise InputError("--compare and --boundaries are the same file for two purposes: give one of them.")
    shown = form or ("text" if against else "json")
    one_of("--format", shown, ("text", "json") if against else ("json", "toml"))
    settings = settings_for(repo, quiet=quiet, runtime=runtime)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        inventory = make_inventory(bench, run, None)
        found, _ = make_graph(bench, inventory, run)
        proposal = make_boundaries(inventory, found, settings.assumptions, boundaries_file(boundaries), run)
        if against is not None:
            edited = make_boundaries(inventory, found, settings.assumptions, boundaries_file(against), run)
            difference = compare(proposal, edited)
            text = tell_comparison(difference) if shown == "text" else difference.model_dump_json(indent=1) + "\n"
        else:
            text = as_json(proposal) if shown == "json" else print_boundaries(proposal, inventory.commit)
    emit(text, output, repo)
