"""What the commands share: settings for a repository, where output may go, progress on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import typer

from agent import __version__
from agent.errors import InputError, OutputError

__all__ = [
    "assuming",
    "boundaries_file",
    "emit",
    "exit_on_severity",
    "one_of",
    "out_folder",
    "run_report",
    "runtime_of",
    "say",
    "settings_for",
    "shown_progress",
    "stay_outside",
    "stored_index",
    "text_of",
]


def assuming(settings: Any, bench: Any) -> Any:
    """The settings with the assumptions of the repository's own file, as it stands in what is read."""
    from agent.settings import with_repository

    there = {path for path, _ in bench.snapshot.paths()}
    return with_repository(settings, lambda name: bench.snapshot.read(name) if name in there else None)


def settings_for(repo: str, **flags: Any) -> Any:
    from agent.settings import load_settings

    folder = Path(repo)
    settings = load_settings(flags, folder if folder.is_dir() else None)
    stay_outside(repo, "the cache folder", settings.cache_dir)
    return settings


def boundaries_file(path: Path | None) -> tuple[str, str] | None:
    if path is None:
        return None
    return path.name, text_of(path, "boundaries file", "give one that plan wrote")


def text_of(path: Path, what: str, advice: str = "give a file that exists") -> str:
    """The text of a file that the user named. Raises InputError."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InputError(f"the {what} {path} cannot be read ({reason}): {advice}.") from None


def runtime_of(settings: Any) -> Any:
    """The evidence in the files that the user named; compressed ones (.gz) are read as they are."""
    import gzip

    from agent.domain.runtime import Runtime
    from agent.inventory.runtime import read_runtime

    if not settings.runtime:
        return Runtime()

    def lines(path: Path) -> Iterator[str]:
        try:
            with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", errors="replace") as file:
                yield from file
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or "it is no gzip file"
            raise InputError(f"the file {path} of --runtime cannot be read ({reason}): name one that exists.") from None

    return read_runtime((path.name, lines(path)) for path in settings.runtime)


def out_folder(repo: str, out: Path | None, name: str) -> Path:
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
    stay_outside(repo, "--out", folder)
    return folder


def stay_outside(repo: str, what: str, path: Path) -> None:
    """Nothing is ever written inside the repository, not even through a link. Raises OutputError."""
    source = Path(repo)
    if source.is_dir() and path.resolve().is_relative_to(source.resolve()):
        raise OutputError(
            f"{what} {path} lies inside the repository, where nothing is ever written: choose another place."
        )


def stored_index(bench: Any, run: Any, found: Any, key: str) -> Any:
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


def run_report(run: Any, rebuilt: str) -> str:
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
def shown_progress(quiet: bool) -> Iterator[Any]:
    """A spinner with the stage's name on a terminal's standard error; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda stage: status.update(stage)


def emit(text: str, output: Path | None, repo: str) -> None:
    if output is None:
        # A file name that is not UTF-8 is escaped, never an error.
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
        return
    from agent.adapters.output_folder import write_files

    stay_outside(repo, "--output", output)
    write_files(output.absolute().parent, {output.name: text})


def one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{option} {value!r} is not known: use one of {', '.join(known)}.")


def exit_on_severity(findings: list[dict[str, Any]], threshold: str) -> None:
    from agent.domain.finding import SEVERITIES

    bad = [f for f in findings if SEVERITIES.index(f["severity"]) <= SEVERITIES.index(threshold)]
    if bad:
        say(f"{len(bad)} findings are {threshold} or worse; the first: {bad[0]['title']} ({bad[0]['id']}).")
        raise typer.Exit(1)


def say(text: str) -> None:
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
