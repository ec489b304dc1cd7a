"""The code that moved taken out of the monolith, and the recorded requests answered without it.

In: a seam that holds in both positions. Out: the deletion, every answer held against the monolith's, and what is left of the seam.
"""

from __future__ import annotations

from dataclasses import replace

from agent.domain.extraction import Comparison
from agent.extracting.branch_runs import Bench, Branched, ask_remote, missing_in
from agent.extracting.branch_trees import Overlay
from agent.extraction.branching.deleting import Deletion, delete_moved, with_files
from agent.extraction.branching.seam_text import seam_files, word_of
from agent.extraction.slicing import Demand, Program

__all__ = ["delete"]


def delete(bench: Bench, written: Branched) -> tuple[Deletion, tuple[Comparison, ...], Overlay]:
    """The code that moved taken out, and all recorded requests answered without it; and the seam with no local side."""
    service, program = bench.cut.service, bench.program
    if written.made is None:
        raise ValueError("there is no slice whose code could go")
    if not written.operations:
        # The guard goes with the handlers that it guards
        seam = {path: program.read(path) if path in _known(program) else None for path in written.seam}
        return _without(bench, written, program, seam)
    folder = written.folder
    texts = seam_files(
        service, program.framework, written.package, folder, written.operations, written.errors, local=False
    )
    seam = {**written.seam, **{path: text.encode() for path, text in texts.items()}}
    names = {f"{written.package}": f"{folder}__init__.py", f"{written.package}.wire": f"{folder}wire.py"}
    names[f"{written.package}.{word_of(service)}"] = f"{folder}{word_of(service)}.py"
    without = with_files(program, {path: text for path, text in seam.items() if text is not None}, names)
    return _without(bench, written, without, seam)


def _known(program: Program) -> set[str]:
    return {module.path for module in program.modules.values()} | set(program.files)


def _without(
    bench: Bench, written: Branched, without: Program, seam: Overlay
) -> tuple[Deletion, tuple[Comparison, ...], Overlay]:
    service, demands = bench.cut.service, list[Demand]()
    if written.made is None:
        raise ValueError("there is no slice whose code could go")
    while True:
        gone = delete_moved(without, bench.homes, service, written.made, bench.entries, demands)
        bench.say(f"{len(bench.requests)} requests without {gone.lines} lines that moved")
        tried = ask_remote(bench, written, None, seam, gone.files)
        compared = bench.held(tried.answers)
        new = missing_in(replace(bench, program=without), tried, demands)
        if not new or len(demands) > 200:
            return gone, compared, seam
        demands += new
