"""Repository text in Markdown: any string in; text out that no forge turns into markup, a mention, a link or an image.

Forges look for mentions, issue numbers and bare URLs after rendering, where a backslash no longer helps: an empty comment
inside the trigger does (it vanishes from the page), and nothing at all is looked for inside a code span.
"""

from __future__ import annotations

import re

from agent.report.visible_text import cut_middle, cut_tail

__all__ = ["cell", "code", "link", "prose"]

_BREAK = "<!-- -->"  # written as NUL until everything else is escaped; visible text holds no NUL
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#+!|~$&]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_TRIGGER = re.compile(r"(@|(?<=[A-Za-z0-9]):(?=//)|\bwww(?=\.)|\bGH(?=-\d)|:(?=[A-Za-z0-9+-]{1,40}:))")
_BLOCK_START = re.compile(r"^\s*(?:[-=]|\d{1,9}(?=[.)]))")


def prose(text: str, limit: int = 400) -> str:
    """A sentence as inline text, in which `backticks` set off code, as they do in the plan."""
    parts = cut_tail(text, limit).split("`")
    if len(parts) % 2 == 0:  # a tick without a partner is a tick
        return _plain("`".join(parts))
    return "".join(_plain(part) if place % 2 == 0 else code(part) for place, part in enumerate(parts) if part)


def _plain(text: str) -> str:
    shown = _TRIGGER.sub(lambda found: f"{found[0]}\x00", text)
    shown = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], "\\" + found[0]), shown)
    shown = shown.replace("\\#", "\\#\x00")  # an issue number follows its sign without a gap
    shown = _BLOCK_START.sub(lambda found: f"{found[0]}\x00", shown)
    return shown.replace("\x00", _BREAK)


def code(text: str, limit: int = 80) -> str:
    """A name in a code span; its fence is longer than any run of backticks in it, and pipes do not end a table's cell."""
    shown = cut_middle(text, limit) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", "\\|")


def link(shown: str, url: str) -> str:
    """Markdown that is already safe, as a link when there is a URL (percent-encoded, so that it cannot end early)."""
    return f"[{shown}]({url})" if url else shown


def cell(*parts: str) -> str:
    """A table row from cells that are already safe."""
    return "| " + " | ".join(parts) + " |"
