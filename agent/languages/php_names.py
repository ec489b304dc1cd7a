"""Names as a PHP file writes them, made absolute where its namespace and use statements say so."""

from __future__ import annotations

from tree_sitter import Node

from agent.domain.facts import Import
from agent.languages.php_grammar import (
    F_ALIAS,
    NAME,
    NAMES,
    NAMESPACE_NAME,
    QUALIFIED,
    RELATIVE,
    RELATIVE_SCOPE,
    USE_CLAUSE,
    USE_GROUP,
    line,
)

__all__ = ["PRIMITIVES", "Names", "Scope"]

PRIMITIVES = frozenset(
    "int integer float double string bool boolean array object callable iterable mixed void null never false true "
    "resource".split()
)
MAX_LINKS = 24  # a chain longer than this starts anew with "?": names stay linear in the size of the file


class Scope:
    """Where references are attributed to while walking: the file, a type, or a function."""

    __slots__ = ("base", "complexity", "name", "owner")

    def __init__(self, name: str, owner: str = "", base: str = "") -> None:
        self.name = name
        self.owner = owner  # the type around it
        self.base = base  # that type's base class
        self.complexity = 1


class Names:
    """Reads names out of one file's source and remembers its imports.

    A name with a namespace is written ``\\Shop\\Order``, one link of a chain, and imported under that very alias.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.package = ""
        self.namespace = ""  # the one in force, in a file of several
        self.imports: list[Import] = []
        self._aliases: dict[str, str] = {}
        self._absolute: set[str] = set()
        self._started = False

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def variable(self, node: Node) -> str:
        """``$name``; ``$this`` is the receiver."""
        text = self.text(node)
        return "this" if text == "$this" else text

    def class_name(self, node: Node, scope: Scope) -> str:
        """A class or function name at a node; ``?`` when it is only known at run time."""
        kind = node.kind_id
        if kind == NAME:
            return self.named(self.text(node), scope, node)
        if kind in (QUALIFIED, RELATIVE):
            return self.named("".join(self.text(node).split()), scope, node)
        if kind == RELATIVE_SCOPE:
            return {"self": scope.owner, "static": scope.owner, "parent": scope.base}.get(
                self.text(node).lower()
            ) or "?"
        return "?"

    def named(self, written: str, scope: Scope, at: Node) -> str:
        """A name as written, in chain notation."""
        lower = written.lower()
        if "\\" not in written:
            if lower in ("self", "static", "$this") and scope.owner:
                return scope.owner
            if lower in PRIMITIVES:
                return lower
            if self.namespace != self.package and written not in self._aliases:
                return self.absolute(f"{self.namespace}\\{written}", at)
            return written
        if written.startswith("\\"):
            return self.absolute(written, at)
        if lower.startswith("namespace\\"):
            return self.absolute(f"{self.namespace}\\{written[10:]}", at)
        first, _, rest = written.partition("\\")
        start = self._aliases.get(first) or (f"{self.namespace}\\{first}" if self.namespace else first)
        return self.absolute(f"{start}\\{rest}", at)

    def absolute(self, full: str, at: Node) -> str:
        """Note a fully qualified name, so that it is resolved like an import."""
        bare = full.strip("\\").replace(".", "")
        alias = "\\" + bare
        if alias not in self._absolute and bare:
            self._absolute.add(alias)
            module, _, name = bare.rpartition("\\")
            self.imports.append(Import(module, name, alias, line(at)))
        return alias

    def enter_namespace(self, node: Node) -> None:
        name = next((c for c in node.named_children if c.kind_id == NAMESPACE_NAME), None)
        self.namespace = "".join(self.text(name).split()) if name is not None else ""
        if not self._started:
            self.package, self._started = self.namespace, True

    def use_declaration(self, node: Node) -> None:
        """``use A\\B``, ``use A\\B as C``, ``use A\\{B, C as D}``, ``use function A\\f``."""
        prefix, clauses = "", node.named_children
        for child in node.named_children:
            if child.kind_id == NAMESPACE_NAME:
                prefix = self.text(child).strip("\\") + "\\"
            elif child.kind_id == USE_GROUP:
                clauses = child.named_children
        for clause in clauses:
            if clause.kind_id == USE_CLAUSE:
                self._clause(clause, prefix)

    def _clause(self, clause: Node, prefix: str) -> None:
        name = next((c for c in clause.named_children if c.kind_id in NAMES), None)
        if name is None:
            return
        full = prefix + "".join(self.text(name).split()).strip("\\")
        module, _, last = full.rpartition("\\")
        renamed = clause.child_by_field_id(F_ALIAS)
        alias = self.text(renamed) if renamed is not None else last
        self._aliases[alias] = full
        self.imports.append(Import(module, last, alias, line(clause)))
