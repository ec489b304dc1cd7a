"""``figwright graph``: the dependency graph on standard output."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import Commit, Name, Output, Quiet, Repo, app
from agent.cli.shared import assuming, emit, one_of, settings_for, shown_progress

__all__ = ["graph"]


@app.command()
def graph(
    repo: Repo,
    level: Annotated[str, typer.Option("--level", help="module, class or function.")] = "module",
    form: Annotated[str, typer.Option("--format", help="json or graphml.")] = "json",
    output: Output = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Print the dependency graph: nodes and edges with file:line and how sure each is, and what did not become an edge."""
    from agent.composition import workbench
    from agent.graph import LEVELS, as_graphml, as_json
    from agent.pipeline import Run, make_graph, make_inventory

    one_of("--level", level, LEVELS)
    one_of("--format", form, ("json", "graphml"))
    settings = settings_for(repo, quiet=quiet)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        assuming(settings, bench)
        run = Run(progress=progress)
        found, _ = make_graph(bench, make_inventory(bench, run, None), run)
    emit((as_json if form == "json" else as_graphml)(found, level), output, repo)
