"""Python 3 and 2: what a module defines, imports, calls and assigns, and how its import statements resolve.

One compiled tree-sitter query per file; everything is placed in its scope by byte position, so the tree is never
walked in Python.
"""

from __future__ import annotations

import builtins
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tree_sitter_python
from msgspec.structs import replace
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from agent.domain.facts import Binding, Definition, FileFacts, Fragment, Import, Reference, Wiring
from agent.languages.chains import first_child
from agent.languages.chains import python_chain as chain
from agent.languages.chains import python_text as text_of
from agent.languages.python_flow import read_flow

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Python"]

MAX_BYTES = 2_000_000
GRAMMAR = Grammar(tree_sitter_python.language())
QUERY = Query(
    GRAMMAR,
    """
    (function_definition) @function
    (class_definition) @class
    (import_statement) @import
    (import_from_statement) @from
    (call) @call
    (assignment) @assignment
    (augmented_assignment left: (attribute) @assigned)
    (parameters [(identifier) (default_parameter) (list_splat_pattern) (dictionary_splat_pattern)] @untyped)
    (typed_parameter type: (type) @parameter)
    (typed_default_parameter type: (type) @parameter)
    (function_definition return_type: (type) @returns)
    (return_statement (_) @return)
    (decorator (_) @decorator)
    (with_item value: (as_pattern) @with)
    [(argument_list) (list) (tuple)] @listed
    (keyword_argument value: [(identifier) (attribute)] @use)
    (pair value: [(identifier) (attribute)] @use)
    (except_clause [(identifier) (attribute)] @use)
    (for_statement) @for
    (for_in_clause) @for
    (string) @string
    [(print_statement) (exec_statement)] @python2
    [(if_statement) (elif_clause) (for_statement) (while_statement) (except_clause) (boolean_operator)
     (conditional_expression) (case_clause) (if_clause) (for_in_clause)] @decision
    (ERROR) @error
    """,
)
SQL = re.compile(
    rb"(?is)\b(?:select\b.{1,4000}?\bfrom|insert\s+(?:ignore\s+|or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|"
    rb"create\s+(?:table|view)|replace\s+into|merge\s+into|truncate\s+table)\b"
)
MAYBE_SQL = re.compile(rb"(?i)select|insert|update|delete\s|create\s+table|replace\s+into|merge\s+into|truncate")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
COLLECTIONS = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "Sequence",
        "Iterable",
        "Iterator",
        "Collection",
        "tuple",
        "Tuple",
        "QuerySet",
        "Query",
        "Mapped",
        "deque",
        "AsyncIterator",
        "Generator",
    ]
)
WRAPPERS = frozenset({"Optional", "Annotated", "Type", "type", "ClassVar", "Final", "Awaitable", "Mapped"})


