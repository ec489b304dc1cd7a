"""One C or C++ file in, its `FileFacts` out: includes, types, functions, declarations, calls and uses of types.

Namespaces are written with colons in front of a scope (``shop::Order.total``): they are no symbols of their own.
"""

from __future__ import annotations

import re

import tree_sitter_c
import tree_sitter_cpp
from tree_sitter import Language as Grammar
from tree_sitter import Node

from agent.domain.facts import Definition, FileFacts, Import
from agent.languages.bounded_parsing import error_lines
from agent.languages.captures import MAX_NESTING, Captures, Collected, Scope, sentence

__all__ = ["HEADERS", "read_c"]

HEADERS = (".h", ".hpp", ".hh", ".hxx", ".ipp", ".inl", ".tcc")
WANTED = {
    "preproc_include": "include", "preproc_function_def": "macro", "function_definition": "function",
    "declaration": "declaration", "field_declaration": "field", "parameter_declaration": "parameter",
    "struct_specifier:body": "type", "union_specifier:body": "type", "enum_specifier:body": "type",
    "type_definition": "typedef", "call_expression": "call", "type_identifier": "name",
    "initializer_list>identifier": "entry", "initializer_pair>identifier": "entry", "argument_list>identifier": "argument",
    "assignment_expression>identifier": "argument", "pointer_expression>identifier": "argument",
    "binary_expression": "binary",
} | dict.fromkeys(
    ("if_statement", "for_statement", "while_statement", "do_statement", "case_statement:value", "conditional_expression"),
    "decision",
)  # fmt: skip
WANTED_CPP = WANTED | {
    "class_specifier:body": "type", "namespace_definition": "namespace", "using_declaration": "using",
    "alias_declaration": "alias", "new_expression": "new", "type_parameter_declaration": "variable",
    "catch_clause": "decision", "for_range_loop": "decision",
}  # fmt: skip
C = Captures(Grammar(tree_sitter_c.language()), WANTED)
CPP = Captures(Grammar(tree_sitter_cpp.language()), WANTED_CPP)
LOOKS_CPP = re.compile(
    rb"(?m)^[ \t]{0,40}(?:class[ \t]+\w|namespace\b|template[ \t]{0,4}<|public:|private:|protected:|using[ \t]+\w)|\w::\w"
)
CPLUSPLUS_ONLY = re.compile(rb"#[ \t]*ifdef[ \t]+__cplusplus\b.{0,400}?#[ \t]*(?:endif|else)", re.DOTALL)
# What preprocessor tricks put between the words of a declaration; it is blanked, so that the grammar finds its way.
EXTERN_C = re.compile(
    rb"(?m)^[ \t]*#[ \t]*if(?:def)?[ \t][^\n]{0,40}__cplusplus[^\n]{0,20}\r?\n[ \t]*(?:extern[ \t]+\"C\"[ \t\r\n]*\{|\})"
    rb"[^\n]{0,60}\r?\n[ \t]*#[ \t]*endif\b[^\n]{0,60}"
)
EXPORTED = re.compile(
    rb"\b(?:class|struct|union)[ \t]+([A-Z][A-Z0-9_]{2,60}(?:\([^()\n]{0,60}\))?)[ \t]+(?=[A-Za-z_][\w:<>]{0,80}[ \t\r\n]{0,20}(?:final\b|[:{]))"
)
ANNOTATION = re.compile(
    rb"\b(?:[A-Z]{1,20}_){0,4}(?:GUARDED_BY|LOCKS_REQUIRED|LOCK_FUNCTION|LOCK_RETURNED|LOCKS_EXCLUDED|ACQUIRED_AFTER|"
    rb"ACQUIRED_BEFORE|REQUIRES|EXCLUDES|ACQUIRE|RELEASE|ATTRIBUTE)[ \t]*\([^()\n]{0,80}\)(?=[ \t\r\n]{0,20}[;{])"
)
CONDITIONAL = re.compile(rb"(?m)^[ \t]*#[ \t]*(ifdef|ifndef|if|else|elif|endif)\b")
TESTS = frozenset({"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"})  # GoogleTest's
CASTS = frozenset("defined sizeof alignof static_cast dynamic_cast const_cast reinterpret_cast decltype typeid".split())
ARGUMENTS = re.compile(r"<[^<>]*>")
WORD = re.compile(r"~?[A-Za-z_]\w*\Z")
DECLARATORS = frozenset(
    ("pointer_declarator", "reference_declarator", "array_declarator", "init_declarator", "attributed_declarator",
     "parenthesized_declarator", "function_declarator")
)  # fmt: skip
MAX_LINKS = 12


