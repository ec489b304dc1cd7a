"""``figwright canary``: one service's share of the traffic, and the gateways' configuration that follows from it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import app
from agent.cli.shared import say
from agent.errors import InputError

__all__ = ["canary"]

_LARGEST = 20_000_000


@app.command()
def canary(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The --out folder of containerize.")],
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="A service of the boundaries.")],
    reads: Annotated[
        int | None, typer.Option("--reads", metavar="PERCENT", help="The share of GET and HEAD, by sticky key.")
    ] = None,
    writes: Annotated[
        int | None,
        typer.Option("--writes", metavar="PERCENT", help="The share of all else; not above --reads, never by chance."),
    ] = None,
    mirror: Annotated[
        bool | None,
        typer.Option(
            "--mirror/--no-mirror", help="Dark launch: send the service a copy of reads; answers are discarded."
        ),
    ] = None,
    testers: Annotated[
        bool | None,
        typer.Option(
            "--testers/--no-testers", help="Let the header X-Figwright-Route lead to the service at 0 percent."
        ),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--at", metavar="HOST:PORT", help="Where the service listens; default: its name.")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Everything back to the monolith; says what that does not restore.")
    ] = False,
) -> None:
    """Change one service's share in the facade, write Envoy's and nginx's configuration anew, and print the difference."""
    from agent.adapters.output_folder import write_files
    from agent.containers.facade.files import rollback_note, turn

    place = folder / "facade"
    stored = _stored(place)
    files, difference, before = turn(
        stored, service, reads=reads, writes=writes, mirror=mirror, testers=testers, address=address, rollback=rollback
    )
    if files:
        write_files(place, files)
    sys.stdout.write(difference)
    if not files:
        say(f"{service} already stands like that: nothing was changed.")
    if rollback:
        say(rollback_note(service, before, stored).rstrip("\n"))


def _stored(place: Path) -> dict[str, str]:
    """The facade's files as they are. Raises InputError when one cannot be read."""
    from agent.containers.facade.files import FACADE_FILES

    found: dict[str, str] = {}
    for name in FACADE_FILES:
        path = place / name
        try:
            if path.stat().st_size > _LARGEST:
                raise InputError(f"{path} is too large to be the facade's: write it anew with containerize.")
            found[name] = path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except UnicodeDecodeError:
            raise InputError(f"{path} is not UTF-8 text: write the facade anew with containerize.") from None
    return found
