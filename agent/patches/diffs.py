"""Changes as text: a `FileChange` in, git's unified diff of it out; and three texts of one file merged into one.

Texts are Latin-1 strings, each character a byte; only ``\\n`` ends a line, so that ``\\r`` and every encoding pass through.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

from agent.domain.line_blocks import Block, changed_blocks
from agent.domain.verdict import FileChange

__all__ = ["diff_of", "line_counts", "merge"]

CONTEXT = 3
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def diff_of(change: FileChange, executable: Callable[[str], bool] = lambda _: False) -> str:
    """One file's part of a patch that ``git am``, ``git apply`` and ``patch -p1`` take; empty when nothing changes."""
    if change.before == change.after:
        return ""
    old, new = _quoted(f"a/{change.path}"), _quoted(f"b/{change.path}")
    mode = "100755" if executable(change.path) else "100644"
    lines = [f"diff --git {old} {new}\n"]
    blobs = f"index {_blob(change.before)}..{_blob(change.after)}"
    if change.before is None:
        lines += [f"new file mode {mode}\n", f"{blobs}\n"]
    elif change.after is None:
        lines += [f"deleted file mode {mode}\n", f"{blobs}\n"]
    else:
        lines.append(f"{blobs} {mode}\n")
    if change.before or change.after:
        # A name with a blank gets a tab behind it, or `patch` would take what follows the blank for a date.
        lines.append(f"--- {_ended('/dev/null' if change.before is None else old)}\n")
        lines.append(f"+++ {_ended('/dev/null' if change.after is None else new)}\n")
        lines += _hunks(_lines(change.before), _lines(change.after))
    return "".join(lines)


def line_counts(change: FileChange) -> tuple[int, int]:
    """(lines that are new, lines that are gone)."""
    edits = changed_blocks(_lines(change.before), _lines(change.after))
    return sum(j2 - j1 for _, _, j1, j2 in edits), sum(i2 - i1 for i1, i2, _, _ in edits)


def merge(base: str, ours: str, theirs: str) -> str | None:
    """``ours`` with what ``theirs`` changes in ``base``, by lines; None where both changed the same place differently."""
    if ours == base:
        return theirs
    if ours == theirs:
        return ours
    old, mine, wanted = _lines(base), _lines(ours), _lines(theirs)
    own = changed_blocks(old, mine)
    merged: list[str] = []
    at = 0  # in `mine`
    for i1, i2, j1, j2 in changed_blocks(old, wanted):
        if any(edit[:2] == (i1, i2) and mine[edit[2] : edit[3]] == wanted[j1:j2] for edit in own):
            continue  # done already
        if any((a1 < i2 and i1 < a2) or ((a1 == a2 or i1 == i2) and a1 <= i2 and i1 <= a2) for a1, a2, _, _ in own):
            return None
        shift = sum((b2 - b1) - (a2 - a1) for a1, a2, b1, b2 in own if a2 <= i1)
        merged += mine[at : i1 + shift]
        merged += wanted[j1:j2]
        at = i2 + shift
    return "".join([*merged, *mine[at:]])


def _lines(text: str | None) -> list[str]:
    return _LINE.findall(text or "")


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    group: list[Block] = []
    for edit in changed_blocks(old, new):
        if group and edit[0] - group[-1][1] > 2 * CONTEXT:
            yield from _hunk(old, new, group)
            group = []
        group.append(edit)
    if group:
        yield from _hunk(old, new, group)


def _hunk(old: Sequence[str], new: Sequence[str], edits: Sequence[Block]) -> Iterator[str]:
    i0, i9 = max(0, edits[0][0] - CONTEXT), min(len(old), edits[-1][1] + CONTEXT)
    j0, j9 = edits[0][2] - (edits[0][0] - i0), edits[-1][3] + (i9 - edits[-1][1])
    yield f"@@ -{_span(i0, i9)} +{_span(j0, j9)} @@\n"
    at = i0
    for i1, i2, j1, j2 in edits:
        yield from (_marked(" ", line) for line in old[at:i1])
        yield from (_marked("-", line) for line in old[i1:i2])
        yield from (_marked("+", line) for line in new[j1:j2])
        at = i2
    yield from (_marked(" ", line) for line in old[at:i9])


def _span(start: int, end: int) -> str:
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _marked(mark: str, line: str) -> str:
    return mark + line if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _blob(text: str | None) -> str:
    """The ID under which git stores this text; zeros for no file."""
    if text is None:
        return "0" * 40
    content = text.encode("latin-1")
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _quoted(path: str) -> str:
    """A path as git writes it in a patch: in quotes with octal bytes when it holds anything unusual; Latin-1 text."""
    raw = path.encode("utf-8", "surrogateescape")
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in raw):
        return path
    known = {0x22: '\\"', 0x5C: "\\\\", 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
    parts = (known.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}") for byte in raw)
    return f'"{"".join(parts)}"'


def _ended(name: str) -> str:
    return f"{name}\t" if " " in name and not name.startswith('"') else name
