"""What can cross a wire and what cannot: places and what was observed there in, a decision with its reason for each out.

Nothing crosses on a guess: a call that no recorded request makes stays in the process, and says so.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.extraction.branching.uses import Target, Use
from agent.extraction.slicing.program import Program

__all__ = ["Decision", "Observation", "Operation", "decide", "operations_of", "own_errors", "watched"]

_FARTHEST = 30  # lines between a call and where the interpreter says that it is
_REASONS = {
    "call at start": "it is called while the program starts, before a flag could be turned",
    "decorator": "it decorates the caller's own code",
    "base class": "the caller inherits from it",
    "error type": "the caller catches it: an exception's type is shared",
    "annotation": "it is a type in an annotation",
    "migration": "a migration runs as it was written",
    "object": "it is a method of an object, which cannot be sent",
    "star import": "it comes with import *",
}
_VALUES = {
    "function": "it is handed over as a value, as a callback is",
    "class": "it is a class of the service, used as a value",
    "module": "a module of the service is used as a value",
}
_KINDS = {
    "class": "it makes an object of the service, and an object cannot be sent",
    "async function": "it is awaited",
    "generator": "it gives its values one by one",
    "module": "a module is called",
}


@dataclass(frozen=True)
class Observation:
    """What was seen of one function at one place, over all recorded requests."""

    target: str
    path: str
    line: int
    requests: tuple[int, ...]
    count: int
    cannot: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    wrote: int = 0


@dataclass(frozen=True)
class Decision:
    """``what``: crosses, stays, or wiring (routes, which the facade and the stubs take care of). ``writes``: it commits rows of its own."""

    use: Use
    what: str
    reason: str
    requests: tuple[int, ...] = ()
    writes: bool = False


@dataclass(frozen=True)
class Operation:
    """A function behind the seam. ``parameters`` are as declared, without annotations; ``passed`` is how they are handed on."""

    name: str
    target: Target
    parameters: str
    passed: str
    doc: str
    writes: bool = False


@dataclass
class _Seen:
    requests: set[int] = field(default_factory=set)
    cannot: set[str] = field(default_factory=set)
    wrote: int = 0


def watched(uses: Iterable[Use]) -> dict[str, list[str]]:
    """module -> functions that are worth watching: those that are called."""
    found: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        if use.how == "call" and use.target.kind == "function":
            found[use.target.module].add(use.target.name)
    return {module: sorted(names) for module, names in sorted(found.items())}


def decide(
    program: Program,
    uses: Sequence[Use],
    observations: Iterable[Observation],
    errors: frozenset[str],
    demoted: Mapping[str, str],
) -> tuple[Decision, ...]:
    """``errors``: exceptions of the service that a client can raise again. ``demoted``: functions that were found not to
    answer alike over the wire, and why."""
    seen = _by_place(uses, observations, errors)
    found = []
    for use in uses:
        observed = seen.get((use.path, use.line, use.column), _Seen())
        what, reason = _judged(program, use, observed, demoted)
        found.append(Decision(use, what, reason, tuple(sorted(observed.requests)), bool(observed.wrote)))
    return tuple(found)


def _by_place(
    uses: Sequence[Use], observations: Iterable[Observation], errors: frozenset[str]
) -> dict[tuple[str, int, int], _Seen]:
    calls: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in uses:
        if use.how == "call":
            calls[use.target.symbol, use.path].append(use)
    found: dict[tuple[str, int, int], _Seen] = defaultdict(_Seen)
    for one in observations:
        near = [use for use in calls[one.target, one.path] if abs(use.line - one.line) <= _FARTHEST]
        for use in sorted(near, key=lambda use: abs(use.line - one.line))[:1]:
            seen = found[use.path, use.line, use.column]
            seen.requests.update(one.requests)
            seen.wrote += one.wrote
            seen.cannot.update(one.cannot)
            foreign = [name for name in one.raised if not name.startswith("builtins.") and name not in errors]
            seen.cannot.update(f"it raises {name}, which is not the service's own" for name in foreign)
    return found


def _judged(program: Program, use: Use, seen: _Seen, demoted: Mapping[str, str]) -> tuple[str, str]:
    if use.how == "wiring":
        return (
            "wiring",
            "a route's handler or registration: routes are moved by the facade, and stubbed when the code goes",
        )
    if use.how in _REASONS:
        return "stays", _REASONS[use.how]
    if use.how == "value":
        return "stays", _VALUES.get(use.target.kind, "it is a value that lives in this process")
    if use.target.kind != "function":
        return "stays", _KINDS.get(use.target.kind, "it is not a plain function of a module")
    why = _static(program, use.target)
    if why:
        return "stays", why
    if use.target.symbol in demoted:
        return "stays", demoted[use.target.symbol]
    if not seen.requests:
        return "stays", "no recorded request makes this call, so nothing shows what would have to cross"
    if seen.cannot:
        return "stays", "; ".join(sorted(seen.cannot))
    return (
        "crosses",
        "its arguments and its result were plain data in every recorded call, outside of any transaction of the caller",
    )


def _static(program: Program, target: Target) -> str:
    node = _definition(program, target)
    if node is None:
        return "its definition cannot be read"
    defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
    for one in defaults:
        try:
            value = ast.literal_eval(one)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return "a default of its parameters is computed when the program starts"
        if isinstance(value, (list, dict, set)):
            return "a default of its parameters is shared between calls"
    return ""


def _definition(program: Program, target: Target) -> ast.FunctionDef | None:
    module = program.modules.get(target.module)
    for statement in module.statements if module is not None else ():
        if isinstance(statement.node, ast.FunctionDef) and statement.node.name == target.name:
            return statement.node
    return None


def operations_of(program: Program, decisions: Iterable[Decision]) -> tuple[Operation, ...]:
    """One for each function that some call crosses to; of two with one name the module's name is put before it."""
    writes: dict[str, bool] = {}
    targets: dict[str, Target] = {}
    for one in decisions:
        if one.what == "crosses":
            symbol = one.use.target.symbol
            targets[symbol] = one.use.target
            writes[symbol] = writes.get(symbol, False) or one.writes
    names = [target.name for target in targets.values()]
    found = []
    for symbol, target in sorted(targets.items()):
        node = _definition(program, target)
        if node is None:
            continue
        name = target.name if names.count(target.name) == 1 else f"{symbol.replace('.', '_')}"
        doc = (ast.get_docstring(node) or "").strip().partition("\n")[0]
        found.append(Operation(name, target, _parameters(node.args), _passed(node.args), doc, writes[symbol]))
    return tuple(found)


