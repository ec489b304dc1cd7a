"""JSP: what a page imports, includes, links to and calls; scriptlets are read as Java of one method.

Takes the text of a page; its module ID is ``template:<path>``, because a page is a template wherever it is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import Binding, FileFacts, Import, Reference, Wiring
from agent.languages.java import LANGUAGE as JAVA

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Jsp"]

MAX_BYTES = 2_000_000
SCRIPT = re.compile(r"<%(--|@|!|=)?")
TAG = re.compile(r"<(/?)([A-Za-z][\w.-]{0,40}(?::[\w.-]{1,60})?)\b")
ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([A-Za-z][\w:.-]{0,60}+)\s{0,20}+=\s{0,20}+(?:"([^"]{0,2000})"|'([^']{0,2000})')"""
)
MAX_TAG = 6000
MAX_SCAN = 8  # characters of tags that are read, per character of the page: tags lie inside tags
LINKS = {"a": ("href", "GET"), "form": ("action", "GET"), "iframe": ("src", "GET"), "frame": ("src", "GET")}
# The tag libraries' own forms and links: Stripes, Spring, Struts, JSTL.
TAGS = {"form": ("action", "POST"), "link": ("href", "GET"), "url": ("value", "GET"), "redirect": ("url", "GET")}
HEAD, TAIL = b"class _page { void _service() { ", b"\n} }"


class Jsp:
    """The `Language` of JSP pages and tag files."""

    name = "jsp"
    suffixes = (".jsp", ".jspf", ".jspx", ".tag", ".tagx")
    receiver_names: frozenset[str] = frozenset({"this"})
    super_names: frozenset[str] = frozenset({"super"})
    implicit_receiver = True
    builtins = JAVA.builtins | frozenset(
        "request response out session application config pageContext page exception".split()
    )

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one page. Never raises."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        return _Page(path, source.decode("utf-8", "replace")).facts(), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """``template:`` and the path."""
        return {path: f"template:{path}" for path in layout.files(self.name)}

    def unit_kind(self) -> str:
        """Pages are no units: a page follows what renders it."""
        return "template"

    def symbol_id(self, module: str, scope: str) -> str:
        """A page defines nothing below itself."""
        return f"{module}#{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """As in Java."""
        return JAVA.resolve_import(imported, path, project)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing of the project's: java.lang, javax.servlet and javax.servlet.jsp."""
        return {}


