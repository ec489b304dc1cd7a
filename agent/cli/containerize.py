"""``figwright containerize``: the legacy system into containers as it is, and how far each file was proved."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.advice import Wanted, leave_ledger
from agent.cli.options import (
    BaseUrl,
    Commit,
    DryRun,
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
    one_of,
    out_folder,
    runtime_of,
    say,
    settings_for,
    shown_progress,
)
from agent.errors import InputError

__all__ = ["containerize_repository"]


@app.command("containerize")
def containerize_repository(
    repo: Repo,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the files go; default: figwright-out/NAME.")
    ] = None,
    build: Annotated[
        bool, typer.Option("--build", help="Build every image; a failed build is repaired by rule.")
    ] = False,
    run: Annotated[bool, typer.Option("--run", help="Start them, too, and ask each for its health.")] = False,
    test: Annotated[
        bool, typer.Option("--test", help="Run the tests outside and inside, too: the same test IDs must pass.")
    ] = False,
    builder: Annotated[str, typer.Option("--builder", help="auto, docker, podman or buildah.")] = "auto",
    pull: Annotated[bool, typer.Option("--pull", help="Fetch base images that are not here.")] = False,
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
    dry_run: DryRun = False,
    show_outgoing: ShowOutgoing = None,
) -> None:
    """Write Dockerfiles, Compose, Kubernetes and the facade; build, start and test them when asked to. DIR/containers.json says how far.

    With --llm a model is asked for a repair where no rule helps; code checks it, and only what a build shows to go further is kept.
    Exit code 0: everything that was asked for holds, or there is nothing to deploy; 1: something was not reached.
    """
    from agent.adapters.container_linters import container_linters
    from agent.composition import BUILDERS, workbench
    from agent.containerizing import foresee_repairs, lint_containers, plan_containers, write_containers, write_report
    from agent.pipeline import Run, make_boundaries, make_graph, make_inventory

    one_of("--builder", builder, BUILDERS)
    one_of("--format", form, ("table", "json"))
    model_wanted = Wanted(repo, llm, base_url, max_cost, max_tokens, dry_run, show_outgoing)
    settings = settings_for(repo, quiet=quiet, runtime=runtime, advisor=model_wanted.flags())
    file = boundaries_file(boundaries)
    wanted = "tested" if test else "healthy" if run else "built" if build else "written"
    if llm and wanted == "written":
        raise InputError("--llm repairs what was built and failed: add --build, --run or --test.")
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        folder = out_folder(repo, out, bench.snapshot.name)
        settings = assuming(settings, bench)  # the facade's routes follow the same pins as the plan
        stages = Run(progress=progress, runtime=runtime_of(settings))
        inventory = make_inventory(bench, stages, settings.as_of)
        graph, _ = make_graph(bench, inventory, stages)
        proposal = make_boundaries(inventory, graph, settings.assumptions, file, stages)
        containers = plan_containers(inventory, graph, bench.snapshot, proposal)
        model = model_wanted.open(settings)
        if model is not None and dry_run:
            foresee_repairs(containers, model.mender())
            emit(model.planned(), None, "")
            say("Asked only where a build, a start or a test fails and no rule helps, at most twice for each image.")
            return
        canary = _canary(folder)
        _write(folder, write_containers(containers, canary))
        report, containers = _prove(
            containers, inventory, graph, bench, settings, wanted, builder, pull, progress, model
        )
        files = write_containers(containers, canary)
        _write(folder, files)
        report = lint_containers(report, folder, sorted(files), container_linters(thorough=False))
        _write(folder, {"containers.json": write_report(report)})
        leave_ledger(folder, model)
    emit(write_report(report) if form == "json" else _table(report, folder), None, repo)
    if not _reached(report, wanted):
        raise typer.Exit(1)


def _prove(
    containers: Any,
    inventory: Any,
    graph: Any,
    bench: Any,
    settings: Any,
    wanted: str,
    name: str,
    pull: bool,
    progress: Any,
    model: Any,
) -> tuple[Any, Any]:
    from agent.adapters.container_linters import container_linters
    from agent.composition import open_builder, open_sandbox, place_for
    from agent.containerizing import containerize
    from agent.errors import ContainerError, SandboxError

    run, test = wanted in ("healthy", "tested"), wanted == "tested"
    with ExitStack() as stack:
        builder, place, missing = None, None, ""
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="figwright-")))
        if wanted != "written" and containers.images:
            try:
                builder = open_builder(name)
                stack.callback(builder.close)
                box = open_sandbox("bubblewrap" if test else "none")  # only tests run outside of a container
                place = stack.enter_context(place_for(bench.snapshot, settings.cache_dir, box, progress))
            except (ContainerError, SandboxError) as error:
                if name != "auto":
                    raise
                builder, missing = None, str(error)
                say(f"figwright: {missing}")
        report, left = containerize(
            containers, inventory, graph, builder, place, work, run=run, test=test, pull=pull, say=progress,
            mender=model and model.mender(), linters=container_linters(thorough=False),
        )  # fmt: skip
    if missing:
        report = report.model_copy(update={"not_run": (*report.not_run, f"nothing was built: {missing}")})
    return report, left


def _canary(folder: Path) -> str:
    """The canary's numbers of an earlier run: routing is never reset by writing files anew."""
    try:
        return (folder / "facade" / "canary.json").read_text("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _write(folder: Path, files: dict[str, str]) -> None:
    from agent.adapters.output_folder import write_files

    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    write_files(folder, files)


def _reached(report: Any, wanted: str) -> bool:
    from agent.domain.container import LEVELS

    need = LEVELS.index(wanted) if wanted != "linted" else 0
    applications = [proof for proof in report.deployables if proof.kind not in ("job", "worker")]
    return all(LEVELS.index(proof.level) >= need for proof in applications)


def _table(report: Any, folder: Path) -> str:
    """What each deployable is, how far it was proved, and what stopped it."""
    lines = [
        f"{report.name}: {len(report.deployables)} deployables"
        if report.deployables
        else f"{report.name}: {report.nothing}"
    ]
    for proof in report.deployables:
        tests = f", {proof.tests_inside} of {proof.tests_outside} tests inside" if proof.tests_outside else ""
        size = f", {proof.image_bytes / 1e6:.0f} MB" if proof.image_bytes else ""
        first = f" (first try: {proof.first})" if proof.first != proof.level else ""
        lines.append(f"  {proof.name:<28} {proof.kind:<7} {proof.level}{first}{tests}{size}  {proof.dockerfile}")
        for one in proof.rounds:
            if one.failed:
                repair = f": {one.diagnosis}; {one.repair}" if one.repair else ""
                lines.append(f"      round {one.number}: {one.failed}{repair}")
                if not one.repair:
                    lines += [f"        | {line}" for line in one.last_lines[-4:]]
        for tried in proof.model_rounds:
            why = f": {'; '.join(tried.reasons)}" if tried.reasons else ""
            said = f' It says: "{tried.words}"' if tried.words else ""
            lines.append(f"      {tried.model}, try {tried.number}: {tried.outcome}{why}.{said}")
        lines += [f"      note: {finding}" for finding in proof.findings[:3]]
    lines += [f"lint: {finding}" for finding in report.findings[:10]]
    lines += [f"not run: {why}" for why in report.not_run]
    lines.append(f"written to {folder}")
    return "\n".join(lines) + "\n"
