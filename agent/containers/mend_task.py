"""What a language model is shown of a failed proof: an attempt and its proof in, a bounded task without throwaway secrets out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from agent.containers.attempt import Attempt
from agent.containers.dockerfile import editable_part, kept_part
from agent.containers.edit_commands import package_name
from agent.containers.repairs.changing import table
from agent.containers.tree import Tree, under
from agent.domain.container import MendTask, Proof

__all__ = ["declared_packages", "entry_of", "said_of", "task_of", "what_failed"]

INSIDE = "tests inside: "
_LINES, _WIDTH = 25, 300
_ENTRY_LINES, _ENTRY_WIDTH = 60, 160
_MANIFESTS = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.txt|setup\.(?:py|cfg)|pyproject\.toml|Pipfile(?:\.lock)?|poetry\.lock|"
    r"environment\.ya?ml|package(?:-lock)?\.json|yarn\.lock)$"
)
_TOOLS = ("pip", "setuptools", "wheel", "cython")
_MOST_MANIFESTS = 60
# What differs from run to run: a second run then finds its answer in the cache.
_VARYING = re.compile(
    r"\b\d+\.\d+ ?s(?:econds?)?\b|\b0x[0-9a-fA-F]{6,}\b|\b[0-9a-f]{12,64}\b|\bfigwright-(?:run-)?\d+-\d+(?:-\d+)?|/tmp/[\w./-]+"
    r"|\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,\d]*(?: ?[+-]\d{4}|Z)?\]?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b|\b\d+(?:\.\d+)? ?[kMG]?B(?:/s)?\b|\bpid[ :=]*\d+"
)


def what_failed(proof: Proof) -> str:
    """In one line; empty when nothing did that a changed file could mend."""
    last = proof.rounds[-1] if proof.rounds else None
    if last is not None and last.failed:
        return last.failed
    return f"{len(proof.lost)} tests pass outside of the image and not inside" if proof.lost else ""


def task_of(
    attempt: Attempt, proof: Proof, entry: tuple[str, str], bases: Collection[str], refused: Sequence[str]
) -> MendTask:
    """``entry`` is the path and text of the file that is started, ``refused`` what was tried before and why it was not taken."""
    image = attempt.image
    return MendTask(
        path=f"{image.name}/Dockerfile", text=f"{editable_part(image)}\n{kept_part(image)}\n", failed=what_failed(proof),
        facts=tuple(_facts(attempt, proof, bases)), entry_path=entry[0], entry=entry[1],
        said=tuple(_steady(line, attempt) for line in said_of(proof)), refused=tuple(_steady(text, attempt) for text in refused),
    )  # fmt: skip


def entry_of(attempt: Attempt, tree: Tree) -> tuple[str, str]:
    """The file of the repository that the command names, and its beginning."""
    folder = f"{attempt.image.folder}/" if attempt.image.folder else ""
    for word in attempt.app.command:
        module = word.partition(":")[0].replace(".", "/")
        for path in (f"{folder}{word.removeprefix('./')}", f"{folder}{module}.py"):
            if tree.has(path):
                lines = tree.text(path).splitlines()[:_ENTRY_LINES]
                return path, "\n".join(line[:_ENTRY_WIDTH] for line in lines)
    return "", ""


def declared_packages(tree: Tree, folder: str) -> frozenset[str]:
    """Names that manifests of the repository hold, or that code's own table gives for an import."""
    found = {package_name(re.split(r"[<>=!~]", name)[0]) for name in (*_TOOLS, *table()["module"].values())}
    manifests = [path for path in tree.paths if _MANIFESTS.search(path) and (under(path, folder) or "/" not in path)]
    for path in manifests[:_MOST_MANIFESTS]:
        found |= {package_name(name) for name in re.findall(r"@?[A-Za-z0-9][\w.-]*(?:/[\w.-]+)?", tree.text(path))}
    return frozenset(found)


def _facts(attempt: Attempt, proof: Proof, bases: Collection[str]) -> Iterator[str]:
    image, app = attempt.image, attempt.app
    yield f"{app.kind} application in {app.runtime} {app.version} {app.framework}".rstrip()
    yield f"images that FROM may name: {', '.join(sorted(bases))}"
    yield f"started by: {' '.join(app.command)}"
    if app.port:
        yield f"listens on port {app.port}; its health is asked at {app.health or 'no path'}"
    for what, names in (
        ("packages of the distribution in the stage that builds", image.build_packages),
        ("packages of the distribution in the last stage", image.packages),
        ("manifests that were found", image.manifests),
        ("folders that it writes", image.folders),
        ("environment variables that the code reads", tuple(v.name for v in app.variables)),
        ("left out of the build context", image.ignored),
        ("repairs that rules made", image.changes),
        ("tests that pass outside and not inside", proof.lost),
    ):
        if names:
            yield f"{what}: {', '.join(names[:12])[:600]}"


def said_of(proof: Proof) -> Sequence[str]:
    """The last lines of what failed."""
    if proof.rounds and proof.rounds[-1].failed:
        return proof.rounds[-1].last_lines
    return [line for one in proof.findings if one.startswith(INSIDE) for line in one.removeprefix(INSIDE).split(" | ")]


def _steady(text: str, attempt: Attempt) -> str:
    """Without the trial's throwaway secrets, which a program may print, and without what no two runs share."""
    for value in (*attempt.env.values(), attempt.password):
        if len(value) >= 6:
            text = text.replace(value, "[throwaway]")
    return "\n".join(_VARYING.sub("...", line)[:_WIDTH] for line in text.split("\n")[: _LINES * 2])
