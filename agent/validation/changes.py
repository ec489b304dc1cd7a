"""A change as values: a patch and the files that it applies to in, `FileChange`s and the lines that they changed out."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchedFile, PatchSet

from agent.domain.line_blocks import Block, changed_blocks
from agent.domain.verdict import FileChange
from agent.errors import UnusablePatchError

__all__ = ["UnusablePatchError", "added_lines", "changed_lines", "read_patch", "removed_lines", "safe_path"]

MOST_BYTES = 50_000_000
REGULAR = frozenset({"100644", "100755", "100664"})
MODES = re.compile(r"^(?:new file mode|new mode|old mode|deleted file mode) (\d{6})$|^index \S+ (\d{6})$")


def read_patch(patch: str, read: Callable[[str], str | None]) -> tuple[FileChange, ...]:
    """A unified diff or git patch (Latin-1 text) against the files that ``read`` gives (None: no such file).

    Lines must stand exactly where the patch says. Raises UnusablePatchError, which names the file and the reason.
    """
    if len(patch) > MOST_BYTES:
        raise UnusablePatchError(f"the patch is larger than {MOST_BYTES:,} bytes")
    _refuse_special(patch)
    try:
        files = PatchSet(StringIO(patch, newline="\n"))
    except (UnidiffParseError, ValueError, IndexError, AssertionError, TypeError, AttributeError) as error:
        raise UnusablePatchError(f"not a unified diff: {error}") from error
    changes: dict[str, FileChange] = {}
    for file in files:
        for change in _file_changes(file, read):
            if change.path in changes:
                raise UnusablePatchError(f"{change.path}: named twice in one patch")
            changes[change.path] = change
    if not changes and patch.strip():
        raise UnusablePatchError("not a unified diff: it names no file")
    return tuple(changes[path] for path in sorted(changes))


def safe_path(path: str) -> str:
    """A path that stays in the repository and outside its administration. Raises UnusablePatchError."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts or "." in parts or "" in parts:
        raise UnusablePatchError(f"{path!r} is not a path in the repository")
    if any(part.lower() in (".git", ".hg", ".svn") for part in parts):
        raise UnusablePatchError(f"{path}: version control's own files are not part of a change")
    return path


def changed_lines(change: FileChange) -> tuple[int, ...]:
    """Lines of the new text that are new or other than before; empty for a deleted file."""
    return tuple(n for _, _, j1, j2 in _blocks(change) for n in range(j1 + 1, j2 + 1))


def added_lines(change: FileChange) -> tuple[tuple[int, str], ...]:
    """(line, text) of the same lines."""
    lines = (change.after or "").split("\n")
    return tuple((n, lines[n - 1]) for n in changed_lines(change) if n <= len(lines))


def removed_lines(change: FileChange) -> tuple[tuple[int, str], ...]:
    """(line, text) in the old text of what is no longer there."""
    lines = (change.before or "").split("\n")
    return tuple((n + 1, lines[n]) for i1, i2, _, _ in _blocks(change) for n in range(i1, min(i2, len(lines))))


def _blocks(change: FileChange) -> list[Block]:
    return changed_blocks(_lines(change.before), _lines(change.after))


def _lines(text: str | None) -> list[str]:
    if not text:
        return []
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _refuse_special(patch: str) -> None:
    # Only what stands between files can be a mode: a line of a file's content starts with a blank, + or -.
    for line in patch.split("\n"):
        match = MODES.match(line)
        if match and (match.group(1) or match.group(2)) not in REGULAR:
            raise UnusablePatchError(
                f"a change of mode {match.group(1) or match.group(2)}: links and submodules are refused"
            )
        if line.startswith(("copy from ", "copy to ")):
            raise UnusablePatchError("a patch that copies: write the new file out (git diff --no-renames)")
        if line.startswith(("GIT binary patch", "Binary files ")):
            raise UnusablePatchError("a binary patch: only text can be judged")


def _file_changes(file: PatchedFile, read: Callable[[str], str | None]) -> tuple[FileChange, ...]:
    old, new = _name(file.source_file), _name(file.target_file)
    before = read(safe_path(old)) if old else None
    if old and before is None:
        raise UnusablePatchError(f"{old}: there is no such file to change")
    if new and not old and read(safe_path(new)) is not None:
        raise UnusablePatchError(f"{new}: is to be made, but is there already")
    after = _patched(file, before or "", old or new)
    if not new:
        if after:
            raise UnusablePatchError(f"{old}: is to be deleted, but the patch leaves lines in it")
        return (FileChange(path=old, before=before, after=None),)
    safe_path(new)
    if old and old != new:
        return (FileChange(path=old, before=before, after=None), FileChange(path=new, before=read(new), after=after))
    return (FileChange(path=new, before=before, after=after),)


def _name(name: str | None) -> str:
    """The path without git's ``a/`` or ``b/``; empty for /dev/null."""
    if name is None:
        return ""
    name = name.split("\t")[0].rstrip("\r")
    if name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\([0-7]{3}|.)", _unquoted, name[1:-1])
    if name == "/dev/null":
        return ""
    return name[2:] if name[:2] in ("a/", "b/") else name


def _unquoted(match: re.Match[str]) -> str:
    said = match.group(1)
    return chr(int(said, 8)) if len(said) == 3 else {"n": "\n", "t": "\t"}.get(said, said)


def _patched(file: PatchedFile, before: str, name: str) -> str:
    old = re.findall(r"[^\n]*\n|[^\n]+", before)
    new: list[str] = []
    at = 0
    for hunk in file:
        start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
        if start < at or start > len(old):
            raise UnusablePatchError(f"{name}: the patch's parts overlap or lie behind the end of the file")
        new += old[at:start]
        at = start
        lines = list(hunk)
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            if line.line_type == "\\":
                continue
            text = line.value if line.value.endswith("\n") else line.value + "\n"
            if following is not None and following.line_type == "\\":
                text = text.removesuffix("\n")
            if line.line_type != "+":
                if at >= len(old) or old[at] != text:
                    raise UnusablePatchError(f"{name}:{at + 1}: the patch expects another line here")
                at += 1
            if line.line_type != "-":
                new.append(text)
    return "".join([*new, *old[at:]])
