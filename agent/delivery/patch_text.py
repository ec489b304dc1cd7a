"""A numbered patch as `figwright refactor` writes it: bytes of a mail in, its message, diff and hunks out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from io import StringIO
from typing import Any

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from agent.errors import InputError

__all__ = ["FileHunks", "Hunk", "PatchText", "read_diff_or_mail", "read_patch_text"]

_SIGNATURE = "\n-- \nfigwright\n"


@dataclass(frozen=True)
class Hunk:
    """Where a patch changes a file, as (first, last) lines: ``old`` with context, ``core`` the old lines that go (last < first
    when lines are only added), ``fresh`` the new lines that come, or the two that what is gone stood between. ``grows`` is
    by how many lines the file grows."""

    old: tuple[int, int]
    core: tuple[int, int]
    fresh: tuple[int, int]
    grows: int


@dataclass(frozen=True)
class FileHunks:
    path: str
    added: int
    removed: int
    hunks: tuple[Hunk, ...]
    new: bool = False
    gone: bool = False


@dataclass(frozen=True)
class PatchText:
    """``diff`` is Latin-1 text, each character a byte."""

    subject: str
    body: str
    diff: str
    files: tuple[FileHunks, ...]


def read_patch_text(content: bytes, name: str) -> PatchText:
    """Raises InputError when it is none of figwright's patches."""
    mail = message_from_bytes(content)
    payload = mail.get_payload(decode=True)
    text = payload.decode("latin-1") if isinstance(payload, bytes) else ""
    message, found, rest = text.partition("\n---\n")
    start = rest.find("\ndiff --git ")
    if not found or start < 0:
        raise InputError(f"{name} is not a patch that figwright refactor wrote: run figwright refactor again.")
    diff = rest[start + 1 :]
    end = diff.rfind(_SIGNATURE)
    diff = diff[: end + 1] if end >= 0 else diff
    subject = " ".join(str(make_header(decode_header(mail["Subject"] or ""))).split()).removeprefix("[PATCH] ")
    body = message.encode("latin-1").decode("utf-8", "replace").strip()
    return PatchText(subject, body, diff, _files(diff, name))


def read_diff_or_mail(content: bytes, name: str) -> PatchText:
    """A patch as a mail, or a bare git diff: it has no subject, and lines with a # before it are its body. Raises InputError."""
    found = re.match(rb"((?:#[^\n]*\n|\n){0,200})(?=diff --git )", content)
    if found is None:
        return read_patch_text(content, name)
    said = found[1].decode("utf-8", "replace").splitlines()
    body = "\n".join(line.removeprefix("#").removeprefix(" ") for line in said).strip()
    diff = content[found.end() :].decode("latin-1")
    return PatchText("", body, diff, _files(diff, name))


def _files(diff: str, name: str) -> tuple[FileHunks, ...]:
    try:
        files: Iterable[Any] = PatchSet(StringIO(diff, newline="\n"))
    except (UnidiffParseError, ValueError, IndexError, AssertionError, TypeError, AttributeError) as error:
        raise InputError(f"{name} cannot be read as a diff ({error}): run figwright refactor again.") from None
    return tuple(_hunks_of(file) for file in files)


def _hunks_of(file: Any) -> FileHunks:
    path = file.path.encode("latin-1", "replace").decode("utf-8", "replace")
    hunks = tuple(_hunk(hunk) for hunk in file)
    return FileHunks(path, file.added, file.removed, hunks, file.is_added_file, file.is_removed_file)


def _hunk(hunk: Any) -> Hunk:
    lines = list(hunk)
    context = next((at for at, line in enumerate(lines) if not line.is_context), 0)
    removed = [line.source_line_no for line in lines if line.is_removed]
    added = [line.target_line_no for line in lines if line.is_added]
    first = min(removed, default=hunk.source_start + context)
    seam = hunk.target_start + context
    return Hunk(
        old=(hunk.source_start, hunk.source_start + hunk.source_length - 1),
        core=(first, max(removed, default=first - 1)),
        fresh=(min(added), max(added)) if added else (seam - 1, seam),
        grows=hunk.target_length - hunk.source_length,
    )