def read_c(path: str, source: bytes, language: str) -> tuple[FileFacts, Node | None]:
    """The facts of one file. A header is C++ when it looks like it."""
    cpp = language != "c" or (path.endswith(HEADERS) and LOOKS_CPP.search(CPLUSPLUS_ONLY.sub(b"", source)) is not None)
    grammar = CPP if cpp else C
    plain = without_tricks(source)
    root, why = grammar.read(plain)
    if root is None:
        return FileFacts(language, failure=why), None
    if root.has_error and CONDITIONAL.search(plain):
        again, _ = grammar.read(one_branch(plain, cpp=cpp))
        if again is not None and len(error_lines(again)) < len(error_lines(root)):
            root = again
    reader = _Reader(language, source)
    for kind, node in grammar.nodes(root):
        reader.close(node.start_byte)
        getattr(reader, "on_" + kind)(node)
    reader.close(len(source) + 2)
    reader.keep_callbacks()
    return reader.facts(root=root), root


def without_tricks(source: bytes) -> bytes:
    """The source with blanks for what only a preprocessor understands; every byte keeps its place."""

    def blank(found: re.Match[bytes]) -> bytes:
        return re.sub(rb"[^\r\n]", b" ", found[0])

    def unmarked(found: re.Match[bytes]) -> bytes:
        start, end = found.start(1) - found.start(), found.end(1) - found.start()
        return found[0][:start] + b" " * (end - start) + found[0][end:]

    source = EXTERN_C.sub(blank, source) if b"__cplusplus" in source else source
    source = EXPORTED.sub(unmarked, source)
    return ANNOTATION.sub(blank, source) if b"_BY" in source or b"LOCK" in source or b"REQUIRES" in source else source


def one_branch(source: bytes, *, cpp: bool) -> bytes:
    """The source with only the first branch of each conditional, for code that no branch makes whole syntax of."""
    lines = source.split(b"\n")
    kept: list[list[bool]] = []  # for each open conditional: (this branch stays, one has stayed)
    for number, text in enumerate(lines):
        found = CONDITIONAL.match(text)
        word = found[1] if found is not None else b""
        if word.startswith(b"if"):
            rest = text[found.end() :].strip() if found is not None else b""
            first = not (rest == b"0" and word == b"if") and not (rest == b"__cplusplus" and not cpp)
            kept.append([first, first])
        elif word in (b"else", b"elif") and kept:
            kept[-1] = [not kept[-1][1], True]
        elif word == b"endif" and kept:
            kept.pop()
        if word or not all(stays for stays, _ in kept[-60:]):
            lines[number] = b" " * len(text.rstrip(b"\r")) + text[len(text.rstrip(b"\r")) :]
    return b"\n".join(lines)


