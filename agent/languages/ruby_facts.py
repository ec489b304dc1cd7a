"""One Ruby file (or ERB template) in, its `FileFacts` out: requires, modules and classes, methods, constants, calls.

A module path is one link of a scope (``Shop::Order.total``). A reference is a key that carries where it is looked up:
``Line in Shop::Order`` is a constant, ``total in Shop::Order`` a call on self, ``Line->price in Shop::Order`` a call on a
constant or on what it creates, ``~->price`` a call on something unknown.
"""

from __future__ import annotations

import re

import tree_sitter_ruby
from tree_sitter import Language as Grammar
from tree_sitter import Node

from agent.domain.facts import Definition, FileFacts, Import
from agent.languages.captures import Captures, Collected, Scope, sentence

__all__ = ["camelized", "read_ruby"]

WANTED = {
    "module": "module", "class": "class", "singleton_class": "singleton", "method": "method",
    "singleton_method": "method", "call": "call", "constant": "constant", "identifier": "identifier",
    "assignment": "assignment", "operator_assignment": "assignment", "super": "super", "alias": "alias",
    "binary": "binary",
} | dict.fromkeys(
    ("if", "elsif", "unless", "while", "until", "when", "rescue", "conditional", "if_modifier", "unless_modifier",
     "while_modifier", "until_modifier", "rescue_modifier"), "decision",
)  # fmt: skip
RUBY = Captures(Grammar(tree_sitter_ruby.language()), WANTED)
LOCALS = frozenset(
    "method_parameters block_parameters lambda_parameters optional_parameter keyword_parameter splat_parameter "
    "hash_splat_parameter block_parameter destructured_parameter left_assignment_list rest_assignment "
    "destructured_left_assignment exception_variable for".split()
)
MIXINS = frozenset(("include", "extend", "prepend"))
ATTRIBUTES = {"attr_reader": "r", "attr_writer": "w", "attr_accessor": "rw", "attr": "r"} | dict.fromkeys(
    ("cattr_accessor", "mattr_accessor", "class_attribute", "cattr_reader", "mattr_reader"), "rw"
)
DEFINING = frozenset(("define_method", "delegate", "alias_method", "scope", "def_delegators", "def_delegator"))
ASSOCIATIONS = frozenset(("belongs_to", "has_many", "has_one", "has_and_belongs_to_many"))
CALLBACKS = re.compile(r"(?:skip_)?(?:before|after|around|prepend_before)_\w+\Z|validate\Z|helper_method\Z")
CREATING = frozenset(("Struct", "Class", "Module", "Data"))
KEYWORDS = frozenset(
    "block_given? lambda proc loop raise puts print p require require_relative load private public protected "
    "module_function private_constant private_class_method freeze binding __method__ __dir__ format sprintf rand sleep "
    "exit abort at_exit catch throw gets warn Integer Float String Array Hash Rational Complex refine using".split()
)
TAG = re.compile(rb"<%(?!%)[-=#]?(.*?)-?%>", re.DOTALL)
MAX_DEPTH = 30


def read_ruby(path: str, source: bytes) -> tuple[FileFacts, Node | None]:
    """The facts of one file."""
    plain = code_of_template(source) if path.endswith(".erb") else source
    root, why = RUBY.read(plain)
    if root is None:
        return FileFacts("ruby", failure=why), None
    reader = _Reader("ruby", plain)
    for kind, node in RUBY.nodes(root):
        reader.close(node.start_byte)
        getattr(reader, "on_" + kind)(node)
    reader.close(len(source) + 2)
    facts = reader.facts(root=root)
    return facts, root


def code_of_template(source: bytes) -> bytes:
    """The Ruby inside ``<% %>``; all else is blank, and every byte keeps its place."""
    kept = bytearray(re.sub(rb"[^\r\n]", b" ", source))
    for found in TAG.finditer(source):
        if source[found.start() + 2 : found.start() + 3] != b"#":
            kept[found.start(1) : found.end(1)] = found[1]
            kept[found.end() - 2 : found.end() - 1] = b";"
    return bytes(kept)


