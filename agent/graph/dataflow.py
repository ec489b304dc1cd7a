"""Follows functions as values through a Python repository: what may be called at each place where something is called.

Goes in: the flow facts of every module (`agent.languages.python_flow`) and the import resolution of the `Project`. Comes
out: for every function, what it calls. An abstract interpretation: flow-sensitive inside a body, one summary for each
function, parameter, attribute and container site, repeated until nothing grows. A body is evaluated at most
MAX_EVALUATIONS times and a set holds at most LIMIT values, so that the work is bounded; what is beyond that is unknown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Import
from agent.graph.attributes import Attributes
from agent.graph.bodies import Body, ClassInfo, Site
from agent.graph.containers import Containers
from agent.graph.library import DESCRIPTORS, Library
from agent.graph.values import EMPTY, UNKNOWN, UNKNOWN_SET, Atom, Cells, Values, only
from agent.languages import python_flow as flow

if TYPE_CHECKING:
    from agent.ports import Language, Project

__all__ = ["Dataflow"]

MAX_EVALUATIONS = 30
MAX_ROUNDS = 60
Code = Any
CLASS_FIRST = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class Dataflow:
    """One analysis of all modules; `run` once, then read `bodies` and their sites."""

    def __init__(self, facts: Mapping[str, FileFacts], project: Project, language: Language) -> None:
        self._project = project
        self._language = language
        self.module_ids = project.module_ids(language.name)
        self.cells = Cells()
        self.bodies: list[Body] = []
        self.modules: dict[str, Body] = {}
        self._known: dict[Atom, Any] = {}
        self._imports: dict[tuple[str, str, str], Sequence[tuple[str, str, str]]] = {}
        self._pending: set[int] = set()
        # what the body at work knows
        self.body: Body = Body(-1, "", "", "", "", None)
        self._env: dict[str, Values] = {}
        self._base: dict[str, Values] = {}
        self.overlay: dict[Atom, Values] = {}
        self._class: ClassInfo | None = None
        self._globals: set[str] = set()
        self._intact: set[str] = set()  # parameters that nothing was assigned to yet
        self._written: set[str] = set()  # names assigned since the branch began
        self.loops = 0
        self._quiet = 0
        self.containers = Containers(self)
        self.attributes = Attributes(self, facts, project)
        self.library = Library(self)
        self._statements: tuple[Callable[[Code], None], ...] = (
            self._assign, self._expression, self._return, self._define, self._define_class, self._branches, self._loop,
            self._for, self._with, self._raise, self._global, self._import,
        )  # fmt: skip
        self._expressions: tuple[Callable[[Code], Values], ...] = (
            self._name, self._attribute, self._call, self._subscript, self._constant, self.containers.sequence,
            self.containers.dictionary, self._star, self._lambda, self._either, self._effects, self._comprehension,
            self._yield, self._yield_from, self._text, self._effects_of_slice, self._walrus,
        )  # fmt: skip
        for path in _import_order(facts, self.module_ids):
            self._add_module(path, facts[path].flow)

    def _add_module(self, path: str, code: bytes) -> None:
        module = self._project.modules()[path]
        body = self._new_body(module, module, module, path, None)
        statements, names = _split_module(code)
        body.code, body.names = statements, names
        self.modules.setdefault(module, body)

    def _new_body(self, symbol: str, scope: str, module: str, path: str, parent: Body | None) -> Body:
        body = Body(len(self.bodies), symbol, scope, module, path, parent)
        self.bodies.append(body)
        self._pending.add(body.index)
        return body

    # ---------------------------------------------------------------- until nothing grows

    def run(self) -> None:
        """Evaluate all bodies, and again those that read what grew; always in the order of their indices."""
        collecting = gc.isenabled()
        gc.disable()  # millions of small lists without a cycle among them: the collector would take a third of the time
        try:
            self._repeat_until_stable()
        finally:
            if collecting:
                gc.enable()

    def _repeat_until_stable(self) -> None:
        for _ in range(MAX_ROUNDS):
            batch = sorted(self._pending)
            if not batch:
                break
            self._pending = set()
            waiting = set(batch)
            for index in batch:
                waiting.discard(index)
                self._evaluate(self.bodies[index])
                if self.cells.changed:
                    self._pending |= self.cells.changed - waiting
                    self.cells.changed.clear()

    def _evaluate(self, body: Body) -> None:
        if body.evaluations >= MAX_EVALUATIONS:
            return
        body.evaluations += 1
        self.body = body
        self._env = self._base = {}
        self.overlay = {}
        self._class = None
        self._globals = set()
        self.loops = 0
        body.sites = {}
        self._written = set()
        for name, _, _ in body.parameters:
            self._env[name] = self.cells.read(("p", body.index, name), body.index)
        self._intact = set(self._env)
        self._run(msgspec.msgpack.decode(body.code) if body.code else ())

    def _run(self, code: Iterable[Code]) -> None:
        statements = self._statements
        for statement in code:
            statements[statement[0] - flow.ASSIGN](statement)

    def value(self, expression: Code) -> Values:
        """What the expression may hold; calls in it are noted."""
        if expression is None:
            return EMPTY
        values: Values = self._expressions[expression[0]](expression)
        return values

    def read(self, key: Atom) -> Values:
        """A cell, for the body at work, which looks again when it grows."""
        return self.cells.read(key, self.body.index)

    # ---------------------------------------------------------------- statements

    def _assign(self, code: Code) -> None:
        _, targets, expression = code
        values = self.value(expression)
        for target in targets:
            self._store(target, values)

    def _store(self, target: Code, values: Values) -> None:
        if target is None:
            return
        sort = target[0]
        if sort == flow.NAME:
            self._bind(target[1], values)
        elif sort == flow.SEQUENCE:
            self._unpack(target[2], values)
        elif sort == flow.ATTRIBUTE:
            for atom in self.value(target[1]):
                self.attributes.assign(atom, target[2], values)
        elif sort == flow.SUBSCRIPT:
            owners = self.value(target[1])
            self.containers.write(owners, self.value(target[2]), values)
        elif sort == flow.STAR and len(target) > 1:
            self._store(target[1], values)

    def _unpack(self, targets: Sequence[Code], values: Values) -> None:
        star = next((n for n, t in enumerate(targets) if t is not None and t[0] == flow.STAR), -1)
        for position, target in enumerate(targets):
            if position == star:
                self._store(target, self.containers.rest(values, position, len(targets) - 1 - position))
            elif star >= 0 and position > star:
                self._store(target, self.containers.item(values, position - len(targets)))
            else:
                self._store(target, self.containers.item(values, position))

    def _bind(self, name: str, values: Values) -> None:
        self._intact.discard(name)
        self._written.add(name)
        body = self.body
        if self._quiet:
            self._env[name] = values
        elif self._class is not None:
            self._env[name] = values
            self.cells.add(("a", self._class.index, name), values)
        elif name in self._globals:
            self.cells.add(("v", body.module, name), values)
        else:
            self._env[name] = values
            if body.parent is None:
                self.cells.add(("v", body.module, name), values)
            elif name in body.names:
                self.cells.add(("n", body.index, name), values)

    def _expression(self, code: Code) -> None:
        self.value(code[1])

    def _return(self, code: Code) -> None:
        expression = code[1]
        body = self.body
        if expression[0] == flow.NAME and expression[1] in self._intact:
            # Handed back as it came: the caller's own argument, not everything that anybody ever passed.
            self.cells.add(("r", body.index), only(("P", body.index, expression[1])))
        else:
            self.cells.add(("r", body.index), self.value(expression))

    def _branches(self, code: Code) -> None:
        env, overlay, outer = self._env, self.overlay, self._written
        at_base = env is self._base
        results = []
        written: set[str] = set()
        for branch in code[1]:
            self._env, self.overlay = (dict(env), dict(overlay)) if branch else (env, overlay)
            self._base = self._env if at_base else self._base
            self._written = set()
            self._run(branch)
            written |= self._written
            results.append((self._env, self.overlay))
        merged = {}
        for name in written:
            values = [held for branch_env, _ in results if (held := branch_env.get(name)) is not None]
            if values:
                merged[name] = EMPTY.union(*values)
        env.update(merged)
        self._env, self._written = env, outer
        self._base = env if at_base else self._base
        outer |= written
        first = results[0][1]
        self.overlay = {k: v for k, v in first.items() if all(other.get(k) == v for _, other in results[1:])}

    def _loop(self, code: Code) -> None:
        self._repeat(code[1])

    def _repeat(self, code: Code) -> None:
        """Twice, so that what the end of the body assigns reaches its beginning; inner loops repeat with the outer one."""
        self.overlay = {}
        self.loops += 1
        for _ in range(2 if self.loops == 1 else 1):
            self._branches([flow.BRANCHES, [code, []]])
        self.loops -= 1
        self.overlay = {}

    def _for(self, code: Code) -> None:
        _, target, iterable, body, line = code
        values = self.iterate(self.value(iterable), line)
        self._store(target, values)
        if body:
            self._repeat(body)

    def _with(self, code: Code) -> None:
        for expression, target, line in code[1]:
            entered = EMPTY
            for atom in self.value(expression):
                if atom[0] == "o":
                    entered |= self.implicit(atom, "__enter__", line) or only(atom)
                    self.implicit(atom, "__exit__", line)
                elif atom[0] == "g":
                    entered |= self.read(("y", atom[1]))
                else:
                    entered |= {atom}
            if target is not None:
                self._store(target, entered)

    def implicit(self, atom: Atom, method: str, line: int) -> Values:
        """A call that the language makes, where the type defines the method."""
        methods = [m for m in self.attributes.attribute(atom, method, line) if m[0] == "m"]
        return self.call(frozenset(methods), [], {}, line, "", (line, method)) if methods else EMPTY

    def _raise(self, code: Code) -> None:
        classes = frozenset(atom for atom in self.value(code[1]) if atom[0] == "c")
        if classes:
            self.call(classes, [], {}, code[2], "", (code[2], "raise"))

    def _global(self, code: Code) -> None:
        self._globals.update(code[1])

    # ---------------------------------------------------------------- names

    def _name(self, code: Code) -> Values:
        name = code[1]
        values = self._env.get(name)
        if values is not None:
            return values
        if self._env is not self._base and (values := self._base.get(name)) is not None:
            return values
        outer = self.body.parent
        while outer is not None and outer.parent is not None:
            if name in outer.names or any(name == p[0] for p in outer.parameters):
                return self.read(("n", outer.index, name)) | self.read(("p", outer.index, name))
            outer = outer.parent
        return self.global_name(self.body.module, name, 0)

    def global_name(self, module: str, name: str, depth: int) -> Values:
        """A name of a module: assigned there, taken over by a star import, or built in."""
        found = self.modules.get(module)
        if found is None or depth > 10:
            return UNKNOWN_SET
        if name in found.names:
            return self.read(("v", module, name))
        values = self.read(("v", module, name))  # set by `module.name = ...` or `global name` elsewhere
        if values:
            return values
        self.read(("*", module))
        for star in found.stars:
            source = self.modules.get(star)
            if source is not None and (name in source.names or source.stars):
                values = self.global_name(star, name, depth + 1)
                if values and values != UNKNOWN_SET:
                    return values
        if name in self._language.builtins and not depth:
            return only(("x", f"builtins.{name}"))
        return UNKNOWN_SET

    def _import(self, code: Code) -> None:
        _, module, name, alias = code
        body = self.body
        key = (body.path, module, name + "\0" + alias)
        targets = self._imports.get(key)
        if targets is None:
            asked = Import(module, name, alias, 0, "")
            targets = self._imports[key] = tuple(self._language.resolve_import(asked, body.path, self._project))
        for bound, target, _ in targets:
            if name == "*":
                self._import_star(target)
            elif bound:
                self._bind(bound, self._imported(module, name, alias, target))

    def _import_star(self, target: str) -> None:
        home = self.modules.get(self.body.module)
        if home is None:
            return
        if target.startswith(("external:", "unresolved:")):
            home.open = True
        elif target not in home.stars:
            home.stars.append(target)
            self.cells.touch(("*", home.module))

    def _imported(self, module: str, name: str, alias: str, target: str) -> Values:
        if target.startswith("external:"):
            top = module.partition(".")[0]
            dotted = f"{module}.{name}" if name else (top if alias == top else module)
            return only(("x", dotted.lstrip(".")))
        if target.startswith("unresolved:"):
            return UNKNOWN_SET
        source, separator, member = target.partition(":")
        if separator:
            return self.global_name(source, member, 0)
        if not name or target in self.module_ids:
            return only(("M", target))
        return self.global_name(target[: -len(name) - 1], name, 0)

    # ---------------------------------------------------------------- attributes

    def _attribute(self, code: Code) -> Values:
        _, owner, name, line = code
        found = EMPTY
        for atom in self.value(owner):
            found |= self.attributes.attribute(atom, name, line)
        return found

    # ---------------------------------------------------------------- expressions

    def _constant(self, code: Code) -> Values:
        return only(("k", code[1]))

    def _text(self, code: Code) -> Values:
        for part in code[1]:
            self.value(part)
        return only(("K", "str"))

    def _star(self, code: Code) -> Values:
        return self.value(code[1]) if len(code) > 1 else EMPTY

    def _either(self, code: Code) -> Values:
        found = EMPTY
        for part in code[1]:
            found |= self.value(part)
        return found

    def _effects(self, code: Code) -> Values:
        for part in code[1]:
            self.value(part)
        return EMPTY

    def _effects_of_slice(self, code: Code) -> Values:
        self.value(code[1])
        self.value(code[2])
        return EMPTY

    def _walrus(self, code: Code) -> Values:
        values = self.value(code[2])
        self._store(code[1], values)
        return values

    def _yield(self, code: Code) -> Values:
        self.cells.add(("y", self.body.index), self.value(code[1]))
        return EMPTY

    def _yield_from(self, code: Code) -> Values:
        self.cells.add(("y", self.body.index), self.iterate(self.value(code[1]), 0))
        return EMPTY

    def _subscript(self, code: Code) -> Values:
        _, owner, key, position = code
        owners = self.value(owner)
        if key is not None and key[0] == flow.SLICE:
            return self.containers.cut(owners, self.value(key[1]), self.value(key[2]), key, position)
        keys = self.value(key)
        return self.containers.look_up(owners, keys)

    def _comprehension(self, code: Code) -> Values:
        _, position, clauses, key, element, is_dictionary = code
        env, base, loops = self._env, self._base, self.loops
        self._env = dict(env)
        if base is env:
            self._base = self._env
        self._quiet += 1
        self.loops += 1
        for target, expression, line in clauses:
            values = self.value(expression)
            if target is not None:
                self._store(target, self.iterate(values, line))
        keys = self.value(key)
        made = self.containers.make(position, "dict" if is_dictionary else "list", keys, self.value(element))
        self._quiet -= 1
        self._env, self._base, self.loops = env, base, loops
        return made

    def iterate(self, values: Values, line: int) -> Values:
        """What iterating over a value gives; ``__iter__`` and ``__next__`` are called."""
        found = EMPTY
        for atom in values:
            sort = atom[0]
            if sort == "l":
                found |= self.containers.elements(atom[1])
            elif sort == "g":
                found |= self.read(("y", atom[1]))
            elif sort == "o":
                for inner in self.implicit(atom, "__iter__", line):
                    if inner[0] == "o":
                        found |= self.implicit(inner, "__next__", line)
                    elif inner[0] in ("g", "l"):
                        found |= self.iterate(only(inner), line)
            elif atom == UNKNOWN or (sort == "x" and not atom[1].startswith("builtins.")):
                found |= {atom}
        return found

    # ---------------------------------------------------------------- definitions

    def _lambda(self, code: Code) -> Values:
        return only(("f", self._function(code[1]).index))

    def _define(self, code: Code) -> None:
        name, decorators = code[1], code[4]
        body = self._function(code)
        values = only(("f", body.index))
        for expression, line, last in reversed(decorators):
            if expression is not None and expression[0] == flow.ATTRIBUTE and expression[2] in ("setter", "deleter"):
                body.kind = "setter"
                values = self.value(expression[1])
                break
            values = self._decorated(body, self.value(expression), values, line, last)
        self._bind(name, values)

    def _decorated(self, body: Body, decorators: Values, values: Values, line: int, last: str) -> Values:
        known = [DESCRIPTORS[a[1]] for a in decorators if a[0] == "x" and a[1] in DESCRIPTORS]
        if known and len(decorators) == 1:
            body.kind = known[0]
            return values
        result = self.call(decorators, [values], {}, line, last, (line, "decorator", last, body.index))
        # What a library's decorator makes of a function still runs that function.
        if any(atom[0] == "x" or atom == UNKNOWN for atom in decorators):
            result = frozenset(atom for atom in result if atom[0] != "x" and atom != UNKNOWN) | values
        return result

    def _function(self, code: Code) -> Body:
        _, name, line, parameters, _, inner, generator, names = code
        owner, outer = self._class, self.body
        key = ("D", outer.index, owner.index if owner else -1, line, name)
        body: Body | None = self._known.get(key)
        if body is None:
            prefix = owner.symbol if owner else outer.symbol
            symbol = f"{prefix}.{name}"
            scope = (owner.symbol if owner else outer.scope) if name.startswith("<") else symbol
            body = self._known[key] = self._new_body(symbol, scope, outer.module, outer.path, outer)
            body.code, body.generator, body.names = inner, generator, frozenset(names)
            body.parameters, body.owner = parameters, None if name.startswith("<") else owner
            if name in CLASS_FIRST and owner:
                body.kind = "static" if name == "__new__" else "class"
        for parameter, default, kind in parameters:
            if default is not None:
                values = body.defaults[parameter] = self.value(default)
                self.cells.add(("p", body.index, parameter), values)
            elif kind in (1, 2):
                made = self.containers.make_for(body, parameter, "list" if kind == 1 else "dict")
                self.cells.add(("p", body.index, parameter), made)
        if body.owner is not None and parameters and parameters[0][2] == 0:
            self._receive(body, body.owner, name)
        return body

    def _receive(self, body: Body, owner: ClassInfo, name: str) -> None:
        """A method's first parameter is an instance of its class, whoever calls it."""
        decorators_say = body.kind
        receiver = only(("c" if decorators_say == "class" or name in CLASS_FIRST else "o", owner.index))
        if decorators_say == "static" and name != "__new__":
            return
        body.fallback = receiver
        self.cells.add(("p", body.index, body.parameters[0][0]), receiver, receiver)

    def _define_class(self, code: Code) -> None:
        _, name, line, bases, decorators, inner, names = code
        outer = self._class
        key = ("C", self.body.index, outer.index if outer else -1, line, name)
        info: ClassInfo | None = self._known.get(key)
        if info is None:
            symbol = f"{outer.symbol if outer else self.body.symbol}.{name}"
            info = self._known[key] = self.attributes.new_class(symbol, frozenset(names))
        self.attributes.set_bases(info, bases)
        env, intact = self._env, self._intact
        self._env, self._class, self._intact = {}, info, set()
        self._run(inner)
        self._env, self._class, self._intact = env, outer, intact
        values = only(("c", info.index))
        for expression, at, last in reversed(decorators):
            made = self.call(self.value(expression), [values], {}, at, last, (at, "decorator", last, info.symbol))
            kept = frozenset(atom for atom in made if atom[0] == "c")
            values = kept or values
        self._bind(name, values)

    # ---------------------------------------------------------------- calls

    def _call(self, code: Code) -> Values:
        _, function, arguments, keywords, line, position, last = code
        called = self.value(function)
        positional: list[Values] = []
        rest = EMPTY
        for argument in arguments:
            if argument is not None and argument[0] == flow.STAR:
                known, more = self.containers.spread(self.value(argument[1]) if len(argument) > 1 else EMPTY)
                positional.extend(known)
                rest |= more
            else:
                positional.append(self.value(argument))
        named: dict[str, Values] = {}
        for name, expression in keywords:
            values = self.value(expression)
            if name:
                named[name] = values
            else:
                for key, held in self.containers.entries(values):
                    named[key] = named.get(key, EMPTY) | held
        return self.call(called, positional, named, line, last, (position,), rest)

    def call(
        self, called: Values, positional: list[Values], named: Mapping[str, Values], line: int, last: str, at: Atom,
        rest: Values = EMPTY,
    ) -> Values:  # fmt: skip
        """Note a call and answer what it may return."""
        site = self.body.sites.get(at)
        if site is None:
            site = self.body.sites[at] = Site(line, last)
        if not called:
            site.complete = False
            return EMPTY
        found = EMPTY
        for atom in called if len(called) == 1 else sorted(called, key=repr):
            sort = atom[0]
            if sort == "f":
                found |= self._enter(atom[1], positional, named, rest, site)
            elif sort == "m":
                found |= self._enter(atom[1], [only(atom[2]), *positional], named, rest, site)
            elif sort == "c":
                self._create(atom, positional, named, rest, site)
                found |= {("o", atom[1])}
            elif sort == "o":
                methods = frozenset(m for m in self.attributes.attribute(atom, "__call__", line) if m[0] == "m")
                for method in methods:
                    found |= self._enter(method[1], [only(atom), *positional], named, rest, site)
            elif sort == "x":
                site.targets.add(atom)
                found |= self.library.call(atom, positional, named, site)
            elif sort == "b":
                site.targets.add(("x", f"builtins.{self.containers.kind(atom[1])}.{atom[2]}"))
                found |= self.containers.call(atom, positional, named)
            elif atom == UNKNOWN:
                site.complete = False
                found |= UNKNOWN_SET
        return found

    def _create(
        self, atom: Atom, positional: list[Values], named: Mapping[str, Values], rest: Values, site: Site
    ) -> None:
        receiver = ("o", atom[1])
        for method in self.attributes.through(self.attributes.order(atom[1]), receiver, "__init__", site.line):
            if method[0] == "m":
                self._enter(method[1], [only(receiver), *positional], named, rest, site)
            elif method[0] == "x" and not method[1].startswith("builtins."):
                site.targets.add(method)
        for method in self.attributes.through(self.attributes.order(atom[1]), atom, "__new__", site.line):
            if method[0] == "f":
                self._enter(method[1], [only(atom), *positional], named, rest, site)

    def _enter(
        self, index: int, positional: list[Values], named: Mapping[str, Values], rest: Values, site: Site
    ) -> Values:
        """Arguments into parameters; the result with handed-back parameters replaced by this call's own arguments."""
        body = self.bodies[index]
        site.targets.add(("f", index))
        self.overlay.clear()
        passed: dict[str, Values] = {}
        place = 0
        by_name = 0
        for name, _, kind in body.parameters:
            values = EMPTY
            if kind == 0 and place < len(positional):
                values = positional[place]
            elif kind == 1:
                self.containers.fill(body, name, positional[place:], rest)
                continue
            elif kind == 2:
                if by_name < len(named):
                    self.containers.fill_named(body, name, body.parameters, named)
                continue
            elif name in named:
                by_name += 1
                values = named[name]
            elif kind == 0 and rest:
                values = rest
            else:
                values = body.defaults.get(name, EMPTY)
            place += kind == 0
            passed[name] = values
            if values:
                fallback = body.fallback if place == 1 and body.owner else UNKNOWN_SET
                self.cells.add(("p", index, name), values, fallback)
        if body.generator:
            return only(("g", index))
        returned = self.read(("r", index))
        if any(atom[0] == "P" for atom in returned):
            found = EMPTY
            for atom in returned:
                found |= passed.get(atom[2], EMPTY) if atom[0] == "P" and atom[1] == index else {atom}
            return found
        return returned


def _split_module(code: bytes) -> tuple[bytes, frozenset[str]]:
    if not code:
        return b"", frozenset()
    statements, names = msgspec.msgpack.decode(code, type=tuple[msgspec.Raw, list[str]])
    return bytes(statements), frozenset(names)


def _import_order(facts: Mapping[str, FileFacts], module_ids: Mapping[str, str]) -> list[str]:
    """Files so that most come after what they import; only the number of repetitions depends on it."""
    paths = {path for path in module_ids.values() if path in facts}
    ordered: dict[str, None] = {}
    entered: set[str] = set()
    for start in sorted(paths):
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            path, done = stack.pop()
            if done:
                ordered[path] = None
            elif path not in entered:
                entered.add(path)
                stack.append((path, True))
                wanted = {
                    target
                    for imported in facts[path].imports
                    for name in (imported.module, f"{imported.module}.{imported.name}")
                    if (target := module_ids.get(name)) in paths and target is not None
                }
                stack.extend((target, False) for target in sorted(wanted, reverse=True) if target not in entered)
    return list(ordered)
