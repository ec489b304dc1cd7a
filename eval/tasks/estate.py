"""How much of a mainframe estate hangs together: the share of files of each kind that the graph ties to something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from agent.composition import workbench
from agent.pipeline import Run, make_graph, make_inventory
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

if TYPE_CHECKING:
    from agent.domain.code import DependencyGraph

__all__ = ["ESTATE", "kind_of", "linked_paths", "measure"]

KINDS = {
    "COBOL": (".cbl", ".cob", ".cpy"),
    "JCL": (".jcl",),
    "procedures": (".prc", ".proc"),
    "BMS": (".bms",),
    "CSD": (".csd",),
    "DDL": (".ddl", ".sql"),
    "DCLGEN": (".dcl", ".dclgen"),
    "control cards": (".ctl", ".ctrl"),
}
ALONE = ("table:", "route:", "template:")
WORD = re.compile(r"[A-Za-z$#@][\w$#@]{2,30}")
SOURCE = "git clone https://github.com/aws-samples/aws-mainframe-modernization-carddemo carddemo"


@dataclass(frozen=True)
class Estate(Description):
    """One graph an estate; a file counts as linked by any edge that leaves it or reaches it."""

    def run(self, request: Request) -> Outcome:
        places = [("ledger", sample_folder() / "ledger")]
        skipped: list[Skipped] = []
        if not request.quick:
            root = (request.sources or Path()) / "carddemo"
            if request.sources is not None and root.is_dir():
                places.append(("carddemo", root))
            else:
                skipped.append(Skipped("carddemo", f"--sources DIR has no carddemo ({SOURCE})"))
        rows = [row for name, root in places for row in measure(name, root, request.work / name)]
        return Outcome(tuple(rows), tuple(skipped))


def measure(name: str, root: Path, work: Path) -> list[Mapping[str, Value]]:
    """A row for each kind of file that the estate has."""
    run = Run()
    with workbench(str(root), Settings(cache_dir=work)) as bench:
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
    linked = linked_paths(graph)
    named = _named_paths(root, [file.path for file in inventory.files])
    rows: list[Mapping[str, Value]] = []
    for kind in KINDS:
        paths = [file.path for file in inventory.files if kind_of(file.path) == kind]
        if paths:
            left = [PurePosixPath(path).name for path in paths if path not in linked]
            rows.append(
                {
                    "case": name,
                    "kind": kind,
                    "files": len(paths),
                    "linked": len(paths) - len(left),
                    "share": round(1 - len(left) / len(paths), 4),
                    "named": sum(path in named for path in paths),
                    "left": " ".join(sorted(left)[:10]),
                }
            )
    return rows


def kind_of(path: str) -> str:
    """The kind of a file by its suffix; ``""`` for what is no part of an estate."""
    suffix = PurePosixPath(path).suffix.lower()
    return next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), "")


def linked_paths(graph: DependencyGraph) -> frozenset[str]:
    """Files with an edge to another file, or to a table, route or screen, or from one."""
    found: set[str] = set()
    for edge in graph.dependencies:
        ends = (graph.by_id[edge.source].path, graph.by_id[edge.target].path)
        if ends[0] != ends[1] or edge.target.startswith(ALONE) or edge.source.startswith(ALONE):
            found.update((edge.path, *ends))
    return frozenset(found)


def _named_paths(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """The baseline: files that name another file of the estate by its stem, as a word anywhere, and those files."""
    texts = {path: (root / path).read_text("utf-8", "replace") for path in sorted(paths) if kind_of(path)}
    stems: dict[str, list[str]] = {}
    for path in texts:
        stems.setdefault(PurePosixPath(path).name.partition(".")[0].upper(), []).append(path)
    found: set[str] = set()
    for path, text in texts.items():
        for word in {word.upper() for word in WORD.findall(text)} & stems.keys():
            others = [other for other in stems[word] if other != path]
            found.update([path, *others] if others else [])
    return frozenset(found)


ESTATE = Estate(
    name="estate",
    measures="Share of a mainframe estate's files, by kind, that the dependency graph ties to another file, a table or dataset, "
    "a transaction or a screen.",
    truth="None: a share says that files are tied, not that every tie is right.",
    baselines="Files that name another file's stem as a word anywhere in their text, comments included, or are named so.",
    limits="A file that nothing in the repository uses stays unlinked, rightly; those are listed. Assembler, IMS definitions and "
    "schedulers' tables are not read.",
    data="the sample ledger; --sources with carddemo, skipped by name with the command that gets it",
    budget=2,
    quick_budget=0.1,
    columns=(
        Column("case", "Repository", role="name"),
        Column("kind", "Kind", role="name"),
        Column("files", "Files"),
        Column("linked", "Linked", role="higher"),
        Column("share", "Share", 3, role="higher"),
        Column("named", "By words"),
        Column("left", "Not linked"),
    ),
)
