"""``figwright extract``: one boundary of the plan as a service, as far up the ladder as evidence carries."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.extract_image import Images, healthy, opened_builder
from agent.cli.options import Commit, Name, Pinned, Quiet, Repo, Sandbox, app
from agent.cli.shared import assuming, boundaries_file, emit, one_of, out_folder, say, settings_for, shown_progress
from agent.errors import InputError

__all__ = ["extract_service"]


@app.command("extract")
def extract_service(
    repo: Repo,
    service: Annotated[
        str, typer.Argument(metavar="SERVICE", help="A service of the plan, by the name that `boundaries` gives it.")
    ],
    level: Annotated[
        int,
        typer.Option(
            "--level",
            metavar="0..4",
            help="Where to stop: 0 oracle, 1 restricted copy (a control), 2 slice, 3 a schema of its own, 4 branch by abstraction.",
        ),
    ] = 4,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the results go; default: figwright-out/NAME/extraction-SERVICE."
        ),
    ] = None,
    build: Annotated[
        bool, typer.Option("--build", help="Build the slice's own image, start it, and ask it for its health.")
    ] = False,
    builder: Annotated[str, typer.Option("--builder", help="auto, docker, podman or buildah.")] = "auto",
    pull: Annotated[bool, typer.Option("--pull", help="Fetch base images that are not here.")] = False,
    sandbox: Sandbox = "bubblewrap",
    boundaries: Pinned = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Run a service of the plan beside the monolith, and show by recorded requests that it answers the same.

    The tests' HTTP requests are recorded and replayed, each from its own database, over real HTTP; DIR/extraction.json says
    what came of each rung. Exit code 0: every rung up to --level held, and with --build the image is healthy; 1: something did not.
    """
    from agent.composition import BUILDERS, SANDBOXES, open_sandbox

    one_of("--builder", builder, BUILDERS)
    one_of("--sandbox", sandbox, SANDBOXES)
    if sandbox == "none":
        raise InputError(
            "--sandbox none cannot be used here: what is recorded names a sandbox's own paths; use another."
        )
    if not 0 <= level <= 4:
        raise InputError(
            f"--level {level} is no rung: choose 0 (oracle), 1 (restricted copy), 2 (slice), 3 (a schema of its own) "
            "or 4 (branch by abstraction)."
        )
    if build and level < 2:
        raise InputError(f"--build builds the slice, and --level {level} makes none: use --level 2 or more.")
    settings = settings_for(repo, quiet=quiet)
    file = boundaries_file(boundaries)
    box = open_sandbox(sandbox)
    with shown_progress(settings.quiet) as progress, opened_builder(builder) if build else nullcontext() as images:
        made = _climb(
            repo, service, level, out, box, commit, name, settings, file, progress, images and Images(images, pull)
        )
    evidence, folder = made
    from agent.report.extraction_table import write_extraction_table

    emit(write_extraction_table(evidence), None, repo)
    say(f"{folder / 'extraction.html'}")
    if evidence.stopped or (build and not healthy(evidence)):
        raise typer.Exit(1)


def _climb(
    repo: str, service: str, level: int, out: Path | None, box: Any, commit: str | None, name: str | None,
    settings: Any, file: tuple[str, str] | None, progress: Any, images: Images | None,
) -> tuple[Any, Path]:  # fmt: skip
    """(the evidence, the folder that it was written to)."""
    from agent.adapters.output_folder import checksums, write_files
    from agent.composition import languages, place_for, workbench
    from agent.extracting import climb
    from agent.extracting.parity import measure_parity
    from agent.pipeline import Run, Stages, make_plan
    from agent.report import read_json, write_extraction

    with workbench(repo, settings, commit, name) as bench:
        folder = out_folder(repo, out, bench.snapshot.name)
        folder = folder if out is not None else folder / f"extraction-{_safe(service)}"
        settings = assuming(settings, bench)
        stages = Stages(bench, Run(progress=progress), settings.assumptions, file)
        with place_for(bench.snapshot, settings.cache_dir, box, progress) as place:
            evidence, files = climb(place, stages, service, level, languages())
        if images is not None:
            evidence, files = images.prove(evidence, files, settings, progress)
        progress("the plan's parity ledger")
        plan, _, _ = make_plan(bench, Run(progress=progress), settings.assumptions, settings.as_of, file)
        parity = measure_parity(read_json(plan["plan.json"]).handover.parity, evidence, stages.graph())
        dirty = stages.inventory().dirty_files
        evidence = evidence.model_copy(update={"parity": parity, "dirty_files": dirty})
        files = {**write_extraction(evidence), **files}
        write_files(folder, {**files, "SHA256SUMS": checksums(files)})
    return evidence, folder


def _safe(service: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in service).strip(".") or "service"
