"""``figwright pr``: what was planned, judged and put into containers, as branches and pull requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import Name, Quiet, Repo, app
from agent.cli.shared import emit, one_of, out_folder, say, settings_for, shown_progress, stay_outside
from agent.errors import DeliveryError

__all__ = ["pull_requests"]

_WORDS = {
    "open": "opened", "append": "appended", "rebuild": "rebuilt", "keep": "unchanged", "leave": "left alone", "refused": "closed",
    "done": "done", "wait": "waits", "conflict": "conflict", "gone": "no longer planned",
}  # fmt: skip
_FOR_PEOPLE = ("leave", "conflict", "gone")


@app.command("pr")
def pull_requests(
    repo: Repo,
    source: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="What plan, refactor and containerize wrote; may be given again. Default: figwright-out/NAME.",
        ),
    ] = None,
    extraction: Annotated[
        Path | None,
        typer.Option(
            "--extraction",
            metavar="DIR",
            help="What extract wrote: its service as a stack of requests, each on the one before; needs no plan.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="This item, recipe or step alone; may be given again."),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option("--again", metavar="ID", help="Ask again for an item whose request was closed or merged."),
    ] = None,
    forge: Annotated[
        str,
        typer.Option(
            "--forge",
            help="auto (by the remote's host), github, gitlab, gitea, or none: Markdown files in DIR/requests.",
        ),
    ] = "auto",
    api_url: Annotated[
        str | None,
        typer.Option(
            "--api-url", metavar="URL", help="The forge's API, when it is not where it usually is on its host."
        ),
    ] = None,
    remote: Annotated[
        str | None, typer.Option("--remote", metavar="NAME|URL", help="Where branches are pushed; default: origin.")
    ] = None,
    base: Annotated[
        str, typer.Option("--base", metavar="BRANCH", help="What requests go to; default: the remote's default branch.")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft/--ready", help="Open drafts, or requests ready for review.")] = True,
    most_open: Annotated[
        int, typer.Option("--max-open", min=1, help="So many requests are open at most; the rest waits in one issue.")
    ] = 3,
    include_unprotected: Annotated[
        bool,
        typer.Option("--include-unprotected", help="Deliver, too, what no test protects; titles say so."),
    ] = False,
    author: Annotated[
        str, typer.Option("--author", metavar="'NAME <MAIL>'", help="Who the commits are by.")
    ] = "figwright <figwright@localhost>",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be pushed and opened; push, open and write nothing.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Open or update pull requests for what held: one concern each, in the plan's order, at most three at once.

    Needs what `plan` and `refactor` wrote, and takes what `containerize` wrote. Run it again at any time: it goes on from
    there and does nothing twice. Exit code 0: all is as it should be; 1: something is left to you; 2: it could not be done.
    """
    from agent.composition import FORGES, open_delivery, open_snapshot
    from agent.delivery import Wishes, deliver

    one_of("--forge", forge, FORGES)
    one_of("--format", form, ("table", "json"))
    settings = settings_for(repo, quiet=quiet)
    folders = list(source or ()) or [out_folder(repo, None, open_snapshot(repo, settings, None, name).name)]
    for folder in folders:
        stay_outside(repo, "--from", folder)
    if extraction is not None:
        stay_outside(repo, "--extraction", extraction)
    wishes = Wishes(frozenset(only or ()), frozenset(again or ()), most_open, draft, dry_run, author)
    outcomes: list[Any] = []
    with ExitStack() as stack:
        progress = stack.enter_context(shown_progress(settings.quiet))
        progress("looking at the remote")
        opened = stack.enter_context(
            open_delivery(
                repo, folders, forge, settings, remote=remote, base=base, api_url=api_url, author=author, extraction=extraction
            )
        )  # fmt: skip
        delivery = _planned(opened, include_unprotected)
        try:
            deliver(delivery, opened.branches, opened.forge, wishes, outcomes, progress)
        except DeliveryError:
            emit(_shown(outcomes, (), form, dry_run), None, repo)
            raise
    emit(_shown(outcomes, delivery.held_back, form, dry_run), None, repo)
    for text in opened.notes:
        say(text)
    if any(outcome.doing in _FOR_PEOPLE for outcome in outcomes):
        raise typer.Exit(1)


def _planned(opened: Any, include_unprotected: bool) -> Any:
    """What is to be delivered: the plan's items, the extraction's, or both. Raises InputError."""
    from agent.delivery import add_extraction, make_delivery, refuse_moved

    results, extraction, branches = opened.results, opened.extraction, opened.branches
    delivery = make_delivery(results, include_unprotected=include_unprotected) if results else None
    if extraction is None:
        return delivery
    delivery = add_extraction(delivery, extraction, results.plan if results else None)
    tip = branches.base_tip()
    if branches.contains(tip, delivery.commit):  # a base without the commit is refused by `deliver`
        start = f"{opened.folder}/" if opened.folder else ""
        changed = [
            path.removeprefix(start) for path in branches.changed(delivery.commit, tip) if path.startswith(start)
        ]
        refuse_moved(delivery, changed, branches.base)
    return delivery


def _shown(outcomes: Sequence[Any], held_back: Sequence[str], form: str, dry: bool) -> str:
    if form == "json":
        data = {
            "outcomes": [one.model_dump(mode="json") for one in outcomes],
            "held_back": list(held_back),
            "dry_run": dry,
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    lines = ["Nothing was pushed or opened; a run without --dry-run would:"] if dry and outcomes else []
    for one in outcomes:
        where = f"  {one.url}" if one.url else ""
        lines.append(f"{_WORDS[one.doing]:<18} {one.item}: {one.title}{where}")
        if one.note:
            lines.append(f"{'':<18} {one.note}")
    lines += [f"held back          {text}" for text in held_back]
    return "\n".join(lines) + "\n" if lines else ""
