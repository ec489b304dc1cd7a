"""Jinja and Django templates: what they extend, include and import, which handlers they link to, and who renders them.

The files of the html language in; template symbols and render edges out. Links by endpoint (``url_for``, ``{% url %}``)
are kept as records for the framework that knows the endpoints.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_syntax import Arguments, PythonSyntax, origin, python_syntax
from agent.frameworks.template_names import TemplateNames
from agent.ports import Project

__all__ = ["FRAMEWORK", "Templates"]

TAG = re.compile(
    rb"""\{%[-+]?\s{0,40}(extends|include|import|from|url|extends_default|includeblock)\s{1,40}([^\n%]{1,300})"""
)
QUOTED = re.compile(rb"""\A\(?\s{0,20}(["'])([^"'\n]{1,200})\1""")
URL_FOR = re.compile(rb"""\burl_for\(\s{0,40}(["'])([^"'\n]{1,200})\1""")
MAKO = re.compile(rb"""<%(inherit|include|namespace)\s[^>\n]{0,200}?\bfile\s{0,5}=\s{0,5}(["'])([^"'\n]{1,200})\2""")
MARKS = (b"{%", b"{{", b"<%")
# callable -> position of the template's name among its arguments
RENDERERS = {
    "render_template": 0, "render_to_string": 0, "get_template": 0, "select_template": 0, "render_to_response": 0,
    "TemplateResponse": 1, "SimpleTemplateResponse": 0, "render": 1, "stream_template": 0, "get_or_select_template": 0,
    "template": 0, "jinja2_template": 0,
}  # fmt: skip
NEEDS_LIBRARY = {
    "render": ("django.shortcuts",),
    "template": ("bottle",),
    "jinja2_template": ("bottle",),
}
FILE_NAME = re.compile(r"[\w$@./\- ]{1,200}\.\w{1,10}\Z")


class Templates:
    """The `Framework` of template files and of the calls that render them."""

    name = "templates"
    languages = frozenset({"html", "python"})
    markers = (*MARKS, b"render", b"get_template", b"select_template", b"TemplateResponse", b"template_name", b"bottle")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Tags of a template, or rendering calls of Python code, as records."""
        if facts.language == "html":
            found = _tags(source)
        elif root is not None:
            found = _renderings(python_syntax(root, source), facts)
        else:
            return facts
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *found)) if found else facts

    def link(self, project: Project) -> Linking:
        """Template symbols, template to template edges, and code to template edges."""
        tagged = dict.fromkeys(path for path, wiring in project.wirings(self.name) if wiring.kind == "tagged")
        names = TemplateNames(project, tagged)
        symbols: dict[str, Symbol] = {}
        edges: list[Dependency] = []

        def symbol(path: str) -> str:
            identifier = names.symbol(path)
            symbols.setdefault(identifier, Symbol(identifier, "template", path, 1, _end(project, path), "html"))
            return identifier

        for path in names.paths:
            if names.is_template(path):
                symbol(path)
        for path, wiring in project.wirings(self.name):
            if wiring.kind not in ("render", "part"):
                continue
            found = names.find(names.relative(wiring.args[0], path), path)
            if found is None:
                continue
            source = symbol(path) if wiring.kind == "part" else project.symbol_at(path, wiring.scope)
            edges.append(Dependency(source, symbol(found[0]), "render", path, wiring.line, found[1]))
        return Linking(tuple(symbols[key] for key in sorted(symbols)), tuple(edges))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Templates declare no entities."""
        return ""


def _end(project: Project, path: str) -> int:
    return max(project.facts(path).code_lines, 1) if path in project.modules() else 1


def _tags(source: bytes) -> list[Wiring]:
    found = [Wiring("templates", "tagged", "", 1)] if any(mark in source for mark in MARKS) else []
    lines = _Lines(source)
    for match in TAG.finditer(source):
        word, rest = match.group(1), match.group(2)
        quoted = QUOTED.match(rest)
        line = lines.at(match.start())
        if word == b"url":
            if quoted:
                found.append(Wiring("templates", "endpoint", "", line, ("django", _text(quoted.group(2)))))
            else:
                found.append(Wiring("templates", "unresolved", "", line, ("url", _text(rest).strip()[:80])))
        elif quoted:
            found.append(Wiring("templates", "part", "", line, (_text(quoted.group(2)), _text(word))))
        else:
            found.append(Wiring("templates", "unresolved", "", line, (_text(word), _text(rest).strip()[:80])))
    for match in URL_FOR.finditer(source):
        found.append(Wiring("templates", "endpoint", "", lines.at(match.start()), ("flask", _text(match.group(2)))))
    for match in MAKO.finditer(source):
        named = (_text(match.group(3)), _text(match.group(1)))
        found.append(Wiring("templates", "part", "", lines.at(match.start()), named))
    found.sort(key=lambda wiring: wiring.line)
    return list(dict.fromkeys(found))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


class _Lines:
    """Line numbers of ascending positions, counted once over the file."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._position = 0
        self._line = 1

    def at(self, position: int) -> int:
        if position < self._position:
            self._position, self._line = 0, 1
        self._line += self._source.count(b"\n", self._position, position)
        self._position = position
        return self._line


def _renderings(syntax: PythonSyntax, facts: FileFacts) -> list[Wiring]:
    found: list[Wiring] = []
    for call in syntax.calls:
        name = syntax.callee(call)
        last = name.rpartition(".")[2]
        if last not in RENDERERS or not _is_renderer(last, name, facts):
            continue
        given = syntax.arguments(call)
        found.extend(_rendered(syntax, call, last, given))
    for body in syntax.classes:
        for field in body.fields:
            if field.name in ("template_name", "template") and field.value is not None:
                text = syntax.string(field.value)
                if text and FILE_NAME.match(text):
                    found.append(Wiring("templates", "render", body.scope, field.line, (text,)))
    return list(dict.fromkeys(found))


def _is_renderer(last: str, name: str, facts: FileFacts) -> bool:
    """``render`` means a template only where it was imported as such; the longer names say it themselves."""
    needed = NEEDS_LIBRARY.get(last)
    return needed is None or origin(facts, name).startswith(needed)


def _rendered(syntax: PythonSyntax, call: Any, last: str, given: Arguments) -> list[Wiring]:
    scope, line = syntax.scope(call), syntax.line(call)
    node = given.get(RENDERERS[last], "template_name") or given.keywords.get("name")
    if last == "TemplateResponse" and (node is None or syntax.string(node) is None) and given.positional:
        # Starlette's old form has the name first: templates.TemplateResponse("x.html", {...})
        first = given.positional[0]
        node = first if syntax.string(first) is not None else node
    if node is None and last == "render_template":
        node = given.keywords.get("template_name_or_list")
    texts = syntax.strings(node)
    if texts is None and node is not None and node.type == "conditional_expression" and node.named_child_count == 3:
        both = [syntax.string(node.named_child(0)), syntax.string(node.named_child(2))]
        texts = [text for text in both if text is not None] if None not in both else None
    if texts is None:
        if node is None:
            return []
        return [Wiring("templates", "unresolved", scope, line, (last, syntax.text(node)[:80]))]
    return [Wiring("templates", "render", scope, line, (text,)) for text in texts if FILE_NAME.match(text)]


FRAMEWORK = Templates()
