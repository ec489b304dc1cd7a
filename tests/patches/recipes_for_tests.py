"""Recipes of a few lines: real ones for the loop, which does not care what they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.ports import Codebase

__all__ = ["Replacing", "Steps"]


@dataclass
class Replacing:
    """Replaces one text by another in every file that ends so; all files in one proposal."""

    old: str
    new: str
    suffixes: tuple[str, ...] = (".md",)
    id: str = "replacing"
    title: str = "Replace"
    languages: frozenset[str] = frozenset()
    default: bool = True
    needs: tuple[str, ...] = ()
    fixer: bool = True
    one_by_one: bool = False

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        changes = []
        for path in code.paths(*self.suffixes):
            text = code.text(path)
            if text is not None and self.old in text:
                changes.append(FileChange(path=path, before=text, after=text.replace(self.old, self.new)))
        parts = [[change] for change in changes] if self.one_by_one else [changes] if changes else []
        return [
            Proposal(
                recipe=self.id,
                title=f"{self.title} {self.old} by {self.new}" + (f" in {part[0].path}" if self.one_by_one else ""),
                why=f"{self.new} is better than {self.old}.",
                changes=tuple(part),
                needs=self.needs,
                fixer=self.fixer,
            )
            for part in parts
        ]


@dataclass
class Steps:
    """A series: each step is a function from (path, text) to a text, tried on every file that ends so."""

    steps: Sequence[Callable[[str, str], str]]
    suffixes: tuple[str, ...] = (".md",)
    id: str = "steps"
    title: str = "Go there"
    languages: frozenset[str] = frozenset()
    default: bool = True
    proposal: Mapping[str, object] = field(default_factory=dict)

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        texts = {path: code.text(path) or "" for path in code.paths(*self.suffixes)}
        found = []
        for number, step in enumerate(self.steps, start=1):
            after = {path: step(path, text) for path, text in texts.items()}
            changes = tuple(
                FileChange(path=path, before=texts[path], after=after[path])
                for path in sorted(texts)
                if texts[path] != after[path]
            )
            texts = after
            if changes:
                base: dict[str, object] = {"recipe": self.id, "why": "The way.", "series": "there", **self.proposal}
                found.append(Proposal(title=f"Step {number}", changes=changes, **base))  # type: ignore[arg-type]
        return found
