"""Java classes that hand out values of a properties file: made to ask the environment first; a code base in, changes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agent.patches.edits import Edit, change
from agent.patches.environment import Changed
from agent.patches.java_source import JavaSource, java_sources
from agent.ports import Codebase

__all__ = ["properties_from_environment"]

_HELPER = "fromEnvironment"
_CONFIGURATION = re.compile(r"Config|Settings?|Propert|Environment|Options")


def properties_from_environment(code: Codebase) -> list[Changed]:
    """Each class whose methods return ``properties.getProperty(key)`` for a key that they are given.

    The variable of ``db.url`` is ``DB_URL``. A key of one word is left alone: its variable might be another program's.
    """
    found: list[Changed] = []
    for source in java_sources(code, "getProperty("):
        calls = list(_lookups(source))
        if not calls or _HELPER in source.text or "getenv" in source.text:
            continue
        after = source.edited(_edits(source, calls))
        if after is not None:
            found.append(
                (change(source.path, source.text, after), ["one for every key with a dot (db.url: DB_URL)"], ())
            )
    return found


def _lookups(source: JavaSource) -> Iterator[tuple[Any, str, Any]]:
    """(call, key's name, method) of ``getProperty(key)`` on a Properties field, where the key is the method's parameter."""
    fields = set(_properties_fields(source))
    for method in source.nodes("method_declaration"):
        if source.said(method.child_by_field_name("type")) != "String" or not _is_configuration(source, method):
            continue
        names = {source.said(p.child_by_field_name("name")) for p in source.nodes("formal_parameter", under=method)}
        for call in source.nodes("method_invocation", under=method.child_by_field_name("body")):
            receiver, name = call.child_by_field_name("object"), call.child_by_field_name("name")
            arguments = call.child_by_field_name("arguments").named_children
            if source.said(name) != "getProperty" or source.said(receiver).removeprefix("this.") not in fields:
                continue
            if len(arguments) == 1 and source.said(arguments[0]) in names:
                yield call, source.said(arguments[0]), method


def _is_configuration(source: JavaSource, method: Any) -> bool:
    """By its name: other classes keep other things in properties, such as which class answers which request."""
    owner = method.parent
    while owner is not None and owner.type != "class_declaration":
        owner = owner.parent
    return owner is not None and _CONFIGURATION.search(source.said(owner.child_by_field_name("name"))) is not None


def _properties_fields(source: JavaSource) -> Iterator[str]:
    if source.imports().get("Properties") != "java.util.Properties" and "import java.util.*" not in source.text:
        return
    for node in source.nodes("field_declaration"):
        if source.said(node.child_by_field_name("type")) == "Properties":
            for declarator in node.children_by_field_name("declarator"):
                yield source.said(declarator.child_by_field_name("name"))


def _edits(source: JavaSource, calls: list[tuple[Any, str, Any]]) -> list[Edit]:
    edits = [Edit(call.start_byte, call.end_byte, f"{_HELPER}({key}, {source.said(call)})") for call, key, _ in calls]
    last = calls[-1][2]
    pad = source.lines.indent(source.lines.number(last.start_byte))
    step = "\t" if pad.startswith("\t") else "    "
    lines = [
        "",
        "",
        f"{pad}/** The variable of db.url is DB_URL; a key without a dot has none. */",
        f"{pad}private static String {_HELPER}(String key, String otherwise) {{",
        f"{pad}{step}String set = key == null || key.indexOf('.') < 0",
        f"{pad}{step}{step}{step}? null : System.getenv(key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_'));",
        f"{pad}{step}return set == null ? otherwise : set;",
        f"{pad}}}",
    ]
    return [*edits, Edit(last.end_byte, last.end_byte, source.newline.join(lines))]
