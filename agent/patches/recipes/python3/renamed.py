"""Functions and methods of the standard library that got another name or lost one.

Before:

    for child in node.getchildren(): worker.isAlive(); data.tostring()
    host = request.get_host(); kind = response.info().getheader("Content-Type")
    sys.setdefaultencoding("utf-8"); os.path.walk(top, visit, None)

After:

    for child in list(node): worker.is_alive(); data.tobytes()
    host = request.host; kind = response.info().get("Content-Type")
    for folder, folders, files in os.walk(top): visit(None, folder, folders + files)

Why: the old names were removed in Python 3.0 to 3.13.

When not: where a class of the program defines a method of the same name: calls of it are left alone.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_METHODS = {
    "isAlive": "is_alive",
    "getiterator": "iter",
    "getheader": "get",
    "getallmatchingheaders": "get_all",
    "gettype": "get_content_type",
    "getmaintype": "get_content_maintype",
    "getsubtype": "get_content_subtype",
    "readfp": "read_file",
    "viewitems": "items",
    "viewkeys": "keys",
    "viewvalues": "values",
    "get_charsets": "get_charsets",
    "add_data": "",
}
_TO_ATTRIBUTE = {"get_host": "host", "get_type": "type", "get_selector": "selector", "get_data": "data",
                 "get_origin_req_host": "origin_req_host", "is_unverifiable": "unverifiable"}  # fmt: skip
_NAMES = {
    "threading._Timer": "Timer",
    "threading._Event": "Event",
    "threading._RLock": "RLock",
    "threading._Condition": "Condition",
    "threading._Semaphore": "Semaphore",
    "threading._sleep": "",
    "configparser.SafeConfigParser": "ConfigParser",
    "locale.format": "format_string",
    "os.getlogin": "",
    "inspect.getargvalues": "",
    "asyncio.async": "ensure_future",
    "string.letters": "ascii_letters",
    "http.cookies.SmartCookie": "SimpleCookie",
    "abc.abstractproperty": "",
    "re.sre_parse": "",
}


_INSTEAD = {"html.parser.HTMLParseError": "ValueError", "re.L": "{}.UNICODE", "re.LOCALE": "{}.UNICODE"}


def _renamed(module: Module, project: Project, guarded: frozenset[int]) -> None:
    own = project.words
    for call in module.of(ast.Call):
        func = call.func
        if call.lineno in guarded or not isinstance(func, ast.Attribute):
            continue
        name, end = func.attr, module.end(func)
        if name in own:
            continue
        if _METHODS.get(name) and not _of_module(module, func.value):
            if name == "getheader" and _response(module, func.value):
                continue
            module.edits.append(Edit(end - len(name), end, _METHODS[name]))
        elif name == "getheaders" and len(call.args) == 1:
            module.replace(call, f"({module.source(func.value)}.get_all({module.source(call.args[0])}) or [])")
        elif name in _TO_ATTRIBUTE and not call.args and _request(func.value):
            module.edits.append(Edit(end - len(name), module.end(call), _TO_ATTRIBUTE[name]))
        elif name == "has_data" and not call.args and _request(func.value):
            module.replace(call, f"({module.source(func.value)}.data is not None)")
        elif name == "getchildren" and not call.args:
            module.replace(call, f"list({module.source(func.value)})")
        elif name == "tostring" and not call.args and not _of_module(module, func.value):
            module.edits.append(Edit(end - len(name), end, "tobytes"))
        elif name == "translate" and len(call.args) == 2:
            _translate(module, call, func)
    _others(module, guarded)
    _statements(module, guarded)
    _parsers(module, guarded)


def _of_module(module: Module, node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in module.all_imports


def _response(module: Module, node: ast.AST) -> bool:
    """``HTTPResponse.getheader`` is still there."""
    return isinstance(node, ast.Name) and bool(re.search(r"resp|^r$", node.id)) and ".getresponse(" in module.text


def _request(node: ast.AST) -> bool:
    text = ast.unparse(node).lower()
    return "req" in text


def _translate(module: Module, call: ast.Call, func: ast.Attribute) -> None:
    """``text.translate(table, dropped)``."""
    table, dropped = call.args
    gone = f"dict.fromkeys(map(ord, {module.source(dropped)}))"
    if isinstance(table, ast.Constant) and table.value is None:
        module.replace(call, f"{module.source(func.value)}.translate({gone})")
    elif module.meaning(func.value) != "str":
        both = f"{{**dict(enumerate({module.source(table)})), **{gone}}}"
        module.replace(call, f"{module.source(func.value)}.translate({both})")


def _others(module: Module, guarded: frozenset[int]) -> None:
    for node in module.of(ast.Attribute):
        meaning = module.meaning(node)
        if meaning in _INSTEAD and node.lineno not in guarded:
            module.replace(node, _INSTEAD[meaning].format(module.source(node.value)))
        new = _NAMES.get(meaning)
        if new and node.lineno not in guarded:
            end = module.end(node)
            module.edits.append(Edit(end - len(node.attr), end, new))
    for statement in module.of(ast.ImportFrom):
        for name in statement.names:
            new = _NAMES.get(f"{statement.module}.{name.name}")
            if new and not statement.level and statement.lineno not in guarded:
                module.replace(name, f"{new} as {name.asname or name.name}")
    for call in module.of(ast.Call):
        meaning = module.meaning(call.func)
        if call.lineno not in guarded:
            _universal(module, call)
            _unescape(module, call)
        if meaning.endswith(("ElementTree.tostring", "etree.tostring")):
            if len(call.args) == 1 and not call.keywords:
                module.insert(module.end(call) - 1, ", encoding='unicode'")
        elif meaning == "object.__new__" and len(call.args) > 1:
            module.edits.append(Edit(module.end(call.args[0]), module.end(call) - 1, ""))
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "__new__" and len(call.args) > 1:
            owner = module.class_of(call)
            plain = owner is not None and all(isinstance(b, ast.Name) and b.id == "object" for b in owner.bases)
            if plain and "super" in module.source(call.func.value):
                module.edits.append(Edit(module.end(call.args[0]), module.end(call) - 1, ""))
        elif (
            meaning == "array.array"
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and call.args[0].value == "c"
        ):
            module.replace(call.args[0], "'b'")


def _universal(module: Module, call: ast.Call) -> None:
    """``open(path, "rU")``: text files have universal newlines anyhow, and Python 3.11 refuses the letter."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else module.meaning(call.func)
    if name not in {"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "fdopen", "os.fdopen"}:
        return
    for mode in [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]:
        if (
            isinstance(mode, ast.Constant)
            and isinstance(mode.value, str)
            and re.fullmatch("[rwabt+]*U[rbt+]*", mode.value)
        ):
            rest = mode.value.replace("U", "")
            module.replace(mode, repr(rest if set(rest) & set("rwa") else f"r{rest}"))


def _unescape(module: Module, call: ast.Call) -> None:
    """``HTMLParser().unescape(text)``, of a parser that is made for it."""
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr == "unescape" and len(call.args) == 1):
        return
    made: ast.expr | None = func.value
    if isinstance(made, ast.Name):
        values = [
            node.value
            for node in module.of(ast.Assign)
            if any(isinstance(target, ast.Name) and target.id == made.id for target in node.targets)
        ]
        made = values[0] if len(values) == 1 else None
    if isinstance(made, ast.Call) and module.meaning(made.func) == "html.parser.HTMLParser":
        module.replace(func, "html_unescape")
        module.add_import("from html import unescape as html_unescape")


