"""``figwright doctor``: whether this machine has what figwright uses."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import Output, app
from agent.cli.shared import emit, one_of
from agent.errors import OutputError

__all__ = ["doctor"]


@app.command()
def doctor(
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on a WARN, too.")] = False,
    output: Output = None,
) -> None:
    """Look at this machine: PASS, WARN or FAIL for each thing that figwright uses, what its absence costs, and the fix.

    Exit code 0: no FAIL (with --strict: and no WARN); 1: there is one. Nothing is installed or changed.
    """
    from agent.composition import machine
    from agent.doctor import STATUSES, examine_machine
    from agent.settings import load_settings

    one_of("--format", form, ("table", "json"))
    told = examine_machine(machine(load_settings({}, None)), os.environ)
    count = {status: sum(one.status == status for one in told) for status in STATUSES}
    if form == "json":
        data = {"counts": count, "checks": [one.model_dump() for one in told]}
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    else:
        text = _table(told, count)
    _write(text, output)
    if count["FAIL"] or (strict and count["WARN"]):
        raise typer.Exit(1)


def _table(told: Any, count: Mapping[Any, int]) -> str:
    width = max(len(one.name) for one in told)
    lines = []
    for one in told:
        lines.append(f"{one.status}  {one.name:<{width}}  {one.found}")
        if one.status != "PASS":
            lines.append(f"{'':{width + 8}}without it: {one.costs}")
            lines.append(f"{'':{width + 8}}fix: {one.fix}")
    lines.append("")
    lines.append(", ".join(f"{number} {status}" for status, number in count.items()))
    return "\n".join(lines) + "\n"


def _write(text: str, output: Path | None) -> None:
    if output is not None and output.is_dir():
        raise OutputError(f"--output {output} is a folder: name a file.")
    emit(text, output, "")
