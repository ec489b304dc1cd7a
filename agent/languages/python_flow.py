"""Python syntax tree -> what moves values in it: assignments, calls, returns, definitions, as plain nested lists in msgpack.

`agent.graph.dataflow` interprets the answer. Literals without meaning for calls, operators and conditions are left out;
function bodies are encoded on their own, so that a reader holds only the ones it works on. An expression is ``None``
when nothing is known of its value, else a list that starts with one of the codes below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from tree_sitter import Node

from agent.languages.chains import first_child, node_text
from agent.languages.python_grammar import (
    F_ALIAS,
    F_ALTERNATIVE,
    F_ARGUMENTS,
    F_ATTRIBUTE,
    F_BODY,
    F_CONDITION,
    F_CONSEQUENCE,
    F_DEFINITION,
    F_FUNCTION,
    F_KEY,
    F_LEFT,
    F_MODULE_NAME,
    F_NAME,
    F_OBJECT,
    F_PARAMETERS,
    F_RIGHT,
    F_SUBJECT,
    F_SUPERCLASSES,
    F_VALUE,
)

__all__ = ["read_flow"]

# Expressions
NAME, ATTRIBUTE, CALL, SUBSCRIPT, CONSTANT, SEQUENCE, DICTIONARY, STAR, LAMBDA, EITHER, EFFECTS = range(11)
COMPREHENSION, YIELD, YIELD_FROM, TEXT, SLICE, WALRUS = range(11, 17)
# Statements
ASSIGN, EXPRESSION, RETURN, DEFINE, CLASS, BRANCHES, LOOP, FOR, WITH, RAISE, GLOBAL, IMPORT = range(20, 32)

MAX_DEPTH = 60  # what nests deeper is left out: the interpreter recurses along with it
MAX_TEXT = 60
encode = msgspec.msgpack.Encoder().encode
Code = Any


def read_flow(root: Node, source: bytes) -> bytes:
    """[statements, names bound by the module]; empty when the tree is too deep to be walked safely."""
    return _Flow(source).module(root)


class _Scope:
    """A function, class or module while it is read."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.lambdas = 0
        self.generator = False
        self.inner = False