class _Reader(Collected):
    """One file; a method for each capture."""

    def __init__(self, language: str, source: bytes) -> None:
        super().__init__(language, source)
        self.fields: dict[tuple[str, str], str] = {}  # (type, @name) -> the constant that it was created from
        self.used: set[str] = set()  # types that hold more than other types
        self.pending: list[tuple[Scope, Node, str]] = []
        self.skipped: set[int] = set()

    def close(self, start: int) -> None:
        for scope in self.leave(start):
            node = scope.node
            if node is None or scope.kind == "singleton":
                continue
            end = node.end_point[0] + 1
            if scope.kind == "function":
                self.definitions.append(
                    Definition(
                        scope.name, "function", self.line(node), end, self.comment(node), "", (), scope.complexity
                    )
                )
                self.used.add(scope.name.rpartition(".")[0])
            elif node.type == "class" or scope.name in self.used:
                marks = ("module",) if node.type == "module" else ()
                self.definitions.append(
                    Definition(scope.name, "class", self.line(node), end, self.comment(node), "", marks)
                )
            else:
                self.wire("namespace", self.line(node), scope=scope.name)  # it only holds other types

    def line(self, node: Node) -> int:
        return node.start_point[0] + 1

    @property
    def owner(self) -> str:
        """The module path around."""
        scope = self.scope
        return scope.name.rpartition(".")[0] if scope.kind == "function" else scope.name

    def refer_in(self, name: str, kind: str, node: Node) -> None:
        where = self.owner
        self.refer(f"{name} in {where}" if where else name, kind, self.line(node))
        if kind != "inherit" and self.scope.kind != "function":
            self.used.add(where)

    # ---- definitions ---------------------------------------------------------------------------------------------

    def path_of(self, node: Node | None) -> str:
        """``A::B``; ``::A`` keeps its colons; "" when it is not a constant."""
        if node is None:
            return ""
        text = "".join(self.text(node, 200).split())
        return text if re.match(r"(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*\Z", text) else ""

    def open_type(self, node: Node) -> str:
        name_node = node.child_by_field_name("name")
        name = self.path_of(name_node)
        if not name or name_node is None or self.scope.name.count("::") > MAX_DEPTH:
            return ""
        self.skipped.update(range(name_node.start_byte, name_node.end_byte))
        outer = self.owner
        full = name[2:] if name.startswith("::") else f"{outer}::{name}" if outer else name
        self.scopes.append(Scope(full, "type", node.end_byte, node))
        return full

    def on_module(self, node: Node) -> None:
        self.open_type(node)

    def on_class(self, node: Node) -> None:
        outer = self.owner
        full = self.open_type(node)
        held = node.child_by_field_name("superclass")
        base = held.named_child(0) if held is not None and held.named_child_count else None
        name = self.path_of(base)
        if full and name and base is not None:
            self.skipped.update(range(base.start_byte, base.end_byte))
            self.wire("base", self.line(base), name, outer, scope=full)
            self.refer(f"{name} in {outer}" if outer else name, "inherit", self.line(base), full)
        elif full and base is not None:
            self.wire("base", self.line(base), "", outer, scope=full)  # a computed superclass

    def on_singleton(self, node: Node) -> None:
        """``class << self``; the methods of any other object are nobody's that could be named."""
        value = node.child_by_field_name("value")
        own = value is not None and value.type == "self"
        self.scopes.append(
            Scope(self.scope.name if not own else self.owner, "singleton" if own else "object", node.end_byte)
        )

    def on_method(self, node: Node) -> None:
        name = self.text(node.child_by_field_name("name"), 100)
        if not name or any(mark in name for mark in ".([") or self.scope.kind in ("function", "object"):
            return
        target = node.child_by_field_name("object")
        owner = self.owner
        if target is not None and target.type == "constant" and self.text(target) != owner.rpartition("::")[2]:
            owner = f"{owner}::{self.text(target)}" if owner else self.text(target)
        full = f"{owner}.{name}" if owner else name
        if not owner and node.parent is not None and node.parent.type != "program":
            self.wire("local", self.line(node), full)  # in a block: a method of whatever the block makes
        self.scopes.append(Scope(full, "function", node.end_byte, node))

    def comment(self, node: Node) -> str:
        """The first sentence of the comment that ends right above."""
        lines: list[str] = []
        before, below = node.prev_named_sibling, node.start_point[0] + 1
        while before is not None and before.type == "comment" and len(lines) < 30 and before.end_point[0] + 2 >= below:
            lines = [part.strip(" \t#") for part in self.text(before, 600).splitlines()] + lines
            below, before = before.start_point[0] + 1, before.prev_named_sibling
        return sentence([part for part in lines if part and not part.startswith(":nodoc")])

    def define(self, name: str, node: Node, mark: str) -> None:
        if name and self.scope.kind != "function" and re.match(r"[A-Za-z_]\w*[?!=]?\Z", name):
            full = f"{self.owner}.{name}" if self.owner else name
            self.definitions.append(
                Definition(full, "function", self.line(node), node.end_point[0] + 1, "", "", (mark,))
            )
            self.used.add(self.owner)

    def on_alias(self, node: Node) -> None:
        self.define(self.text(node.child_by_field_name("name")).lstrip(":"), node, "alias")

    # ---- variables -----------------------------------------------------------------------------------------------

    def created(self, node: Node | None) -> str:
        """``Order`` of ``Order.new(...)``; "" of anything else."""
        if node is None or node.type != "call" or self.text(node.child_by_field_name("method")) != "new":
            return ""
        return self.path_of(node.child_by_field_name("receiver"))

    def on_assignment(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None:
            return
        name = self.text(left, 100)
        if left.type == "identifier":
            self.scope.variables[name] = self.created(right)
        elif left.type == "instance_variable":
            created = self.created(right)
            if created:
                self.fields.setdefault((self.owner, name), created)
        elif left.type == "constant" and self.scope.kind != "function":
            self.skipped.add(left.start_byte)
            full = f"{self.owner}::{name}" if self.owner else name
            receiver = right.child_by_field_name("receiver") if right is not None and right.type == "call" else None
            if self.text(receiver, 20) in CREATING:
                self.definitions.append(Definition(full, "class", self.line(node), node.end_point[0] + 1))
            else:
                self.wire("constant", self.line(node), self.path_of(right), scope=full)
            self.used.add(self.owner)

    # ---- uses ----------------------------------------------------------------------------------------------------

    def on_constant(self, node: Node) -> None:
        if node.start_byte in self.skipped:
            return
        outer: Node = node
        parent = node.parent
        for _ in range(12):
            if parent is None or parent.type != "scope_resolution":
                break
            outer, parent = parent, parent.parent
        if outer != node and outer.child_by_field_name("name") != node:
            return  # the last name of A::B::C stands for it all
        name = self.path_of(outer)
        if parent is not None and parent.type == "call" and parent.child_by_field_name("method") == node:
            return
        if name:
            self.refer_in(name, "use", outer)

    def on_identifier(self, node: Node) -> None:
        parent = node.parent
        if parent is None or node.start_byte in self.skipped:
            return
        name = self.text(node, 100)
        if parent.type in LOCALS:
            if (
                parent.type not in ("optional_parameter", "keyword_parameter")
                or parent.child_by_field_name("name") == node
            ):
                self.scope.variables.setdefault(name, "")
            return
        if parent.type in ("call", "method", "singleton_method"):
            if parent.child_by_field_name("method" if parent.type == "call" else "name") == node:
                return
        elif parent.type in ("alias", "undef") or (
            parent.type in ("assignment", "operator_assignment") and parent.child_by_field_name("left") == node
        ):
            return
        if name not in self.scope.variables and name not in KEYWORDS:
            self.refer_in(name, "call", node)

    def on_super(self, node: Node) -> None:
        if self.scope.kind == "function":
            owner, _, name = self.scope.name.rpartition(".")
            self.refer(f"super->{name} in {owner}", "call", self.line(node))

    def literals(self, node: Node) -> list[tuple[str, str, Node]]:
        """(kind, text, node) of a call's plain arguments: symbols, strings and constants."""
        arguments = node.child_by_field_name("arguments")
        found = []
        for argument in arguments.named_children[:40] if arguments is not None else ():
            if argument.type == "simple_symbol":
                found.append(("symbol", self.text(argument)[1:], argument))
            elif argument.type == "string":
                inner = [c for c in argument.named_children if c.type == "string_content"]
                plain = len(inner) == argument.named_child_count
                found.append(("string" if plain else "computed", "".join(self.text(c) for c in inner), argument))
            elif argument.type in ("constant", "scope_resolution"):
                found.append(("constant", self.path_of(argument), argument))
            elif argument.type == "pair":
                key = self.text(argument.child_by_field_name("key")).strip(":")
                found.append(("pair " + key, self.text(argument.child_by_field_name("value")).strip("\"':"), argument))
            else:
                found.append(("other", self.text(argument), argument))
        return found

    def on_call(self, node: Node) -> None:
        method, receiver = node.child_by_field_name("method"), node.child_by_field_name("receiver")
        name = self.text(method, 100)
        if method is None or not re.match(r"[A-Za-z_]\w*[?!]?\Z", name):
            return
        if receiver is None:
            if not self.declares(name, node) and name not in KEYWORDS and name not in self.scope.variables:
                self.refer_in(name, "call", node)
            return
        if receiver.type == "self":
            self.refer_in(name, "call", node)
            return
        known = self.path_of(receiver) or self.created(receiver)
        if not known and receiver.type == "identifier":
            known = self.scope.variables.get(self.text(receiver), "")
        elif not known and receiver.type == "instance_variable":
            known = self.fields.get((self.owner, self.text(receiver)), "")
        if known:
            self.refer_in(f"{known}->{name}", "call", node)
        elif name not in ("new", "class", "nil?", "to_s", "is_a?"):
            self.refer(f"~->{name}", "call", self.line(node))

    def declares(self, name: str, node: Node) -> bool:
        """Calls that are declarations: requires, mixins, attributes, associations."""
        if name in ("require", "require_relative", "load", "autoload"):
            self.required(name, node)
            return True
        if self.scope.kind == "function":
            return False
        arguments = self.literals(node) if self.owner else []
        if name in MIXINS and self.owner:
            for kind, text, argument in arguments:
                if kind == "constant" and text:
                    self.skipped.update(range(argument.start_byte, argument.end_byte))
                    self.wire("base", self.line(node), text, self.owner, scope=self.owner)
                    self.refer_in(text, "inherit", argument)
                    self.used.add(self.owner)
            return True
        symbols = [text for kind, text, _ in arguments if kind == "symbol"]
        if name in ATTRIBUTES:
            for text in symbols:
                if "r" in ATTRIBUTES[name]:
                    self.define(text, node, "attribute")
                if "w" in ATTRIBUTES[name]:
                    self.define(text + "=", node, "attribute")
            return bool(symbols)
        if name in DEFINING:
            for text in symbols[:1] if name not in ("delegate", "def_delegators") else symbols:
                self.define(text, node, name)
            return False
        if name in ASSOCIATIONS and symbols:
            named = next((text for kind, text, _ in arguments if kind == "pair class_name"), "")
            self.refer_in(f"&{named.removeprefix('::') or camelized(symbols[0], name)}", "use", node)
        elif CALLBACKS.match(name):
            for text in symbols:
                self.refer_in(text, "use", node)
        return False

    def required(self, name: str, node: Node) -> None:
        arguments = self.literals(node)
        index = 1 if name == "autoload" else 0
        kind, text, argument = arguments[index] if len(arguments) > index else ("other", "", node)
        if kind == "other" and ("__FILE__" in text or "__dir__" in text or "__FILE__" in self.text(argument)):
            found = re.search(r"[\"']([^\"'#{}]{1,200})[\"']", text)
            if found is not None:
                base = "__FILE__" if "__FILE__" in text and "dirname" not in text else "__dir__"
                self.imports.append(Import(found[1], f"require {base}", "", self.line(node)))
                return
        if kind == "string" and text:
            self.imports.append(Import(text, name, "", self.line(node)))
        else:
            self.imports.append(Import("", "computed", "", self.line(node)))


def camelized(name: str, association: str = "belongs_to") -> str:
    """The class that Rails derives from an association: ``order_lines`` gives OrderLine."""
    if association in ("has_many", "has_and_belongs_to_many"):
        for ending, singular in (
            ("ies", "y"),
            ("sses", "ss"),
            ("xes", "x"),
            ("ches", "ch"),
            ("shes", "sh"),
            ("ss", "ss"),
            ("s", ""),
        ):
            if name.endswith(ending):
                name = name.removesuffix(ending) + singular
                break
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
