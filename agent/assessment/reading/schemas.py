"""Columns as the repository declares them: a case in; tables with their columns, types, keys and places out.

DDL is read from SQL files; fields of types that the graph knows to be tables are read from the source between the type's
lines, by the form that each family of mappers uses. What is not declared in the repository is not known here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.assessment.reading.calls import closing
from agent.assessment.reading.masking import Source
from agent.domain.code import DependencyGraph

__all__ = ["Column", "Table", "columns_of_records", "tables_of"]


@dataclass(frozen=True)
class Column:
    """``name`` and ``type`` as written; ``keyed`` when a primary or unique key or an index starts with it."""

    name: str
    type: str
    path: str
    line: int
    keyed: bool = False
    references: str = ""


@dataclass(frozen=True)
class Table:
    """A table by its lower-case name, and where it is declared."""

    name: str
    path: str
    line: int
    columns: tuple[Column, ...]
    indexed: frozenset[str]  # columns that an index or key starts with, lower case


_CREATE = re.compile(
    r"\bCREATE\s+(?:GLOBAL\s+|LOCAL\s+|TEMP(?:ORARY)?\s+|CACHED\s+|MEMORY\s+|UNLOGGED\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)[\"`\]]?\s*\(",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+|CLUSTERED\s+|BITMAP\s+)*INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?[\w\"`\[\].]*\s*ON\s+(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)[\"`\]]?\s*(?:USING\s+\w+\s*)?\(\s*[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_ALTERED = re.compile(
    r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(?:[\w\"`\[\]]+\.)?[\"`\[]?(\w+)[\"`\]]?\s+ADD\s+(?:CONSTRAINT\s+\w+\s+)?(?:PRIMARY\s+KEY|UNIQUE|INDEX|KEY)[^(;]{0,60}\(\s*[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?:CONSTRAINT\s+[\w\"`]+\s+)?(?:PRIMARY\s+KEY|UNIQUE(?:\s+(?:KEY|INDEX))?|(?:FULLTEXT\s+)?(?:KEY|INDEX))\s*[\w\"`]*\s*\(\s*[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:CONSTRAINT|FOREIGN|CHECK|PERIOD|EXCLUDE|PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|LIKE)\b", re.IGNORECASE
)
_COLUMN = re.compile(
    r"[\"`\[]?(\w+)[\"`\]]?\s+([\w ]+?(?:\s*\([\d ,\w]*\))?)(?=\s+(?:NOT|NULL|DEFAULT|PRIMARY|UNIQUE|REFERENCES|CHECK|AUTO_INCREMENT|COLLATE|CONSTRAINT|GENERATED|COMMENT|ON|IDENTITY|AUTOINCREMENT|CHARACTER)\b|\s*\Z)",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"\bREFERENCES\s+[\"`\[]?(\w+)", re.IGNORECASE)


def tables_of(sources: Iterable[Source], graph: DependencyGraph) -> dict[str, Table]:
    """Tables by name; DDL wins over a mapper's class."""
    found: dict[str, Table] = {}
    indexes: dict[str, set[str]] = defaultdict(set)
    sources = [s for s in sources if s.role != "test"]
    for source in sources:
        if source.language in ("sql", "pl/sql"):
            for pattern in (_INDEX, _ALTERED):
                for m in pattern.finditer(source.code):
                    indexes[m.group(1).lower()].add(m.group(2).lower())
            for table in _created(source):
                found.setdefault(table.name, table)
    for table in _mapped({s.path: s for s in sources}, graph):
        if table.name not in found:
            found[table.name] = table
        else:  # a mapper may know keys that the DDL does not
            indexes[table.name] |= table.indexed
    return {
        name: Table(name, t.path, t.line, t.columns, t.indexed | frozenset(indexes[name]))
        for name, t in sorted(found.items())
    }


def _created(source: Source) -> Iterator[Table]:
    for m in _CREATE.finditer(source.code):
        end, parts = closing(source.code, m.end() - 1)
        columns: list[Column] = []
        keys: set[str] = set()
        inno = "innodb" in source.lower  # it makes an index for each foreign key
        for start, stop in parts:
            text = source.code[start:stop]
            bare = text.strip()
            key = _KEY.match(bare)
            if key and (bare[:1].isalpha()) and not _looks_like_column(bare):
                keys.add(key.group(1).lower())
                continue
            foreign = re.match(
                r"(?:CONSTRAINT\s+[\w\"`]+\s+)?FOREIGN\s+KEY\s*[\w\"`]*\s*\(\s*[\"`]?(\w+)", bare, re.IGNORECASE
            )
            if foreign and inno:
                keys.add(foreign.group(1).lower())
            if _OTHER.match(bare) and not _looks_like_column(bare):
                continue
            column = _COLUMN.match(bare)
            if column is None:
                continue
            keyed = bool(re.search(r"\bPRIMARY\s+KEY\b|\bUNIQUE\b", bare, re.IGNORECASE))
            reference = _REFERENCES.search(bare)
            if keyed or (reference and inno):
                keys.add(column.group(1).lower())
            at = start + len(text) - len(text.lstrip())
            columns.append(
                Column(
                    column.group(1),
                    column.group(2).strip(),
                    source.path,
                    source.line(at),
                    keyed,
                    reference.group(1).lower() if reference else "",
                )
            )
        if columns and end > m.end():
            yield Table(m.group(1).lower(), source.path, source.line(m.start()), tuple(columns), frozenset(keys))