class _Page:
    """One page being read."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = _without(text, "<%--", "--%>")
        self._shown = _without(self._text, "<!--", "-->")  # scriptlets and actions run in an HTML comment, links do not
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._imports: list[Import] = []
        self._references: list[Reference] = []
        self._bindings: list[Binding] = []
        self._wirings: list[Wiring] = []
        self._unread: tuple[int, ...] = ()
        self._form_bean = ""  # the action bean of the form that is open
        self._scripts: list[tuple[int, str]] = []  # (line, Java)

    def facts(self) -> FileFacts:
        for kind, start, body in self._sections():
            if kind == "@":
                self._directive(body, self._line(start))
            elif kind == "=":
                self._scripts.append((self._line(start), f"_print({body});"))
            elif kind in ("", "!"):
                self._scripts.append((self._line(start), body))
        self._tags()
        facts = FileFacts(
            "jsp",
            code_lines=sum(1 for line in self._text.splitlines() if line.strip()),
            imports=tuple(self._imports),
            references=tuple(self._references),
            bindings=tuple(self._bindings),
            wirings=tuple(self._wirings),
            error_lines=self._unread,
        )
        return self._with_scripts(facts) if self._scripts else facts

    def _line(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def _sections(self) -> Iterator[tuple[str, int, str]]:
        """(kind, position, inside) of each ``<% %>``."""
        position = 0
        while True:
            opened = SCRIPT.search(self._text, position)
            if opened is None:
                return
            kind = opened[1] or ""
            end = self._text.find("--%>" if kind == "--" else "%>", opened.end())
            if end < 0:
                return
            yield kind, opened.end(), self._text[opened.end() : end]
            position = end + 2

    def _directive(self, body: str, line: int) -> None:
        """``<%@ page import=... %>``, ``<%@ include file=... %>``."""
        given = _attributes(body[:MAX_TAG])
        for name in given.get("import", "").split(","):
            module, _, last = name.strip().rpartition(".")
            if last:
                self._imports.append(Import(module, last, "" if last == "*" else last, line))
        if given.get("file") and body.lstrip().startswith("include"):
            self._note("include", line, given["file"])
        if given.get("extends"):
            self._type(given["extends"], "use", line)

    def _note(self, kind: str, line: int, *args: str) -> None:
        self._wirings.append(Wiring("page", kind, "", line, args))

    def _tags(self) -> None:
        budget = MAX_SCAN * len(self._text) + MAX_TAG
        for tag in TAG.finditer(self._text):
            name = tag[2].lower()
            if tag[1]:
                self._form_bean = "" if name.endswith(":form") else self._form_bean
                continue
            prefix, colon, local = name.rpartition(":")
            if not colon and name not in LINKS:
                continue
            if prefix != "jsp" and self._shown[tag.start()] != "<":
                continue
            inside = self._inside(tag.end())
            budget -= len(inside)
            if budget < 0:
                self._unread = (self._line(tag.start()),)
                break
            self._tag(prefix, local, _attributes(inside), self._line(tag.start()))

    def _inside(self, start: int) -> str:
        """A tag's attributes; a ``>`` inside an expression (``<%= a > b %>``) does not end it."""
        limit = min(len(self._text), start + MAX_TAG)
        position = start
        for _ in range(20):
            end = self._text.find(">", position, limit)
            if end < 0:
                break
            opened = self._text.count("<%", start, end) - self._text.count("%>", start, end + 1)
            if opened <= 0 and self._text[end - 1] != "%":
                return self._text[start:end]
            position = end + 1
        return self._text[start:limit]

    def _tag(self, prefix: str, local: str, given: Mapping[str, str], line: int) -> None:
        if prefix == "jsp":
            self._standard_action(local, given, line)
        elif "beanclass" in given:
            self._type(given["beanclass"], "use", line)
            self._note("bean_link", line, given["beanclass"], given.get("event", ""))
            if local == "form":
                self._form_bean = given["beanclass"]
        elif self._form_bean and prefix and local in ("submit", "button", "image") and given.get("name"):
            self._note("bean_link", line, self._form_bean, given["name"])
        else:
            attribute, method = (TAGS if prefix else LINKS).get(local, ("", ""))
            url = given.get(attribute, "")
            if url and not re.match(r"(?i)[a-z][a-z0-9+.-]*:|//|#", url):
                self._note("link", line, url, given.get("method", method).upper())

    def _standard_action(self, local: str, given: Mapping[str, str], line: int) -> None:
        if local in ("include", "forward") and given.get("page"):
            self._note("include", line, given["page"])
        elif local == "usebean":
            kind = given.get("class") or given.get("type") or given.get("beanname", "")
            if kind:
                self._type(kind, "type", line)
                self._bindings.append(Binding("", given.get("id", ""), kind.rpartition(".")[2], line, True))

    def _type(self, name: str, kind: str, line: int) -> None:
        """A tag names its classes in full: that is an import and a use."""
        package, _, simple = name.rpartition(".")
        if package:
            self._imports.append(Import(package, simple, simple, line))
        self._references.append(Reference("", simple, kind, line))

    def _with_scripts(self, facts: FileFacts) -> FileFacts:
        """Scriptlets as the body of one method, at the lines where they stand."""
        parts: list[str] = []
        current = 1
        for line, code in self._scripts:
            parts.append("\n" * max(0, line - current) + code + " ")
            current = max(line, current) + code.count("\n")
        java = HEAD + "".join(parts).encode("utf-8", "replace") + TAIL
        read, root = JAVA.extract(self._path, java)
        if root is None or read.failure:
            return facts
        return msgspec.structs.replace(
            facts,
            references=facts.references
            + tuple(Reference("", r.name, r.kind, r.line) for r in read.references if r.name != "_print"),
            bindings=facts.bindings
            + tuple(msgspec.structs.replace(b, scope="") for b in read.bindings if not b.name.endswith("()")),
        )


def _without(text: str, opening: str, closing: str) -> str:
    """The text with comments blanked; every position and line stays where it is."""
    parts: list[str] = []
    position = 0
    while True:
        start = text.find(opening, position)
        end = text.find(closing, start + len(opening)) if start >= 0 else -1
        if end < 0:
            parts.append(text[position:])
            return "".join(parts)
        end += len(closing)
        parts.append(text[position:start])
        parts.append(re.sub(r"[^\n]", " ", text[start:end]))
        position = end


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(text):
        found.setdefault(match[1].lower(), match[2] if match[2] is not None else match[3])
    return found


LANGUAGE = Jsp()
