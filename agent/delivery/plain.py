"""Repository text in a request's body: it mentions nobody, closes no issue, starts no comment and breaks no table."""

from __future__ import annotations

import re

__all__ = ["code", "one_sentence", "prose"]


def prose(text: str, most: int = 300) -> str:
    """One line of plain words."""
    text = " ".join(text.split())
    text = text if len(text) <= most else text[: most - 1].rstrip() + "…"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    text = re.sub(r"@(?=\w)", "&#64;", text)
    text = re.sub(r"(?<!&)([#!])(?=\d)", lambda found: f"&#{ord(found.group(1))};", text)
    return re.sub(r"([*_`\[\]~])", r"\\\1", text)


def code(text: str, most: int = 160) -> str:
    """A name as it stands in the code, in a code span of its own."""
    text = "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
    text = text if len(text) <= most else text[: most - 1] + "…"
    text = text.replace("|", "¦").replace("`", "'")
    return f"`{text}`" if text else "``"


def one_sentence(text: str) -> str:
    """The first sentence of a text."""
    text = " ".join(text.split())
    found = re.match(r"(.{20,}?[.!?])(?=\s+[A-Z]|$)", text)
    return found.group(1) if found else text
