"""A repository's text as the patches so far left it: pristine files and an overlay in, the port `Codebase` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.environment import Need, Step
from agent.domain.inventory import Inventory
from agent.domain.patch import Rewritten
from agent.domain.verdict import FileChange

__all__ = ["Known", "OverlaidCode", "combined"]

Overlay = Mapping[str, str | None]
Rewrite = Callable[[Path, Overlay, Sequence[Step], Sequence[Need]], Rewritten]


class Known:
    """What the earlier stages know of the commit that was read, each made when it is first asked for."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        graph: Callable[[], DependencyGraph],
        boundaries: Callable[[], Boundaries],
        judges: Callable[[str], bool],
        toolchain: Callable[[str, str], str],
        rewrite: Rewrite,
    ) -> None:
        """``judges`` says by a path whether the file belongs to the tests; ``toolchain`` answers (name, versions)."""
        self._inventory, self._graph, self._boundaries = inventory, graph, boundaries
        self.judges, self.toolchain, self.rewrite = judges, toolchain, rewrite

    @cached_property
    def inventory(self) -> Inventory:
        return self._inventory()

    @cached_property
    def graph(self) -> DependencyGraph:
        return self._graph()

    @cached_property
    def boundaries(self) -> Boundaries:
        return self._boundaries()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(file.path for file in self.inventory.files))

    @cached_property
    def tests(self) -> frozenset[str]:
        return frozenset(file.path for file in self.inventory.files if file.role == "test")


@dataclass(frozen=True)
class OverlaidCode:
    """The files of ``pristine`` with ``overlay`` over them (Latin-1 text, None for a deleted file). A value: see `changed`."""

    pristine: Path
    known: Known
    overlay: Overlay = field(default_factory=dict)

    @property
    def inventory(self) -> Inventory:
        return self.known.inventory

    @property
    def graph(self) -> DependencyGraph:
        return self.known.graph

    @property
    def boundaries(self) -> Boundaries:
        return self.known.boundaries

    def paths(self, *suffixes: str) -> Sequence[str]:
        there = set(self.known.paths)
        for path, text in self.overlay.items():
            (there.discard if text is None else there.add)(path)
        return sorted(path for path in there if not suffixes or path.endswith(suffixes))

    def text(self, path: str) -> str | None:
        if path in self.overlay:
            return self.overlay[path]
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            return None
        at = self.pristine
        for part in parts:
            at = at / part
            if at.is_symlink():
                return None
        try:
            return at.read_bytes().decode("latin-1") if at.is_file() else None
        except (OSError, ValueError):
            return None

    def is_test(self, path: str) -> bool:
        return path in self.known.tests or self.known.judges(path)

    def toolchain(self, name: str, versions: str = "") -> str:
        return self.known.toolchain(name, versions)

    def rewrite(self, steps: Sequence[Step], needs: Sequence[Need]) -> Rewritten:
        return self.known.rewrite(self.pristine, self.overlay, steps, needs)

    def changed(self, changes: Sequence[FileChange]) -> OverlaidCode:
        """The code with a change in it."""
        return replace(self, overlay={**self.overlay, **{change.path: change.after for change in changes}})

    def fits(self, changes: Sequence[FileChange]) -> str:
        """Why a change does not apply to the code as it stands: the first file that reads otherwise; empty when it does."""
        for change in changes:
            if self.text(change.path) != change.before:
                return f"{change.path} is not what the change was made from"
        return ""


def combined(changes: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """Changes one after the other as one; what ends as it began is left out."""
    first: dict[str, str | None] = {}
    last: dict[str, str | None] = {}
    for change in changes:
        first.setdefault(change.path, change.before)
        last[change.path] = change.after
    return tuple(
        FileChange(path=path, before=first[path], after=last[path])
        for path in sorted(first)
        if first[path] != last[path]
    )
