"""URL patterns of Python's dispatchers, which are mostly regular expressions: one expression in, a readable path out."""

from __future__ import annotations

import re

__all__ = ["VERBS", "is_pattern", "url_pattern"]

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
BEGINNING = re.compile(r"(?:\^|\\A)?(?:\(\?i\))?\(?/|\^[\w(\[{\\$]|\^\Z")
NAMED = re.compile(r"\?P<(\w{1,60})>")
MAX_LENGTH = 400
CLASSES = "dwsDWSbB"
REPEATS = "+*?"


def is_pattern(text: str) -> bool:
    """Whether a string could be the pattern of a URL: a path, or an expression that is anchored at its beginning."""
    return len(text) <= MAX_LENGTH and BEGINNING.match(text) is not None and not any(c.isspace() for c in text)


def url_pattern(text: str) -> str:
    r"""``^/items/(?P<sku>[^/]+)/?$`` is ``/items/{sku}``; what is no regular expression stays as it is.

    Read from left to right without matching, because patterns come from the repository that is read.
    """
    for anchor in ("^", r"\A", "(?i)", "^"):
        text = text.removeprefix(anchor)
    for anchor in ("$", r"\Z", r"\z", "/?"):
        text = text.removesuffix(anchor)
    found: list[str] = []
    place = 0
    while place < len(text[:MAX_LENGTH]):
        letter = text[place]
        if letter == "(":
            end = _closing(text, place)
            named = NAMED.match(text, place + 1)
            inner = text[place + 1 : end]
            aside = inner.startswith(("?:", "?=", "?!", "?#")) and named is None
            found.append("" if aside else f"{{{named[1] if named else ''}}}")
            place = _repeated(text, end + 1)
        elif letter == "[":
            end = text.find("]", place + 2)
            if end < 0:
                return "/" + text.lstrip("/")
            found.append("{}")
            place = _repeated(text, end + 1)
        elif letter == "\\" and place + 1 < len(text):
            held = text[place + 1]
            found.append("{}" if held in CLASSES else held)
            place = _repeated(text, place + 2) if held in CLASSES else place + 2
        elif letter == "." and text[place + 1 : place + 2] in ("*", "+"):
            found.append("{}")
            place = _repeated(text, place + 1)
        elif letter in "?$" or (letter in "+*" and found and found[-1].endswith("}")):
            place += 1
        else:
            found.append(letter)
            place += 1
    return "/" + re.sub(r"(?:\{\}){2,}", "{}", "".join(found)).lstrip("/")


def _closing(text: str, start: int) -> int:
    """Where a group ends; brackets inside character classes and escaped ones do not count."""
    depth, place, inside = 0, start, False
    while place < len(text):
        letter = text[place]
        if letter == "\\":
            place += 1
        elif inside:
            inside = letter != "]"
        elif letter == "[":
            inside = True
            place += text[place + 1 : place + 3].startswith(("]", "^]")) and 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if not depth:
                return place
        place += 1
    return len(text)


def _repeated(text: str, place: int) -> int:
    """Past a repetition: ``+``, ``*?``, ``{2,4}``."""
    if text[place : place + 1] == "{" and (end := text.find("}", place)) > 0 and text[place + 1 : place + 2].isdigit():
        return end + 1
    while place < len(text) and text[place] in REPEATS:
        place += 1
    return place
