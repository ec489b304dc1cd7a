"""Expressions while calls are followed: code of `agent.languages.python_flow` in, the values that it may have out."""

from __future__ import annotations

from agent.graph.flow_state import Code
from agent.graph.invocations import Invocations
from agent.graph.values import EMPTY, Values, only
from agent.languages import python_flow as flow

__all__ = ["Expressions"]


class Expressions(Invocations):
    """The part of a `Dataflow` that evaluates expressions."""

    def _name(self, code: Code) -> Values:
        name = code[1]
        values = self._env.get(name)
        if values is not None:
            return values
        if self._env is not self._base and (values := self._base.get(name)) is not None:
            return values
        outer = self.body.parent
        while outer is not None and outer.parent is not None:
            if name in outer.names or name in outer.cells:
                passed = outer.cells.get(name)
                return self.read(("n", outer.index, name)) | (passed.read(self.body.index) if passed else EMPTY)
            outer = outer.parent
        return self.global_name(self.body.module, name, 0)

    def _attribute(self, code: Code) -> Values:
        _, owner, name, line = code
        found = EMPTY
        for atom in self.value(owner):
            held = self.attributes.attribute(atom, name, line)
            found = found | held if found else held
        return found

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
        return self.call(called, positional, named, line, last, position, rest)

    def _subscript(self, code: Code) -> Values:
        _, owner, key, position = code
        owners = self.value(owner)
        if key is not None and key[0] == flow.SLICE:
            return self.containers.cut(owners, self.value(key[1]), self.value(key[2]), key, position)
        keys = self.value(key)
        return self.containers.look_up(owners, keys)

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

    def _lambda(self, code: Code) -> Values:
        return only(("f", self._function(code[1]).index))

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
