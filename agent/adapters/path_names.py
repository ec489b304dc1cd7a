"""File names as figwright shows them: raw bytes in, text out that is valid UTF-8 and fits on one line.

A name on disk may hold anything but NUL and a slash: newlines, terminal escapes, bytes of another encoding. Such a
character is written as a backslash escape; the snapshot keeps the raw name beside it for reading.
"""

from __future__ import annotations

import unicodedata

__all__ = ["shown_name"]

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown_name(raw: bytes) -> str:
    """The path as it appears in every result. Ordinary names come back as they are."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(_escaped(letter) if unicodedata.category(letter) in _UNSAFE else letter for letter in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
