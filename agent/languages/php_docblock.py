"""Documentation comments of PHP: their first sentence, and the types that code without type hints declares in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["first_sentence", "split_type", "tags"]

MAX_LENGTH = 8000
STARS = re.compile(r"(?m)^[ \t]*\*+ ?")
SENTENCE = re.compile(r"(?<=[.!?])\s|\n[ \t]*\n|\n[ \t]*@|<p>|<br")
MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|\{@\w+ ?|\}")
TAG = re.compile(
    r"@(var|param|return|property|property-read|property-write|method|extends|implements|template-extends)[ \t]+"
    r"(?:static[ \t]+(?=[\w\\]+[ \t]+\w+\())?([^\n]{1,400})"
)
# A type is written without blanks, except inside <...>, (...) and {...}.
TYPE = re.compile(r"(?:[\w\\|?\[\]&$-]|<[^<>\n]{0,200}>|\([^()\n]{0,200}\)|\{[^{}\n]{0,200}\})+")
MEMBER = re.compile(r"[ \t]*(?:\.\.\.)?(\$?\w+)?(\()?")
GENERIC = re.compile(r"([\w\\-]+)<([^<>]{0,200})>\Z")
NOTHING = frozenset("null void mixed false true never".split())
PLAIN = frozenset("int integer float double string bool boolean array iterable callable object resource".split())


def first_sentence(raw: str) -> str:
    """At most 240 characters, without tags."""
    if not raw.startswith("/**"):
        return ""
    text = STARS.sub("", raw[3:2000].removesuffix("*/")).strip()
    if text.startswith("@"):
        return ""
    return " ".join(MARKUP.sub("", SENTENCE.split(text, maxsplit=1)[0]).split())[:240]


def tags(raw: str) -> Iterator[tuple[str, str, str]]:
    """(tag, type, name) of each tag that declares a type; a method's name ends with ``()``."""
    if "@" not in raw:
        return
    for found in TAG.finditer(raw[:MAX_LENGTH]):
        written = found[2].strip()
        kind = TYPE.match(written)
        if kind is None or kind[0].startswith("$"):
            swapped = re.match(r"(\$\w+)[ \t]+(\S+)", written)  # @var $order Order
            if swapped is not None and found[1] == "var":
                yield "var", swapped[2], swapped[1]
            continue
        member = MEMBER.match(written, kind.end())
        name = (member[1] or "") if member is not None else ""
        if found[1] == "method":
            if member is not None and member[2] and name:
                yield "method", kind[0], name + "()"
        else:
            yield found[1], kind[0], name if name.startswith("$") else ""


def split_type(written: str) -> tuple[str, str]:
    """(type, element type) of a declared type: the first class named, and what a collection holds."""
    value, element = "", ""
    for part in _alternatives(written.strip().lstrip("?")):
        generic = GENERIC.match(part)
        if part.endswith("[]"):
            element = element or part[:-2].strip("()?")
            value = value or "array"
        elif generic is not None:
            element = element or generic[2].rpartition(",")[2].strip().lstrip("?")
            value = generic[1] if value in ("", "array") else value
        elif part.lower() not in NOTHING and part:
            value = part if value in ("", "array") or value.lower() in PLAIN else value
    return value, "" if element.lower() in PLAIN | NOTHING or not re.match(r"[\w\\]+\Z", element) else element


def _alternatives(written: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, letter in enumerate(written):
        if letter in "<({":
            depth += 1
        elif letter in ">)}":
            depth -= 1
        elif letter in "|&" and depth == 0:
            yield written[start:at].strip("()? ")
            start = at + 1
    yield written[start:].lstrip("(? ") if written[start:].endswith("[]") else written[start:].strip("? ")
