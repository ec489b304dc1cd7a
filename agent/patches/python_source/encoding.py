"""The characters of a Python file: bytes as Latin-1 in, text by the file's own encoding out, and back without loss."""

from __future__ import annotations

import codecs
import re

__all__ = ["decode", "encode"]

_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BOM = codecs.BOM_UTF8


def decode(latin: str) -> tuple[str, str]:
    """The text and the name of its encoding; Latin-1 where the declared one does not fit, so that nothing is lost."""
    data = latin.encode("latin-1", "replace")
    names = ["utf-8-sig"] if data.startswith(_BOM) else [*_declared(data), "utf-8"]
    for name in names:
        try:
            if not codecs.lookup(name)._is_text_encoding:
                continue
            text = data.decode(name)
            if text.encode(name) == data:
                return text, name
        except (LookupError, UnicodeError, ValueError):
            continue
    return latin, "latin-1"


def encode(text: str, name: str) -> str:
    """The text as bytes read as Latin-1. Raises UnicodeEncodeError for a character that the encoding lacks."""
    return text.encode(name).decode("latin-1")


def _declared(data: bytes) -> list[str]:
    for line in data.split(b"\n", 2)[:2]:
        found = _DECLARED.match(line)
        if found:
            return [found.group(1).decode("ascii", "replace")]
    return []
