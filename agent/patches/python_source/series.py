"""The way from Python 2 to 3 as one recipe: a code base in, the chain of proposals out, each made on what the last one left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.domain.environment import Need
from agent.domain.patch import Left, Proposal
from agent.patches.python_source.project import Project, is_python2
from agent.patches.python_source.rules import Step
from agent.ports import Codebase

__all__ = ["Series"]

_RUNS_ON = (Need(name="python", versions=">=3.11"),)


@dataclass(frozen=True)
class Series:
    """``steps`` in their order; ``guesses`` are asked for one by one (`agent.ports.Stepwise`), where tests can judge them.
    A repository that is not Python 2 gets no proposal."""

    id: str
    title: str
    steps: tuple[Step, ...]
    guesses: tuple[Step, ...] = ()
    languages: frozenset[str] = field(default=frozenset({"python"}))
    default: bool = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        if not is_python2(code):
            return ()
        overlay = _Overlay(code)
        found: list[Proposal] = []
        for step in self.steps:
            proposal = self.one(step, overlay)
            if proposal is not None:
                overlay.files.update({change.path: change.after or "" for change in proposal.changes})
                found.append(proposal)
        return tuple(found)

    def one(self, step: Step, code: Codebase) -> Proposal | None:
        """One step on the code as it stands; None when it has nothing to do there."""
        changes, left = step.changes(Project(code))
        if not changes and not left:
            return None
        return Proposal(
            recipe=self.id,
            title=step.title,
            why=step.why,
            changes=tuple(changes),
            left=tuple(sorted(set(left), key=_place)),
            series=self.id,
            runs_on=_RUNS_ON,
            fixer=True,
            guess=step.guess,
        )


def _place(left: Left) -> tuple[str, int, str]:
    return left.where.path, left.where.line, left.text


class _Overlay:
    """A code base with some texts replaced; all else is asked of it."""

    def __init__(self, code: Codebase) -> None:
        self._code = code
        self.files: dict[str, str] = {}

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        return getattr(self._code, name)

    def paths(self, *suffixes: str) -> Sequence[str]:
        return self._code.paths(*suffixes)

    def text(self, path: str) -> str | None:
        return self.files[path] if path in self.files else self._code.text(path)