class Python:
    """The `Language` of .py files; module IDs are dotted names, found by the packages' own folders."""

    name = "python"
    suffixes = (".py", ".pyw")
    receiver_names = frozenset({"self", "cls"})
    super_names = frozenset({"super()"})
    implicit_receiver = False
    builtins = frozenset(dir(builtins)) | frozenset(
        [
            "unicode",
            "basestring",
            "xrange",
            "raw_input",
            "long",
            "reduce",
            "file",
            "execfile",
            "cmp",
            "unichr",
            "reload",
            "coerce",
            "intern",
            "apply",
            "buffer",
            "__file__",
            "__name__",
            "__doc__",
            "WindowsError",
        ]
    )

    def __init__(self, *, flow: bool = True) -> None:
        self._parser = Parser(GRAMMAR)
        self._flow = flow  # whether to read what the precise layer of calls needs
        self._modules: tuple[int, dict[str, str]] | None = None

    def unit_kind(self) -> str:
        """Boundaries are drawn around modules."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``shop.orders`` and ``Order.total`` give ``shop.orders.Order.total``."""
        return f"{module}.{scope}" if scope else module

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one module. Never raises: an unreadable file comes back with ``failure`` set."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        root = self._parser.parse(source).root_node
        facts = _Reader(source, root).facts()
        return (replace(facts, flow=read_flow(root, source)) if self._flow else facts), root

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """Dotted names: a package's name starts below the first folder that has no ``__init__.py``."""
        paths = layout.files(self.name)
        packages = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "__init__.py"}
        root_name = _root_package(paths, layout) if "" in packages else ""
        named: dict[str, str] = {}
        for path in paths:
            named[path] = _dotted(path, packages, root_name)
        taken = Counter(named.values())
        for path, name in named.items():
            if taken[name] > 1 or not name:
                named[path] = _whole_path(path) or "__init__"
        return named

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """Absolute, relative and script-relative imports; see `Language.resolve_import` for the answer's form.

        ``import a.b`` binds ``a`` and depends on ``a.b``; ``from a import b`` depends on the module ``a.b`` when there
        is one, else on ``a``'s own ``b``, else on ``a`` (which may re-export it), as grimp counts it.
        """
        base, why = self._absolute(imported, path, project)
        if not base and why:
            return ((imported.alias, why, ""),)
        modules = project.module_ids("python")
        for prefix in self._prefixes(path, project, explicit=imported.module.startswith(".")):
            target = f"{prefix}.{base}" if prefix and base else (prefix or base)
            if not imported.name:
                found = self._whole_module(imported, target, modules)
            else:
                found = self._member(imported, target, modules, project)
            if found:
                return found
        if imported.module.startswith("."):
            return ((imported.alias, f"unresolved:no module {imported.module}", ""),)
        top = base.partition(".")[0]
        if top in project.top_names("python"):
            # A sibling of ours by name that has no such module: generated, deleted, or another distribution's part.
            return ((imported.alias, f"unresolved:no module {base}", ""),)
        return ((imported.alias, f"external:{top}", ""),)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing is visible in Python without an import."""
        return {}

    def _absolute(self, imported: Import, path: str, project: Project) -> tuple[str, str]:
        module = imported.module
        if not module.startswith("."):
            return module, ""
        level = len(module) - len(module.lstrip("."))
        package = project.modules()[path]
        parts = package.split(".")
        if path.rpartition("/")[2] != "__init__.py":
            parts = parts[:-1]
        if level - 1 > len(parts):
            return "", "unresolved:relative import above the top-level package"
        parts = parts[: len(parts) - (level - 1)]
        rest = module.lstrip(".")
        return ".".join([*parts, rest] if rest else parts), ""

    def _prefixes(self, path: str, project: Project, *, explicit: bool) -> tuple[str, ...]:
        """Where an absolute name may start: the roots first, then the script's own folder (sys.path[0], Python 2)."""
        if explicit:
            return ("",)
        module = project.modules()[path]
        own = module if path.endswith("__init__.py") else module.rpartition(".")[0]
        if not own:
            return ("",)
        # A script's folder is on sys.path. A package's is not in Python 3 (`import json` beside a json.py means the
        # standard library's), but was searched first by Python 2.
        if own not in project.module_ids("python"):
            return ("", own)
        return (own, "") if project.has_wiring("python", "python2") else ("",)

    def _whole_module(
        self, imported: Import, target: str, modules: Mapping[str, str]
    ) -> tuple[tuple[str, str, str], ...] | None:
        if target not in modules:
            return None
        top = imported.module.partition(".")[0]
        if imported.alias == top and "." in imported.module:
            bound = target[: len(target) - len(imported.module) + len(top)]
            return ((imported.alias, bound, ""), ("", target, "exact"))
        return ((imported.alias, target, "exact"),)

    def _member(
        self, imported: Import, target: str, modules: Mapping[str, str], project: Project
    ) -> tuple[tuple[str, str, str], ...] | None:
        if imported.name == "*":
            return (("*", target, "exact"),) if target in modules else None
        submodule = f"{target}.{imported.name}" if target else imported.name
        if submodule in modules:
            return ((imported.alias, submodule, "exact"),)
        path = modules.get(target)
        if path is None:
            return None
        if project.defines(path, imported.name):
            return ((imported.alias, self.symbol_id(target, imported.name), "exact"),)
        return ((imported.alias, f"{target}:{imported.name}", ""), ("", target, "exact"))


