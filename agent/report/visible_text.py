"""Repository text as something a reader can trust: any string in; no control, bidi or invisible character out, and bounded.

A name may carry characters that reorder, hide or end what surrounds it (Boucher and Anderson, "Trojan Source", 2021).
They are shown as ``[U+202E]`` instead of acting. Escaping for HTML or Markdown comes after this.
"""

from __future__ import annotations

import unicodedata

__all__ = ["PROSE_LIMIT", "cut_middle", "cut_path", "cut_tail", "visible"]

PROSE_LIMIT = 600
"""Characters of a sentence that are shown; a sentence that quotes a longer name is cut."""

_STACKED_MARKS = 2  # more combining marks than this on one letter paint over the neighbouring lines


def visible(text: str) -> str:
    """The text with every character that acts instead of showing written as its code point; tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    stacked = run = 0
    last = ""
    for character in text.replace("\t", " "):
        stacked = stacked + 1 if unicodedata.combining(character) else 0
        # isprintable() is false for controls, format characters, surrogates, private use and every odd space.
        if character.isprintable() and stacked <= _STACKED_MARKS:
            shown.append(character)
            last = ""
        elif character == last:
            run += 1
            shown[-1] = f"[U+{ord(character):04X} ×{run}]"
        else:
            shown.append(f"[U+{ord(character):04X}]")
            last, run = character, 1
    return "".join(shown)


def cut_tail(text: str, limit: int = PROSE_LIMIT) -> str:
    """A sentence, visible, at most ``limit`` of its characters; where most was cut, it says how much there was."""
    if len(text) <= limit:
        return visible(text)
    count = f" ({len(text):,} characters)" if len(text) > 4 * limit else ""
    return f"{visible(text[: limit - 1])}…{count}"


def cut_middle(text: str, limit: int) -> str:
    """A name or path, visible, with the middle left out when it is long: both ends tell names apart."""
    if len(text) <= limit:
        return visible(text)
    head = (limit - 1) // 3
    count = f" ({len(text):,} characters)" if len(text) > 4 * limit else ""
    return f"{visible(text[:head])}…{visible(text[-(limit - 1 - head) :])}{count}"


def cut_path(text: str, limit: int) -> str:
    """A path with whole folders left out: its first one says which part of the system, its last ones which file."""
    if len(text) <= limit:
        return visible(text)
    first, *rest = text.split("/")
    kept = ""
    while len(rest) > 1 and len(first) + len("/…/") + len(rest[-1]) + len(kept) <= limit:
        kept = f"/{rest.pop()}{kept}"
    return visible(f"{first}/…{kept}") if kept.strip("/") else cut_middle(text, limit)
