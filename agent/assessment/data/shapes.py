"""Tables with all that a copy or a synthetic row has to respect: a case in; columns with kinds, keys, references and choices out.

Declarations come from `agent.assessment.reading.schemas`; what DDL says beyond names and types is read by sqlglot, in the first
dialect that understands the statement. Foreign keys of mapped classes come from the graph. A name that nothing declares is no table.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp

from agent.assessment.case import Case
from agent.assessment.reading.calls import closing
from agent.assessment.reading.masking import Source
from agent.assessment.reading.schemas import Column, Table

__all__ = ["ColumnShape", "TableShape", "load_order", "shapes_of"]

DIALECTS = ("", "mysql", "postgres", "oracle", "tsql", "sqlite", "hive")
LARGEST_STATEMENT = 60_000


@dataclass(frozen=True)
class ColumnShape:
    """``kind``: int, number, text, date, time, datetime, bool, bytes, uuid or json. ``references`` is (table, column)."""

    name: str
    kind: str
    length: int = 0
    scale: int = 0
    nullable: bool = True
    primary: bool = False
    unique: bool = False
    references: tuple[str, str] | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableShape:
    """``name`` as declared; the key of a table is its lower-case name."""

    name: str
    path: str
    line: int
    columns: tuple[ColumnShape, ...]

    @property
    def key(self) -> tuple[ColumnShape, ...]:
        """The primary key's columns; the first unique one where none is declared."""
        primary = tuple(c for c in self.columns if c.primary)
        return primary or tuple(c for c in self.columns if c.unique)[:1]


_KINDS = (
    ("bool", r"^(?:bool(?:ean)?|BooleanField|NullBooleanField|tinyint\s*\(\s*1\s*\)|bit)\b"),
    ("uuid", r"^(?:uuid|uniqueidentifier|UUIDField)\b"),
    ("json", r"^(?:jsonb?|JSONField)\b"),
    ("datetime", r"^(?:datetime\w*|timestamp\w*|DateTimeField|LocalDateTime|Instant)\b"),
    ("date", r"^(?:date|DateField|LocalDate)\b"),
    ("time", r"^(?:time|TimeField|LocalTime|DurationField|interval)\b"),
    ("number", r"^(?:dec(?:imal)?|numeric|number|float\d?|double|real|money|smallmoney|DecimalField|FloatField|BigDecimal|Double|Float)\b"),
    ("int", r"^(?:big|small|medium|tiny)?(?:int(?:eger)?\d?|serial)\b|^(?:Positive)?(?:Big|Small)?(?:Integer|Auto)Field\b|^(?:PositiveSmall|PositiveBig)IntegerField\b|^(?:Integer|Long|Short|long|ForeignKey|OneToOneField)\b"),
    ("bytes", r"^(?:blob|(?:long|medium|tiny)blob|bytea|var?binary|image|raw|BinaryField)\b"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_SIZE = re.compile(r"\(\s*(\d{1,9})\s*(?:,\s*(\d{1,4})\s*)?")


def kind_of_type(declared: str) -> tuple[str, int, int]:
    """Kind, length or precision, and scale of a type as written."""
    size = _SIZE.search(declared)
    length, scale = (int(size.group(1)), int(size.group(2) or 0)) if size else (0, 0)
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(declared.strip())), "text")
    if kind == "number" and re.match(r"(?i)number\b|dec|numeric", declared) and size and not scale:
        kind = "int"
    return kind, length, scale


def shapes_of(case: Case) -> dict[str, TableShape]:
    """Tables by lower-case name."""
    sources = {source.path: source for source in case.sources}
    references = _graph_references(case)
    found: dict[str, TableShape] = {}
    for name, table in case.tables.items():
        source = sources.get(table.path)
        statement = (
            _statement(source.text, source.code, source.line_span(table.line)[0])
            if source and source.language in ("sql", "pl/sql")
            else ""
        )
        shape = _from_ddl(statement, table) if statement else None
        if shape is None:
            plain = tuple(_plain(c, references, _line(source, c.line)) for c in table.columns)
            shape = _django_id(TableShape(name, table.path, table.line, plain), table)
        found[name] = shape
    resolved = {name: _resolved(shape, found) for name, shape in found.items()}
    return {name: _by_name(shape, resolved) for name, shape in resolved.items()}