def _place_of(node: Node) -> tuple[int, int]:
    """Source order, the outer node before the inner one that starts with it."""
    return (node.start_byte, -node.end_byte)


class _Reader:
    """Turns one parsed module into facts; lives for one file."""

    def __init__(self, source: bytes, root: Node) -> None:
        self._source = source
        self._root = root
        # captures() answers in the order of memory addresses, another one in each run
        captured = QueryCursor(QUERY).captures(root)
        self._captured: dict[str, list[Node]] = {name: sorted(nodes, key=_place_of) for name, nodes in captured.items()}
        self._edges: list[int] = []  # byte positions where the scope changes ...
        self._scopes: list[str] = []  # ... and the scope from there on
        self._classes: set[str] = set()

    def facts(self) -> FileFacts:
        """Everything, in source order within each kind."""
        definitions = self._definitions()
        imports = self._imports()
        references = self._calls()
        bindings: list[Binding] = []
        self._assignments(references, bindings)
        self._types(references, bindings)
        self._uses(references, {d.name for d in definitions if "." not in d.name} | {i.alias for i in imports})
        references.sort(key=lambda r: r.line)
        source = self._source
        errors = self._captured.get("error", [])
        return FileFacts(
            "python",
            code_lines=sum(1 for line in source.splitlines() if line.strip()),
            definitions=tuple(definitions),
            imports=tuple(imports),
            references=tuple(references),
            bindings=tuple(bindings),
            fragments=tuple(self._fragments()) if MAYBE_SQL.search(source) else (),
            wirings=(Wiring("python", "python2", "", 1),) if "python2" in self._captured else (),
            error_lines=tuple(sorted({node.start_point[0] + 1 for node in errors})),
        )

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _scope(self, node: Node) -> str:
        return self._scopes[bisect_right(self._edges, node.start_byte) - 1]

    def _class_of(self, scope: str) -> str:
        """The innermost class around a scope, ``""`` outside of classes."""
        while scope and scope not in self._classes:
            scope = scope.rpartition(".")[0]
        return scope

    def _definitions(self) -> list[Definition]:
        nodes = self._captured.get("function", []) + self._captured.get("class", [])
        nodes.sort(key=_place_of)
        stack: list[tuple[int, str]] = []
        edges, scopes = [0], [""]
        found: list[tuple[str, Node]] = []
        for node in nodes:
            start = node.start_byte
            while stack and stack[-1][0] <= start:
                edges.append(stack.pop()[0])
                scopes.append(stack[-1][1] if stack else "")
            name_node = node.child_by_field_name("name")
            if name_node is None:
                continue
            name = self._text(name_node)
            full = f"{stack[-1][1]}.{name}" if stack else name
            stack.append((node.end_byte, full))
            edges.append(start)
            scopes.append(full)
            found.append((full, node))
            if node.type == "class_definition":
                self._classes.add(full)
        while stack:
            edges.append(stack.pop()[0])
            scopes.append(stack[-1][1] if stack else "")
        self._edges, self._scopes = edges, scopes
        decisions = Counter(self._scope(node) for node in self._captured.get("decision", []))
        return [self._definition(name, node, decisions[name]) for name, node in found]

    def _definition(self, name: str, node: Node, decisions: int) -> Definition:
        body = node.child_by_field_name("body")
        doc = ""
        if body is not None and (first := first_child(body)) is not None:
            if first.type == "expression_statement":
                first = first_child(first) or first
            if first.type == "string":
                doc = _first_sentence(text_of(first, self._source))
        decorators: tuple[str, ...] = ()
        line = node.start_point[0] + 1
        parent = node.parent
        if parent is not None and parent.type == "decorated_definition":
            decorators = tuple(
                chain(inner, self._source).replace("()", "")
                for child in parent.children
                if child.type == "decorator" and (inner := first_child(child)) is not None
            )
        returns = ""
        if node.type == "function_definition" and (declared := node.child_by_field_name("return_type")) is not None:
            returns = _main_type(self._text(declared))[0]
        kind = "class" if node.type == "class_definition" else "function"
        return Definition(name, kind, line, node.end_point[0] + 1, doc, returns, decorators, 1 + decisions)

    def _imports(self) -> list[Import]:
        found: list[Import] = []
        for node in self._captured.get("import", []):
            line, scope = node.start_point[0] + 1, self._scope(node)
            for child in node.named_children:
                module, alias = self._aliased(child)
                found.append(Import(module, "", alias or module.partition(".")[0], line, scope))
        for node in self._captured.get("from", []):
            scope = self._scope(node)
            source_node = node.child_by_field_name("module_name")
            if source_node is None:
                continue
            module = re.sub(r"\s+", "", self._text(source_node))
            for child in node.named_children[1:]:
                if child.type == "wildcard_import":
                    found.append(Import(module, "*", "", node.start_point[0] + 1, scope))
                elif child.type in ("dotted_name", "aliased_import"):
                    name, alias = self._aliased(child)
                    found.append(Import(module, name, alias or name, child.start_point[0] + 1, scope))
        found.sort(key=lambda i: i.line)
        return found

    def _aliased(self, node: Node) -> tuple[str, str]:
        if node.type == "aliased_import":
            name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
            return (self._text(name) if name else "", self._text(alias) if alias else "")
        return self._text(node), ""

    def _calls(self) -> list[Reference]:
        source = self._source
        references: list[Reference] = []
        for node in self._captured.get("call", []):
            function = node.child_by_field_name("function")
            if function is not None:
                name = chain(function, source)
                references.append(Reference(self._scope(node), name, "call", function.end_point[0] + 1))
        for node in self._captured.get("decorator", []):
            if node.type != "call":
                references.append(Reference(self._scope(node), chain(node, source), "call", node.start_point[0] + 1))
        for node in self._captured.get("class", []):
            name = self._scope(node)
            bases = node.child_by_field_name("superclasses")
            for base in bases.named_children if bases is not None else ():
                if base.type in ("identifier", "attribute", "subscript"):
                    written = chain(base, source).replace("[]", "")
                    references.append(Reference(name, written, "inherit", base.start_point[0] + 1))
                elif base.type == "call" and (arguments := base.child_by_field_name("arguments")) is not None:
                    # with_metaclass(Meta, Base), namedtuple("X", ...): names among the arguments are bases too
                    references.extend(
                        Reference(name, chain(argument, source), "inherit", base.start_point[0] + 1)
                        for argument in arguments.named_children
                        if argument.type in ("identifier", "attribute")
                    )
        return references

    def _assignments(self, references: list[Reference], bindings: list[Binding]) -> None:
        for node in self._captured.get("assignment", []):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            declared = node.child_by_field_name("type")
            if left is None:
                continue
            self._bind(left, right, declared, self._scope(node), references, bindings)
        for node in self._captured.get("assigned", []):
            references.append(
                Reference(self._scope(node), chain(node, self._source), "assign", node.start_point[0] + 1)
            )
        for node in self._captured.get("with", []):
            value, alias = first_child(node), node.child_by_field_name("alias")
            if value is not None and alias is not None:
                value_text = chain(value, self._source)
                bindings.append(Binding(self._scope(node), self._text(alias), value_text, node.start_point[0] + 1))
        for node in self._captured.get("return", []):
            value_text = chain(node, self._source)
            if not value_text.startswith("?"):
                bindings.append(Binding(self._scope(node), "return", value_text, node.start_point[0] + 1))
        for node in self._captured.get("untyped", []):
            named = node.child_by_field_name("name") if node.type == "default_parameter" else node
            if node.type.endswith("splat_pattern"):
                named = first_child(node)
            name = self._text(named) if named is not None else ""
            if name not in ("self", "cls", ""):
                bindings.append(Binding(self._scope(node), name, "?", node.start_point[0] + 1))
        for node in self._captured.get("for", []):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            line = node.start_point[0] + 1
            if left is not None and right is not None and left.type == "identifier":
                value_text = chain(right, self._source)
                value_text = "?" if value_text.startswith("?") else value_text + "[]"
                bindings.append(Binding(self._scope(node), self._text(left), value_text, line))
            elif left is not None:
                self._unpack(left, self._scope(node), line, bindings)

    def _bind(
        self, left: Node, right: Node | None, declared: Node | None, scope: str,
        references: list[Reference], bindings: list[Binding],
    ) -> None:  # fmt: skip
        line = left.start_point[0] + 1
        if left.type == "identifier":
            target, name = scope, self._text(left)
        elif left.type == "attribute":
            written = chain(left, self._source)
            references.append(Reference(scope, written, "assign", line))
            receiver, _, name = written.partition(".")
            owner = self._class_of(scope)
            if receiver not in ("self", "cls") or "." in name or not owner:
                return
            target = owner
        else:
            self._unpack(left, scope, line, bindings)
            return
        if declared is not None:
            main, element = _main_type(self._text(declared))
            if main:
                bindings.append(Binding(target, name, main, line, True, element))
                return
        if right is None:
            return
        while right.type == "assignment" and (inner := right.child_by_field_name("right")) is not None:
            right = inner  # a = b = value
        for value in _alternatives(right):
            written = chain(value, self._source)
            # A field assigned from a method's own parameter or local is looked up from that method.
            in_method = target != scope and not written.startswith(("self.", "cls.", "?"))
            bindings.append(Binding(target, name, f"@{scope}:{written}" if in_method else written, line))

    def _unpack(self, left: Node, scope: str, line: int, bindings: list[Binding]) -> None:
        """``a, b = pair()`` binds both to something unknown, so that neither is taken for a global."""
        for child in left.named_children if left.type in ("pattern_list", "tuple_pattern", "list_pattern") else ():
            if child.type == "identifier":
                bindings.append(Binding(scope, self._text(child), "?", line))

    def _types(self, references: list[Reference], bindings: list[Binding]) -> None:
        for node in self._captured.get("parameter", []):
            parent = node.parent
            written = self._text(node)
            line, scope = node.start_point[0] + 1, self._scope(node)
            self._type_names(written, scope, line, references)
            name_node = None if parent is None else (parent.child_by_field_name("name") or first_child(parent))
            main, element = _main_type(written)
            if name_node is not None and main and name_node.type == "identifier":
                bindings.append(Binding(scope, self._text(name_node), main, line, True, element))
        for node in self._captured.get("returns", []):
            self._type_names(self._text(node), self._scope(node), node.start_point[0] + 1, references)
        for node in self._captured.get("assignment", []):
            if (declared := node.child_by_field_name("type")) is not None:
                self._type_names(self._text(declared), self._scope(node), node.start_point[0] + 1, references)

    def _type_names(self, written: str, scope: str, line: int, references: list[Reference]) -> None:
        references.extend(Reference(scope, name, "type", line) for name in DOTTED.findall(written) if name != "None")

    def _uses(self, references: list[Reference], known: set[str]) -> None:
        """Names handed on as values. Lists are captured whole: a pattern with children is quadratic on deep nesting."""
        nodes = self._captured.get("use", [])
        for listed in self._captured.get("listed", []):
            nodes.extend(child for child in listed.named_children if child.type in ("identifier", "attribute"))
        for node in nodes:
            written = chain(node, self._source)
            if written.partition(".")[0].rstrip("()[]") in known:
                references.append(Reference(self._scope(node), written, "use", node.start_point[0] + 1))

    def _fragments(self) -> list[Fragment]:
        found: list[Fragment] = []
        done = -1
        for node in self._captured.get("string", []):
            if node.start_byte < done:
                continue
            whole = node
            while (parent := whole.parent) is not None and (
                parent.type == "concatenated_string"
                or (parent.type == "binary_operator" and parent.child_count > 1 and parent.children[1].type in "+%")
                or parent.type == "parenthesized_expression"
            ):
                whole = parent
            done = whole.end_byte
            if whole.end_byte - whole.start_byte < 12 or (whole.parent and whole.parent.type == "expression_statement"):
                continue
            if not SQL.search(self._source[whole.start_byte : whole.end_byte]):
                continue
            text = text_of(whole, self._source)
            found.append(Fragment("sql", text, whole.start_point[0] + 1, self._scope(whole)))
        return found


