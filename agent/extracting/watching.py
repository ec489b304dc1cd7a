"""Which lines of a tree ran for which recorded request: the tree with a line counter in it is replayed; nothing else changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from agent.domain.extraction import Answer
from agent.extraction import Ground, Recording, replay
from agent.extraction.slicing import Program, lines
from agent.ports import Workspace

__all__ = ["Kept", "Ran", "read_ran", "watch"]

Ran = Mapping[str, Mapping[int, Sequence[int]]]
"""path -> line -> requests that ran it"""
_WATCH = "figwright_lines"
_MOST_BYTES = 200_000_000


def watch(
    ground: Ground, recording: Recording, program: Program, tree: Path, numbers: Sequence[int], upstream: str
) -> tuple[tuple[Answer, ...], Ran]:
    """The answers of the watched tree, too. ``tree`` is not changed."""
    watched = ground.folders.copy(tree, "watched")
    kept: list[str] = []
    paths = set()
    try:
        for module in program.modules.values():
            place = watched / module.path
            if module.role == "code" and module.tree is not None and place.is_file() and not place.is_symlink():
                text = place.read_bytes().rstrip(b"\n")
                place.write_bytes(text + f"\n\nimport {_WATCH}  # noqa\n".encode())
                (watched / f"{module.root}{_WATCH}.py").write_text(lines.SOURCE, "utf-8")
                paths.add(module.path)
        keeping = replace(ground, folders=Kept(ground.folders, kept))
        answers = replay(keeping, recording, watched, numbers, upstream=upstream).answers
    finally:
        ground.folders.drop(watched)
    return answers, read_ran(kept, paths)


def read_ran(kept: Iterable[str], paths: Collection[str]) -> Ran:
    """What was written, a line ``request line path`` each, as far as it speaks of these paths."""
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for line in (line for text in kept for line in text.splitlines()):
        number, _, rest = line.partition(" ")
        at, _, path = rest.partition(" ")
        if number.isdigit() and at.isdigit() and path in paths:
            found[path][int(at)].append(int(number))
    return {path: dict(by_line) for path, by_line in found.items()}


class Kept:
    """A workspace that reads what a box wrote about lines before its folder goes."""

    def __init__(self, folders: Workspace, texts: list[str]) -> None:
        self._folders, self._texts = folders, texts

    def fresh(self, name: str) -> Path:
        return self._folders.fresh(name)

    def copy(self, source: Path, name: str) -> Path:
        return self._folders.copy(source, name)

    def drop(self, folder: Path) -> None:
        for path in sorted(folder.glob("lines-*.txt")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < _MOST_BYTES:
                self._texts.append(path.read_text("utf-8", "replace"))
        self._folders.drop(folder)

    def environment(self, key: str) -> AbstractContextManager[Path]:
        return self._folders.environment(key)

    def clear(self, folder: Path) -> None:
        self._folders.clear(folder)