class _Flow:
    def __init__(self, source: bytes) -> None:
        self._letters = source.decode("latin-1")  # one character a byte: places in the tree are places in it
        self._scope = _Scope()
        self._depth = 0
        self._expressions: dict[str, Callable[[Node], Code]] = {
            "identifier": self._name, "attribute": self._attribute, "call": self._call, "subscript": self._subscript,
            "string": self._string, "concatenated_string": self._string, "integer": self._integer,
            "list": self._sequence, "tuple": self._sequence, "set": self._sequence, "expression_list": self._sequence,
            "dictionary": self._dictionary, "parenthesized_expression": self._inner, "await": self._inner,
            "list_splat": self._star, "lambda": self._lambda, "boolean_operator": self._either,
            "conditional_expression": self._conditional, "list_comprehension": self._comprehension,
            "set_comprehension": self._comprehension, "generator_expression": self._comprehension,
            "dictionary_comprehension": self._comprehension, "yield": self._yield, "named_expression": self._walrus,
            "slice": self._slice, "float": self._nothing, "true": self._nothing, "false": self._nothing,
            "none": self._nothing, "comment": self._nothing, "ellipsis": self._nothing,
            "binary_operator": self._operator, "pattern_list": self._sequence, "tuple_pattern": self._sequence,
            "list_pattern": self._sequence, "list_splat_pattern": self._star, "assignment": self._assigned_value,
            "keyword_argument": self._nothing, "type": self._nothing,
        }  # fmt: skip
        self._statements: dict[str, Callable[[Node, list[Code]], None]] = {
            "expression_statement": self._expression, "return_statement": self._return, "if_statement": self._if,
            "function_definition": self._plain_definition, "class_definition": self._plain_definition,
            "decorated_definition": self._decorated, "for_statement": self._for, "while_statement": self._while,
            "try_statement": self._try, "with_statement": self._with, "raise_statement": self._raise,
            "import_statement": self._import, "import_from_statement": self._import_from,
            "global_statement": self._global, "nonlocal_statement": self._nothing_to_say,
            "match_statement": self._match, "block": self._block, "comment": self._nothing_to_say,
            "pass_statement": self._nothing_to_say, "future_import_statement": self._nothing_to_say,
        }  # fmt: skip

    def module(self, root: Node) -> bytes:
        try:
            body = self._body(root)
        except RecursionError:
            return b""
        return encode([body, sorted(self._scope.names)])

    def _text(self, node: Node) -> str:
        return node_text(node, self._letters)

    # ---------------------------------------------------------------- statements

    def _body(self, node: Node | None) -> list[Code]:
        out: list[Code] = []
        if node is None or self._depth > MAX_DEPTH:
            return out
        self._depth += 1
        statements = self._statements
        for child in node.named_children:
            handler = statements.get(child.type)
            if handler is not None:
                handler(child, out)
            else:
                self._other(child, out)
        self._depth -= 1
        return out

    def _block(self, node: Node, out: list[Code]) -> None:
        out.extend(self._body(node))

    def _nothing_to_say(self, node: Node, out: list[Code]) -> None:
        pass

    def _other(self, node: Node, out: list[Code]) -> None:
        """assert, del, print and whatever the grammar could not place: only the calls in it matter."""
        if node.type == "ERROR":
            out.extend(self._body(node))
            return
        for child in node.named_children:
            self._effect(self._value(child), out)

    def _effect(self, value: Code, out: list[Code]) -> None:
        if _is_live(value):
            out.append([EXPRESSION, value])

    def _expression(self, node: Node, out: list[Code]) -> None:
        for child in node.named_children:
            kind = child.type
            if kind == "assignment":
                self._assign(child, out)
            elif kind == "augmented_assignment":
                left, right = child.child_by_field_id(F_LEFT), child.child_by_field_id(F_RIGHT)
                value = self._value(right)
                if left is not None and left.type == "identifier" and value and value[0] in (SEQUENCE, NAME, CALL):
                    old = self._value(left)
                    out.append([ASSIGN, [old], [EITHER, [old, value]]])
                else:
                    self._effect(value, out)
            elif kind != "string":
                self._effect(self._value(child), out)

    def _assign(self, node: Node, out: list[Code]) -> None:
        targets = []
        right: Node | None = node
        while right is not None and right.type == "assignment":
            left = right.child_by_field_id(F_LEFT)
            if left is not None:
                targets.append(self._target(left))
            right = right.child_by_field_id(F_RIGHT)
        if right is not None:
            out.append([ASSIGN, targets, self._value(right)])

    def _assigned_value(self, node: Node) -> Code:
        right = node.child_by_field_id(F_RIGHT)
        return self._value(right)

    def _target(self, node: Node) -> Code:
        kind = node.type
        if kind == "identifier":
            name = self._text(node)
            self._scope.names.add(name)
            return [NAME, name]
        if kind in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"):
            return [SEQUENCE, 0, [self._target(child) for child in node.named_children if child.type != "comment"]]
        if kind in ("list_splat_pattern", "list_splat", "parenthesized_expression", "as_pattern_target"):
            inner = node.named_child(0) if node.named_child_count else None
            target = self._target(inner) if inner is not None else None
            return [STAR, target] if "splat" in kind else target
        return self._value(node)

    def _return(self, node: Node, out: list[Code]) -> None:
        value = self._value(node.named_child(0)) if node.named_child_count else None
        if value is not None:
            out.append([RETURN, value])

    def _if(self, node: Node, out: list[Code]) -> None:
        branches: list[list[Code]] = []
        complete = False
        self._effect(self._value(node.child_by_field_id(F_CONDITION)), out)
        branches.append(self._body(node.child_by_field_id(F_CONSEQUENCE)))
        for part in node.children_by_field_name("alternative"):
            if part.type == "elif_clause":
                branch: list[Code] = []
                self._effect(self._value(part.child_by_field_id(F_CONDITION)), branch)
                branches.append(branch + self._body(part.child_by_field_id(F_CONSEQUENCE)))
            else:
                complete = True
                branches.append(self._body(part.child_by_field_id(F_BODY)))
        if any(branches):
            out.append([BRANCHES, branches if complete else [*branches, []]])

    def _match(self, node: Node, out: list[Code]) -> None:
        self._effect(self._value(node.child_by_field_id(F_SUBJECT)), out)
        body = node.child_by_field_id(F_BODY)
        cases = [c for c in body.named_children if c.type == "case_clause"] if body is not None else []
        branches = [self._body(case.child_by_field_id(F_CONSEQUENCE)) for case in cases]
        if any(branches):
            out.append([BRANCHES, [*branches, []]])

    def _while(self, node: Node, out: list[Code]) -> None:
        inner: list[Code] = []
        self._effect(self._value(node.child_by_field_id(F_CONDITION)), inner)
        inner += self._body(node.child_by_field_id(F_BODY))
        if inner:
            out.append([LOOP, inner])
        self._else(node, out)

    def _else(self, node: Node, out: list[Code]) -> None:
        clause = node.child_by_field_id(F_ALTERNATIVE)
        if clause is not None:
            out.extend(self._body(clause.child_by_field_id(F_BODY)))

    def _for(self, node: Node, out: list[Code]) -> None:
        left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
        if left is not None:
            values = self._value(right)
            target = self._target(left)
            body = self._body(node.child_by_field_id(F_BODY))
            out.append([FOR, target, values, body, node.start_point[0] + 1])
        self._else(node, out)

    def _try(self, node: Node, out: list[Code]) -> None:
        branches: list[list[Code]] = []
        last: list[Code] = []
        out.extend(self._body(node.child_by_field_id(F_BODY)))
        usual: list[Code] = []
        for child in node.named_children:
            kind = child.type
            if kind.startswith("except"):
                block = child.named_child(child.named_child_count - 1) if child.named_child_count else None
                branch: list[Code] = []
                for part in child.named_children:
                    if part.type == "as_pattern" and (alias := part.child_by_field_id(F_ALIAS)) is not None:
                        branch.append([ASSIGN, [self._target(alias)], None])
                branches.append(branch + self._body(block if block is not None and block.type == "block" else None))
            elif kind == "else_clause":
                usual = self._body(child.child_by_field_id(F_BODY))
            elif kind == "finally_clause":
                for part in child.named_children:
                    if part.type == "block":
                        last = self._body(part)
        if usual or any(branches):
            out.append([BRANCHES, [usual, *branches]])
        out.extend(last)

    def _with(self, node: Node, out: list[Code]) -> None:
        items = []
        for clause in node.named_children:
            for item in clause.named_children if clause.type == "with_clause" else ():
                value = item.child_by_field_id(F_VALUE)
                target = None
                if value is not None and value.type == "as_pattern":
                    alias = value.child_by_field_id(F_ALIAS)
                    value = value.named_child(0) if value.named_child_count else None
                    target = self._target(alias) if alias is not None else None
                items.append([self._value(value), target, item.start_point[0] + 1])
        out.append([WITH, items])
        out.extend(self._body(node.child_by_field_id(F_BODY)))

    def _raise(self, node: Node, out: list[Code]) -> None:
        if node.named_child_count:
            value = self._value(node.named_child(0))
            if value is not None:
                out.append([RAISE, value, node.start_point[0] + 1])

    def _global(self, node: Node, out: list[Code]) -> None:
        out.append([GLOBAL, [self._text(child) for child in node.named_children]])

    def _import(self, node: Node, out: list[Code]) -> None:
        for child in node.named_children:
            module, alias = self._aliased(child)
            bound = alias or module.partition(".")[0]
            self._scope.names.add(bound)
            out.append([IMPORT, module, "", bound])

    def _import_from(self, node: Node, out: list[Code]) -> None:
        source = node.child_by_field_id(F_MODULE_NAME)
        if source is None:
            return
        module = "".join(self._text(source).split())
        for child in node.named_children[1:]:
            if child.type == "wildcard_import":
                out.append([IMPORT, module, "*", ""])
            elif child.type in ("dotted_name", "aliased_import"):
                name, alias = self._aliased(child)
                self._scope.names.add(alias or name)
                out.append([IMPORT, module, name, alias or name])

    def _aliased(self, node: Node) -> tuple[str, str]:
        if node.type == "aliased_import":
            name, alias = node.child_by_field_id(F_NAME), node.child_by_field_id(F_ALIAS)
            return (self._text(name) if name else "", self._text(alias) if alias else "")
        return self._text(node), ""

    # ---------------------------------------------------------------- definitions

    def _plain_definition(self, node: Node, out: list[Code]) -> None:
        self._define(node, [], out)

    def _decorated(self, node: Node, out: list[Code]) -> None:
        decorators = []
        for child in node.named_children:
            if child.type == "decorator" and child.named_child_count:
                inner = child.named_child(0)
                if inner is not None:
                    decorators.append([self._value(inner), inner.start_point[0] + 1, self._last(inner)])
        definition = node.child_by_field_id(F_DEFINITION)
        if definition is not None:
            self._define(definition, decorators, out)

    def _define(self, node: Node, decorators: list[Code], out: list[Code]) -> None:
        name_node = node.child_by_field_id(F_NAME)
        if name_node is None:
            return
        name, line = self._text(name_node), node.start_point[0] + 1
        self._scope.names.add(name)
        outer = self._scope
        outer.inner = True
        if node.type == "class_definition":
            bases = []
            superclasses = node.child_by_field_id(F_SUPERCLASSES)
            for base in superclasses.named_children if superclasses is not None else ():
                if base.type not in ("keyword_argument", "comment"):
                    bases.append(self._value(base))
            self._scope = _Scope()
            body = self._body(node.child_by_field_id(F_BODY))
            out.append([CLASS, name, line, bases, decorators, body, sorted(self._scope.names)])
            self._scope = outer
            return
        parameters = self._parameters(node.child_by_field_id(F_PARAMETERS))
        out.append(self._function(name, line, parameters, decorators, node.child_by_field_id(F_BODY), is_body=True))

    def _function(
        self, name: str, line: int, parameters: list[Code], decorators: list[Code], body: Node | None, *, is_body: bool
    ) -> Code:
        outer, self._scope = self._scope, _Scope()
        if is_body:
            code = self._body(body)
        else:
            value = self._value(body)
            code = [] if value is None else [[RETURN, value]]
        scope, self._scope = self._scope, outer
        names = sorted(scope.names) if scope.inner else []
        return [DEFINE, name, line, parameters, decorators, encode(code), scope.generator, names]

    def _parameters(self, node: Node | None) -> list[Code]:
        """[name, default, kind]: 0 plain, 1 ``*args``, 2 ``**kwargs``, 3 by keyword only."""
        found: list[Code] = []
        keyword_only = False
        for child in node.named_children if node is not None else ():
            kind = child.type
            if kind in ("typed_parameter", "list_splat_pattern", "dictionary_splat_pattern"):
                inner = first_child(child) if kind == "typed_parameter" else child
                if inner is None:
                    continue
                sort = {"list_splat_pattern": 1, "dictionary_splat_pattern": 2}.get(inner.type, 0)
                if sort:
                    inner = first_child(inner) or inner
                keyword_only = keyword_only or sort == 1
                found.append([self._text(inner), None, sort or (3 if keyword_only else 0)])
            elif kind in ("default_parameter", "typed_default_parameter"):
                name = child.child_by_field_id(F_NAME)
                default = self._value(child.child_by_field_id(F_VALUE))
                if name is not None:
                    found.append([self._text(name), default, 3 if keyword_only else 0])
            elif kind == "identifier":
                found.append([self._text(child), None, 3 if keyword_only else 0])
            elif kind == "keyword_separator":
                keyword_only = True
        return found

    # ---------------------------------------------------------------- expressions

    def _value(self, node: Node | None) -> Code:
        if node is None or self._depth > MAX_DEPTH:
            return None
        handler = self._expressions.get(node.type)
        self._depth += 1
        value = handler(node) if handler is not None else self._effects(node)
        self._depth -= 1
        return value

    def _nothing(self, node: Node) -> Code:  # noqa: ARG002
        return None

    def _effects(self, node: Node) -> Code:
        found = [value for child in node.named_children if _is_live(value := self._value(child))]
        return [EFFECTS, found] if found else None

    def _operator(self, node: Node) -> Code:
        """A sum of a thousand strings nests a thousand deep to the left: taken apart in a loop."""
        found = []
        current: Node | None = node
        while current is not None and current.type == "binary_operator":
            if _is_live(value := self._value(current.child_by_field_id(F_RIGHT))):
                found.append(value)
            current = current.child_by_field_id(F_LEFT)
        if _is_live(value := self._value(current)):
            found.append(value)
        return [EFFECTS, found[::-1]] if found else None

    def _name(self, node: Node) -> Code:
        return [NAME, self._text(node)]

    def _attribute(self, node: Node) -> Code:
        name = node.child_by_field_id(F_ATTRIBUTE)
        owner = self._value(node.child_by_field_id(F_OBJECT))
        if owner is None or name is None:
            return None
        return [ATTRIBUTE, owner, self._text(name), node.end_point[0] + 1]

    def _last(self, node: Node) -> str:
        if node.type == "attribute":
            name = node.child_by_field_id(F_ATTRIBUTE)
            return self._text(name) if name is not None else ""
        return self._text(node) if node.type == "identifier" else ""

    def _call(self, node: Node) -> Code:
        function = node.child_by_field_id(F_FUNCTION)
        listed = node.child_by_field_id(F_ARGUMENTS)
        if function is None:
            return None
        arguments: list[Code] = []
        keywords: list[Code] = []
        if listed is not None and listed.type == "generator_expression":
            arguments.append(self._value(listed))
            listed = None
        for child in listed.named_children if listed is not None else ():
            kind = child.type
            if kind == "keyword_argument":
                name = child.child_by_field_id(F_NAME)
                keywords.append([self._text(name) if name else "", self._value(child.child_by_field_id(F_VALUE))])
            elif kind == "dictionary_splat":
                keywords.append(["", self._inner(child)])
            elif kind != "comment":
                arguments.append(self._value(child))
        line = function.end_point[0] + 1
        return [CALL, self._value(function), arguments, keywords, line, function.end_byte, self._last(function)]

    def _subscript(self, node: Node) -> Code:
        owner = self._value(node.child_by_field_id(F_VALUE))
        keys = node.children_by_field_name("subscript")
        key = self._value(keys[0]) if len(keys) == 1 else None
        if owner is None:
            return [EFFECTS, [key]] if _is_live(key) else None
        return [SUBSCRIPT, owner, key, node.end_byte]

    def _slice(self, node: Node) -> Code:
        bounds: list[Code] = [None, None]
        position = 0
        for child in node.children:
            if child.type == ":":
                position += 1
            elif position < 2:
                value = self._value(child)
                bounds[position] = value if value is not None else [EFFECTS, []]
        return [SLICE, *bounds] if position < 2 else [SLICE, [EFFECTS, []], None]

    def _string(self, node: Node) -> Code:
        if node.end_byte - node.start_byte <= MAX_TEXT and node.named_child_count == 3:
            content = node.named_child(1)
            if content.type == "string_content" and not content.named_child_count:
                return [CONSTANT, self._text(content)]
        found: list[Code] = []
        for child in node.named_children:
            for part in child.named_children if child.type == "string" else (child,):
                if part.type == "interpolation" and _is_live(value := self._effects(part)):
                    found.append(value)
        return [TEXT, found]

    def _integer(self, node: Node) -> Code:
        text = self._text(node)
        return [CONSTANT, int(text)] if len(text) < 10 and text.isdecimal() else None

    def _sequence(self, node: Node) -> Code:
        items = [self._value(child) for child in node.named_children if child.type != "comment"]
        return [SEQUENCE, 2 * node.start_byte + (node.type == "expression_list"), items]

    def _dictionary(self, node: Node) -> Code:
        pairs: list[Code] = []
        for child in node.named_children:
            if child.type == "pair":
                key, value = child.child_by_field_id(F_KEY), child.child_by_field_id(F_VALUE)
                pairs.append([self._value(key), self._value(value)])
            elif child.type == "dictionary_splat":
                pairs.append([[STAR], self._inner(child)])
        return [DICTIONARY, 2 * node.start_byte, pairs]

    def _inner(self, node: Node) -> Code:
        for child in node.named_children:
            if child.type != "comment":
                return self._value(child)
        return None

    def _star(self, node: Node) -> Code:
        return [STAR, self._inner(node)]

    def _lambda(self, node: Node) -> Code:
        self._scope.lambdas += 1
        self._scope.inner = True
        name = f"<lambda{self._scope.lambdas}>"
        parameters = self._parameters(node.child_by_field_id(F_PARAMETERS))
        body = node.child_by_field_id(F_BODY)
        return [LAMBDA, self._function(name, node.start_point[0] + 1, parameters, [], body, is_body=False)]

    def _either(self, node: Node) -> Code:
        found: list[Code] = []
        current: Node | None = node
        while current is not None and current.type == "boolean_operator":
            if (value := self._value(current.child_by_field_id(F_RIGHT))) is not None:
                found.append(value)
            current = current.child_by_field_id(F_LEFT)
        if (value := self._value(current)) is not None:
            found.append(value)
        return [EITHER, found[::-1]] if found else None

    def _conditional(self, node: Node) -> Code:
        parts = [child for child in node.named_children if child.type != "comment"]
        found = [value for child in parts[::2] if (value := self._value(child)) is not None]
        if len(parts) == 3 and _is_live(condition := self._value(parts[1])):
            found.append([EFFECTS, [condition]])
        return [EITHER, found] if found else None

    def _comprehension(self, node: Node) -> Code:
        clauses: list[Code] = []
        body = node.child_by_field_id(F_BODY)
        for child in node.named_children:
            if child.type == "for_in_clause":
                left, right = child.child_by_field_id(F_LEFT), child.child_by_field_id(F_RIGHT)
                kept, self._scope.names = self._scope.names, set()
                target = self._target(left) if left is not None else None
                self._scope.names = kept
                clauses.append([target, self._value(right), child.start_point[0] + 1])
            elif child.type == "if_clause" and _is_live(value := self._effects(child)):
                clauses.append([None, value, 0])
        key = None
        if body is not None and body.type == "pair":
            key, body = self._value(body.child_by_field_id(F_KEY)), body.child_by_field_id(F_VALUE)
        return [COMPREHENSION, 2 * node.start_byte, clauses, key, self._value(body), node.type[:4] == "dict"]

    def _yield(self, node: Node) -> Code:
        self._scope.generator = True
        value = self._inner(node)
        return [YIELD_FROM if any(c.type == "from" for c in node.children) else YIELD, value]

    def _walrus(self, node: Node) -> Code:
        name = node.child_by_field_id(F_NAME)
        value = self._value(node.child_by_field_id(F_VALUE))
        return [WALRUS, self._target(name), value] if name is not None else value


def _is_live(value: Code) -> bool:
    """Whether evaluating it can call anything."""
    while value is not None:
        if value[0] == ATTRIBUTE:
            value = value[1]
        elif value[0] == TEXT:
            return bool(value[1])
        else:
            return value[0] not in (NAME, CONSTANT)
    return False
