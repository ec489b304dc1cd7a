"""The command line, thin: options in, files or standard output out; every error is one sentence and exit code 2."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import __version__
from agent.errors import FigwrightError, InputError, OutputError

__all__ = ["app", "main"]

app = typer.Typer(
    name="figwright",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich costs 0.3 CPU-seconds to import
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Read a legacy repository and write a modernization plan in which every claim carries its evidence.",
)

Repo = Annotated[str, typer.Argument(metavar="REPO", help="A folder, or a git URL to clone into the cache.")]
Commit = Annotated[
    str | None, typer.Option("--commit", metavar="REV", help="Read this revision instead of the work tree.")
]
Name = Annotated[
    str | None, typer.Option("--name", help="What to call the repository; default: from its remote or folder.")
]
Quiet = Annotated[bool | None, typer.Option("--quiet", "-q", help="No progress on standard error.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of standard output.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Judge ends of life at this date (YYYY-MM-DD); default: the date of the bundled table.",
    ),
]
Pinned = Annotated[
    Path | None,
    typer.Option(
        "--boundaries",
        metavar="FILE",
        help="An edited boundaries.toml: what it changes is pinned, the rest is placed again.",
    ),
]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"figwright {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


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
    quiet: Quiet = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="Exit with 1 when a finding is at least this severe (critical, high, medium, low).",
        ),
    ] = None,
) -> None:
    """Write plan.md, plan.html, plan.json and boundaries.toml for a repository. Nothing is written inside it."""
    from agent.adapters.output_folder import is_edited, stamped, write_files
    from agent.composition import workbench
    from agent.domain.finding import SEVERITIES
    from agent.pipeline import Run, make_plan

    if fail_on is not None and fail_on not in SEVERITIES:
        raise InputError(f"--fail-on {fail_on!r} is not a severity: use one of {', '.join(SEVERITIES)}.")
    settings = _settings(repo, out=out, as_of=as_of, quiet=quiet)
    file = _boundaries_file(boundaries)
    with _progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        folder = _out_folder(repo, settings.out, bench.snapshot.name)
        settings = _assuming(settings, bench)
        run = Run(progress=progress)
        files, graph, key = make_plan(bench, run, settings.assumptions, settings.as_of, file)
        _index(bench, run, graph, key)
        proposal = files.pop("boundaries.toml")
        target = folder / "boundaries.toml"
        kept = is_edited(target)
        files["boundaries.proposed.toml" if kept else "boundaries.toml"] = stamped(proposal)
        files["plan.run.json"] = _run_report(run, bench.memo.rebuilt)
        write_files(folder, files)
        if bench.memo.rebuilt:
            _say(f"Note: {bench.memo.rebuilt}.")
    if kept and not settings.quiet:
        _say(f"{target} was edited and is left as it is; the new proposal is in boundaries.proposed.toml.")
    dirty = json.loads(files["plan.json"])["repository"]
    if dirty["dirty"] and not settings.quiet:
        _say(f"Note: the work tree has {dirty['dirty_files']} uncommitted changes; the plan describes it as it is.")
    typer.echo(str(folder / "plan.html"))
    if fail_on is not None:
        _fail_on(json.loads(files["plan.json"])["findings"], fail_on)


@app.command()
def graph(
    repo: Repo,
    level: Annotated[str, typer.Option("--level", help="module, class or function.")] = "module",
    form: Annotated[str, typer.Option("--format", help="json or graphml.")] = "json",
    output: Output = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Print the dependency graph: nodes and edges with file:line and how sure each is, and what did not become an edge."""
    from agent.composition import workbench
    from agent.graph import LEVELS, as_graphml, as_json
    from agent.pipeline import Run, make_graph, make_inventory

    _one_of("--level", level, LEVELS)
    _one_of("--format", form, ("json", "graphml"))
    settings = _settings(repo, quiet=quiet)
    with _progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        _assuming(settings, bench)
        run = Run(progress=progress)
        found, _ = make_graph(bench, make_inventory(bench, run, None), run)
    _emit((as_json if form == "json" else as_graphml)(found, level), output, repo)


