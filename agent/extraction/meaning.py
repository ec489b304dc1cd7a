"""What an answer's parts mean, apart from how they are written: HTML as a tree, JSON as values, cookies and sessions decoded."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from lxml import etree, html

from agent.domain.extraction import Answer

__all__ = ["body_meaning", "header_meanings"]

# Of the connection and of who serves, not of the program.
_OF_THE_SERVER = frozenset("date server connection keep-alive transfer-encoding via x-upstream content-length".split())
_LARGEST_PAGE = 8 << 20
_DEEPEST = 200


def header_meanings(answer: Answer) -> Mapping[str, str]:
    """Headers by name in lower case, several of one name in their order; cookies one by one, a signed session decoded."""
    found: dict[str, list[str]] = {}
    for name, value in answer.headers:
        lower = name.lower()
        if lower == "set-cookie":
            for key, meaning in _cookies(value):
                found.setdefault(key, []).append(meaning)
        elif lower == "vary":
            found.setdefault(lower, []).extend(sorted(one.strip().lower() for one in value.split(",")))
        elif lower not in _OF_THE_SERVER:
            found.setdefault(lower, []).append(value)
    return {name: "\n".join(values) for name, values in sorted(found.items())}


def _cookies(value: str) -> Iterable[tuple[str, str]]:
    try:
        parsed = SimpleCookie(value)
    except CookieError:
        parsed = SimpleCookie()
    if not parsed:
        yield "cookie", value
    for name, morsel in parsed.items():
        session = _session(morsel.value)
        attributes = sorted(f"{key}={item}" for key, item in morsel.items() if item)
        yield f"cookie {name}", "; ".join([morsel.value if session is None else session, *attributes])


def _session(value: str) -> str | None:
    """A session as Flask signs it (JSON, packed or not, a time and a signature); None for any other cookie."""
    packed = value.startswith(".")
    parts = value.removeprefix(".").split(".")
    if len(parts) != 3 or len(value) > 8192:
        return None
    try:
        content = base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4))
        if packed:
            content = zlib.decompressobj().decompress(content, 1 << 20)
        return "session " + json.dumps(json.loads(content), sort_keys=True)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return None


def body_meaning(answer: Answer) -> str:
    """The body as text that is equal when it means the same."""
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    kind = kind.partition(";")[0].strip().lower()
    raw = answer.body.encode("latin-1", "replace")
    if not raw:
        return ""
    if kind == "application/json" or kind.endswith("+json"):
        return _json(raw)
    if kind in ("text/html", "application/xhtml+xml") and len(raw) <= _LARGEST_PAGE:
        return _tree(raw)
    return answer.body


def _json(raw: bytes) -> str:
    try:
        return json.dumps(json.loads(raw), sort_keys=True, indent=0)
    except (ValueError, RecursionError):
        return raw.decode("latin-1")


def _tree(raw: bytes) -> str:
    """One line an element, attributes sorted, white space of no effect folded; as it is when the parser left something out."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
    try:
        root = html.document_fromstring(raw, parser=parser)
    except (etree.LxmlError, ValueError):
        return raw.decode("latin-1")
    if b"\0" in raw or any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        return raw.decode("latin-1")  # too deep, or cut short
    lines: list[str] = []
    _write(root, 0, False, lines)
    return "\n".join(lines)


def _write(element: Any, depth: int, kept: bool, lines: list[str]) -> None:
    stack: list[tuple[Any, int, bool]] = [(element, depth, kept)]
    while stack:
        here, level, exact = stack.pop()
        if isinstance(here, str):
            lines.append(here)
            continue
        if not isinstance(here.tag, str):
            lines.append(f"<!--{_folded(here.text or '')}-->")
            continue
        exact = exact or here.tag in ("pre", "textarea", "script", "style")
        attributes = " ".join(f"{name}={_attribute(name, value)!r}" for name, value in sorted(here.attrib.items()))
        lines.append(f"{min(level, _DEEPEST)} <{here.tag} {attributes}>")
        if here.text and here.text.strip():
            lines.append(here.text if exact else _folded(here.text))
        for child in reversed(here):
            if child.tail and child.tail.strip():
                stack.append((child.tail if exact else _folded(child.tail), level, exact))
            stack.append((child, level + 1, exact))


def _attribute(name: str, value: str) -> str:
    return " ".join(sorted(value.split())) if name == "class" else value


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
