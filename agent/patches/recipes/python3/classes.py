"""Special methods that Python 3 calls by another name, or no longer calls.

Before:

    class Money:
        def __unicode__(self): return u"%s EUR" % self.amount
        def __str__(self): return unicode(self).encode("utf-8")
        def __cmp__(self, other): return cmp(self.amount, other.amount)
        def __div__(self, number): return Money(self.amount / number)

After:

    class Money:
        def __str__(self): return u"%s EUR" % self.amount
        def __cmp__(self, other): return cmp(self.amount, other.amount)
        def __eq__(self, other): return self.__cmp__(other) == 0
        def __lt__(self, other): return self.__cmp__(other) < 0
        ...
        __hash__ = object.__hash__
        def __truediv__(self, number): return Money(self.amount / number)

Why: text is `str` now, so `__unicode__` is never called; `__cmp__`, `__div__` and `__getslice__` are ignored; and a class with
`__eq__` loses the hash that it inherited.

When not: classes that define the new method as well are left alone.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]

_RENAMED = {
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "__idiv__": "__itruediv__",
    "__long__": "__int__",
}
_ORDER = (("__eq__", "=="), ("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">="))


def _text(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for owner in module.of(ast.ClassDef):
        own = _members(owner)
        wide, narrow = own.get("__unicode__"), own.get("__str__")
        if wide is not None and narrow is not None and _same_text(module, narrow):
            module.delete(narrow)
            narrow = None
        elif wide is None and narrow is not None and _only_encodes(module, narrow):
            if any(isinstance(base, ast.Name) and base.id != "object" for base in owner.bases) or _mixin(owner):
                if _mixin(owner):
                    continue
                module.delete(narrow)
        if wide is not None and narrow is None and not _decorated(owner):
            _rename(module, wide, "__unicode__", "__str__")
        for name in ("__str__", "__repr__"):
            method = own.get(name)
            if (isinstance(method, ast.FunctionDef) and method is not narrow) or name == "__repr__":
                _returns_text(module, method)
        if narrow is not None:
            _returns_text(module, narrow)
    for node in module.of(ast.Attribute):
        if node.attr == "__unicode__" and node.lineno not in guarded and isinstance(node.ctx, ast.Load):
            end = module.end(node)
            module.edits.append(Edit(end - len("__unicode__"), end, "__str__"))


def _mixin(owner: ast.ClassDef) -> bool:
    """``class UnicodeMixin: __str__ = lambda self: unicode(self).encode(...)``: what it mixes in is needed no more."""
    return not [base for base in owner.bases if not (isinstance(base, ast.Name) and base.id == "object")]


def _decorated(owner: ast.ClassDef) -> bool:
    return any("unicode_compatible" in ast.dump(node) for node in owner.decorator_list)


def _members(owner: ast.ClassDef) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for statement in owner.body:
        if isinstance(statement, ast.FunctionDef):
            found[statement.name] = statement
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                found[target.id] = statement
    return found


def _same_text(module: Module, method: ast.stmt) -> bool:
    """Whether ``__str__`` is what ``__unicode__`` gives, encoded or not."""
    if (
        isinstance(method, ast.Assign)
        and isinstance(method.value, ast.Name)
        and method.value.id in {"__unicode__", "__repr__"}
    ):
        return method.value.id == "__unicode__"
    for node in ast.walk(method):
        if isinstance(node, ast.Attribute) and node.attr == "__unicode__":
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"str", "unicode"}:
            if len(node.args) >= 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "self":
                return True
    return False


def _only_encodes(module: Module, method: ast.stmt) -> bool:
    text = module.source(method)
    return _same_text(module, method) and ".encode(" in text


def _rename(module: Module, statement: ast.stmt, old: str, new: str) -> None:
    start = module.start(statement)
    text = module.data[start : module.end(statement)]
    at = text.index(old.encode())
    module.edits.append(Edit(start + at, start + at + len(old), new))


def _returns_text(module: Module, method: ast.stmt | None) -> None:
    """What ``__str__`` and ``__repr__`` return is text, so it is not encoded."""
    if not isinstance(method, ast.FunctionDef):
        return
    for node in ast.walk(method):
        if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Call):
            continue
        call = node.value
        if isinstance(call.func, ast.Attribute) and call.func.attr == "encode" and not _escapes(call):
            module.edits.append(Edit(module.end(call.func.value), module.end(call), ""))


def _escapes(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and first.value not in {
        "utf-8",
        "utf8",
        "UTF-8",
        "ascii",
        "latin-1",
        "UTF8",
        "iso-8859-1",
    }


def _special(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for owner in module.of(ast.ClassDef):
        own = _members(owner)
        for old, new in _RENAMED.items():
            if old in own and new not in own:
                _rename(module, own[old], old, new)
        compare = own.get("__cmp__")
        if compare is not None and "__lt__" not in own and compare.lineno not in guarded:
            _add(module, owner, compare, [_ordering(name, sign) for name, sign in _ORDER if name not in own])
        _slices(module, owner, own)
        _contains(module, owner, own)
        _iterators(module, owner, own)
        truth = own.get("__bool__") or own.get("__nonzero__")
        for node in ast.walk(truth) if isinstance(truth, ast.FunctionDef) else ():
            if isinstance(node, ast.Return) and node.value is not None and not _is_bool(node.value):
                if isinstance(node.value, ast.Constant):
                    module.replace(node.value, str(bool(node.value.value)))
                else:
                    module.wrap(node.value, "bool(", ")")


def _iterators(module: Module, owner: ast.ClassDef, own: dict[str, ast.stmt]) -> None:
    """``x.iteritems()`` became ``x.items()``, which a class may not have."""
    if not all(isinstance(base, ast.Name) and base.id == "object" for base in owner.bases):
        return
    for old, new in (("iteritems", "items"), ("iterkeys", "keys"), ("itervalues", "values")):
        method = own.get(old)
        if isinstance(method, ast.FunctionDef) and len(method.args.args) == 1 and new not in own:
            _named(module, method, new, old)


def _named(module: Module, method: ast.FunctionDef, new: str, old: str) -> None:
    """Behind a method another name for it."""
    indent = module.between(module.line_start(method.lineno), module.start(method))
    place = module.line_start((method.end_lineno or method.lineno) + 1)
    ended = place > module.start(method) and module.data[place - 1 : place] in (b"\n", b"\r")
    if not indent.strip() and not method.decorator_list:
        line = f"{module.newline}{indent}{new} = {old}"
        module.insert(place if ended else module.end(method), line + module.newline if ended else module.newline + line)


def _contains(module: Module, owner: ast.ClassDef, own: dict[str, ast.stmt]) -> None:
    """``x.has_key(k)`` became ``k in x``, which asks ``__contains__``."""
    method = own.get("has_key")
    plain = all(isinstance(base, ast.Name) and base.id == "object" for base in owner.bases)
    if isinstance(method, ast.FunctionDef) and plain and not {"__contains__", "__iter__"} & set(own):
        if len(method.args.args) == 2:
            _named(module, method, "__contains__", "has_key")


def _is_bool(node: ast.expr) -> bool:
    called = (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"bool", "isinstance", "any", "all"}
    )
    constant = isinstance(node, ast.Constant) and isinstance(node.value, bool)
    return (
        called
        or constant
        or isinstance(node, ast.Compare)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
    )


def _ordering(name: str, sign: str) -> tuple[str, str, str]:
    return name, "other", f"return self.__cmp__(other) {sign} 0"


def _add(module: Module, owner: ast.ClassDef, behind: ast.stmt, methods: list[tuple[str, str, str]]) -> None:
    """Methods behind a statement of the class, in its indentation."""
    line = module.line_start(behind.lineno)
    indent = module.between(line, module.start(behind))
    if indent.strip() or not methods:
        return
    inner = indent + _unit(module, owner, behind, indent)
    new = module.newline
    text = "".join(
        f"{new}{indent}def {name}(self, {arguments}):{new}"
        + "".join(f"{inner}{part}{new}" for part in body.split("\n"))
        for name, arguments, body in methods
    )
    place = module.line_start((behind.end_lineno or behind.lineno) + 1)
    if place <= module.start(behind) or module.data[place - 1 : place] not in (b"\n", b"\r"):
        place, text = module.end(behind), new + text.rstrip()
    module.insert(place, text)


def _unit(module: Module, owner: ast.ClassDef, behind: ast.stmt, indent: str) -> str:
    if isinstance(behind, ast.FunctionDef) and behind.body and behind.body[0].lineno > behind.lineno:
        first = behind.body[0]
        deeper = module.between(module.line_start(first.lineno), module.start(first))
        if deeper.startswith(indent) and not deeper.strip() and len(deeper) > len(indent):
            return deeper[len(indent) :]
    return "\t" if "\t" in indent else "    "


def _slices(module: Module, owner: ast.ClassDef, own: dict[str, ast.stmt]) -> None:
    """``x[a:b]`` asks ``__getitem__`` now, with a slice."""
    for old, new, more in (
        ("__getslice__", "__getitem__", ""),
        ("__setslice__", "__setitem__", ", value"),
        ("__delslice__", "__delitem__", ""),
    ):
        method, item = own.get(old), own.get(new)
        if not isinstance(method, ast.FunctionDef) or (item is not None and "slice" in module.source(item)):
            continue
        if isinstance(item, ast.FunctionDef) and len(item.args.args) >= (3 if more else 2) and item.body:
            key = item.args.args[1].arg
            value = f", {item.args.args[2].arg}" if more else ""
            first = item.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(item.body) > 1:
                first = item.body[1]
            before = module.between(module.line_start(first.lineno), module.start(first))
            if before.strip():
                continue
            line = module.newline + before
            module.insert(
                module.start(first),
                f"if isinstance({key}, slice):{line}    return self.{old}(*{key}.indices(len(self))[:2]{value}){line}",
            )
        elif item is None and owner.bases:
            base = module.source(owner.bases[0])
            if base != "object":
                body = (
                    f"if isinstance(key, slice):\n    return self.{old}(*key.indices(len(self))[:2]{more})\n"
                    f"return {base}.{new}(self, key{more})"
                )
                _add(module, owner, method, [(new, f"key{more}", body)])


def _hashes(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """A class with ``__eq__`` and without ``__hash__`` keeps the hash of its base."""
    for owner in module.of(ast.ClassDef):
        own = _members(owner)
        equal = own.get("__eq__")
        if equal is None or "__hash__" in own or equal.lineno in guarded:
            continue
        bases = [base for base in owner.bases if isinstance(base, ast.Name | ast.Attribute)]
        if len(bases) < len(owner.bases):
            continue
        base = module.source(bases[0]) if bases else "object"
        line = module.line_start(equal.lineno)
        indent = module.between(line, module.start(equal))
        place = module.line_start((equal.end_lineno or equal.lineno) + 1)
        if indent.strip():
            continue
        text = f"{module.newline}{indent}__hash__ = {base}.__hash__{module.newline}"
        if place <= module.start(equal) or module.data[place - 1 : place] not in (b"\n", b"\r"):
            module.insert(module.end(equal), module.newline + text.rstrip())
        else:
            module.insert(place, text)


RULES = (
    Rule(
        id="python3-text-methods",
        title="Give text from __str__",
        why="Python 3 never calls __unicode__, and __str__ must return text.",
        rewrite=_text,
    ),
    Rule(
        id="python3-special-methods",
        title="Define the special methods that Python 3 calls",
        why="__cmp__, __div__ and __getslice__ are ignored by Python 3.",
        rewrite=_special,
    ),
    Rule(
        id="python3-hashes",
        title="Keep the hash of classes that define equality",
        why="In Python 3 a class that defines __eq__ alone cannot be put into sets and dictionaries.",
        rewrite=_hashes,
    ),
)
