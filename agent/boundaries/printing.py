"""The proposal as JSON for `figwright boundaries`: every unit's home first, then services, metrics and alternatives."""

from __future__ import annotations

import json

from agent.domain.boundary import Boundaries

__all__ = ["as_json"]


def as_json(boundaries: Boundaries) -> str:
    """``{"units": {id: {"service", "path"}}, "services": [...], "metrics": {...}, "alternatives": [...], "bill": {...}, ...}``."""
    whole = boundaries.model_dump(mode="json")
    units = {
        unit.id: {"service": unit.service, "path": unit.path, "line": unit.line, "reason": unit.reason}
        for unit in boundaries.units
    }
    ordered = {
        "verdict": whole["verdict"],
        "verdict_reasons": whole["verdict_reasons"],
        "units": units,
        "services": whole["services"],
        "shared": whole["shared"],
        "contested": whole["contested"],
        "tables": whole["tables"],
        "crossings": whole["crossings"],
        "bill": whole["bill"],
        "metrics": whole["metrics"],
        "alternatives": whole["alternatives"],
        "layers": whole["layers"],
        "pins": whole["pins"],
        "traffic": whole["traffic"],
    }
    return json.dumps(ordered, indent=1, ensure_ascii=True) + "\n"