def _alternatives(value: Node) -> list[Node]:
    """The values an expression may have: both arms of ``a or b`` and of ``a if c else b``."""
    if value.type == "boolean_operator":
        return [
            part for part in (value.child_by_field_name("left"), value.child_by_field_name("right")) if part is not None
        ]
    if value.type == "conditional_expression" and value.named_child_count == 3:
        return value.named_children[::2]
    return [value]


def _main_type(written: str) -> tuple[str, str]:
    """(type, element) of an annotation: ``Optional[Order]`` is Order, ``list[Order]`` is list of Order."""
    written = written.strip().strip("\"'")
    options = [part.strip() for part in written.split("|")] if "[" not in written.partition("|")[0] else [written]
    options = [part for part in options if part != "None"]
    if not options:
        return "", ""
    main = options[0].strip("\"' ")
    match = re.match(r"([\w.]+)\s*\[\s*[\"']?([\w.]+)", main)
    if not match:
        return (main if re.fullmatch(r"[\w.]+", main) else "", "")
    outer, inner = match.groups()
    short = outer.rpartition(".")[2]
    if short in WRAPPERS and short not in COLLECTIONS:
        return _main_type(main[main.index("[") + 1 : -1])
    if short == "Mapped":
        return _main_type(main[main.index("[") + 1 : -1])
    return outer, inner if short in COLLECTIONS else ""


