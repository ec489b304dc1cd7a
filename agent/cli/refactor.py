"""``figwright refactor``: patches by recipes, each judged by the repository's own tests; what held goes to a folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.advice import Wanted, leave_ledger
from agent.cli.options import (
    BaseUrl,
    Commit,
    DryRun,
    Environment,
    Llm,
    MaxCost,
    MaxTokens,
    Name,
    Pinned,
    Quiet,
    Runner,
    Runs,
    Sandbox,
    Seen,
    ShowOutgoing,
    app,
)
from agent.cli.shared import (
    assuming,
    boundaries_file,
    emit,
    one_of,
    out_folder,
    runtime_of,
    say,
    settings_for,
    shown_progress,
    text_of,
)
from agent.domain.wording import counted
from agent.errors import InputError

__all__ = ["refactor_repository"]


@app.command("refactor")
def refactor_repository(
    repo: Annotated[
        str | None, typer.Argument(metavar="REPO", help="A folder, or a git URL to clone into the cache.")
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(
            "--recipe",
            metavar="ID",
            help="Try this recipe alone; may be given again. Default: those that --list marks.",
        ),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Print the recipes and end.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the patches go; default: figwright-out/NAME.")
    ] = None,
    env: Environment = "auto",
    runner: Runner = "auto",
    sandbox: Sandbox = "bubblewrap",
    runs: Runs = 3,
    mutants: Annotated[
        int, typer.Option("--mutants", min=0, max=200, help="Small defects that are tried in a patch's lines.")
    ] = 20,
    unprotected: Annotated[
        bool,
        typer.Option(
            "--unprotected", help="Take patches, too, in which no test would notice a defect, and build on them."
        ),
    ] = False,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    boundaries: Pinned = None,
    runtime: Seen = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
    llm: Llm = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, max=10, help="How often a model is asked for one change, at most.")
    ] = 3,
    dry_run: DryRun = False,
    show_outgoing: ShowOutgoing = None,
) -> None:
    """Propose patches, judge each by the repository's own tests, and write those that held: `git am DIR/*.patch`.

    Patches of which no test would notice a defect go to DIR/unprotected, a chain that loses tests to DIR/unfinished;
    DIR/verdicts.json says all. With --llm a model edits what tests refused, and what no recipe covers. Exit code 0: every proposal was taken, or there was none; 1: some were not, or no test could be run.
    """
    from agent.composition import SANDBOXES

    one_of("--format", form, ("table", "json"))
    one_of("--sandbox", sandbox, SANDBOXES)
    if listing:
        _print_recipes(form)
        return
    if repo is None:
        raise InputError("no repository was given: name a folder or a git URL, or use --list.")
    wanted = Wanted(repo, llm, base_url, max_cost, max_tokens, dry_run, show_outgoing)
    settings = settings_for(repo, quiet=quiet, runtime=runtime, advisor=wanted.flags())
    file = boundaries_file(boundaries)
    from agent.refactoring import Wishes
    from agent.refactoring.output import report_json
    from agent.report.refactor_table import write_refactor_table
    from agent.validation import read_recipe

    given = None if env == "auto" else read_recipe(text_of(Path(env), "recipe"), env)
    wishes = Wishes(runner, given, runs, mutants, unprotected, rounds)
    outcome = _run(repo, recipe or (), out, sandbox, commit, name, settings, file, wishes, wanted)
    if outcome is None:
        return
    done, folder, names = outcome
    emit(report_json(done.report) if form == "json" else write_refactor_table(done.report), None, repo)
    held = sum("/" not in file for file in names)
    say(f"{held} patches in {folder}" + (f", {len(names) - held} more in folders below" if len(names) > held else ""))
    untested = not any(tested.passed for tested in done.report.tested)
    if untested or any(not patch.file or "/" in patch.file for patch in done.report.patches):
        raise typer.Exit(1)


def _run(
    repo: str, asked: Sequence[str], out: Path | None, sandbox: str, commit: str | None, name: str | None,
    settings: Any, file: tuple[str, str] | None, wishes: Any, wanted: Wanted,
) -> tuple[Any, Path, list[str]] | None:  # fmt: skip
    """(what became of the recipes, the folder, the patches' names in it); None for a dry run."""
    from agent.composition import codebase, languages, open_sandbox, place_for, workbench
    from agent.patches.catalogue import choose
    from agent.pipeline import Run, Stages
    from agent.refactoring import draft_tasks, refactor, write_report

    choose(asked, frozenset())  # an unknown name is said before anything is cloned
    box = open_sandbox(sandbox)
    started = time.perf_counter()
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        folder = out_folder(repo, out, bench.snapshot.name)
        if bench.snapshot.dirty:
            changed = counted(bench.snapshot.dirty_files, "file")
            say(f"{changed} of the work tree differ from the commit: patches apply to the files as they are.")
        settings = assuming(settings, bench)
        run = Run(progress=progress, runtime=runtime_of(settings))
        stages = Stages(bench, run, settings.assumptions, file)
        model = wanted.open(settings)
        with place_for(bench.snapshot, settings.cache_dir, box, progress) as place:
            code = codebase(place, stages.inventory, stages.graph, stages.boundaries)
            written = frozenset(share.language for share in code.inventory.languages)
            chosen = choose(asked, written)
            if model and wanted.dry_run:
                _print_questions(model, code, chosen, _findings(bench, stages, settings), wishes.rounds)
                return None
            done = refactor(
                place,
                code,
                chosen,
                languages(),
                bench.memo,
                wishes,
                editor=model and model.editor(),
                draft=lambda now, left, patches: draft_tasks(now, _findings(bench, stages, settings), left, patches),
            )
            cost = {
                "seconds": round(time.perf_counter() - started, 3),
                "test_runs": done.test_runs,
                "answers_of_an_earlier_run": done.reused,
            }
            modes = {path for path, _ in bench.snapshot.paths() if _may_run(place.pristine / path)}
            names = write_report(folder, done.report, bench.snapshot.committed_on(), modes.__contains__, cost)
            leave_ledger(folder, model)
    return done, folder, names


def _findings(bench: Any, stages: Any, settings: Any) -> Any:
    """What the lenses say of the repository as it was read."""
    from agent.assessment import Case, assess
    from agent.inventory import table_date

    assumptions = settings.assumptions
    as_of = settings.as_of or table_date()
    case = Case(stages.inventory(), stages.graph(), stages.boundaries(), as_of, bench.snapshot.read, assumptions)
    return assess(case, assumptions.accept)


def _print_questions(model: Any, code: Any, chosen: Any, findings: Any, rounds: int) -> None:
    """The first question of each task, as if every recipe's patch held; none of the tests is run for it."""
    from agent.refactoring import foreseen

    editor = model.editor()
    for task in foreseen(code, chosen, findings):
        editor.propose_edit(task)
    emit(model.planned(), None, "")
    say(
        f"What tests refuse is asked again, at most {rounds - 1} times for each; so is what they refuse of the recipes."
    )


def _may_run(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and bool(path.stat().st_mode & 0o100)


def _print_recipes(form: str) -> None:
    import json

    from agent.patches.catalogue import recipes

    found = recipes().values()
    if form == "json":
        data = [
            {"id": one.id, "title": one.title, "languages": sorted(one.languages), "default": one.default}
            for one in found
        ]
        emit(json.dumps(data, indent=1) + "\n", None, "")
        return
    width = max((len(one.id) for one in found), default=0)
    lines = [
        f"{'*' if one.default else ' '} {one.id:<{width}}  {', '.join(sorted(one.languages)) or 'any language'}: {one.title}"
        for one in found
    ]
    emit("\n".join([*lines, "", "* tried when no --recipe is given", ""]), None, "")
