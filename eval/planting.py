"""eval/planted/*.toml -> defects, and a copy of a sample with one of them in it: where it stands and which lines moved."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Plant", "Planted", "planted", "read_plants"]

FOLDER = Path(__file__).resolve().parent / "planted"


@dataclass(frozen=True)
class Plant:
    """One defect: ``text`` goes after the line that holds ``find``, or in its place, or at the end of ``file``, or is it.

    ``at`` marks the lines of the text where a finding counts; without it, all of them. ``first`` is whether its lens found it
    before any rule was changed for it; ``rules``, filled in afterwards, are those that say what is wrong: another rule that
    happens to speak near by does not count.
    """

    id: str
    lens: str
    sample: str
    file: str
    kind: str
    text: str
    find: str = ""
    place: str = "after"
    at: str = ""
    first: bool = False
    rules: tuple[str, ...] = ()

    def into(self, before: str) -> tuple[str, int, int]:
        """The file with the defect, the number of its lines before the text, and how many of the old ones it replaced.

        Raises ValueError when the place is not there exactly once: then the sample changed under the plant.
        """
        lines = before.split("\n")
        text = self.text.rstrip("\n").split("\n")
        if not self.find:
            kept = lines[:-1] if lines[-1] == "" else lines
            return "\n".join([*kept, *text, ""]), len(kept), 0
        places = [n for n, line in enumerate(lines) if self.find in line]
        if len(places) != 1:
            raise ValueError(f"{self.id}: {self.find!r} stands {len(places)} times in {self.file}")
        replaced = 1 if self.place == "replace" else 0
        first = places[0] + 1 - replaced
        return "\n".join([*lines[:first], *text, *lines[first + replaced :]]), first, replaced

    def marked(self, first: int) -> frozenset[int]:
        """The lines where a finding counts, when ``first`` lines stand before the text."""
        text = self.text.rstrip("\n").split("\n")
        found = [n for n, line in enumerate(text, first + 1) if line.strip() and self.at in line]
        if not found:
            raise ValueError(f"{self.id}: {self.at!r} is not in its text")
        return frozenset(found)


@dataclass(frozen=True)
class Planted:
    """Where a defect stands in the copy, and where a line of the sample went."""

    lines: frozenset[int]
    first: int
    added: int
    replaced: int

    def near(self, line: int, within: int = 2) -> bool:
        """Whether a line is one of the marked ones, or ``within`` lines of one."""
        return any(abs(line - marked) <= within for marked in self.lines)

    def came_from(self, line: int) -> int | None:
        """The line of the sample that stands here now; None for what was planted."""
        if line <= self.first:
            return line
        return line - self.added + self.replaced if line > self.first + self.added else None


def read_plants(folder: Path = FOLDER) -> tuple[Plant, ...]:
    """All of them by lens, which is the file's name, in the order of the file. Raises TypeError for a key nobody knows."""
    return tuple(
        Plant(
            lens=path.stem,
            **{**item, "text": item["text"].removeprefix("\n"), "rules": tuple(item.get("rules", ()))},
        )
        for path in sorted(folder.glob("*.toml"))
        for item in tomllib.loads(path.read_text("utf-8"))["plant"]
    )


@contextmanager
def planted(plant: Plant, copy: Path) -> Iterator[Planted]:
    """The defect in a copy of its sample, taken out again at the end."""
    path = copy / plant.file
    existed = path.is_file()
    before = path.read_bytes() if existed else b""
    text, first, replaced = plant.into(before.decode("utf-8")) if existed else (plant.text, 0, 0)
    made = [p for p in path.parents if p != copy and copy in p.parents and not p.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    try:
        yield Planted(plant.marked(first), first, text.count("\n") - before.count(b"\n") + replaced, replaced)
    finally:
        if existed:
            path.write_bytes(before)
        else:
            path.unlink()
        if made:
            shutil.rmtree(made[-1])