def _by_name(shape: TableShape, found: dict[str, TableShape]) -> TableShape:
    """References that only a name declares: ``customer_id`` where there is a table ``customers`` with one number as its key."""
    columns = []
    for column in shape.columns:
        stem = column.name.lower().removesuffix("_id")
        if column.references is None and stem != column.name.lower() and column.kind == "int" and not column.primary:
            for candidate in (f"{stem}s", stem, f"{stem}es", f"{stem[:-1]}ies"):
                key = found[candidate].key if candidate in found else ()
                if len(key) == 1 and key[0].primary and key[0].kind == "int":
                    column = replace(column, references=(candidate, key[0].name))
                    break
        columns.append(column)
    return replace(shape, columns=tuple(columns))


def _line(source: Source | None, line: int) -> str:
    """The line of a field, of languages in which it says more than the name and the type."""
    if source is None or source.language != "python":
        return ""
    start, end = source.line_span(line)
    return source.text[start : min(end, start + 2000)]


def _statement(text: str, code: str, start: int) -> str:
    opening = code.find("(", start)
    if opening < 0:
        return ""
    end, _ = closing(code, opening)
    return text[start : end + 1] if opening < end <= start + LARGEST_STATEMENT else ""


def _graph_references(case: Case) -> dict[tuple[str, int], str]:
    return {
        (e.path, e.line): e.target.removeprefix("table:").lower()
        for e in case.graph.dependencies
        if e.kind == "reference"
    }


_SAID = re.compile(
    r"\b(Integer|BigInteger|SmallInteger|Numeric|Float|Boolean|DateTime|Date|Time|Text|String|Unicode|LargeBinary|JSON|Uuid|UUID|Enum)\b(?:\s*(\(\s*\d[\d, ]*))?"
)
_LENGTH = re.compile(r"\bmax_length\s*=\s*(\d{1,6})")
_FOREIGN = re.compile(r"\bForeignKey\(\s*[\"'](?:\w+\.)?(\w+)\.(\w+)[\"']")
_SQLALCHEMY = {"Integer": "int", "BigInteger": "int", "SmallInteger": "int", "LargeBinary": "blob", "Uuid": "uuid"}


def _plain(column: Column, references: dict[tuple[str, int], str], line: str) -> ColumnShape:
    """A column of a mapped class (``line`` is where it is declared), or of DDL that no dialect understands."""
    declared, said = column.type, _SAID.search(line)
    if said and column.type in ("Column", "mapped_column"):
        declared = f"{_SQLALCHEMY.get(said.group(1), said.group(1))} {said.group(2) or ''}"
    kind, length, scale = kind_of_type(declared)
    longest = _LENGTH.search(line)
    foreign = _FOREIGN.search(line)
    target = column.references or references.get((column.path, column.line), "")
    found = (foreign.group(1).lower(), foreign.group(2)) if foreign else (target, "") if target else None
    name = f"{column.name}_id" if column.type in ("ForeignKey", "OneToOneField") else column.name
    primary = (
        "primary_key=True" in line or column.type.endswith("AutoField") or (not line and column.name.lower() == "id")
    )
    return ColumnShape(
        name, kind, int(longest.group(1)) if longest else length, scale, _may_be_empty(column, line) and not primary, primary,
        column.type == "OneToOneField" or "unique=True" in line, found,
    )  # fmt: skip


def _may_be_empty(column: Column, line: str) -> bool:
    """Django's fields are required unless they say otherwise, SQLAlchemy's columns the other way round."""
    if column.type.endswith("Field") or column.type in ("ForeignKey", "OneToOneField"):
        return "null=True" in line
    return "nullable=False" not in line


def _django_id(shape: TableShape, table: Table) -> TableShape:
    """Django adds an ``id`` where a model names no key; its fields are told by their types."""
    if any(c.primary for c in shape.columns) or not any(
        c.type.endswith("Field") or c.type == "ForeignKey" for c in table.columns
    ):
        return shape
    return replace(shape, columns=(ColumnShape("id", "int", nullable=False, primary=True), *shape.columns))


def _from_ddl(statement: str, table: Table) -> TableShape | None:
    # It warns of each statement that it takes for a command: no concern of a user's
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in DIALECTS:
        try:
            tree = sqlglot.parse_one(statement, read=dialect or None)
        except (sqlglot.errors.SqlglotError, RecursionError, ValueError):
            continue
        schema = tree.this if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema) else None
        columns = list(_columns(schema)) if schema is not None else []
        if schema is not None and {c.name.lower() for c in columns} >= {c.name.lower() for c in table.columns}:
            return TableShape(schema.this.name or table.name, table.path, table.line, tuple(_keyed(schema, columns)))
    return None


def _columns(schema: exp.Schema) -> Iterator[ColumnShape]:
    for definition in schema.expressions:
        if not isinstance(definition, exp.ColumnDef):
            continue
        kinds = [c.kind for c in definition.args.get("constraints") or () if isinstance(c, exp.ColumnConstraint)]
        declared = definition.args["kind"].sql() if definition.args.get("kind") is not None else "text"
        kind, length, scale = kind_of_type(declared)
        primary = any(isinstance(k, exp.PrimaryKeyColumnConstraint) for k in kinds)
        required = any(isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null") for k in kinds)
        target = next((_target(k) for k in kinds if isinstance(k, exp.Reference)), None)
        choices = next((_choices(k, definition.name) for k in kinds if isinstance(k, exp.CheckColumnConstraint)), ())
        if declared.upper().startswith("ENUM"):
            choices, kind = tuple(re.findall(r"'([^']{1,60})'", declared)), "text"
        yield ColumnShape(
            definition.name, kind, length, scale, not (required or primary), primary,
            any(isinstance(k, exp.UniqueColumnConstraint) for k in kinds), target, choices,
        )  # fmt: skip


def _target(reference: exp.Expression) -> tuple[str, str]:
    this = reference.this
    table = this.this.name if isinstance(this, exp.Schema) else this.name
    column = this.expressions[0].name if isinstance(this, exp.Schema) and this.expressions else ""
    return table.lower(), column


def _choices(check: exp.Expression, column: str) -> tuple[str, ...]:
    """The values of ``CHECK (column IN (...))``."""
    inside = check.find(exp.In)
    if inside is None or inside.this.name.lower() != column.lower():
        return ()
    return tuple(value.name for value in inside.expressions if isinstance(value, exp.Literal))


def _keyed(schema: exp.Schema, columns: list[ColumnShape]) -> Iterator[ColumnShape]:
    """Columns with what constraints of the table say of them."""
    primary: set[str] = set()
    unique: set[str] = set()
    targets: dict[str, tuple[str, str]] = {}
    for one in schema.expressions:
        for constraint in (one, *(one.expressions if isinstance(one, exp.Constraint) else ())):
            if isinstance(constraint, exp.PrimaryKey):
                primary |= {e.name.lower() for e in constraint.expressions}
            elif isinstance(constraint, exp.UniqueColumnConstraint) and isinstance(constraint.this, exp.Schema):
                names = [e.name.lower() for e in constraint.this.expressions]
                unique |= set(names) if len(names) == 1 else set()
            elif (
                isinstance(constraint, exp.ForeignKey)
                and constraint.args.get("reference") is not None
                and len(constraint.expressions) == 1
            ):
                targets[constraint.expressions[0].name.lower()] = _target(constraint.args["reference"])
    for column in columns:
        low = column.name.lower()
        yield replace(
            column, primary=column.primary or low in primary, nullable=column.nullable and low not in primary,
            unique=column.unique or low in unique, references=column.references or targets.get(low),
        )  # fmt: skip


def _resolved(shape: TableShape, found: dict[str, TableShape]) -> TableShape:
    """References with the column that they lead to; those to tables that are declared nowhere are dropped."""
    columns = []
    for column in shape.columns:
        if column.references is not None:
            target = found.get(column.references[0])
            named = column.references[1] or (target.key[0].name if target is not None and target.key else "")
            known = (
                next((c for c in target.columns if c.name.lower() == named.lower()), None)
                if target is not None
                else None
            )
            column = replace(column, references=(column.references[0], known.name) if known else None)
        columns.append(column)
    return replace(shape, columns=tuple(columns))


def load_order(shapes: dict[str, TableShape]) -> list[str]:
    """Tables so that what is referred to comes first; of a circle the table with the fewest open references first."""
    needs = {name: {c.references[0] for c in s.columns if c.references} - {name} for name, s in shapes.items()}
    waiting: dict[str, set[str]] = defaultdict(set)
    for name, targets in needs.items():
        for target in targets:
            waiting[target].add(name)
    left, order = {name: len(targets) for name, targets in needs.items()}, []
    while left:
        name = min(left, key=lambda n: (left[n], n))
        del left[name]
        order.append(name)
        for other in waiting[name]:
            if other in left:
                left[other] -= 1
    return order