class _Reader(Collected):
    """One file; a method for each capture."""

    def __init__(self, language: str, source: bytes) -> None:
        super().__init__(language, source)
        self.functions: set[str] = set()  # defined or declared in this file
        self.generic: set[str] = set()  # template parameters
        self.callbacks: list[tuple[str, str, str, int]] = []
        self.skipped: set[int] = set()  # names that are defined, not used

    def close(self, start: int) -> None:
        for scope in self.leave(start):
            if scope.kind == "function" and scope.node is not None:
                self.finish(scope, scope.node)

    def context(self, scope: Scope | None = None) -> str:
        """Where unqualified names are looked up first: the type or namespace around."""
        scope = scope or self.scope
        if scope.kind == "function":
            name = scope.name
            owner = name.rpartition(".")[0] if "." in name else name.rpartition("::")[0]
            return owner.replace(".", "::")
        return scope.name.replace(".", "::")

    def key(self, name: str) -> str:
        where = self.context()
        return f"{name} in {where}" if where and not name.startswith("::") else name.removeprefix("::")

    def inside(self, name: str) -> str:
        """The scope of something that is defined here."""
        outer = self.scope
        if outer.kind == "function" or outer.name.count(".") > MAX_NESTING:
            return ""
        joint = "::" if outer.kind in ("namespace", "module") else "."
        return f"{outer.name}{joint}{name}" if outer.name else name

    def plain(self, node: Node | None) -> str:
        """A possibly qualified name without template arguments."""
        text = self.text(node)
        for _ in range(4):
            shorter = ARGUMENTS.sub("", text)
            if shorter == text:
                break
            text = shorter
        parts = ["".join(p.split()) for p in text.split("::")]
        return "::".join(parts) if all(WORD.match(p) for p in parts if p) and parts[-1] else ""

    def line(self, node: Node) -> int:
        return node.start_point[0] + 1

    # ---- definitions ---------------------------------------------------------------------------------------------

    def on_include(self, node: Node) -> None:
        path = node.child_by_field_name("path")
        written = self.text(path)
        if path is not None and path.type in ("string_literal", "system_lib_string") and len(written) > 2:
            self.imports.append(Import(written[1:-1].replace("\\", "/"), written[0], "", self.line(node)))
        elif path is not None:
            self.imports.append(Import(written[:80], "computed", "", self.line(node)))

    def on_macro(self, node: Node) -> None:
        name = self.text(node.child_by_field_name("name"))
        if WORD.match(name):
            self.functions.add(name)
            end = node.end_point[0] + (1 if node.end_point[1] else 0)
            self.definitions.append(Definition(name, "function", self.line(node), end, "", "", ("macro",)))

    def on_namespace(self, node: Node) -> None:
        name = self.plain(node.child_by_field_name("name"))
        full = self.inside(name) if name else self.scope.name
        self.scopes.append(Scope(full, "namespace", node.end_byte))

    def on_type(self, node: Node) -> None:
        name_node = node.child_by_field_name("name")
        if name_node is None and node.parent is not None and node.parent.type == "type_definition":
            name_node = next(iter(node.parent.children_by_field_name("declarator")), None)
        name = self.plain(name_node)
        full = self.inside(name.replace("::", ".")) if name else ""
        if not full or name_node is None:
            return  # nameless, or local to a function: its names belong to what is around it
        self.skipped.add(name_node.start_byte)
        kind = "enum" if node.type == "enum_specifier" else "class"
        decorators = () if node.type == "class_specifier" else (node.type.removesuffix("_specifier"),)
        self.definitions.append(
            Definition(full, kind, self.line(node), node.end_point[0] + 1, self.comment(node), "", decorators)
        )
        self.scopes.append(Scope(full, "type", node.end_byte))
        for clause in node.children:
            if clause.type == "base_class_clause":
                for base in clause.named_children:
                    if base.type != "access_specifier":
                        self.inherit(base, full)

    def inherit(self, base: Node, full: str) -> None:
        name = self.plain(base)
        if name and name not in self.generic:
            where = full.rpartition(".")[0] if "." in full else full.rpartition("::")[0]
            where = where.replace(".", "::")
            self.refer(f"{name} in {where}" if where else name, "inherit", self.line(base), full)
            self.wire("base", self.line(base), name, where, scope=full)

    def on_typedef(self, node: Node) -> None:
        inner = node.child_by_field_name("type")
        for declarator in node.children_by_field_name("declarator"):
            name = self.plain(self.innermost(declarator)[0])
            if name:
                self.skipped.add(self.innermost(declarator)[0].start_byte)
                meant = self.written_type(inner)
                if meant != name:
                    self.wire("alias", self.line(node), meant, scope=self.inside(name))

    def on_alias(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.skipped.add(name.start_byte)
            inner = node.child_by_field_name("type")
            self.wire("alias", self.line(node), self.written_type(inner), scope=self.inside(self.text(name)))

    def on_variable(self, node: Node) -> None:
        if node.named_child_count:
            self.generic.add(self.text(node.named_child(node.named_child_count - 1)))

    def on_using(self, node: Node) -> None:
        name = self.plain(node.named_child(0) if node.named_child_count else None)
        if name:
            kind = "namespace" if b"namespace" in self.source[node.start_byte : node.start_byte + 24] else "using"
            self.wire(kind, self.line(node), name)

    def innermost(self, declarator: Node) -> tuple[Node, Node | None]:
        """(the declared name, the function declarator around it or None)."""
        node, function = declarator, None
        for _ in range(40):
            if node.type == "function_declarator":
                function = node
            elif node.type not in DECLARATORS:
                break
            inner = node.child_by_field_name("declarator")
            if inner is None:
                inner = next((c for c in node.named_children if c.type != "type_qualifier"), None)
            if inner is None:
                break
            node = inner
        return node, function

    def written_type(self, node: Node | None) -> str:
        if node is None or node.type == "primitive_type":
            return ""
        if node.type == "type_descriptor":
            return self.written_type(node.child_by_field_name("type"))
        if node.type in ("struct_specifier", "union_specifier", "enum_specifier", "class_specifier"):
            return self.plain(node.child_by_field_name("name"))
        if (
            node.type in ("template_type", "qualified_identifier")
            and b"_ptr" in self.source[node.start_byte : node.start_byte + 24]
        ):
            inner = ARGUMENTS.search(self.text(node))
            return self.plain_text(inner[0][1:-1]) if inner is not None else ""
        return self.plain(node)

    def plain_text(self, text: str) -> str:
        name = text.replace("const ", "").strip(" *&")
        return name if all(WORD.match(p) for p in name.split("::") if p) else ""

    def is_static(self, node: Node) -> bool:
        held = [c for c in node.children[:6] if c.type == "storage_class_specifier"]
        return any(self.text(c) == "static" for c in held)

    def on_function(self, node: Node) -> None:
        declarator = node.child_by_field_name("declarator")
        if declarator is None:
            return
        named, function = self.innermost(declarator)
        name = self.operator(named) or self.plain(named)
        if name in TESTS and function is not None:
            name = self.tested(name, function)
        full = self.inside(name.replace("::", ".")) if name and function is not None else ""
        if not full or self.scope.kind == "function":
            return
        local = self.is_static(node) and self.scope.kind != "type"
        nameless = any(
            s.kind == "namespace" and s.name == o.name for o, s in zip(self.scopes, self.scopes[1:], strict=False)
        )
        if local or nameless:
            self.wire("static", self.line(node), full)
        self.functions.add(full)
        scope = Scope(full, "function", node.end_byte, node)
        scope.variables["(returns)"] = self.written_type(node.child_by_field_name("type"))
        self.scopes.append(scope)

    def tested(self, macro: str, function: Node) -> str:
        """GoogleTest's macros: a test with a fixture is its member, any other one a function of its own."""
        parameters = function.child_by_field_name("parameters")
        names = [self.plain(p) for p in parameters.named_children] if parameters is not None else []
        if len(names) != 2 or not all(names):
            return macro
        return "_".join((*names, "Test")) if macro == "TEST" else "::".join(names)

    def operator(self, named: Node) -> str:
        return "operator" if named.type in ("operator_name", "operator_cast") else ""

    def finish(self, scope: Scope, node: Node) -> None:
        returns = scope.variables["(returns)"]
        self.definitions.append(
            Definition(
                scope.name, "function", self.line(node), node.end_point[0] + 1, self.comment(node), returns, (),
                scope.complexity,
            )
        )  # fmt: skip

    def comment(self, node: Node) -> str:
        """The first sentence of the comment that ends right above."""
        lines: list[str] = []
        before, below = node.prev_named_sibling, node.start_point[0] + 1
        while before is not None and before.type == "comment" and len(lines) < 30 and before.end_point[0] + 2 >= below:
            text = self.text(before, 600)
            lines = [part.strip(" \t*/!<") for part in text.splitlines()] + lines
            below, before = before.start_point[0] + 1, before.prev_named_sibling
        return sentence([part for part in lines if part])

    # ---- declarations --------------------------------------------------------------------------------------------

    def on_declaration(self, node: Node) -> None:
        written = self.written_type(node.child_by_field_name("type"))
        for declarator in node.children_by_field_name("declarator"):
            named, function = self.innermost(declarator)
            name = self.plain(named)
            if not name:
                continue
            if self.scope.kind == "function":
                self.scope.variables[name] = written
            elif function is not None and function.child_by_field_name("declarator") == named:
                self.declare(node, name, written)
            else:
                self.wire("variable", self.line(node), written, scope=self.inside(name))

    def on_field(self, node: Node) -> None:
        if self.scope.kind != "type":
            return
        written = self.written_type(node.child_by_field_name("type"))
        for declarator in node.children_by_field_name("declarator"):
            named, function = self.innermost(declarator)
            name = self.operator(named) or self.plain(named)
            if not name:
                continue
            if function is not None and function.child_by_field_name("declarator") == named:
                self.declare(node, name, written)
            else:
                self.wire("variable", self.line(node), written, scope=self.inside(name))

    def declare(self, node: Node, name: str, written: str) -> None:
        full = self.inside(name.replace("::", "."))
        if not full:
            return
        self.functions.add(full)
        value = node.child_by_field_name("default_value")
        if self.scope.kind == "type" and value is not None and self.text(value) == "0":
            # A pure virtual function is defined nowhere else: it is what callers of the type mean.
            end = node.end_point[0] + 1
            self.definitions.append(Definition(full, "function", self.line(node), end, self.comment(node), written))
        else:
            self.wire("declare", self.line(node), written, scope=full)

    def on_parameter(self, node: Node) -> None:
        declarator = node.child_by_field_name("declarator")
        if declarator is not None and self.scope.kind == "function":
            name = self.plain(self.innermost(declarator)[0])
            if name:
                self.scope.variables[name] = self.written_type(node.child_by_field_name("type"))

    # ---- uses ----------------------------------------------------------------------------------------------------

    def on_name(self, node: Node) -> None:
        if node.start_byte in self.skipped:
            return
        outer: Node = node
        for _ in range(8):
            parent = outer.parent
            if parent is None or parent.type not in ("qualified_identifier", "template_type"):
                break
            if parent.type == "template_type" and parent.child_by_field_name("name") != outer:
                break
            outer = parent
        parent = outer.parent
        if (
            parent is None
            or parent.type == "base_class_clause"
            or parent.type in ("function_declarator", "new_expression")
        ):
            return
        name = self.plain(outer)
        if name and name not in self.generic:
            self.refer(self.key(name), "type", self.line(node))

    def on_new(self, node: Node) -> None:
        name = self.plain(node.child_by_field_name("type"))
        if name and name not in self.generic:
            self.refer(self.key(name), "call", self.line(node))

    def on_call(self, node: Node) -> None:
        function = node.child_by_field_name("function")
        if function is None:
            return
        if function.type == "field_expression":
            self.member_call(function)
            return
        if function.type == "template_function":
            function = function.child_by_field_name("name") or function
        name = self.plain(function) if function.type in ("identifier", "qualified_identifier") else ""
        if name and name in self.scope.variables:
            self.refer(f"*{name}", "call", self.line(node))
        elif name and name not in CASTS:
            self.refer(self.key(name), "call", self.line(node))

    def member_call(self, function: Node) -> None:
        """``a->b.f()`` as ``Type->b->f`` when a is a variable of known type; a receiver that is computed is not followed."""
        links: list[str] = []
        node: Node | None = function
        while node is not None and node.type == "field_expression" and len(links) < MAX_LINKS:
            links.append(self.plain(node.child_by_field_name("field")))
            node = node.child_by_field_name("argument")
        if node is None or not all(links):
            return
        if node.type == "this":
            head = "this"
        elif node.type == "identifier":
            name = self.text(node)
            head = self.scope.variables.get(name, f"*{name}")
        else:
            head = ""
        self.refer(self.key("->".join([head or "*", *links[::-1]])), "call", self.line(function))

    def on_entry(self, node: Node) -> None:
        """A function's name in a table."""
        name = self.text(node)
        if self.scope.kind in ("module", "namespace") and not name.isupper():
            self.callbacks.append((self.scope.name, name, "table", self.line(node)))

    def on_argument(self, node: Node) -> None:
        """A function's name as a value."""
        name = self.text(node)
        if self.scope.kind == "function" and name not in self.scope.variables:
            self.callbacks.append((self.scope.name, name, "value", self.line(node)))

    def keep_callbacks(self) -> None:
        """Of the names that are passed on, the functions that this file knows of."""
        short = {name.rpartition("::")[2] for name in self.functions if "." not in name}
        for scope, name, how, at in self.callbacks:
            if name in short or (how == "table" and not name.isupper() and len(name) > 2):
                self.refer(f"&{name}", "use", at, scope if how == "value" else "")
