"""``figwright cache``: what is kept, and the removal of some of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import app
from agent.cli.shared import emit, one_of, say
from agent.errors import InputError

__all__ = ["cache", "clean"]

group = typer.Typer(no_args_is_help=False, rich_markup_mode=None, help="Show what is kept; `cache clean` removes some.")
app.add_typer(group, name="cache")
Form = Annotated[str, typer.Option("--format", help="table or json.")]


@group.callback(invoke_without_command=True)
def cache(
    context: typer.Context,
    form: Form = "table",
) -> None:
    """Show what is kept, by kind: its size, when it was last used, whether a running process uses it, and what its loss costs."""
    if context.invoked_subcommand is not None:
        return
    one_of("--format", form, ("table", "json"))
    from agent.adapters.cache_folder import list_cache

    root = _root()
    entries, foreign = list_cache(root)
    if form == "json":
        data = {"folder": str(root), "entries": [_told(one) for one in entries], "not_figwrights": foreign}
        emit(json.dumps(data, indent=1) + "\n", None, "")
        return
    emit(_table(root, entries, foreign), None, "")


@group.command()
def clean(
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="KIND", help="repository, clone, environment, run, advice or leftover; repeat for more."
        ),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="PATTERN", help="Entries of this name (* and ? stand for anything); repeat for more."
        ),
    ] = None,
    days: Annotated[
        float | None, typer.Option("--older-than", metavar="DAYS", min=0, help="Not used for so many days.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that no running process uses.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False,
    form: Form = "table",
) -> None:
    """Remove what is kept and matches every filter. What a running process uses stays; nothing outside the cache is touched.

    Exit code 0: all of it is gone (or would be); 1: some could not be removed.
    """
    from agent.adapters.cache_folder import KINDS, choose_entries, list_cache, remove_entries

    one_of("--format", form, ("table", "json"))
    for kind in kinds or ():
        one_of("--kind", kind, tuple(KINDS))
    filtered = bool(kinds or names or days is not None)
    if filtered == everything:
        raise InputError("say what to remove: --kind, --name or --older-than, or --all alone.")
    root = _root()
    chosen = choose_entries(list_cache(root)[0], kinds or (), names or (), days)
    if dry_run:
        gone, left = (
            [one for one in chosen if not one.busy],
            [(o, "a running process uses it") for o in chosen if o.busy],
        )
    else:
        gone, left = remove_entries(root, chosen)
    freed = sum(one.size for one in gone)
    if form == "json":
        data = {
            "folder": str(root), "dry_run": dry_run, "removed": [_told(one) for one in gone], "bytes": freed,
            "left": [{**_told(one), "why": why} for one, why in left],
        }  # fmt: skip
        emit(json.dumps(data, indent=1) + "\n", None, "")
    else:
        emit(_cleaned(gone, left, freed, dry_run), None, "")
    if not dry_run and any(not one.busy for one, _ in left):
        say("some of it could not be removed.")
        raise typer.Exit(1)


def _root() -> Path:
    from agent.settings import load_settings

    return load_settings({}, None).cache_dir


def _told(one: Any) -> dict[str, Any]:
    return {
        "kind": one.kind, "name": one.name, "path": str(one.path), "bytes": one.size, "files": one.files,
        "last_used": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(one.used)), "in_use": one.busy,
    }  # fmt: skip


def _table(root: Path, entries: Any, foreign: list[str]) -> str:
    from agent.adapters.cache_folder import KINDS

    now = time.time()
    lines = [f"{root}: {_size(sum(one.size for one in entries))} in {len(entries)} entries"]
    for kind, costs in KINDS.items():
        some = [one for one in entries if one.kind == kind]
        if some:
            lines += ["", f"{kind}: {_size(sum(one.size for one in some))}; {costs}"]
            for one in sorted(some, key=lambda one: (-one.size, one.name)):
                busy = ", in use" if one.busy else ""
                lines.append(f"  {_size(one.size):>9}  {one.idle_days(now):6.1f} days idle  {one.name}{busy}")
    if foreign:
        lines += [
            "",
            f"not figwright's, left alone: {', '.join(foreign[:20])}" + (" and more" if len(foreign) > 20 else ""),
        ]
    return "\n".join(lines) + "\n"


def _cleaned(gone: Any, left: Any, freed: int, dry_run: bool) -> str:
    lines = [f"{'would go' if dry_run else 'removed'}  {one.kind} {one.name}  {_size(one.size)}" for one in gone]
    lines += [f"left  {one.kind} {one.name}: {why}" for one, why in left]
    lines.append(f"{_size(freed)} {'would be' if dry_run else ''} freed".replace("  ", " "))
    return "\n".join(lines) + "\n"


def _size(number: int) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= least:
            return f"{number / least:.1f} {unit}"
    return f"{number} bytes"
