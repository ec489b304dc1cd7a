"""Runs a linter's program: words in, its exit code and what it said out; bounded, with an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Said", "find_program", "run_program"]

_PATIENCE = 120.0  # seconds; Trivy alone needs ten
_LONGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """``code`` is None when it could not be started or did not end."""

    code: int | None
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of what it said, for a finding."""
        lines = [line.strip() for line in (self.err + "\n" + self.out).splitlines() if line.strip()]
        return lines[-1][:5000] if lines else "it said nothing"


def find_program(name: str) -> str:
    """On the PATH, beside the interpreter (where packages put programs), or among the system's; empty when it is nowhere."""
    beside = str(Path(sys.executable).parent)
    places = os.pathsep.join([beside, os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which(name, path=places) or ""


def run_program(words: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> Said:
    """``folder`` is both its working directory and its home: no configuration of the user's is read."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        **(variables or {}),
    }
    try:
        done = subprocess.run(  # noqa: S603 - a linter by its path, without a shell
            list(words),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(None, "", f"{Path(words[0]).name} did not end within {_PATIENCE:.0f} seconds")
    except OSError as error:
        return Said(None, "", f"{Path(words[0]).name} cannot be started: {error.strerror or error}")
    return Said(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(said: bytes) -> str:
    return said[:_LONGEST].decode("utf-8", "replace")
