"""``figwright boundaries``: the proposed services on standard output."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import Commit, Name, Output, Pinned, Quiet, Repo, app
from agent.cli.shared import assuming, boundaries_file, emit, one_of, settings_for, shown_progress

__all__ = ["boundaries"]


@app.command()
def boundaries(
    repo: Repo,
    form: Annotated[str, typer.Option("--format", help="json or toml.")] = "json",
    output: Output = None,
    boundaries: Pinned = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Print the proposed services: every unit's home, what each service owns, metrics, and the alternatives."""
    from agent.boundaries import as_json, print_boundaries
    from agent.composition import workbench
    from agent.pipeline import Run, make_boundaries, make_graph, make_inventory

    one_of("--format", form, ("json", "toml"))
    settings = settings_for(repo, quiet=quiet)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress)
        inventory = make_inventory(bench, run, None)
        found, _ = make_graph(bench, inventory, run)
        proposal = make_boundaries(inventory, found, settings.assumptions, boundaries_file(boundaries), run)
    emit(as_json(proposal) if form == "json" else print_boundaries(proposal, inventory.commit), output, repo)
