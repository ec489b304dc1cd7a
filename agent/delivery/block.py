"""The hidden block of a request's body: what figwright last wrote there, so that it needs no database.

A body is the block, figwright's own text, an end mark, and whatever people write before or after. Text that a person
changed is recognized by its digest and kept; then only the block itself is brought up to date.
"""

from __future__ import annotations

import hashlib
import json
import re

from pydantic import ValidationError

from agent.domain.inventory import Noun

__all__ = ["Block", "compose_body", "digest", "read_block", "same_text", "title_to_write", "with_pushed"]

_START = re.compile(r"^<!-- figwright (\{[^\n]*\}) -->[ \t]*$", re.MULTILINE)
_END = "<!-- /figwright -->"


class Block(Noun):
    """``item``: which item; ``plan``: the plan's hash; ``change``: the hash of the item's changes; ``pushed``: the commits
    that the branch may stand at (the last one pushed and, while a push is under way, the one to come); ``title`` and
    ``text``: digests of what figwright wrote there."""

    item: str
    plan: str = ""
    change: str = ""
    pushed: tuple[str, ...] = ()
    title: str = ""
    text: str = ""


def digest(text: str) -> str:
    """Twelve hex digits that do not depend on line ends or blanks at them, which forges change."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n")]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def read_block(body: str) -> Block | None:
    """None when the body holds none that can be read."""
    found = _START.search(body.replace("\r\n", "\n"))
    if found is None:
        return None
    try:
        return Block.model_validate(json.loads(found.group(1)))
    except (ValueError, ValidationError):
        return None


def compose_body(existing: str, text: str, block: Block) -> str:
    """The body to be: ``text`` in its place, unless a person changed what stood there; people's own words around it stay."""
    existing = existing.replace("\r\n", "\n")
    found = _START.search(existing)
    old = read_block(existing)
    if found is None or old is None:
        own = existing.strip()
        return _own(text, block) + (f"\n\n{own}\n" if own else "\n")
    before, rest = existing[: found.start()], existing[found.end() :]
    inside, mark, after = rest.partition(_END)
    if not mark:  # the end mark is gone: all of the rest counts as changed by a person
        inside, after = rest, ""
    kept = old.text and digest(inside) != old.text
    written = _own(inside.strip() if kept else text, block, keep=old.text if kept else "")
    return before + written + (after if after.strip() else "\n")


def with_pushed(body: str, pushed: tuple[str, ...]) -> str:
    """The same body, but for the commits that the branch may stand at; as it is when it has no block."""
    body = body.replace("\r\n", "\n")
    found, block = _START.search(body), read_block(body)
    if found is None or block is None:
        return body
    return body[: found.start()] + _line(block.model_copy(update={"pushed": pushed})) + body[found.end() :]


def same_text(one: str, other: str) -> bool:
    """Whether two bodies or titles say the same, whatever the forge did to line ends."""
    return digest(one) == digest(other)


def title_to_write(existing: str, wanted: str, block: Block | None) -> str:
    """The wanted title, or the existing one when a person changed it."""
    if block is not None and block.title and digest(existing) != block.title:
        return existing
    return wanted


def _own(text: str, block: Block, keep: str = "") -> str:
    block = block.model_copy(update={"text": keep or digest(text)})
    return f"{_line(block)}\n\n{text.strip()}\n\n{_END}"


def _line(block: Block) -> str:
    data = {key: value for key, value in block.model_dump(mode="json").items() if value}
    return f"<!-- figwright {json.dumps(data, separators=(',', ':'))} -->"
