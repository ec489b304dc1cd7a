"""What one file says, before any other file is looked at: the output of a language, the input of name resolution.

Facts depend on a file's path and bytes and on nothing else, so they are cached by the hash of both. They are
msgspec structs because a repository has hundreds of thousands of them: they are made, stored and read back at
C speed (docs/decisions/0003).

Two notations are used throughout:

*scope*  the dotted path of a definition inside its file: ``""`` is the file itself, ``Order`` a type in it,
         ``Order.total`` a function in that type.
*name*   an expression as written, reduced to a dotted chain: arguments become ``()``, a subscript ``[]``, an
         object creation ``Type()``. ``repo.find(id).lines[0].sku`` is ``repo.find().lines[].sku``. A chain that starts
         with anything else (a literal, an operator) starts with ``?``.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = [
    "Binding",
    "Column",
    "Definition",
    "Entity",
    "FileFacts",
    "Fragment",
    "Import",
    "Reference",
    "TableUse",
    "Wiring",
]


class Definition(Struct, frozen=True, array_like=True, gc=False):
    """A type, function, method or constant that the file defines. ``name`` is its scope path; lines count from 1."""

    name: str
    kind: str  # class | interface | enum | function
    line: int
    end_line: int
    doc: str = ""  # first sentence of its documentation
    returns: str = ""  # declared result type, as written, without generics' arguments when they are collections
    decorators: tuple[str, ...] = ()  # decorators or annotations, dotted, without arguments
    complexity: int = 1  # McCabe: 1 + decision points


class Import(Struct, frozen=True, array_like=True, gc=False):
    """A name that the file takes from elsewhere.

    ``module`` is the text as written (Python relative imports keep their dots; a JavaScript specifier stays one).
    ``name`` is the member taken from it: ``""`` for the whole module, ``"*"`` for all.
    ``alias`` is the local name; ``""`` when nothing is bound (side-effect import).
    """

    module: str
    name: str
    alias: str
    line: int
    scope: str = ""


class Reference(Struct, frozen=True, array_like=True, gc=False):
    """A use of a name: ``kind`` is ``call``, ``inherit``, ``type`` (annotation, declaration, cast) or ``use``."""

    scope: str
    name: str
    kind: str
    line: int


class Binding(Struct, frozen=True, array_like=True, gc=False):
    """A variable, field or parameter and what it holds.

    ``value`` is the declared type (``declared`` true) or the expression that was assigned, in *name* notation.
    A field of a type is bound in the type's scope, whichever method assigned it.
    ``element`` is the element type of a declared collection (``List<Order>`` has value ``List``, element ``Order``).
    """

    scope: str
    name: str
    value: str
    line: int
    declared: bool = False
    element: str = ""


class Fragment(Struct, frozen=True, array_like=True, gc=False):
    """Code in another language inside this file (SQL in a string, a query in an annotation)."""

    language: str
    text: str
    line: int
    scope: str


class Column(Struct, frozen=True, array_like=True, gc=False):
    """A column of a table or a field of an entity; ``references`` names the table or entity a foreign key points to."""

    name: str
    type: str = ""
    line: int = 0
    references: str = ""


class Entity(Struct, frozen=True, array_like=True, gc=False):
    """A type that maps to a table (ORM model), or a table declared by DDL (``type_name`` empty).

    ``table`` may be empty when the mapping gives no name; the framework's ``link`` then derives it.
    """

    type_name: str
    table: str
    line: int
    columns: tuple[Column, ...] = ()
    framework: str = ""


class TableUse(Struct, frozen=True, array_like=True, gc=False):
    """A table that a scope reads (``read``), changes (``write``) or defines (``declare``)."""

    scope: str
    table: str
    mode: str
    line: int
    resolution: str = "exact"
    joined: tuple[str, ...] = ()  # the other tables of the same statement


class Wiring(Struct, frozen=True, array_like=True, gc=False):
    """A record that a framework keeps from one file until it can be linked with the others (a route, a blueprint...)."""

    framework: str
    kind: str
    scope: str
    line: int
    args: tuple[str, ...] = ()


class FileFacts(Struct, frozen=True, array_like=True, gc=False):
    """All that was read from one file; ``error_lines`` are the lines that the parser could not understand."""

    language: str
    package: str = ""
    code_lines: int = 0
    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    bindings: tuple[Binding, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    entities: tuple[Entity, ...] = ()
    table_uses: tuple[TableUse, ...] = ()
    wirings: tuple[Wiring, ...] = ()
    error_lines: tuple[int, ...] = ()
    failure: str = ""  # why nothing could be read: "parser timed out", "not text"
    flow: bytes = b""  # how values move (agent.languages.python_flow), for the precise layer of calls; empty: not read
    outline: bytes = b""  # digest of what other files' names may depend on (agent.graph.outline); empty: not taken
