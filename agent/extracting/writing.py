"""A slice as a folder that a box can read."""

from __future__ import annotations

from pathlib import Path

from agent.extraction.slicing import Slice

__all__ = ["write_tree"]


def write_tree(folder: Path, made: Slice) -> Path:
    """The slice's files in a folder; the box's user must be able to read them."""
    for path, content in made.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder
