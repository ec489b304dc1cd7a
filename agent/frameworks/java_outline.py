"""The declarations of a Java file with their annotations and constant strings: what the Java frameworks read.

Takes the syntax tree that the language made, gives types, fields and methods; bodies of methods stay syntax. The
outline of the file read last is kept, because every framework asks for the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tree_sitter import Node

from agent.frameworks.java_text import HOLE, MARK, MARKED, raw_text, text_of

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = [
    "Annotation", "Constants", "Field", "JavaType", "Method", "Outline", "Parameter", "find", "nested",
    "outline_of",
]  # fmt: skip

MAX_TYPES = 5000
TYPE_KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "enum_declaration": "enum",
    "record_declaration": "class",
    "annotation_type_declaration": "interface",
}
WRAPPED = ("generic_type", "wildcard", "annotated_type")


@dataclass(frozen=True, slots=True)
class Annotation:
    """``@Name(key = value)``: the simple name, and the arguments' syntax by key (``value`` when none is written)."""

    name: str
    line: int
    arguments: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a method."""

    name: str
    type: str
    element: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field or constant. ``type`` is written without type arguments, ``element`` is the last of those."""

    name: str
    type: str
    element: str
    line: int
    modifiers: frozenset[str]
    annotations: tuple[Annotation, ...]
    value: Node | None


@dataclass(frozen=True, slots=True)
class Method:
    """A method or constructor; ``scope`` as in `agent.domain.facts`."""

    name: str
    scope: str
    line: int
    returns: str
    element: str
    modifiers: frozenset[str]
    annotations: tuple[Annotation, ...]
    parameters: tuple[Parameter, ...]
    body: Node | None

    @property
    def is_constructor(self) -> bool:
        return self.name == "<init>"


@dataclass(frozen=True, slots=True)
class JavaType:
    """A class, interface, enum or record; ``bases`` with their type arguments, superclass first."""

    name: str
    scope: str
    kind: str
    line: int
    modifiers: frozenset[str]
    annotations: tuple[Annotation, ...]
    bases: tuple[tuple[str, tuple[str, ...]], ...]
    fields: tuple[Field, ...]
    methods: tuple[Method, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Outline:
    """One file's types, and the text of its string constants by ``Type.NAME``."""

    types: tuple[JavaType, ...]
    constants: Mapping[str, str]
    constant_lines: Mapping[str, int] = field(default_factory=dict)

    def text(self, node: Node, scope: str, variables: Mapping[str, str] | None = None) -> str:
        """A string expression's text; what it does not say becomes ``{}``, another file's constant a marked name."""
        return text_of(node, scope, self.constants, variables or {})

    def texts(self, annotation: Annotation | None, *keys: str) -> tuple[str, ...]:
        """The strings of the first of the annotation's keys that is written: one, or the elements of an array."""
        for key in keys:
            node = annotation.arguments.get(key) if annotation else None
            if node is not None:
                return tuple(self.text(part, "") for part in _elements(node))
        return ()

    def names(self, annotation: Annotation | None, *keys: str) -> tuple[str, ...]:
        """The constants or classes named by the first key that is written (``RequestMethod.GET``, ``Order.class``)."""
        for key in keys:
            node = annotation.arguments.get(key) if annotation else None
            if node is not None:
                return tuple(raw_text(part).removesuffix(".class") for part in _elements(node))
        return ()


_last: tuple[bytes, Outline] | None = None


def outline_of(root: Node, source: bytes) -> Outline:
    """The outline of a file."""
    global _last
    if _last is None or _last[0] is not source:
        _last = (source, _read(root))
    return _last[1]


def find(annotations: Iterable[Annotation], *names: str) -> Annotation | None:
    """The first annotation that has one of the simple names."""
    return next((a for a in annotations if a.name in names), None)


class Constants:
    """String constants of the whole project, to finish texts that name other files' constants."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._values: dict[str, str] = {}
        for path, wiring in project.wirings("java", "constant"):
            owner, _, name = wiring.scope.rpartition(".")
            self._values.setdefault(f"{project.symbol_at(path, owner)}.{name}", wiring.args[0])

    def finish(self, text: str, path: str, scope: str) -> str:
        """The text with marked names replaced; ``{}`` where no constant is found."""
        for _ in range(5):  # constants made of constants of other files
            if MARK not in text:
                return text
            text = MARKED.sub(lambda found: self.value(found[1], path, scope), text)
        return text.replace(MARK, "")

    def value(self, name: str, path: str, scope: str) -> str:
        owner, _, constant = name.rpartition(".")
        if owner:
            target = f"{self._project.resolve(path, scope, owner).target}.{constant}"
        else:
            target = self._project.resolve(path, scope, name).target or self._imported(name, path)
        return self._values.get(target, HOLE)

    def _imported(self, name: str, path: str) -> str:
        return next((f"{i.module}.{i.name}" for i in self._project.facts(path).imports if i.alias == name), "")


def _read(root: Node) -> Outline:
    types: list[JavaType] = []
    todo = [(node, "") for node in reversed(list(_members(root))) if node.type in TYPE_KINDS]
    while todo and len(types) < MAX_TYPES:
        node, outer = todo.pop()
        found = _type(node, outer)
        if found is not None:
            types.append(found)
            body = node.child_by_field_name("body")
            if body is not None and found.scope.count(".") < 20:
                todo.extend((m, found.scope) for m in reversed(list(_members(body))) if m.type in TYPE_KINDS)
    return Outline(tuple(types), *_constants(types))


def _constants(types: Sequence[JavaType]) -> tuple[dict[str, str], dict[str, int]]:
    """String fields with a written value, by ``Type.NAME`` and, where that is unique in the file, by ``NAME``."""
    constants: dict[str, str] = {}
    lines: dict[str, int] = {}
    simple: dict[str, list[str]] = {}
    for declared in types:
        for member in declared.fields:
            if member.type == "String" and member.value is not None:
                key = f"{declared.scope}.{member.name}"
                constants[key] = text_of(member.value, declared.scope, constants, {})
                lines[key] = member.line
                simple.setdefault(member.name, []).append(key)
    constants.update({name: constants[keys[0]] for name, keys in simple.items() if len(keys) == 1})
    return constants, lines


def _members(body: Node) -> Iterator[Node]:
    """What lies directly in a body; parts that a syntax error or an enum's syntax wraps included."""
    todo = body.named_children[::-1]
    while todo:
        node = todo.pop()
        if node.type in ("enum_body_declarations", "ERROR"):
            todo.extend(node.named_children[::-1])
        else:
            yield node


def _type(node: Node, outer: str) -> JavaType | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    simple = raw_text(name)
    scope = f"{outer}.{simple}" if outer else simple
    fields: list[Field] = []
    methods: list[Method] = []
    body = node.child_by_field_name("body")
    for member in _members(body) if body is not None else ():
        if member.type in ("field_declaration", "constant_declaration"):
            fields.extend(_fields(member))
        elif member.type in ("method_declaration", "constructor_declaration"):
            methods.append(_method(member, scope))
    modifiers, annotations = _modifiers(node)
    return JavaType(
        simple,
        scope,
        TYPE_KINDS[node.type],
        name.start_point[0] + 1,
        modifiers,
        annotations,
        tuple(_bases(node)),
        tuple(fields),
        tuple(methods),
        node,
    )


def _bases(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    clauses = [c for c in node.named_children if c.type in ("superclass", "super_interfaces", "extends_interfaces")]
    for clause in clauses:
        for child in clause.named_children:
            for base in child.named_children if child.type == "type_list" else [child]:
                arguments = [c for c in base.named_children if c.type == "type_arguments"]
                yield _type_name(base)[0], tuple(_type_name(a)[0] for c in arguments for a in c.named_children)


def _fields(node: Node) -> Iterator[Field]:
    modifiers, annotations = _modifiers(node)
    written, element = _type_name(node.child_by_field_name("type"))
    for declarator in node.children_by_field_name("declarator"):
        name = declarator.child_by_field_name("name")
        if name is not None:
            value = declarator.child_by_field_name("value")
            yield Field(raw_text(name), written, element, name.start_point[0] + 1, modifiers, annotations, value)


def _method(node: Node, outer: str) -> Method:
    name = node.child_by_field_name("name")
    simple = "<init>" if node.type == "constructor_declaration" or name is None else raw_text(name)
    modifiers, annotations = _modifiers(node)
    returns, element = _type_name(node.child_by_field_name("type"))
    parameters = node.child_by_field_name("parameters")
    return Method(
        simple,
        f"{outer}.{simple}",
        (name or node).start_point[0] + 1,
        returns,
        element,
        modifiers,
        annotations,
        tuple(_parameters(parameters)) if parameters is not None else (),
        node.child_by_field_name("body"),
    )


def _parameters(node: Node) -> Iterator[Parameter]:
    for parameter in node.named_children:
        name = parameter.child_by_field_name("name")
        if name is not None:
            written, element = _type_name(parameter.child_by_field_name("type"))
            yield Parameter(raw_text(name), written, element, _modifiers(parameter)[1])


def _modifiers(node: Node) -> tuple[frozenset[str], tuple[Annotation, ...]]:
    first = node.named_child(0) if node.named_child_count else None
    if first is None or first.type != "modifiers":
        return frozenset(), ()
    words: list[str] = []
    annotations: list[Annotation] = []
    for child in first.children:
        if child.type in ("annotation", "marker_annotation"):
            annotations.append(_annotation(child))
        else:
            words.append(child.type)
    return frozenset(words), tuple(annotations)


def _annotation(node: Node) -> Annotation:
    name = node.child_by_field_name("name")
    arguments: dict[str, Node] = {}
    listed = node.child_by_field_name("arguments")
    for argument in listed.named_children if listed is not None else ():
        if argument.type == "element_value_pair":
            key, value = argument.child_by_field_name("key"), argument.child_by_field_name("value")
            if key is not None and value is not None:
                arguments[raw_text(key)] = value
        elif "comment" not in argument.type:
            arguments["value"] = argument
    return Annotation(raw_text(name).rpartition(".")[2] if name else "", node.start_point[0] + 1, arguments)


def annotation_from(node: Node) -> Annotation | None:
    """A nested annotation (an element of ``@NamedQueries({...})``)."""
    return _annotation(node) if node.type in ("annotation", "marker_annotation") else None


def nested(annotation: Annotation, key: str = "value") -> Sequence[Annotation]:
    """Annotations inside an annotation's argument."""
    node = annotation.arguments.get(key)
    parts = [annotation_from(part) for part in _elements(node)] if node is not None else []
    return [part for part in parts if part is not None]


def _elements(node: Node) -> Sequence[Node]:
    if node.type == "element_value_array_initializer":
        return [c for c in node.named_children if "comment" not in c.type]
    return [node]


def _type_name(node: Node | None) -> tuple[str, str]:
    """A type without its arguments, and the last argument."""
    element = ""
    while node is not None and node.type in ("generic_type", "annotated_type"):
        if node.type == "annotated_type":
            node = node.named_child(node.named_child_count - 1)
            continue
        arguments = node.named_child(node.named_child_count - 1)
        last = arguments.named_child(arguments.named_child_count - 1) if arguments.named_child_count else None
        while last is not None and last.type in WRAPPED and last.named_child_count:
            last = last.named_child(0 if last.type == "generic_type" else last.named_child_count - 1)
        element = raw_text(last) if last is not None else ""
        node = node.named_child(0)
    if node is None:
        return "", ""
    raw = "".join(raw_text(node).split())
    return (raw, raw.removesuffix("[]")) if node.type == "array_type" else (raw, element)
