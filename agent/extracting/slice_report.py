"""What is written about a slice: its files, ``slice.json`` with every piece and its reason, and the rung of the ladder."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from agent.extracting.generated import Generated
from agent.extracting.slice_gates import Gates
from agent.extracting.slices import BuiltSlice

__all__ = ["slice_files", "slice_json"]


def slice_files(
    built: BuiltSlice, gates: Gates | None = None, containers: Mapping[str, str] | None = None,
    beyond: BuiltSlice | None = None, found: Generated | None = None,
) -> dict[str, bytes]:  # fmt: skip
    """Everything by its path below the output folder: ``slice/``, ``containers/`` and ``slice.json``. ``beyond`` is the same slice,
    judged by the requests that were ``found`` for it."""
    files = {f"slice/{path}": content for path, content in built.slice.files.items()}
    files.update({f"containers/{path}": text.encode() for path, text in (containers or {}).items()})
    files["slice.json"] = (
        json.dumps(slice_json(built, gates, beyond, found), indent=1, ensure_ascii=False) + "\n"
    ).encode()
    return dict(sorted(files.items()))


def slice_json(
    built: BuiltSlice, gates: Gates | None = None, beyond: BuiltSlice | None = None, found: Generated | None = None
) -> dict[str, Any]:
    """The slice as plain values. Every symbol of the monolith is listed once, with what became of it and why."""
    made = built.slice
    return {
        "service": made.service,
        "framework": made.framework,
        "verdict": built.verdict,
        "passed": built.passed
        and (gates is None or gates.honest)
        and (beyond is None or not beyond.requests or beyond.answers_alike),
        "lines": {"slice": made.lines, "monolith": made.lines_of, "share": round(made.share, 4)},
        "template_lines": {"slice": made.templates, "monolith": made.templates_of},
        "requests": _requests(built),
        "generated": _generated(beyond, found) if beyond is not None and found is not None else None,
        "rounds": [
            {
                "how": one.how,
                "lines": one.lines,
                "asked": one.asked,
                "different": one.different,
                "added": [_demand(d.kind, d.name, d.module, d.reason) for d in one.demands],
            }
            for one in built.rounds
        ],
        "gates": _gates(gates) if gates is not None else None,
        "not_followed": [{"path": path, "line": line, "what": what} for path, line, what in made.dynamic],
        "notes": list(built.notes),
        "pieces": _pieces(built),
    }


def _requests(built: BuiltSlice) -> dict[str, Any]:
    verdicts = ("identical", "masked", "different", "vacuous", "not replayable")
    residual = [
        {"request": one.request, "verdict": one.verdict, "where": list(one.where), "cause": one.cause}
        for one in built.comparisons
        if one.verdict not in ("identical", "masked")
    ]
    return {"of_the_service": len(built.requests), **{v: built.count(v) for v in verdicts}, "residual": residual}


def _generated(beyond: BuiltSlice, found: Generated) -> dict[str, Any]:
    """Each request that no test makes, with what became of it."""
    verdicts = {one.request: one.verdict for one in beyond.comparisons}
    counted = {"asked_of_the_monolith": found.asked, "unsteady": found.unsteady, "unanswered": found.silent,
               "alike_without_the_service": found.empty, "made_for_survivors": found.aimed}  # fmt: skip
    listed = [
        {
            "request": one.number,
            "method": one.method,
            "target": one.target[:300],
            "status": one.status,
            "how": how,
            "verdict": verdicts.get(one.number, "not replayable"),
        }
        for one, how in zip(found.requests, found.made, strict=True)
    ]
    return {**counted, "server_errors": found.server_errors, **_requests(beyond), "listed": listed}


def _demand(kind: str, name: str, module: str, reason: str) -> dict[str, str]:
    return {"kind": kind, "name": f"{module}.{name}" if module else name, "because": reason[:300]}


def _gates(gates: Gates) -> dict[str, Any]:
    return {
        "honest": gates.honest,
        "null_mutant": {"asked": gates.null_asked, "different": gates.null_different},
        "wrong_service": {"asked": gates.wrong_asked, "taken_for_right": gates.wrong_identical},
        "executed_lines": gates.executed_lines,
        "mutants": len(gates.mutants),
        "killed": gates.killed,
        "killed_by": {
            "recorded": gates.tally.by_recorded,
            "generated": gates.tally.by_generated,
            "tests": gates.tally.by_tests,
        },
        "survivors": [
            {"path": one.path, "line": one.line, "operator": one.operator, "requests": one.ran_by}
            for one in gates.mutants
            if not one.killed_by
        ],
    }


def _pieces(built: BuiltSlice) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for piece in built.slice.pieces:
        found[piece.path].append(
            {"symbol": piece.symbol, "line": piece.line, "lines": piece.lines, "what": piece.what, "why": piece.reason}
        )
    return dict(found)
