"""Where a slice begins: the handlers of its routes, and what starts the program that serves them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from agent.extraction.slicing.lookup import ends_of, statement_at
from agent.extraction.slicing.modules import Module, Statement
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import called_name, chain_of
from agent.extraction.slicing.selection import Demand

__all__ = ["find_roots"]

_SERVERS = {"flask": frozenset({"wsgi", "asgi"}), "django": frozenset({"wsgi", "asgi", "manage"})}


def find_roots(program: Program, entries: Sequence[str]) -> Iterator[Demand]:
    """``entries`` name what really started the program when it was recorded: ``module``, ``module:function``."""
    for symbol, owner in sorted(program.handlers.items()):
        if not owner:
            yield from _symbol(program, symbol, "serves a route of the service")
    for entry in entries:
        module, _, name = entry.partition(":")
        if name:
            yield Demand("name", name, module, "makes the application")
        else:
            yield Demand("whole", module, reason="configures or makes the application")
    for each in program.modules.values():
        if each.role not in ("code", "config"):
            continue
        if each.id.rpartition(".")[2] in _SERVERS[program.framework]:
            yield Demand("whole", each.id, reason="starts the server")
        for statement in each.statements:
            if program.framework == "flask" and (
                _makes_flask(statement.node) or _calls_factory(program, each, statement)
            ):
                for bound in statement.names:
                    yield Demand("name", bound, each.id, "makes the application")
    if program.framework == "django":
        yield from _settings(program, entries)
    for template in _unnamed_templates(program):
        yield Demand("template", template, reason="no code of ours names it: a library may")


def _symbol(program: Program, symbol: str, reason: str) -> Iterator[Demand]:
    module = symbol
    while module and module not in program.modules:
        module = module.rpartition(".")[0]
    if module and module != symbol:
        yield Demand("name", symbol[len(module) + 1 :].split(".")[0], module, reason)


def _makes_flask(node: ast.stmt) -> bool:
    return any(isinstance(n, ast.Call) and called_name(n) == "Flask" for n in ast.walk(node))


def _calls_factory(program: Program, module: Module, statement: Statement) -> bool:
    """``app = create_app()`` at the top of a module: what a server or the command line is told to load."""
    value = getattr(statement.node, "value", None)
    if statement.kind != "assignment" or not isinstance(value, ast.Call):
        return False
    ends = ends_of(program, module.id, chain_of(value.func))
    return any(_makes_flask(statement_at(program, place).node) for place in ends)


def _settings(program: Program, entries: Sequence[str]) -> Iterator[Demand]:
    """Every configuration of the program: what was recorded, what start-up files name, and what is built on those."""
    known = {entry for entry in entries if entry in program.modules}
    for module in program.modules.values():
        if "INSTALLED_APPS" in module.bound or "ROOT_URLCONF" in module.bound:
            known.add(module.id)
        if module.id.rpartition(".")[2] in _SERVERS["django"]:
            known.update(re.findall(r"DJANGO_SETTINGS_MODULE[\"']\s*,\s*[\"']([\w.]{1,200})[\"']", module.text))
    for _ in range(3):
        known |= {m.id for m in program.modules.values() if any(star in known for _, star in m.stars)}
    for name in sorted(known):
        yield Demand("whole", name, reason="settings that the program starts with")


def _unnamed_templates(program: Program) -> Iterator[str]:
    """Templates that override a library's: no text of the program has their name."""
    named = {n for names in (*program.renders.values(), *program.includes.values()) for n in names}
    texts = [m.text for m in program.modules.values()]
    texts += [program.read(path).decode("utf-8", "replace") for path in program.templates.values()]
    for name in sorted(program.templates):
        stem = name.rpartition("/")[2].split(".")[0]
        overrides = "/" in name or stem.isdigit()  # libraries' templates lie in folders, but for error pages
        if (
            overrides
            and name not in named
            and not any(name in text or (len(stem) > 3 and stem in text) for text in texts)
        ):
            yield name
