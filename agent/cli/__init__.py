"""The command line, thin: options in, files or standard output out; every error is one sentence and exit code 2.

One file a command; importing it registers it.
"""

from __future__ import annotations

import importlib
import os
import sys

from agent.cli.options import app
from agent.cli.shared import say
from agent.errors import FigwrightError

__all__ = ["app", "main"]

for _command in (
    "plan",
    "diff",
    "graph",
    "boundaries",
    "explain",
    "assess",
    "synth",
    "ask",
    "score",
    "test",
    "refactor",
    "containerize",
    "canary",
    "extract",
    "pr",
    "mcp",
    "doctor",
    "cache",
):  # in the order of --help
    importlib.import_module(f"agent.cli.{_command}")


def main() -> None:
    """The console script: runs a command, turns every expected error into a sentence and exit code 2."""
    try:
        app()
    except FigwrightError as error:
        say(f"figwright: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        say("figwright: stopped; nothing was left half written.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        say(
            f"figwright: {error.filename or 'a file'} cannot be used ({error.strerror or error}): check space and permissions."
        )
        sys.exit(2)
