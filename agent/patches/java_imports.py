"""Keeps the imports of a Java file where they stood: the text before and after a rewriting in, the new one out.

OpenRewrite sorts what it adds into groups of its own and moves lines of other groups and the blanks between them.
"""

from __future__ import annotations

import re

__all__ = ["imports_in_place"]

_IMPORT = re.compile(r"import[ \t]+(static[ \t]+)?([\w.]+(?:\.\*)?)[ \t]*;[ \t]*")


def imports_in_place(before: str, after: str) -> str:
    """``after`` with the lines of ``before`` in their order: one that is new stands where the one stood that it replaces,
    else after the last of its group. ``after`` as it is where its imports are not all plain lines in one place."""
    old, new = _block(before), _block(after)
    if old is None or new is None:
        return after
    there = {name for line in new[1] if (name := _name(line))}
    known = {name for line in old[1] if (name := _name(line))}
    if there == known:
        return new[0] + "".join(old[1]) + new[2]
    fresh = [line for line in new[1] if (name := _name(line)) and name not in known]
    lines: list[str] = []
    for line in old[1]:
        name = _name(line)
        if not name or name in there:
            lines.append(line)
            continue
        successors = [other for other in fresh if _follows(_name(other), name)]
        lines += successors
        fresh = [other for other in fresh if other not in successors]
    for line in fresh:
        lines.insert(_place(lines, _name(line)), line)
    return new[0] + "".join(_without_gaps(lines, _gap(old[1]))) + new[2]


def _block(text: str) -> tuple[str, list[str], str] | None:
    """(what stands before, the lines from the first import to the last, what stands after)."""
    lines = text.splitlines(keepends=True)
    at = [n for n, line in enumerate(lines) if line.startswith("import ")]
    if not at:
        return None
    block = lines[at[0] : at[-1] + 1]
    if any(line.strip() and not _name(line) for line in block):
        return None
    if not block[-1].endswith("\n"):
        return None  # nothing but imports: no class that OpenRewrite could have changed
    return "".join(lines[: at[0]]), block, "".join(lines[at[-1] + 1 :])


def _name(line: str) -> str:
    found = _IMPORT.fullmatch(line.rstrip("\r\n"))
    return f"{'static ' if found[1] else ''}{found[2]}" if found else ""


def _follows(new: str, old: str) -> bool:
    """Whether a class is the successor of one that goes: the same kind of import, and a name that begins alike."""
    if new.startswith("static ") != old.startswith("static "):
        return False
    one, other = new.removesuffix(".*").rpartition(".")[2], old.removesuffix(".*").rpartition(".")[2]
    return one.startswith(other) or other.startswith(one) or one.endswith(other)


def _place(lines: list[str], name: str) -> int:
    """After the last import that has most in common with it; static ones stay among themselves."""
    best, at = (-1, -1), len(lines)
    for number, line in enumerate(lines):
        other = _name(line)
        if other and other.startswith("static ") == name.startswith("static "):
            alike = next((n for n, (a, b) in enumerate(zip(other, name, strict=False)) if a != b), len(other))
            shared = name[:alike].count(".")
            if (shared, number) > best:
                best, at = (shared, number), number + 1
    return at


def _gap(lines: list[str]) -> int:
    """The most blank lines that stand together."""
    most = run = 0
    for line in lines:
        run = 0 if line.strip() else run + 1
        most = max(most, run)
    return max(1, most)


def _without_gaps(lines: list[str], most: int) -> list[str]:
    """No blank line first or last, and never more together than there were."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and any(one.strip() for one in kept[-most:])):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
