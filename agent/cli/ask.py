"""``figwright ask``: the code that a question is about."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.advice import Wanted
from agent.cli.options import (
    BaseUrl,
    Commit,
    DryRun,
    Embeddings,
    Llm,
    MaxCost,
    MaxTokens,
    Name,
    Output,
    Quiet,
    Repo,
    ShowOutgoing,
    app,
)
from agent.cli.shared import assuming, emit, one_of, settings_for, shown_progress, stored_index

__all__ = ["ask"]


@app.command()
def ask(
    repo: Repo,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In plain words: where is the tax computed?")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many hits.")] = 8,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Output = None,
    commit: Commit = None,
    name: Name = None,
    embeddings: Embeddings = None,
    quiet: Quiet = None,
    llm: Llm = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    dry_run: DryRun = False,
    show_outgoing: ShowOutgoing = None,
) -> None:
    """Find the code that a question is about: ranked symbols with file:line, their callers and the tables they touch."""
    from agent.composition import workbench
    from agent.index import answer_json, answer_text, hits_for
    from agent.pipeline import Run, make_graph, make_inventory

    one_of("--format", form, ("text", "json"))
    wanted = Wanted(repo, llm, base_url, max_cost, max_tokens, dry_run, show_outgoing)
    settings = settings_for(repo, quiet=quiet, embeddings=embeddings, advisor=wanted.flags())
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        assuming(settings, bench)
        run = Run(progress=progress)
        inventory = make_inventory(bench, run, None)
        found, key = make_graph(bench, inventory, run)
        index = stored_index(bench, run, found, key)
        hits = hits_for(found, index.search(question, limit))
        text = (answer_json if form == "json" else answer_text)(question, hits)
        model = wanted.open(settings)
        if model:
            reply = model.reply(question, hits, found, inventory, bench.snapshot.read, index)
            text = model.planned() if dry_run else reply.as_json(text) if form == "json" else reply.as_text() + text
    emit(text, output, repo)
