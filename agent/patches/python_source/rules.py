"""One concern on the way to Python 3: a function over a module in, the changes of the files it touches out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.domain.inventory import Location
from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.python_source.guards import guarded_lines
from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project, SourceText, edited, parsed
from agent.patches.python_source.snippets import snippet_lines

__all__ = ["Rule", "Step", "TextRule"]

_ROUNDS = 6  # a rewrite may uncover the next: list(map(...)) inside a call that is rewritten itself
Changed = tuple[Sequence[FileChange], Sequence[Left]]


@dataclass(frozen=True)
class Rule:
    """``rewrite`` collects edits in a module; it is asked again until it has none, so that nested places are reached.

    A rule that is a ``guess`` may be wrong: it is worth keeping only where more tests pass with it.
    """

    id: str
    title: str
    why: str
    rewrite: Callable[[Module, Project, frozenset[int]], None]
    guess: bool = False

    def changes(self, project: Project) -> Changed:
        changes: list[FileChange] = []
        left: list[Left] = []
        for source in project.sources():
            after = self._rewritten(source, project, left)
            if after is not None and after != source.latin:
                changes.append(FileChange(path=source.path, before=source.latin, after=after))
        return changes, left

    def _rewritten(self, source: SourceText, project: Project, left: list[Left]) -> str | None:
        now, after = source, None
        for number in range(_ROUNDS):
            module = parsed(now.path, now.text)
            if module is None:
                break
            ours = snippet_lines(module)
            try:
                self.rewrite(module, project, guarded_lines(module) | ours)
            except RecursionError:  # an expression nested beyond reason
                break
            if number == 0:
                left += [Left(where=Location(path=now.path, line=line), text=text) for line, text in module.left]
            module.edits = [edit for edit in module.edits if not _within(module, edit, ours)]
            latin = edited(now, module)
            if latin is None:
                break
            after = latin
            now = SourceText(now.path, latin, latin.encode("latin-1").decode(now.encoding), now.encoding)
        return after


def _within(module: Module, edit: Edit, lines: frozenset[int]) -> bool:
    return bool(lines) and module.line_of(edit.start) in lines and edit.start < edit.end


@dataclass(frozen=True)
class TextRule:
    """One concern over a file's text, for source that Python 3 does not read yet."""

    id: str
    title: str
    why: str
    rewrite: Callable[[SourceText, Project], str]
    guess: bool = False

    def changes(self, project: Project) -> Changed:
        changes: list[FileChange] = []
        for source in project.sources():
            text = self.rewrite(source, project)
            if text == source.text:
                continue
            try:
                after = text.encode(source.encoding).decode("latin-1")
            except UnicodeEncodeError:
                continue
            changes.append(FileChange(path=source.path, before=source.latin, after=after))
        return changes, ()


Step = Rule | TextRule
