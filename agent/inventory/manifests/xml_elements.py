"""Reads XML as a small tree that knows its lines: bytes in, the root element out, or None for what is not XML.

Entities that a document declares are refused (they can grow without end), and nothing outside it is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

__all__ = ["Element", "read_xml"]

_LARGEST = 2_000_000


class Element:
    """An element without its namespace; ``text`` is its own text, stripped."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, line: int, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.line = line
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""

    def find(self, *path: str) -> Element | None:
        """The first element below, tag by tag."""
        here: Element | None = self
        for tag in path:
            here = next((child for child in here.children if child.tag == tag), None) if here else None
        return here

    def value(self, *path: str) -> str:
        found = self.find(*path)
        return found.text if found else ""

    def all(self, *path: str) -> list[Element]:
        """Every element at that path below."""
        here = [self]
        for tag in path:
            here = [child for element in here for child in element.children if child.tag == tag]
        return here

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))


class _Builder(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self._open: list[Element] = []
        self._text: list[list[str]] = []
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX's name
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        line = (self._locator.getLineNumber() if self._locator else 0) or 0
        element = Element(name.rpartition(":")[2], line, dict(attrs.items()))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._text.append([])

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - SAX's name
        self._open.pop().text = "".join(self._text.pop()).strip()

    def characters(self, content: str) -> None:
        if self._text:
            self._text[-1].append(content)


def read_xml(data: bytes) -> Element | None:
    """The document's root; None when it is not well-formed, too large, or declares entities."""
    if len(data) > _LARGEST:
        return None
    builder = _Builder()
    try:
        # External references may be named (every old web.xml names its DTD); the parser is told not to follow them.
        parseString(data, builder, forbid_external=False)
    except (SAXException, DefusedXmlException, ValueError, LookupError, UnicodeError):
        return None
    return builder.root
