"""A pom.xml as elements with their places, so that one value can be changed and all else stays: text in, elements and edits out.

A parser of XML loses what stood between the values (blanks, comments, the order of attributes); this reader keeps places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.patches.edits import Edit, newline_of

__all__ = ["Element", "Pom", "read_pom", "without_lines"]

_TAG = re.compile(r"<(?P<close>/)?(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>[^<>]*)>")
_SKIPPED = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MOST_DEEP = 60
_REFERENCE = re.compile(r"\$\{([\w.-]{1,100})\}")


@dataclass
class Element:
    """``start`` to ``end`` is the whole element, ``inner`` to ``inner_end`` what is in it."""

    name: str
    start: int
    inner: int
    inner_end: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    def named(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def child(self, *path: str) -> Element | None:
        """The first child of that name, its first child of the next name and so on."""
        found: Element | None = self
        for name in path:
            found = next(iter(found.named(name)), None) if found is not None else None
        return found

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Pom:
    """A build file that could be read whole."""

    path: str
    text: str
    project: Element

    def said(self, element: Element | None) -> str:
        """The element's text without comments and blanks around it; empty for none."""
        if element is None:
            return ""
        return _COMMENT.sub("", self.text[element.inner : element.inner_end]).strip()

    def value(self, element: Element, name: str) -> str:
        return self.said(element.child(name))

    def replaced(self, element: Element, value: str) -> Edit:
        """Another value in place of the one that stands there; blanks and comments around it stay."""
        inner = self.text[element.inner : element.inner_end]
        at = inner.find(self.said(element))
        if at < 0 or not self.said(element):
            return Edit(element.inner, element.inner_end, value)
        return Edit(element.inner + at, element.inner + at + len(self.said(element)), value)

    def properties(self) -> Mapping[str, Element]:
        """The project's own properties, the first of each name."""
        found: dict[str, Element] = {}
        block = self.project.child("properties")
        for child in block.children if block is not None else ():
            found.setdefault(child.name, child)
        return found

    def holder(self, element: Element) -> Element | None:
        """Where the value is written: the element, or the property of this file that it names; None when that is elsewhere."""
        known = self.properties()
        for _ in range(5):
            match = _REFERENCE.fullmatch(self.said(element))
            if match is None:
                return element if "${" not in self.said(element) else None
            if match[1] not in known:
                return None
            element = known[match[1]]
        return None

    def plugins(self) -> Iterator[Element]:
        """Every plugin of the build, its management, its profiles and of the reports."""
        for element in self.project.walk():
            if element.name == "plugin":
                yield element

    def dependencies(self) -> Iterator[Element]:
        """Every dependency, managed ones and those of plugins and profiles too."""
        for element in self.project.walk():
            if element.name == "dependency":
                yield element

    def indent_of(self, element: Element) -> str:
        line = self.text[self.text.rfind("\n", 0, element.start) + 1 : element.start]
        return line if not line.strip() else line[: len(line) - len(line.lstrip())]

    def step(self) -> str:
        """What one level is indented by."""
        first = next(iter(self.project.children), None)
        return self.indent_of(first) if first is not None and self.indent_of(first) else "  "

    def appended(self, parent: Element, block: str) -> Edit:
        """A block of lines, written as if at the left margin with ``\\t`` for a level, as the last child of ``parent``."""
        newline, step = newline_of(self.text), self.step()
        base = self.indent_of(parent) + step
        lines = [base + line.replace("\t", step) for line in block.split("\n")]
        if self.text[: parent.end].endswith("/>"):
            opened = self.text[parent.start : parent.end].removesuffix("/>").rstrip() + ">"
            body = newline.join([opened, *lines, f"{self.indent_of(parent)}</{parent.name}>"])
            return Edit(parent.start, parent.end, body)
        at = parent.children[-1].end if parent.children else parent.inner
        comment = self.text[at : parent.inner_end].rstrip()
        at += len(comment)
        tail = (
            ""
            if self.text[at : parent.inner_end].lstrip(" \t").startswith(("\n", "\r"))
            else newline + self.indent_of(parent)
        )
        return Edit(at, at, newline + newline.join(lines) + tail)

    def added_section(self, name: str, block: str) -> Edit:
        """A new section of the project (``properties``, ``dependencies``), where the schema's customary order puts it."""
        newline, step = newline_of(self.text), self.step()
        before = {
            "properties": ("dependencyManagement", "dependencies", "repositories", "build", "reporting", "profiles")
        }.get(name, ("repositories", "pluginRepositories", "build", "reporting", "profiles"))
        lines = [
            f"{step}<{name}>",
            *(step * 2 + line.replace("\t", step) for line in block.split("\n")),
            f"{step}</{name}>",
        ]
        at = next((child for child in self.project.children if child.name in before), None)
        if at is None:
            return self.appended(
                self.project, f"<{name}>\n" + "\n".join(f"\t{line}" for line in block.split("\n")) + f"\n</{name}>"
            )
        start = self.text.rfind("\n", 0, at.start) + 1
        if self.text[start : at.start].strip():  # something else stands on its line
            return Edit(at.start, at.start, newline.join(["", *lines, ""]))
        comment = self.text.rfind("<!--", 0, start)
        if (
            comment >= 0
            and not self.text[comment:start].partition("-->")[2].strip()
            and "-->" in self.text[comment:start]
        ):
            start = self.text.rfind("\n", 0, comment) + 1  # the comment above belongs to the section
        return Edit(start, start, newline.join([*lines, "", ""]))


def read_pom(path: str, text: str | None) -> Pom | None:
    """None for what is no project file or not well formed (or declares entities, which nobody needs there)."""
    if text is None or len(text) > 2_000_000 or "<!ENTITY" in text:
        return None
    root = Element("", 0, 0)
    stack = [root]
    at = text.find("<")
    while at >= 0:
        skipped = next((end for start, end in _SKIPPED if text.startswith(start, at)), "")
        if skipped:
            end = text.find(skipped, at)
            if end < 0:
                return None
            at = text.find("<", end + len(skipped))
            continue
        token = _TAG.match(text, at)
        if token is None or not _take(stack, token) or len(stack) > _MOST_DEEP:
            return None
        at = text.find("<", token.end())
    projects = root.named("project")
    return Pom(path, text, projects[0]) if len(stack) == 1 and len(projects) == 1 else None


def _take(stack: list[Element], token: re.Match[str]) -> bool:
    """Opens or closes an element; False when it closes another one than is open."""
    name = token["name"]
    if token["close"]:
        if len(stack) < 2 or stack[-1].name != name:
            return False
        element = stack.pop()
        element.inner_end, element.end = token.start(), token.end()
        return True
    element = Element(name, token.start(), token.end(), token.end(), token.end())
    stack[-1].children.append(element)
    if not token["rest"].rstrip().endswith("/"):
        stack.append(element)
    return True


def without_lines(pom: Pom, element: Element) -> Edit:
    """Takes an element away, with its line when nothing else stands on it."""
    start, end = element.start, element.end
    line_start = pom.text.rfind("\n", 0, start) + 1
    line_end = pom.text.find("\n", end)
    line_end = len(pom.text) if line_end < 0 else line_end + 1
    if not pom.text[line_start:start].strip() and not pom.text[end:line_end].strip():
        return Edit(line_start, line_end, "")
    return Edit(start, end, "")
