"""What is written about a seam: patches, ``branch.json`` with every place and its reason, and what still holds the deletion back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.domain.extraction import Drill
from agent.extracting.branch_drills import RouteSeen, drills_text
from agent.extracting.branch_runs import Bench, Branched
from agent.extracting.branch_trees import Overlay, patch_of
from agent.extracting.climbing import Climb
from agent.extraction.branching.deleting import Deletion
from agent.extraction.branching.routes_text import guard_flag
from agent.extraction.branching.seam_text import flag_of

__all__ = ["branch_files", "branch_json", "held_back"]


def branch_files(
    bench: Bench, written: Branched, drills: Sequence[Drill], seen: Sequence[RouteSeen], gone: Deletion, seam: Overlay, held: str
) -> dict[str, str]:  # fmt: skip
    """Everything by its path below the output folder. ``seam``: what is left of the seam once the code is gone; ``held``: why it is not yet."""
    executable = _executable(bench)
    first = patch_of(_pristine(bench, written.seam), written.seam, _title(bench, written), executable)
    before = {**_pristine(bench, gone.files), **_pristine(bench, seam), **written.seam}
    why = (
        f"HELD BACK until the parity ledger of {bench.cut.service} is whole: today {held}.\n"
        "Comes after the first patch. The old code goes, and with it the way back to local."
    )
    files = {
        f"patches/01-{'seam' if written.operations else 'routes'}.patch": first,
        "patches/09-delete.patch": patch_of(before, {**before, **seam, **gone.files}, why, executable),
        "branch.json": branch_json(bench, written, drills, gone),
        "drills.md": drills_text(seen, bench.cut.service),
        **{f"slice/{path}": content.decode("utf-8", "surrogateescape") for path, content in written.sliced.items()},
    }
    return dict(sorted((path, text) for path, text in files.items() if text or path.startswith("slice/")))


def held_back(bench: Bench, written: Branched, climb: Climb) -> str:
    """How much of the service's own surface the service was seen to answer as the monolith does, and what still needs its code here."""
    own = {one.number: one.route for one in climb.own}
    verdicts: dict[str, set[str]] = {}
    for one in written.remote:
        if one.request in own:
            verdicts.setdefault(own[one.request], set()).add(one.verdict)
    shown = {r for r, found in verdicts.items() if found & {"identical", "masked"} and "different" not in found}
    known = {
        pattern for pattern, methods, handler, path, _ in climb.first.routes if _own(climb, pattern, methods, handler, path)
    }  # fmt: skip
    staying = len({(one.use.path, one.use.line) for one in written.decisions if one.what == "stays"})
    return (
        f"{len(shown)} of the {len(known | set(own.values()))} routes of {bench.cut.service} are shown by recorded requests, "
        f"and {staying} places still need its code in the monolith"
    )


def _own(climb: Climb, pattern: str, methods: Sequence[str], handler: str, path: str) -> bool:
    return any(climb.owners.of(method, pattern, handler, path) == climb.service for method in methods or ("GET",))


def _pristine(bench: Bench, overlay: Overlay) -> Overlay:
    known = {module.path for module in bench.program.modules.values()} | set(bench.program.files)
    return {path: bench.program.read(path) if path in known else None for path in overlay}


def _executable(bench: Bench) -> Callable[[str], bool]:
    def executable(path: str) -> bool:
        place = bench.ground.pristine / path
        return place.is_file() and not place.is_symlink() and bool(place.stat().st_mode & 0o100)

    return executable


def _title(bench: Bench, written: Branched) -> str:
    service = bench.cut.service
    if not written.operations:
        flag = guard_flag(service)
        return f"The routes of {service} with a flag\n{flag}=local (the default) changes nothing; {flag}=remote answers them with 501"
    flag, names = flag_of(service), ", ".join(one.name for one in written.operations)
    return (
        f"A seam before {service}: {names}\n{flag}=local (the default) changes nothing; {flag}=remote asks the service"
    )


def branch_json(bench: Bench, written: Branched, drills: Sequence[Drill] = (), gone: Deletion | None = None) -> str:
    """``branch.json``: every place, what was decided of it, and why."""
    found: dict[str, Any] = {
        "service": bench.cut.service,
        "flag": (flag_of if written.operations else guard_flag)(bench.cut.service),
        "seam": written.package,
        "operations": [
            {"name": one.name, "symbol": one.target.symbol, "parameters": one.parameters, "writes": one.writes}
            for one in written.operations
        ],
        "places": [_place(one.use, one.what, one.reason, len(one.requests)) for one in written.decisions],
        "drills": [{"name": one.name, "passed": one.passed, "verdict": one.verdict} for one in drills],
    }
    if gone is not None:
        found["deleted"] = {"lines": gone.lines, "symbols": list(gone.symbols), "stubs": list(gone.stubs)}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _place(use: Any, what: str, reason: str, requests: int) -> Mapping[str, Any]:
    return {
        "path": use.path, "line": use.line, "caller": use.caller, "target": use.target.symbol, "how": use.how,
        "what": what, "because": reason, "requests": requests,
    }  # fmt: skip