def _looks_like_column(text: str) -> bool:
    return bool(
        re.match(
            r"(?:key|index|period|like|check)\s+(?:var|n?var)?(?:char|int|text|date|number|bool)", text, re.IGNORECASE
        )
    )


_FIELDS = {
    "python": re.compile(
        r"^[ \t]+(\w+)\s*(?::[^=\n]{1,80})?=\s*(?:\w+\.)*(\w*Field|ForeignKey|OneToOneField|Column|mapped_column|ManyToManyField)\s*\(",
        re.MULTILINE,
    ),
    "java": re.compile(
        r"^[ \t]+(?:(?:private|protected|public)\s+)(?!static|abstract)(?:final\s+)?([\w.<>\[\]]+)\s+(\w+)\s*(?:=[^;\n]*)?;",
        re.MULTILINE,
    ),
    "csharp": re.compile(r"^[ \t]+public\s+(?:virtual\s+)?([\w.<>\[\]?]+)\s+(\w+)\s*\{\s*get", re.MULTILINE),
    "javascript": re.compile(
        r"^[ \t]+(\w+)\s*:\s*(?:\{\s*type\s*:\s*)?((?:DataTypes|Sequelize)\.\w+|String|Number|Date|Boolean)\b",
        re.MULTILINE,
    ),
    "php": re.compile(r"^[ \t]+(?:private|protected|public)\s+(?:\??([\w\\]+)\s+)?\$(\w+)\s*[;=]", re.MULTILINE),
}
_FIELDS["typescript"] = _FIELDS["javascript"]
_TYPE_FIRST = frozenset({"java", "csharp", "php"})
_INDEXED = re.compile(r"\b(?:unique|db_index|index|primary_key)\s*=\s*True|\bprimaryKey\s*:\s*true|\bunique\s*:\s*true")


def _mapped(sources: dict[str, Source], graph: DependencyGraph) -> Iterator[Table]:
    for edge in graph.dependencies:
        if edge.kind != "declare":
            continue
        owner = graph.by_id.get(edge.source)
        source = sources.get(edge.path)
        if (
            owner is None
            or source is None
            or owner.kind not in ("class", "interface")
            or source.language not in _FIELDS
        ):
            continue
        first, last = source.line_span(owner.line)[0], source.line_span(owner.end_line)[1]
        columns, keys = [], set()
        for m in _FIELDS[source.language].finditer(source.code, first, last):
            name, kind = (m.group(2), m.group(1) or "") if source.language in _TYPE_FIRST else (m.group(1), m.group(2))
            if kind == "ManyToManyField" or re.match(r"(?:List|Set|Collection|Map|ICollection)\b", kind):
                continue
            at = m.start() + len(m.group()) - len(m.group().lstrip())
            inside = (
                source.code[m.end() - 1 : closing(source.code, m.end() - 1)[0]]
                if source.language == "python"
                else source.code[max(first, m.start() - 200) : m.end()]
            )
            keyed = bool(_INDEXED.search(inside)) or kind in ("ForeignKey", "OneToOneField", "AutoField", "SlugField")
            if keyed or (source.language == "java" and "@Id" in inside.rpartition(";")[0][-200:]):
                keys |= {name.lower(), f"{name.lower()}_id"}
            columns.append(Column(name, kind, source.path, source.line(at), keyed))
        yield Table(
            edge.target.removeprefix("table:").lower(), source.path, owner.line, tuple(columns), frozenset(keys)
        )


_RECORD = re.compile(
    r"^.{0,6}[ \t]+(?:0[1-9]|[1-4]\d)[ \t]+([A-Z][A-Z0-9-]{2,29})[ \t]+PIC(?:TURE)?[ \t]+(?:IS[ \t]+)?(\S+)",
    re.MULTILINE | re.IGNORECASE,
)


def columns_of_records(source: Source) -> Iterator[Column]:
    """Elementary fields of COBOL records."""
    if source.language != "cobol":
        return
    for m in _RECORD.finditer(source.text):
        line = source.line(m.start(1))
        start, _ = source.line_span(line)
        if source.text[start + 6 : start + 7] not in "*/":
            yield Column(m.group(1), m.group(2), source.path, line)
