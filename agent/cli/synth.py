"""``figwright synth``: rows that were never anybody's, in the shape of the repository's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import Commit, Name, Quiet, Repo, app
from agent.cli.shared import assuming, one_of, out_folder, say, settings_for, shown_progress
from agent.errors import InputError

__all__ = ["synth"]

MOST_ROWS = 1_000_000


@app.command()
def synth(
    repo: Repo,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the files go; default: figwright-out/NAME/synthetic."),
    ] = None,
    rows: Annotated[
        int,
        typer.Option(
            "--rows", metavar="N", min=0, max=MOST_ROWS, help="Rows of each table of which figwright.toml states none."
        ),
    ] = 100,
    scale: Annotated[
        float,
        typer.Option(
            "--scale", metavar="FACTOR", min=0, help="Times the rows that figwright.toml states (workload.rows)."
        ),
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another number gives other rows.")] = 0,
    form: Annotated[
        str, typer.Option("--format", help="csv (a file for each table), sql (INSERT statements) or both.")
    ] = "both",
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Write synthetic rows for load tests and migration rehearsals, from the schema alone: referentially whole, the same each time.

    Columns, keys and references come from DDL and mapped classes in the repository; names decide what a text looks like.
    """
    from agent.adapters.output_folder import write_files
    from agent.composition import workbench
    from agent.pipeline import Run, make_case

    one_of("--format", form, ("csv", "sql", "both"))
    settings = settings_for(repo, quiet=quiet)
    with shown_progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = assuming(settings, bench)
        case = make_case(bench, Run(progress=progress), settings.assumptions)
        files = _files(case, rows, scale, seed, form)
    folder = (
        out_folder(repo, out, case.inventory.name)
        if out is not None
        else out_folder(repo, None, case.inventory.name) / "synthetic"
    )
    write_files(folder, files)
    if not settings.quiet:
        say(f"{len(files)} files in {folder}")


def _files(case: Any, rows: int, scale: float, seed: int, form: str) -> dict[str, str]:
    try:
        from agent.assessment.data.synthetic import make_rows, write_csv, write_inserts
    except ModuleNotFoundError as error:
        raise InputError(
            f"synthetic data needs {error.name}: install it with pip install 'figwright[synth]'."
        ) from None
    from agent.assessment.artifacts.names import dns_labels
    from agent.assessment.data.shapes import shapes_of

    shapes = shapes_of(case)
    if not shapes:
        raise InputError(
            f"{case.inventory.name}: no table is declared in this repository: name one that holds its schema or its mapped classes."
        )
    told = {table.lower(): count for table, count in case.assumptions.workload.rows.items()}
    counts = {table: min(MOST_ROWS, round(told[table] * scale) if table in told else rows) for table in shapes}
    made = make_rows(shapes, counts, seed)
    labels = dns_labels(shapes)
    files = {f"{labels[table]}.csv": write_csv(made, table) for table in made.rows} if form != "sql" else {}
    return {**files, **({"load.sql": write_inserts(made)} if form != "csv" else {})}
