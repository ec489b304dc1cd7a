"""``figwright plan``: the main job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.advice import Wanted
from agent.cli.options import (
    AsOf,
    BaseUrl,
    Commit,
    DryRun,
    Embeddings,
    FailOn,
    Llm,
    MaxCost,
    MaxTokens,
    Name,
    Pinned,
    Quiet,
    Repo,
    Seen,
    ShowOutgoing,
    app,
)
from agent.cli.shared import (
    assuming,
    boundaries_file,
    emit,
    exit_on_severity,
    one_of,
    out_folder,
    run_report,
    runtime_of,
    say,
    settings_for,
    shown_progress,
    stored_index,
)

__all__ = ["plan"]


@app.command()
def plan(
    repo: Repo,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the plan goes; default: figwright-out/NAME.")
    ] = None,
    commit: Commit = None,
    boundaries: Pinned = None,
    as_of: AsOf = None,
    name: Name = None,
    embeddings: Embeddings = None,
    runtime: Seen = None,
    quiet: Quiet = None,
    fail_on: FailOn = None,
    llm: Llm = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    dry_run: DryRun = False,
    show_outgoing: ShowOutgoing = None,
) -> None:
    """Write plan.md, plan.html, plan.json and boundaries.toml for a repository. Nothing is written inside it."""
    from agent.adapters.extraction_folder import evidence_beside
    from agent.adapters.output_folder import is_edited, stamped, write_files
    from agent.composition import workbench
    from agent.domain.finding import SEVERITIES
    from agent.pipeline import Run, make_plan
    from agent.report.extraction_files import add_extractions

    if fail_on is not None:
        one_of("--fail-on", fail_on, SEVERITIES)
    wanted = Wanted(repo, llm, base_url, max_cost, max_tokens, dry_run, show_outgoing)
    settings = settings_for(
        repo, out=out, as_of=as_of, quiet=quiet, runtime=runtime, embeddings=embeddings, advisor=wanted.flags()
    )
    file = boundaries_file(boundaries)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        folder = out_folder(repo, settings.out, bench.snapshot.name)
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        model = wanted.open(settings)
        advisor = model and model.advisor(bench.snapshot.read, lambda: stored_index(bench, run, None, ""))
        files, graph, key = make_plan(bench, run, settings.assumptions, settings.as_of, file, advisor)
        if dry_run:
            emit(model.planned(), None, repo)
            return
        if model:
            wanted.leave(files, folder, model.ledger.text())
        stored_index(bench, run, graph, key)
        beside = evidence_beside(folder, "" if bench.snapshot.dirty_files else bench.snapshot.commit)
        files = add_extractions(files, beside)
        proposal = files.pop("boundaries.toml")
        target = folder / "boundaries.toml"
        kept = is_edited(target)
        files["boundaries.proposed.toml" if kept else "boundaries.toml"] = stamped(proposal)
        files["plan.run.json"] = run_report(run, bench.memo.rebuilt)
        moved = [] if settings.quiet else _moved(folder / "plan.json", files["plan.json"])
        write_files(folder, files)
        if bench.memo.rebuilt:
            say(f"Note: {bench.memo.rebuilt}.")
    if kept and not settings.quiet:
        say(f"{target} was edited and is left as it is; the new proposal is in boundaries.proposed.toml.")
    for line in moved:
        say(line)
    dirty = json.loads(files["plan.json"])["repository"]
    if dirty["dirty"] and not settings.quiet:
        say(f"Note: the work tree has {dirty['dirty_files']} uncommitted changes; the plan describes it as it is.")
    typer.echo(str(folder / "plan.html"))
    if fail_on is not None:
        exit_on_severity(json.loads(files["plan.json"])["findings"], fail_on)


def _moved(stored: Path, plan: str) -> list[str]:
    """What is not as in the plan that lies there, in lines."""
    from agent.cli.diff import tell_changes

    try:
        return tell_changes(stored.read_text("utf-8"), plan)
    except (OSError, UnicodeDecodeError):
        return []
