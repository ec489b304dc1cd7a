"""Settings written into JavaScript: a file's text in, each setting's place, kind and text from the environment out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent.patches.javascript_source import Script, line_of, read_script, walk
from agent.patches.setting_values import is_environment_like, is_for_development, is_settings_file, kind_of, variable

__all__ = ["ScriptSetting", "literal", "nodes", "script_settings"]

_DEEPEST = 6
_BROWSER = ("/public/", "/static/", "/assets/", "/webapp/", "/wwwroot/", "/client/", "/www/")


@dataclass(frozen=True)
class ScriptSetting:
    """One literal; ``after`` is the same value as the default of an environment variable."""

    variable: str
    start: int
    end: int
    after: str
    kind: str
    line: int


def script_settings(path: str, text: str | None, project: str) -> Iterator[ScriptSetting]:
    """Settings of a file that runs under Node, in the order of its text."""
    if text is None or is_for_development(path) or any(part in f"/{path}" for part in _BROWSER):
        return
    settings = is_settings_file(path)
    if not settings and "process.env" not in text and "require(" not in text and "import " not in text:
        return
    script = read_script(path, text)
    if script is None or "window." in text or "document." in text:
        return
    for name, value in _held(script, settings):
        yield from _settings(script, name, value, settings, project)


def literal(script: Script, node: Any) -> str | int | None:
    """The value of a string or whole number; None for anything else."""
    if node is None:
        return None
    if node.type == "number":
        digits = script.said(node)
        return int(digits) if digits.isdigit() else None
    if node.type == "string":
        said = script.said(node)[1:-1]
        return None if "\\" in said else said
    return None


def _held(script: Script, settings: bool) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(name, value) of what the file assigns at its top: constants, and in a file of settings the objects that it exports."""
    for statement in script.root.named_children:
        if statement.type == "export_statement":
            inner = statement.child_by_field_name("declaration") or statement.child_by_field_name("value")
            if inner is None:
                continue
            statement = inner
        if statement.type in ("lexical_declaration", "variable_declaration"):
            for declarator in statement.named_children:
                name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
                if name is None or value is None or name.type != "identifier":
                    continue
                if value.type == "object" and (settings or is_environment_like(script.said(name))):
                    yield (() if settings else (script.said(name),)), value
                elif is_environment_like(script.said(name)):
                    yield (script.said(name),), value
        elif statement.type == "object" and settings:
            yield (), statement
        elif statement.type == "expression_statement" and settings:
            for node in statement.named_children:
                if node.type == "assignment_expression" and script.said(node).startswith(
                    ("module.exports", "exports.")
                ):
                    value, target = node.child_by_field_name("right"), node.child_by_field_name("left")
                    last = script.said(target).rpartition(".")[2]
                    yield (() if last == "exports" else (last,)), value


def _settings(
    script: Script, name: tuple[str, ...], value: Any, settings: bool, project: str
) -> Iterator[ScriptSetting]:
    if value is None or len(name) > _DEEPEST:
        return
    if value.type == "object":
        for pair in value.named_children:
            key = pair.child_by_field_name("key") if pair.type == "pair" else None
            if key is not None and key.type in ("property_identifier", "string"):
                yield from _settings(
                    script, (*name, script.said(key).strip("'\"")), pair.child_by_field_name("value"), settings, project
                )
        return
    held = literal(script, value)
    if held is None or not name:
        return
    kind = kind_of(name, held, settings=settings)
    if kind:
        known = variable(name, project) if kind != "port" else "PORT"
        plain = f"process.env.{known} || {script.said(value)}"
        after = f"Number({plain})" if value.type == "number" and kind != "port" else plain
        yield ScriptSetting(known, value.start_byte, value.end_byte, after, kind, line_of(value))


def nodes(script: Script, kind: str) -> Iterator[Any]:
    """Every node of that kind."""
    return (node for node in walk(script.root) if node.type == kind)
