"""``figwright explain``: why something is in the service that it is in."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import Commit, Name, Output, Pinned, Quiet, Repo, Seen, app
from agent.cli.shared import assuming, boundaries_file, emit, one_of, runtime_of, settings_for, shown_progress

__all__ = ["explain"]


@app.command()
def explain(
    repo: Repo,
    subject: Annotated[
        str, typer.Argument(metavar="X", help="A class, module, file, table or service; the end of its name will do.")
    ],
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Output = None,
    boundaries: Pinned = None,
    commit: Commit = None,
    name: Name = None,
    runtime: Seen = None,
    quiet: Quiet = None,
) -> None:
    """Say why X is in its service: what each layer of evidence says, with file:line, and what another home would change."""
    from agent.boundaries import explain as explain_subject
    from agent.boundaries import tell_explanation
    from agent.composition import workbench
    from agent.pipeline import Run, make_boundaries, make_graph, make_inventory, ways_in

    one_of("--format", form, ("text", "json"))
    settings = settings_for(repo, quiet=quiet, runtime=runtime)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        proposal = make_boundaries(inventory, graph, settings.assumptions, boundaries_file(boundaries), run)
        found = explain_subject(graph, proposal, subject, inventory.history.coupling, ways_in(inventory), run.runtime)
    emit(tell_explanation(found) if form == "text" else found.model_dump_json(indent=1) + "\n", output, repo)
