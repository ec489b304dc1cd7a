"""A digest of figwright's own code and tables: what other code made is never taken from a cache for this code's."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from agent import __version__

__all__ = ["own_code"]

SUFFIXES = (".py", ".toml", ".html", ".css", ".js")


@cache
def own_code() -> str:
    """SHA-256 over the version and every file of the package that shapes a result."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