def _first_sentence(text: str) -> str:
    paragraph = text.strip().split("\n\n", 1)[0]
    flat = " ".join(paragraph.split())
    end = re.search(r"[.!?](?:\s|$)", flat)
    return flat[: end.start() + 1 if end else None][:300]


def _dotted(path: str, packages: set[str], root_name: str) -> str:
    folder, _, file = path.rpartition("/")
    stem = file.rpartition(".")[0]
    parts: list[str] = [] if stem == "__init__" else [stem]
    while folder and folder in packages:
        folder, _, last = folder.rpartition("/")
        parts.insert(0, last)
    if not folder and root_name:
        parts.insert(0, root_name)
    elif folder and (len(parts) == 1 and stem != "__init__" and f"{folder}" not in packages):
        # A module outside any package: a script, or a namespace package's part; its folders name it.
        parts = [*_clean(folder), *parts]
    return ".".join(parts)


def _clean(folder: str) -> list[str]:
    parts = folder.split("/")
    while parts and parts[0] in ("src", "lib"):
        parts = parts[1:]
    return parts


def _whole_path(path: str) -> str:
    stem = path.rpartition(".")[0].removesuffix("/__init__").removesuffix("__init__")
    return stem.replace("/", ".")


def _root_package(paths: Sequence[str], layout: Layout) -> str:
    """The name of a package whose folder is the repository itself: what its own modules call it.

    Taken from the code, not from the folder, so that the same commit gets the same names wherever it lies.
    """
    tops = {path.partition("/")[0].removesuffix(".py") for path in paths}
    votes: Counter[str] = Counter()
    for path in paths:
        for imported in layout.facts(path).imports:
            first, _, rest = imported.module.partition(".")
            second = rest.partition(".")[0] or imported.name
            if first and second in tops and first not in tops:
                votes[first] += 1
    best = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    return best[0][0] if best else ""


LANGUAGE = Python()