@app.command()
def boundaries(
    repo: Repo,
    form: Annotated[str, typer.Option("--format", help="json or toml.")] = "json",
    output: Output = None,
    boundaries: Pinned = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Print the proposed services: every unit's home, what each service owns, metrics, and the alternatives."""
    from agent.boundaries import as_json, print_boundaries
    from agent.composition import workbench
    from agent.pipeline import Run, make_boundaries, make_graph, make_inventory

    _one_of("--format", form, ("json", "toml"))
    settings = _settings(repo, quiet=quiet)
    with _progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        settings = _assuming(settings, bench)
        run = Run(progress=progress)
        inventory = make_inventory(bench, run, None)
        found, _ = make_graph(bench, inventory, run)
        proposal = make_boundaries(inventory, found, settings.assumptions, _boundaries_file(boundaries), run)
    _emit(as_json(proposal) if form == "json" else print_boundaries(proposal, inventory.commit), output, repo)


@app.command()
def ask(
    repo: Repo,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In plain words: where is the tax computed?")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many hits.")] = 8,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Output = None,
    commit: Commit = None,
    name: Name = None,
    quiet: Quiet = None,
) -> None:
    """Find the code that a question is about: ranked symbols with file:line, their callers and the tables they touch."""
    from agent.composition import workbench
    from agent.index import answer_json, answer_text, hits_for
    from agent.pipeline import Run, make_graph, make_inventory

    _one_of("--format", form, ("text", "json"))
    settings = _settings(repo, quiet=quiet)
    with _progress(settings.quiet) as progress, workbench(repo, settings, commit, name) as bench:
        _assuming(settings, bench)
        run = Run(progress=progress)
        found, key = make_graph(bench, make_inventory(bench, run, None), run)
        index = _index(bench, run, found, key)
        hits = hits_for(found, index.search(question, limit))
    _emit((answer_json if form == "json" else answer_text)(question, hits), output, repo)


def main() -> None:
    """The console script: runs a command, turns every expected error into a sentence and exit code 2."""
    try:
        app()
    except FigwrightError as error:
        _say(f"figwright: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        _say("figwright: stopped; nothing was left half written.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        _say(
            f"figwright: {error.filename or 'a file'} cannot be used ({error.strerror or error}): check space and permissions."
        )
        sys.exit(2)


# ---------------------------------------------------------------- what the commands share


def _assuming(settings: Any, bench: Any) -> Any:
    """The settings with the assumptions of the repository's own file, as it stands in what is read."""
    from agent.settings import with_repository

    there = {path for path, _ in bench.snapshot.paths()}
    return with_repository(settings, lambda name: bench.snapshot.read(name) if name in there else None)


def _settings(repo: str, **flags: Any) -> Any:
    from agent.settings import load_settings

    folder = Path(repo)
    settings = load_settings(flags, folder if folder.is_dir() else None)
    _stay_outside(repo, "the cache folder", settings.cache_dir)
    return settings


def _boundaries_file(path: Path | None) -> tuple[str, str] | None:
    if path is None:
        return None
    try:
        return path.name, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"the boundaries file {path} cannot be read ({reason}): give one that plan wrote.") from None


def _out_folder(repo: str, out: Path | None, name: str) -> Path:
    """--out, else figwright-out/NAME here; beside the repository when this folder lies inside it."""
    source = Path(repo)
    inside = source.is_dir()
    root = source.resolve() if inside else None
    folder = out
    if folder is None:
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip(".") or "repository"
        here = Path.cwd()
        base = here if root is None or not here.resolve().is_relative_to(root) else root.parent
        folder = base / "figwright-out" / safe
    _stay_outside(repo, "--out", folder)
    return folder


def _stay_outside(repo: str, what: str, path: Path) -> None:
    """Nothing is ever written inside the repository, not even through a link. Raises OutputError."""
    source = Path(repo)
    if source.is_dir() and path.resolve().is_relative_to(source.resolve()):
        raise OutputError(
            f"{what} {path} lies inside the repository, where nothing is ever written: choose another place."
        )


def _index(bench: Any, run: Any, found: Any, key: str) -> Any:
    from agent.pipeline import make_graph, make_inventory

    index = bench.index()
    if index.is_current(key):
        run.reused.append("index")
        return index
    if found is None:
        found, key = make_graph(bench, make_inventory(bench, run, None), run)
    done = run.stage("index")
    index.store(found, bench.snapshot.read, key)
    done()
    return index


def _run_report(run: Any, rebuilt: str) -> str:
    import platform
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "figwright": __version__,
        "stages": run.stages,
        "reused": run.reused,
        "cache": rebuilt or "kept",
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_memory_mb": round(usage.ru_maxrss / 1024, 1),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "finished": f"{date.today().isoformat()}",
    }
    return json.dumps(report, indent=1) + "\n"


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """A spinner with the stage's name on a terminal's standard error; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda stage: status.update(stage)


def _emit(text: str, output: Path | None, repo: str) -> None:
    if output is None:
        # A file name that is not UTF-8 is escaped, never an error.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
        return
    from agent.adapters.output_folder import write_files

    _stay_outside(repo, "--output", output)
    write_files(output.absolute().parent, {output.name: text})


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{option} {value!r} is not known: use one of {', '.join(known)}.")


def _fail_on(findings: list[dict[str, Any]], threshold: str) -> None:
    from agent.domain.finding import SEVERITIES

    bad = [f for f in findings if SEVERITIES.index(f["severity"]) <= SEVERITIES.index(threshold)]
    if bad:
        _say(f"{len(bad)} findings are {threshold} or worse; the first: {bad[0]['title']} ({bad[0]['id']}).")
        raise typer.Exit(1)


def _say(text: str) -> None:
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


if __name__ == "__main__":
    main()
