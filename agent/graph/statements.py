"""Statements while calls are followed: assignments, branches and loops, definitions, imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from agent.domain.facts import Import
from agent.graph.bodies import ClassInfo
from agent.graph.expressions import Expressions
from agent.graph.flow_state import Code
from agent.graph.values import EMPTY, UNKNOWN_SET, Values, only
from agent.languages import python_flow as flow

__all__ = ["Statements"]


class Statements(Expressions):
    """The part of a `Dataflow` that runs statements."""

    _statements: tuple[Callable[[Code], None], ...]

    def _run(self, code: Iterable[Code]) -> None:
        statements = self._statements
        for statement in code:
            statements[statement[0] - flow.ASSIGN](statement)

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
            self.cells.join(body.result, only(("P", body.index, expression[1])))
        else:
            self.cells.join(body.result, self.value(expression))

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

    def _raise(self, code: Code) -> None:
        classes = frozenset(atom for atom in self.value(code[1]) if atom[0] == "c")
        if classes:
            self.call(classes, [], {}, code[2], "", (code[2], "raise"))

    def _global(self, code: Code) -> None:
        self._globals.update(code[1])

    # ---------------------------------------------------------------- definitions

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

    # ---------------------------------------------------------------- imports

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
