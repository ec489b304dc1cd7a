"""Recipes that let OpenRewrite change Java sources, file by file: its recipe names in, small proposals out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.maven_pom import read_pom
from agent.patches.openrewrite import Chosen, run_openrewrite
from agent.patches.small_parts import in_small_parts
from agent.ports import Codebase

__all__ = ["maven_roots", "rewritten_sources"]

_MOST_BUILDS = 5


def maven_roots(code: Codebase) -> Sequence[str]:
    """Folders of Maven builds that are no module of another one; the first few."""
    found: list[str] = []
    for path in sorted(code.paths("pom.xml"), key=lambda path: (path.count("/"), path)):
        folder = path.rpartition("/")[0]
        inside = any(not other or folder.startswith(f"{other}/") for other in found)
        named = path.rpartition("/")[2] == "pom.xml" and not code.is_test(path)
        if named and not inside and read_pom(path, code.text(path)) is not None:
            found.append(folder)
    return found[:_MOST_BUILDS]


def rewritten_sources(
    code: Codebase,
    recipe: str,
    title: str,
    why: str,
    chosen: Sequence[Chosen],
    speaks: re.Pattern[str],
    otherwise: Callable[[Sequence[str]], tuple[Sequence[FileChange], Sequence[Left]]] | None = None,
) -> Sequence[Proposal]:
    """A proposal for each source file that is no test; nothing is run when ``speaks`` finds nothing. ``otherwise`` does what it can for the files of builds that
    OpenRewrite does not read (Gradle, no network ...); without it they are only counted."""
    if not any(speaks.search(code.text(path) or "") for path in code.paths(".java") if not code.is_test(path)):
        return ()
    changes: list[FileChange] = []
    left: list[Left] = []
    done: list[str] = []
    for folder in maven_roots(code):
        made = run_openrewrite(code, chosen, folder)
        if made.failed:
            said = next((line for line in made.last_lines if line.startswith("[ERROR]")), "")
            where = Location(path=f"{folder}/pom.xml" if folder else "pom.xml")
            left.append(
                Left(
                    where=where,
                    text=f"OpenRewrite made nothing of this build: {made.failed}; {said}"[:300].rstrip("; "),
                )
            )
            continue
        done.append(folder)
        changes += [one for one in made.changes if one.path.endswith(".java") and not code.is_test(one.path)]
    rest = [path for path in code.paths(".java") if not code.is_test(path) and not _is_below(path, done)]
    if rest and otherwise is not None:
        more, notes = otherwise(rest)
        changes += more
        left += notes
    return in_small_parts(recipe, title, why, sorted(changes, key=lambda one: one.path), left)


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(not folder or path.startswith(f"{folder}/") for folder in folders)
