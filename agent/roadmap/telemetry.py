"""Phase 0 as a patch proposal: OpenTelemetry without a change of code, where a manifest is there to name it in.

A proposal to be read and applied by people: it adds dependencies and says in its head how the process is started then.
Nothing is proposed where the code speaks with a telemetry library already, or where an agent needs no change at all (Java).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from agent.roadmap.ground import Ground
from agent.roadmap.signals import Signals

__all__ = ["propose_telemetry"]

_PYTHON = ("opentelemetry-distro", "opentelemetry-exporter-otlp")
_NODE = '"@opentelemetry/auto-instrumentations-node": "*",'
_DEPENDENCIES = re.compile(r'^(\s*)"dependencies"\s*:\s*\{\s*$')


def propose_telemetry(ground: Ground, signals: Signals) -> str:
    """One patch over all manifests of programs that are started; empty when there is nothing to propose."""
    if signals.of("telemetry") or not ground.system.routes_table or ground.read is None:
        return ""
    parts = [part for path in sorted(_manifests(ground)) for part in _patch(ground, path)]
    if not parts:
        return ""
    heads = sorted({head for head, _ in parts})
    return "\n".join(heads) + "\n\n" + "".join(diff for _, diff in parts)


def _manifests(ground: Ground) -> Iterator[str]:
    folders = {
        e.evidence.path.rpartition("/")[0] for e in ground.inventory.entry_points if e.kind in ("web", "worker", "main")
    }
    folders |= {row.location.path.rpartition("/")[0] for row in ground.http_routes}
    above = {"/".join(f.split("/")[:n]) for f in folders for n in range(len(f.split("/")) + 1)}
    for file in ground.inventory.files:
        folder, _, name = file.path.rpartition("/")
        if name in ("requirements.txt", "package.json") and folder in above and file.bytes < 200_000:
            yield file.path


def _patch(ground: Ground, path: str) -> Iterator[tuple[str, str]]:
    assert ground.read is not None
    try:
        text = ground.read(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if "\r" in text or "\0" in text or '"' in path or "\n" in path:
        return
    lines = text.splitlines(keepends=True)
    if path.endswith("requirements.txt"):
        if any(name in text for name in _PYTHON) or (lines and not lines[-1].endswith("\n")):
            return
        head = "Start it as `opentelemetry-instrument <what starts it today>`, with OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_SERVICE_NAME set."
        changed = [*lines, *(f"{name}\n" for name in _PYTHON)]
    else:
        found = next(((n, m) for n, line in enumerate(lines) if (m := _DEPENDENCIES.match(line))), None)
        if found is None or "opentelemetry" in text or lines[found[0] + 1].strip().startswith("}"):
            return
        head = "Start it as `node --require @opentelemetry/auto-instrumentations-node/register <what starts it today>`, after `npm install` has brought the lock up to date."
        number, match = found
        changed = [*lines[: number + 1], f"{match[1] * 2 or '  '}{_NODE}\n", *lines[number + 1 :]]
    diff = "".join(difflib.unified_diff(lines, changed, f"a/{path}", f"b/{path}"))
    yield head, f"diff --git a/{path} b/{path}\n{diff}"
