"""Trees of a monolith with a seam: files put over the pristine repository, and what changed as patches that ``git apply`` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agent.domain.verdict import FileChange
from agent.extraction import Ground
from agent.patches.diffs import diff_of

__all__ = ["Overlay", "patch_of", "tree_with"]

Overlay = Mapping[str, bytes | None]
"""path -> content; None: the file is gone."""


@contextmanager
def tree_with(ground: Ground, *overlays: Overlay) -> Iterator[Path]:
    """A copy of the repository with these files over it, the later over the earlier; it goes with the block."""
    folder = ground.folders.copy(ground.pristine, "branch")
    try:
        for overlay in overlays:
            for path, content in overlay.items():
                target = folder / path
                if content is None:
                    target.unlink(missing_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        yield folder
    finally:
        ground.folders.drop(folder)


def patch_of(before: Overlay, after: Overlay, title: str, executable: Callable[[str], bool] = lambda _: False) -> str:
    """``title`` stands before the first file, where tools skip it; no line of it may look like a patch's own.

    Bytes that are no UTF-8 come as surrogate escapes, as in every other file that is written.
    """
    head = "".join(f"# {line}\n" if line else "#\n" for line in title.splitlines())
    parts = []
    for path in sorted(set(before) | set(after)):
        change = FileChange(path=path, before=_text(before.get(path)), after=_text(after.get(path)))
        parts.append(diff_of(change, executable))
    body = "".join(parts).encode("latin-1").decode("utf-8", "surrogateescape")
    return f"{head}\n{body}" if body else ""


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("latin-1")
