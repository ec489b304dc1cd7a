"""The copy of a folder that an image is built from."""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["copy_tree"]


def copy_tree(source: Path, target: Path) -> None:
    """Links stay links: what they lead to may be outside."""
    shutil.copytree(source, target, symlinks=True)
