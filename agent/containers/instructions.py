"""Reads a Dockerfile's instructions: text in, one entry for each instruction out, comments and continuations resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Instruction", "read_instructions", "stage_names", "without_comments"]

_FROM = re.compile(r"(\S+)(?:\s+(?i:AS)\s+(\S+))?")


@dataclass(frozen=True)
class Instruction:
    """``word`` in capitals, ``rest`` on one line with single blanks between; ``stage`` counts FROM lines, the first is 0."""

    word: str
    rest: str
    stage: int
    line: int

    @property
    def text(self) -> str:
        return f"{self.word} {self.rest}"


def read_instructions(text: str) -> tuple[Instruction, ...]:
    """In order. What stands before the first FROM has stage -1."""
    found = []
    stage = -1
    for line, logical in _logical(text):
        word, _, rest = logical.partition(" ")
        stage += word.upper() == "FROM"
        found.append(Instruction(word.upper(), rest.strip(), stage, line))
    return tuple(found)


def stage_names(instructions: tuple[Instruction, ...]) -> tuple[tuple[str, str], ...]:
    """(image, name) of each stage; an image of "" is a FROM that is not of the plain form."""
    matches = (_FROM.fullmatch(one.rest) for one in instructions if one.word == "FROM")
    return tuple((match[1], match[2] or "") if match else ("", "") for match in matches)


def without_comments(text: str, known: frozenset[str]) -> str:
    """The text without comment lines but the known ones."""
    kept = [line for line in text.split("\n") if not line.lstrip().startswith("#") or line.strip() in known]
    return "\n".join(kept)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    began = 0
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):  # between continued lines, too: Docker leaves them out there
            continue
        began = began if parts else number
        goes_on = bare.endswith("\\")
        parts.append(bare.removesuffix("\\").strip())
        if not goes_on:
            yield began, " ".join(" ".join(part.split()) for part in parts if part)
            parts = []
    if parts:
        yield began, " ".join(" ".join(part.split()) for part in parts if part)
