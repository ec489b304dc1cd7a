"""An XML file as a light tree with line numbers; nothing outside the file is ever fetched and no entity is expanded.

What comes before a syntax error is kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat  # the tree needs line numbers; entity declarations are refused below

__all__ = ["Element", "read_xml"]

MAX_ELEMENTS = 200_000
MAX_DEPTH = 200


@dataclass(slots=True)
class Element:
    """An element; names are without namespace prefix, ``content`` keeps text and children in order."""

    name: str
    attributes: dict[str, str]
    line: int
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.content if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """The text directly inside."""
        return "".join(part for part in self.content if isinstance(part, str)).strip()

    def all(self, *names: str) -> Iterator[Element]:
        """Descendants of these names, in document order."""
        todo = self.children[::-1]
        while todo:
            element = todo.pop()
            if element.name in names:
                yield element
            todo.extend(element.children[::-1])

    def child(self, name: str) -> str:
        """The text of the first child of that name."""
        return next((c.text for c in self.children if c.name == name), "")


class _Refused(Exception):  # noqa: N818 - a signal inside this module
    """The document asks for more than it gets."""


def read_xml(source: bytes) -> Element | None:
    """The document's root element, as far as it could be read; None when there is none."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Element("", {}, 0)
    open_elements = [top]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(open_elements) > MAX_DEPTH:
            raise _Refused
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(":")[2], local, parser.CurrentLineNumber)
        open_elements[-1].content.append(element)
        open_elements.append(element)

    def refuse(*_: object) -> None:
        raise _Refused

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.CharacterDataHandler = lambda text: open_elements[-1].content.append(text)
    parser.EntityDeclHandler = refuse
    # ValueError and LookupError: an encoding that is not what the document says
    with contextlib.suppress(expat.ExpatError, _Refused, ValueError, LookupError):
        parser.Parse(source, True)
    return next(iter(top.children), None)