def _statements(module: Module, guarded: frozenset[int]) -> None:
    for node in module.of(ast.Expr):
        if not isinstance(node.value, ast.Call) or node.lineno in guarded:
            continue
        call, meaning = node.value, module.meaning(node.value.func)
        if meaning in {"sys.setdefaultencoding", "sys.exc_clear"} or (
            meaning in {"reload", "importlib.reload", "imp.reload"}
            and call.args
            and module.meaning(call.args[0]) == "sys"
        ):
            module.delete(node)
        elif meaning == "os.path.walk" and len(call.args) == 3:
            top, visit, given = (module.source(arg) for arg in call.args)
            module.replace(
                node, f"for _folder, _folders, _files in os.walk({top}): ({visit})({given}, _folder, _folders + _files)"
            )
            module.add_import("import os")


def _parsers(module: Module, guarded: frozenset[int]) -> None:
    """Parsers that handle character references themselves ask for them."""
    for owner in module.of(ast.ClassDef):
        if not any(module.meaning(base) == "html.parser.HTMLParser" for base in owner.bases):
            continue
        methods = {one.name for one in owner.body if isinstance(one, ast.FunctionDef)}
        if not methods & {"handle_charref", "handle_entityref"}:
            continue
        for call in (inner for inner in ast.walk(owner) if isinstance(inner, ast.Call)):
            made = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
            if made and not call.keywords and module.meaning(call.func.value) == "html.parser.HTMLParser":  # type: ignore[attr-defined]
                module.insert(module.end(call) - 1, ", convert_charrefs=False")
        if "__init__" not in methods and owner.body:
            first = owner.body[0]
            before = module.between(module.line_start(first.lineno), module.start(first))
            if not before.strip() and not getattr(first, "decorator_list", []):
                line = module.newline + before
                base = module.source(next(b for b in owner.bases if module.meaning(b) == "html.parser.HTMLParser"))
                is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                text = f"def __init__(self):{line}    {base}.__init__(self, convert_charrefs=False){line.rstrip(' ') if not is_doc else ''}"
                if is_doc:
                    module.insert(module.end(first), f"{line}{text}")
                else:
                    module.insert(
                        module.start(first), f"{text}{line}" if text.endswith("\n") else f"{text}{module.newline}{line}"
                    )


RULES = (
    Rule(
        id="python3-renamed",
        title="Use the names that the standard library has",
        why="Methods and functions were renamed or removed up to Python 3.13.",
        rewrite=_renamed,
    ),
)
