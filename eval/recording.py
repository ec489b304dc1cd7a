"""Result files: a task's outcome with everything needed to judge or repeat it, as JSON."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent import __version__
from eval.task import Outcome, Task

__all__ = ["code_digest", "read_result", "read_variants", "record", "recorded_folder"]

PACKAGES = ("chromadb", "graspologic-native", "msgspec", "numpy", "pydantic", "sqlglot", "tree-sitter")


def recorded_folder() -> Path:
    """Where committed results lie."""
    return Path(__file__).resolve().parent / "results"


def record(task: Task, outcome: Outcome, seconds: float, folder: Path, cpu_seconds: float | None = None) -> Path:
    """Write <task>.json (of a variant <task>-<variant>.json), replacing an earlier one."""
    result = {
        "task": task.name,
        "variant": outcome.variant,
        "measures": task.measures,
        "truth": task.truth,
        "baselines": task.baselines,
        "limits": task.limits,
        "data": task.data,
        "budget_minutes": task.budget,
        "seeds": list(task.seeds),
        "figwright": __version__,
        "code": code_digest(),
        "packages": _versions(),
        "machine": _machine(),
        "recorded": datetime.now(UTC).date().isoformat(),
        "seconds": round(seconds, 1),
        "cpu_seconds": None if cpu_seconds is None else round(cpu_seconds, 1),
        "rows": [dict(row) for row in outcome.rows],
        "skipped": [{"case": s.case, "reason": s.reason} for s in outcome.skipped],
    }
    folder.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9.]+", "-", outcome.variant.lower()).strip("-.")[:60]
    path = folder / (f"{task.name}-{slug}.json" if slug else f"{task.name}.json")
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(path)
    return path


def read_result(folder: Path, task: str) -> Mapping[str, Any] | None:
    """A recorded result, None when there is none."""
    path = folder / f"{task}.json"
    if not path.is_file():
        return None
    result: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return result


def read_variants(folder: Path, task: str) -> list[Mapping[str, Any]]:
    """Every recorded result of a task, by its variant's name."""
    found = []
    for path in sorted(folder.glob(f"{task}*.json")):
        result: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        if result.get("task") == task:
            found.append(result)
    return sorted(found, key=lambda result: str(result.get("variant", "")))


def code_digest() -> str:
    """Which code was measured: a hash over agent/'s files, so that a stale result can be told."""
    root = Path(__file__).resolve().parent.parent / "agent"
    whole = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _machine() -> dict[str, str | int]:
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
