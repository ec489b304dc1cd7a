"""The program and the options that several commands take, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent import __version__

__all__ = [
    "AsOf",
    "BaseUrl",
    "Commit",
    "DryRun",
    "Embeddings",
    "Environment",
    "FailOn",
    "Llm",
    "MaxCost",
    "MaxTokens",
    "Name",
    "Output",
    "Pinned",
    "Quiet",
    "Repo",
    "Runner",
    "Runs",
    "Sandbox",
    "Seen",
    "ShowOutgoing",
    "app",
]

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
Embeddings = Annotated[
    str | None,
    typer.Option(
        "--embeddings",
        metavar="KIND",
        help="The index's vectors: static (default), hashed, or minilm: a transformer, better and much slower (docs/guide/ask.md).",
    ),
]
Llm = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="MODEL",
        help="Ask this language model for advice, which code checks (docs/advisor.md); default: none.",
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help="The model's OpenAI-compatible endpoint; the key is in FIGWRIGHT_LLM_KEY."
    ),
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="USD", min=0, help="Ask no more once a call could exceed this sum."),
]
MaxTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", metavar="N", min=0, help="Ask no more once a call could exceed these tokens."),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Print what the model would be asked and its estimated cost; send and write nothing."
    ),
]
ShowOutgoing = Annotated[
    Path | None,
    typer.Option(
        "--show-outgoing", metavar="FILE", help="Write every byte there that leaves (with --dry-run: would leave)."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Judge ends of life at this date (YYYY-MM-DD); default: the date of the bundled table.",
    ),
]
Seen = Annotated[
    list[Path] | None,
    typer.Option(
        "--runtime",
        metavar="FILE",
        help="What the running system showed: an access log, a job log, traces (OTLP or Jaeger JSON), pg_stat_statements or table statistics; repeat for more.",
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="Exit with 1 when a finding is at least this severe (critical, high, medium, low).",
    ),
]
Environment = Annotated[
    str,
    typer.Option("--env", metavar="auto|FILE", help="How the environment is made: found out, or your own recipe."),
]
Runner = Annotated[
    str, typer.Option("--runner", metavar="auto|NAME", help="The test runner: found out, or one by name.")
]
Sandbox = Annotated[
    str,
    typer.Option(
        "--sandbox", help="bubblewrap, container, or none: then the tests run as you, with all that you may do."
    ),
]
Runs = Annotated[
    int, typer.Option("--runs", min=1, max=10, help="Baseline runs, in different order where the runner can.")
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