def _parameters(arguments: ast.arguments) -> str:
    def plain(one: ast.arg) -> ast.arg:
        return ast.arg(arg=one.arg)

    return ast.unparse(
        ast.arguments(
            posonlyargs=[plain(one) for one in arguments.posonlyargs],
            args=[plain(one) for one in arguments.args],
            vararg=plain(arguments.vararg) if arguments.vararg else None,
            kwonlyargs=[plain(one) for one in arguments.kwonlyargs],
            kw_defaults=arguments.kw_defaults,
            kwarg=plain(arguments.kwarg) if arguments.kwarg else None,
            defaults=arguments.defaults,
        )
    )


def _passed(arguments: ast.arguments) -> str:
    parts = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        parts.append(f"*{arguments.vararg.arg}")
    parts += [f"{one.arg}={one.arg}" for one in arguments.kwonlyargs]
    if arguments.kwarg:
        parts.append(f"**{arguments.kwarg.arg}")
    return ", ".join(parts)


def own_errors(program: Program, homes: Mapping[str, str], service: str) -> frozenset[str]:
    """Exceptions that the service's modules define: by their names and bases, as far as those lie in one module."""
    found: set[str] = set()
    for module in program.modules.values():
        if homes.get(module.id) != service:
            continue
        known: set[str] = set()
        for statement in module.statements:
            node = statement.node
            if isinstance(node, ast.ClassDef):
                bases = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
                if bases & known or any(base.endswith(("Error", "Exception")) for base in bases):
                    known.add(node.name)
        found.update(f"{module.id}.{name}" for name in known)
    return frozenset(found)
