"""A patch as a file: subject, body and changes in, bytes in the form of ``git format-patch`` out, for ``git am`` to apply.

The same input gives the same bytes: the author is figwright, the date the commit's. Where a changed line holds a carriage
return, the body is quoted-printable: ``git am`` takes carriage returns out of anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.header import Header

from agent.domain.verdict import FileChange
from agent.patches.diffs import diff_of, line_counts

__all__ = ["AUTHOR", "file_name", "mailed"]

AUTHOR = "figwright <figwright@localhost>"
_ZEROS = "0" * 40
_EPOCH = "1970-01-01"
# What would end the message, or be taken for a header, where git reads it.
_CAUGHT = re.compile(r"^(?=---|diff -|Index: |>?From[ :]|Subject:|Date:|\[PATCH)", re.MULTILINE)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def file_name(number: int, recipe: str, title: str) -> str:
    """``0003-python3-print-function.patch``: in the order in which patches apply, readable, at most 80 characters."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    name = re.sub(r"[^A-Za-z0-9-]+", "-", recipe)
    return f"{number:04d}-{name}-{slug}"[:74].rstrip("-") + ".patch"


def mailed(
    subject: str,
    body: str,
    changes: Sequence[FileChange],
    committed_on: str = "",
    executable: Callable[[str], bool] = lambda _: False,
    *,
    for_git: bool = True,
) -> bytes:
    """``committed_on`` is an ISO date; ``executable`` says of a path whether the file may be run. ``for_git`` false: the
    code is in no git repository, so that nothing need be kept from ``git am`` and ``patch -p1`` can read every line."""
    diff = "".join(diff_of(change, executable) for change in sorted(changes, key=lambda change: change.path))
    quoted = for_git and "\r" in diff
    message = _CAUGHT.sub(" ", body.strip()) + "\n---\n" + _summary(changes) + "\n"
    head = [
        f"From {_ZEROS} Mon Sep 17 00:00:00 2001",
        f"From: {AUTHOR}",
        f"Date: {_date(committed_on)}",
        f"Subject: [PATCH] {_subject(subject)}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        f"Content-Transfer-Encoding: {'quoted-printable' if quoted else '8bit'}",
    ]
    content = message.encode("utf-8", "replace") + diff.encode("latin-1") + b"-- \nfigwright\n\n"
    if quoted:
        content = content.replace(b"=", b"=3D").replace(b"\r", b"=0D")
    return "\n".join(head).encode("ascii") + b"\n\n" + content


def _subject(text: str) -> str:
    text = " ".join(text.split())
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=10_000).encode()


def _date(iso: str) -> str:
    try:
        day = datetime.fromisoformat(iso or _EPOCH).replace(tzinfo=UTC)
    except ValueError:
        day = datetime.fromisoformat(_EPOCH).replace(tzinfo=UTC)
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year} 12:00:00 +0000"


def _summary(changes: Sequence[FileChange]) -> str:
    """What `git format-patch --stat` says, in fewer words."""
    counts = [line_counts(change) for change in changes]
    added, removed = sum(plus for plus, _ in counts), sum(minus for _, minus in counts)
    files = f"{len(changes)} file{'' if len(changes) == 1 else 's'} changed"
    return f" {files}, {added} insertions(+), {removed} deletions(-)\n"
