"""What may be cited: places that are really there, each under a short handle, without the files that must never be sent."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence

from agent.domain.code import DependencyGraph
from agent.domain.finding import Evidence
from agent.domain.inventory import Inventory, Location

__all__ = ["ALWAYS_WITHHELD", "EvidenceBook", "Sendable", "withheld"]

ALWAYS_WITHHELD = (
    ".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "id_rsa*", "id_ed25519*", "*.kdbx",
    ".netrc", ".pgpass", ".htpasswd", "credentials*", "*secret*.y*ml", "*secret*.json", "*.tfstate*",
)  # fmt: skip


class Sendable:
    """Which places exist and may leave: a path of the inventory, a line that the file has, no pattern that forbids it."""

    def __init__(self, inventory: Inventory, never_send: Sequence[str], graph: DependencyGraph | None = None) -> None:
        self._lines: Mapping[str, int] = {file.path: file.lines for file in inventory.files}
        self._patterns = tuple(never_send)
        self._known: dict[str, bool] = {}
        hidden = {path for path in self._lines if withheld(path, self._patterns)}
        hidden |= {s.id for s in (graph.symbols if graph else ()) if s.path in hidden and s.kind != "table"}
        names = "|".join(re.escape(name) for name in sorted(hidden, key=lambda n: (-len(n), n)))
        self._hidden = re.compile(rf"(?<![\w.])(?:{names})(?!\w)") if hidden else None

    def path(self, path: str) -> bool:
        """Whether the file may be named and read."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = path in self._lines and not withheld(path, self._patterns)
        return known

    def scrub(self, text: str) -> str:
        """The text without the names of files, and of what they define, that must not be sent."""
        return self._hidden.sub("[withheld]", text) if self._hidden else text

    def place(self, location: Location) -> bool:
        """Whether the place is there and may be named."""
        return self.path(location.path) and 0 <= location.line <= max(1, self._lines[location.path])


def withheld(path: str, never_send: Sequence[str]) -> bool:
    """Whether a pattern forbids sending the file. One without a slash holds for the file's own name anywhere."""
    whole, name = path.lower(), path.rpartition("/")[2].lower()
    for pattern in (p.lower() for p in (*ALWAYS_WITHHELD, *never_send)):
        if fnmatch.fnmatchcase(whole if "/" in pattern else name, pattern):
            return True
        if pattern.endswith("/") and whole.startswith(pattern):
            return True
    return False


class EvidenceBook:
    """Evidence of one question by handle, in the order in which it was offered."""

    def __init__(self, sendable: Sendable, most: int = 40) -> None:
        self._sendable = sendable
        self._most = most
        self._by_handle: dict[str, Evidence] = {}
        self._handles: dict[tuple[str, int, str], str] = {}

    def offer(self, evidence: Iterable[Evidence], most: int | None = None) -> tuple[str, ...]:
        """The handles of what may be cited; what is not there, or must not be named, gets none."""
        found: list[str] = []
        for item in evidence:
            if most is not None and len(found) >= most:
                break
            if not self._sendable.place(item.location):
                continue
            key = (item.location.path, item.location.line, item.text)
            if key not in self._handles:
                if len(self._by_handle) >= self._most:
                    continue
                handle = f"E{len(self._by_handle) + 1}"
                self._handles[key], self._by_handle[handle] = handle, item
            if self._handles[key] not in found:
                found.append(self._handles[key])
        return tuple(found)

    @property
    def handles(self) -> tuple[str, ...]:
        return tuple(self._by_handle)

    def get(self, handle: str) -> Evidence | None:
        return self._by_handle.get(handle)

    def lines(self, handles: Iterable[str] | None = None) -> str:
        """``E1 path:line text``, one a line."""
        shown = self.handles if handles is None else tuple(handles)
        rows = (f"{h} {self._by_handle[h].location} {_short(self._by_handle[h].text)}" for h in shown)
        return self._sendable.scrub("\n".join(rows))


def _short(text: str, most: int = 180) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
