"""Expressions of C# reduced to dotted chains (the *name* notation of agent.domain.facts); calls and uses on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from agent.domain.facts import Binding, Reference
from agent.languages.csharp_grammar import (
    AS,
    AWAIT,
    BINDING,
    CALL,
    CAST,
    CONDITIONAL,
    CREATION,
    ELEMENT_ACCESS,
    F_ARGUMENTS,
    F_CONDITION,
    F_EXPRESSION,
    F_FUNCTION,
    F_INITIALIZER,
    F_NAME,
    F_PARAMETERS,
    F_RIGHT,
    F_SUBSCRIPT,
    F_TYPE,
    GENERIC,
    IDENTIFIER,
    LAMBDA,
    MEMBER,
    PARENTHESES,
    PREDEFINED,
    STRINGS,
    SUPPRESSION,
    TYPE_ARGUMENTS,
    VALUES,
    line,
)
from agent.languages.csharp_names import MAX_LINKS, Names, Scope

__all__ = ["Expressions"]

ELEMENTWISE = frozenset(
    "Where Select SelectMany Any All Count First FirstOrDefault Single SingleOrDefault Last LastOrDefault OrderBy "
    "OrderByDescending ThenBy ThenByDescending GroupBy Sum Min Max Average ForEach Find FindAll Exists RemoveAll "
    "ToDictionary TakeWhile SkipWhile FirstAsync FirstOrDefaultAsync SingleAsync SingleOrDefaultAsync AnyAsync Include "
    "CountAsync SumAsync DistinctBy MaxBy MinBy".split()
)
SAME_ELEMENTS = re.compile(
    r"(?:\.(?:Where|OrderBy|OrderByDescending|ThenBy|ThenByDescending|Include|ThenInclude|Take|Skip|Distinct|Reverse|"
    r"AsNoTracking|AsQueryable|AsEnumerable|ToList|ToListAsync|ToArray|ToArrayAsync|Concat|Union|ConfigureAwait|"
    r"IgnoreQueryFilters|AsSplitQuery)\(\))+\Z"
)
ONE_ELEMENT = re.compile(
    r"\.(?:First|FirstOrDefault|Single|SingleOrDefault|Last|LastOrDefault|ElementAt|Find|FindAsync|FirstAsync|"
    r"FirstOrDefaultAsync|SingleAsync|SingleOrDefaultAsync)\(\)\Z"
)
Link = tuple[str, Node | None, Sequence[Node]]  # name, the call's node, lambdas among the arguments


class Expressions(Names):
    """Emits references for the chains of one file."""

    def __init__(self, source: bytes) -> None:
        super().__init__(source)
        self.references: list[Reference] = []
        self.bindings: list[Binding] = []

    def value(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        """An assigned expression as a chain; what lies inside is emitted or pushed."""
        if node.kind_id in VALUES:
            return self.expression(node, scope, stack)
        stack.append(node)
        return "?"

    def sequence(self, chain: str) -> str:
        """The sequence whose elements a query yields."""
        return SAME_ELEMENTS.sub("", chain)

    def row_values(self, chain: str) -> Iterator[str]:
        """What ``var x = chain`` may hold: LINQ's element getters are tried as such, and as methods of the project."""
        if chain.startswith("?"):
            return
        yield self.sequence(chain)
        found = ONE_ELEMENT.search(chain)
        if found is not None:
            yield self.sequence(chain[: found.start()]) + "[]"

    def expression(self, node: Node, scope: Scope, stack: list[Node], silent: bool = False) -> str:
        """Emit the calls and uses of a chain and push what lies inside it; the chain itself in *name* notation."""
        links: list[Link] = []
        head, outermost = "?", node
        called: tuple[Node, Sequence[Node]] | None = None
        while True:
            kind = node.kind_id
            inner: Node | None
            if kind == CALL:
                if called is not None:
                    links.append(("()", *called))
                called = (node, self.arguments(node, stack))
                inner = node.child_by_field_id(F_FUNCTION)
            elif kind == MEMBER:
                name = node.child_by_field_id(F_NAME)
                self.generic(name, stack)
                links.append((self.simple(name) or "?", *(called or (None, ()))))
                called = None
                inner = node.child_by_field_id(F_EXPRESSION)
            elif kind == CONDITIONAL:
                bound = next((c for c in node.named_children[::-1] if c.kind_id == BINDING), None)
                if bound is None:  # x?.A.B() holds A.B() on its right: read on its own
                    condition = node.child_by_field_id(F_CONDITION)
                    stack.extend(c for c in node.named_children if condition is None or c.id != condition.id)
                    inner = condition
                else:
                    links.append((self.simple(bound.child_by_field_id(F_NAME)) or "?", *(called or (None, ()))))
                    called = None
                    inner = node.child_by_field_id(F_CONDITION)
            elif kind == ELEMENT_ACCESS:
                subscript = node.child_by_field_id(F_SUBSCRIPT)
                if subscript is not None:
                    stack.append(subscript)
                links.append(("[]", None, ()))
                inner = node.child_by_field_id(F_EXPRESSION)
            elif kind in (PARENTHESES, AWAIT, SUPPRESSION) and node.named_child_count:
                inner = node.named_child(0)
            else:
                head = self.head(node, scope, stack, called is not None)
                if called is not None and kind in (IDENTIFIER, GENERIC):
                    links.append((head, *called))
                    head = ""
                elif called is not None:
                    links.append(("()", *called))
                break
            if inner is None:
                break
            node = inner
        return self.emit(head, links[::-1], scope, outermost, silent)

    def head(self, node: Node, scope: Scope, stack: list[Node], called: bool) -> str:
        """What a chain starts with. A cast is written like a creation: both are a value of that type."""
        kind = node.kind_id
        if kind == IDENTIFIER:
            return self.text(node).removeprefix("@")
        if kind == PREDEFINED:
            return self.text(node)
        if kind == GENERIC:
            self.generic(node, stack)
            return self.simple(node)
        if kind in STRINGS:
            stack.extend(node.named_children)
            return "string()"
        if not node.is_named:
            written = self.text(node)
            return written if written in ("this", "base") else "?"
        if kind == CREATION:
            return self.created(node, scope, stack)
        stack.append(node)
        declared = node.child_by_field_id(F_TYPE) if kind == CAST else None
        declared = node.child_by_field_id(F_RIGHT) if kind == AS else declared
        name = self.declared(declared, scope)[0] if declared is not None else "?"
        return "?" if called or name == "?" else name + "()"

    def created(self, node: Node, scope: Scope, stack: list[Node]) -> str:
        declared = node.child_by_field_id(F_TYPE)
        self.arguments(node, stack)
        initializer = node.child_by_field_id(F_INITIALIZER)
        if initializer is not None:
            stack.append(initializer)
        if declared is None:
            return "?"
        self.generic(declared, stack)
        name = self.type_name(declared, scope)
        self.references.append(Reference(scope.name, name, "call", line(declared)))
        return name + "()"

    def generic(self, name: Node | None, stack: list[Node]) -> None:
        if name is not None and name.kind_id == GENERIC:
            stack.extend(c for c in name.named_children if c.kind_id == TYPE_ARGUMENTS)

    def arguments(self, call: Node, stack: list[Node]) -> Sequence[Node]:
        """Push a call's arguments; those that are lambdas."""
        arguments = call.child_by_field_id(F_ARGUMENTS)
        if arguments is None:
            return ()
        children = arguments.named_children
        stack.extend(children[::-1])
        inner = (c.named_child(c.named_child_count - 1) for c in children if c.named_child_count)
        return [c for c in inner if c.kind_id == LAMBDA]

    def emit(self, head: str, links: Sequence[Link], scope: Scope, node: Node, silent: bool) -> str:
        chain, count = head, 0
        for name, call, lambdas in links:
            if name == "[]":
                chain += "[]"
                continue
            count += 1
            if count > MAX_LINKS:
                chain, count = "?", 1
            receiver = chain
            if name != "()":
                chain = f"{chain}.{name}" if chain else name
            if call is not None:
                if not silent and chain != "nameof":
                    self.references.append(Reference(scope.name, chain, "call", line(call)))
                for function in lambdas:
                    self.lambda_parameter(function, receiver, name, scope)
                chain += "()"
        if links and links[-1][1] is None and count and not silent:
            self.use(chain, scope, line(node))
        return chain or "?"

    def use(self, chain: str, scope: Scope, at: int) -> None:
        """A member of something else; a field of its own is no dependency."""
        bare = chain.removesuffix("[]")
        own = bare.startswith(("this.", "base.")) and bare.count(".") == 1
        if "." in bare and not own and not bare.endswith((".Length", ".Count", ".HasValue")):
            self.references.append(Reference(scope.name, bare, "use", at))

    def lambda_parameter(self, function: Node, receiver: str, method: str, scope: Scope) -> None:
        """``orders.Where(o => ...)``: ``o`` is an element of ``orders``."""
        parameters = function.child_by_field_id(F_PARAMETERS)
        if parameters is None or method not in ELEMENTWISE or not receiver or receiver.startswith("?"):
            return
        if parameters.named_child_count == 1 and parameters.named_child(0).named_child_count == 1:
            parameters = parameters.named_child(0).named_child(0)
        name = self.text(parameters).strip("()")
        if name.isidentifier():
            self.bindings.append(Binding(scope.name, name, self.sequence(receiver) + "[]", line(parameters)))
