"""MyBatis: the SQL of mapper files and mapper annotations, attributed to the mapper interface's methods.

Dynamic tags are taken as if every condition held, fragments (``<sql>``, ``<include>``) are put in place, parameters
become ``?``. Reads iBATIS 2 maps too, whose statements belong to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Fragment, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Outline, outline_of
from agent.frameworks.java_text import HOLE, MARKED
from agent.frameworks.xml_document import Element, read_xml

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "MyBatis", "statement_text"]

STATEMENTS = ("select", "insert", "update", "delete", "statement", "procedure")
ANNOTATIONS = ("Select", "Insert", "Update", "Delete")
PARAMETER = re.compile(r"#\{[^{}]{0,300}\}|#[A-Za-z_][\w.\[\]:]{0,100}#")
SUBSTITUTION = re.compile(r"\$\{[^{}]{0,300}\}|\$[A-Za-z_][\w.\[\]]{0,100}\$")
MAX_TEXT = 60_000
MAX_INCLUDES = 500
ALTERNATIVES = frozenset({"when", "otherwise"})


class MyBatis:
    """Records: ``statement`` (namespace, ID, kind) of mapper files."""

    name = "mybatis"
    languages = frozenset({"java", "xml"})
    markers = (b"<mapper", b"<sqlMap", b"org.apache.ibatis.annotations")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with the statements as SQL fragments."""
        wirings: tuple[Wiring, ...] = ()
        fragments: tuple[Fragment, ...] = ()
        if facts.language == "xml":
            found = list(_mapper(read_xml(source)))
            wirings, fragments = tuple(w for w, _ in found), tuple(f for _, f in found)
        elif root is not None:
            fragments = tuple(_annotated(outline_of(root, source)))
        return msgspec.structs.replace(facts, wirings=facts.wirings + wirings, fragments=facts.fragments + fragments)

    def link(self, project: Project) -> Linking:  # noqa: ARG002
        """Nothing: a fragment's scope already names the mapper's method."""
        return Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """MyBatis declares no entities."""
        return ""


def _mapper(root: Element | None) -> Iterator[tuple[Wiring, Fragment]]:
    if root is None or root.name not in ("mapper", "sqlMap"):
        return
    namespace = root.attributes.get("namespace", "")
    pieces = {e.attributes.get("id", ""): e for e in root.all("sql")}
    pieces.update({f"{namespace}.{key}": element for key, element in list(pieces.items())})
    for element in root.all(*STATEMENTS):
        identifier = element.attributes.get("id", "")
        scope = f"@{namespace}#{identifier}" if namespace and root.name == "mapper" else ""
        for text, line in (
            (statement_text(element, pieces), element.line),
            *((statement_text(key, pieces), key.line) for key in element.all("selectKey")),
        ):
            if text:
                record = Wiring("mybatis", "statement", "", line, (namespace, identifier, element.name))
                yield record, Fragment("sql", text, line, scope)


def _annotated(outline: Outline) -> Iterator[Fragment]:
    for declared in outline.types:
        for method in declared.methods:
            for annotation in method.annotations:
                if annotation.name not in ANNOTATIONS:
                    continue
                text = " ".join(outline.texts(annotation, "value"))
                scripted = read_xml(text.encode("utf-8", "replace")) if text.lstrip().startswith("<script") else None
                text = statement_text(scripted, {}) if scripted is not None else _plain(text)
                if text:
                    yield Fragment("sql", MARKED.sub(HOLE, text), annotation.line, method.scope)


def statement_text(element: Element, pieces: Mapping[str, Element]) -> str:
    """A statement's SQL with every condition taken, of alternatives the first."""
    parts: list[str] = []
    includes = 0
    # (element, None) is opened, (None, text) is written: closing a tag may need text after its content.
    todo: list[tuple[Element | None, str]] = [
        (part, "") if isinstance(part, Element) else (None, part) for part in element.content[::-1]
    ]
    while todo and sum(map(len, parts[-1:])) < MAX_TEXT and len(parts) < MAX_TEXT:
        tag, text = todo.pop()
        if tag is None:
            parts.append(text)
            continue
        if tag.name == "include":
            includes += 1
            found = pieces.get(tag.attributes.get("refid", ""))
            if found is not None and includes <= MAX_INCLUDES:
                tag = found
        if tag.name in ("selectKey", "bind", "property"):
            continue
        before, after = _around(tag)
        content = tag.content
        if tag.name == "choose":
            content = [next((c for c in tag.children if c.name in ALTERNATIVES), "")]
        todo.append((None, after))
        todo.extend((part, "") if isinstance(part, Element) else (None, part) for part in content[::-1])
        todo.append((None, before))
    return _plain("".join(parts))


def _around(tag: Element) -> tuple[str, str]:
    """What a dynamic tag writes before and after its content."""
    name, attributes = tag.name, tag.attributes
    if name == "where" or name == "dynamic":
        return f" {attributes.get('prepend', 'where')} ", " "
    if name == "set":
        return " set ", " "
    if name == "trim":
        return f" {attributes.get('prefix', '')} ", f" {attributes.get('suffix', '')} "
    if name == "foreach":
        return f" {attributes.get('open', '')} ", f" {attributes.get('close', '')} "
    return " " + attributes.get("prepend", "") + " ", " "


def _plain(text: str) -> str:
    """Parameters as ``?``, and without what only the removed tags would have cut off."""
    text = SUBSTITUTION.sub(HOLE, PARAMETER.sub("?", text))
    text = re.sub(r"(?i)\bwhere\s+(?:and|or)\b", "where", text)
    text = re.sub(r",(?=\s*(?:where\b|\)|\Z))", "", text, flags=re.IGNORECASE)
    return " ".join(text.split())


FRAMEWORK = MyBatis()
