"""Results to disk: each file appears whole or not at all, and a file that the user edited is never overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from errno import EISDIR
from pathlib import Path

from agent.errors import OutputError

__all__ = ["checksums", "is_edited", "read_checksums", "stamped", "write_files"]

STAMP = re.compile(r"^# figwright: unedited ([0-9a-f]{16})$", re.MULTILINE)


def write_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write all files into ``folder``; first everything to temporary names, then renamed one after the other.

    Raises OutputError (disk full, no permission, a file where the folder should be); nothing temporary is left.
    """
    made: list[Path] = []
    created = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        for text in files.values():
            handle, temporary = tempfile.mkstemp(prefix=".figwright-", suffix=".tmp", dir=folder)
            made.append(Path(temporary))
            with os.fdopen(handle, "wb") as out:
                out.write(text.encode("utf-8", "surrogateescape"))
                out.flush()
                os.fsync(out.fileno())
        umask = os.umask(0)
        os.umask(umask)
        targets = [folder / name for name in files]
        for target in targets:  # before the first file gets its name: what cannot be placed is known by then
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(target))
        for temporary_path, target in zip(made, targets, strict=True):
            temporary_path.chmod(0o666 & ~umask)
            temporary_path.replace(target)
    except OSError as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.unlink()
        if created:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise OutputError(
            f"the results cannot be written to {folder} ({error.strerror or error}): free space or choose --out."
        ) from None
    return targets


def checksums(files: Mapping[str, str]) -> str:
    """The text of a SHA256SUMS file, as ``sha256sum --check`` reads it: what was written, so that it is known again."""
    lines = []
    for name in sorted(files):
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n")
        digest = hashlib.sha256(files[name].encode("utf-8", "surrogateescape")).hexdigest()
        lines.append(f"{chr(92) if escaped != name else ''}{digest}  {escaped}\n")
    return "".join(lines)


def read_checksums(text: str) -> dict[str, str]:
    """Path -> digest; lines of another form are left out."""
    found = {}
    for line in text.split("\n"):
        match = re.fullmatch(r"(\\?)([0-9a-f]{64})  (.+)", line)
        if match:
            name = match[3]
            if match[1]:
                name = re.sub(r"\\(.)", lambda each: "\n" if each[1] == "n" else each[1], name)
            found[name] = match[2]
    return found


def _remove_leftovers(folder: Path) -> None:
    """What a killed run left behind."""
    for path in folder.glob(".figwright-*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def stamped(text: str) -> str:
    """The text with a first line that lets `is_edited` see whether anybody changed it since."""
    return f"# figwright: unedited {_digest(text)}\n{text}"


def is_edited(path: Path) -> bool:
    """Whether a file that `stamped` wrote was changed since; a file without a stamp counts as the user's own."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError):
        return True
    match = STAMP.match(text)
    return match is None or _digest(text[match.end() + 1 :]) != match.group(1)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
