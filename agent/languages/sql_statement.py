"""The tables that one SQL statement reads, changes or declares; text that is no SQL has none.

In goes the text of a string literal or of a statement in a script, with its placeholders, out come accesses. Plain
single-table statements are read by patterns; all others by sqlglot, which is imported when first needed because that
takes half a second. What sqlglot cannot parse is searched for table names and labelled inferred.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["TableAccess", "looks_like_sql", "read_statement"]

MAX_TEXT = 200_000
MAX_PARSED = 30_000
MAX_NESTING = 25  # sqlglot's time doubles with each unclosed parenthesis
HOLE = "hole__"
SYSTEM = re.compile(  # names that PostgreSQL and SQLite reserve, and Oracle's dictionary
    r"(?:dual|sysdummy1|(?:pg|sqlite)_\w+|(?:user|all|dba)_(?:tables|views|mviews|objects|sequences|triggers|source|"
    r"constraints|cons_columns|indexes|ind_columns|tab_columns|tab_cols|tab_comments|col_comments|tab_identity_cols|json_columns))\Z"
)
SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "sysibm", "sys", "syscat"})
KEYWORDS = frozenset(
    [
        "select",
        "from",
        "where",
        "set",
        "values",
        "on",
        "using",
        "group",
        "order",
        "having",
        "limit",
        "union",
        "join",
        "left",
        "right",
        "inner",
        "outer",
        "full",
        "cross",
        "natural",
        "as",
        "and",
        "or",
        "not",
        "in",
        "exists",
        "case",
        "when",
        "then",
        "else",
        "end",
        "is",
        "null",
        "like",
        "between",
        "by",
        "into",
        "update",
        "delete",
        "insert",
        "with",
        "only",
        "lateral",
        "table",
        "if",
        "for",
        "fetch",
        "offset",
        "window",
        "returning",
        "default",
        "straight_join",
        "distinct",
        "all",
        "unnest",
    ]
)
DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "your",
        "our",
        "my",
        "their",
        "his",
        "her",
        "its",
        "this",
        "that",
        "these",
        "those",
        "each",
        "every",
        "any",
        "all",
        "some",
        "one",
        "another",
        "which",
        "what",
        "it",
        "them",
        "here",
        "there",
        "existing",
        "following",
        "other",
        "multiple",
        "within",
        "to",
        "of",
        "in",
        "for",
        "is",
        "are",
        "was",
        "be",
        "been",
    ]
)

FOLLOWING = KEYWORDS | frozenset(
    ["add", "drop", "alter", "rename", "modify", "change", "enable", "disable", "cascade", "restrict", "use", "force"]
)
NAMED = re.compile(r"\b(?:from|into|update|join|table)\s+(\w+)\s+([a-z]+)")

_LEAD = r"\s*(?:(?:--[^\n]*\n|/\*.{0,2000}?\*/)\s*){0,5}(?:explain\s+(?:analyze\s+)?)?[(\s]{0,20}"
_NAME = r"[\w$#.\"`\[\]{}@]{1,160}"
PROBABLE = re.compile(
    rf"(?is){_LEAD}(?:select\s.{{1,20000}}?\bfrom\b|insert\s+(?:\w+\s+){{0,3}}?(?:into|overwrite)\s|"
    rf"update\s.{{1,400}}?\sset\s|delete\s+(?:[\w.,\s]{{1,80}}?\s)?from\s|with\s+(?:recursive\s+)?{_NAME}\s*(?:\([^()]{{0,400}}\)\s*)?as\s+"
    rf"(?:not\s+)?(?:materialized\s+)?\(|(?:merge|replace)\s+into\s|truncate\s+table\s+{_NAME}\s*;?\s*\Z|"
    rf"create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unlogged|cached|memory|column|external|materialized|"
    rf"force)\s+){{0,2}}(?:table|view)\s|(?:alter|drop)\s+(?:table|view)\s)"
)
FIRST = re.compile(rf"(?is){_LEAD}(?P<word>[a-z]+)")
LINE_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|''|\\.)*'", re.DOTALL)
PLACEHOLDER = re.compile(
    r"%\(\w+\)[sdf]|%[sdf](?![\w%'])|#\{[^{}]{0,200}\}|\{(?:fn|d|ts|t|oj)\s+([^{}]{0,400})\}", re.IGNORECASE
)
FILLED_IN = re.compile(r"\$?\{[^{}]{0,200}\}")
ALONE = re.compile(r"(?<![\w.\"`\[])\$?\{[^{}]{0,200}\}(?![\w.\"`\]])")
EXPLAIN = re.compile(r"(?i)\A\s*explain\s+(?:analyze\s+)?")
REPLACE = re.compile(r"(?i)\A\s*replace\s+into\b")
WORD = re.compile(r"[A-Za-z_]+")

_IDENTIFIER = r"(?:[\"`\[]?(?P<schema>[A-Za-z_][\w$#]*)[\"`\]]?\.){0,3}[\"`\[]?(?P<table>[A-Za-z_][\w$#]*)[\"`\]]?"
_COLUMN = r"(?:\*|[A-Za-z_][\w.]*(?:\.\*)?(?:\s+as\s+\w+)?|count\(\s*\*\s*\)(?:\s+as\s+\w+)?)"
_END = r"\s*(?:;\s*)?\Z"
_VALUE = r"(?:\?|:\w+|%s|#\{\w+\}|-?\d+(?:\.\d+)?|'[^'\\]*'|null|true|false)"
_CONDITION = rf"[A-Za-z_][\w.]*\s*(?:=|<>|!=|<=|>=|<|>)\s*(?:{_VALUE}|[A-Za-z_][\w.]*)"
_WHERE = rf"(?:\s+where\s+{_CONDITION}(?:\s+and\s+{_CONDITION}){{0,20}})?"
PLAIN = {
    "select": re.compile(
        rf"(?is)\s*select\s+(?:distinct\s+)?{_COLUMN}(?:\s*,\s*{_COLUMN}){{0,80}}\s+from\s+{_IDENTIFIER}{_WHERE}"
        rf"(?:\s+order\s+by\s+[\w.]+(?:\s+(?:asc|desc))?(?:\s*,\s*[\w.]+(?:\s+(?:asc|desc))?){{0,10}})?{_END}"
    ),
    "insert": re.compile(
        rf"(?is)\s*insert\s+into\s+{_IDENTIFIER}\s*(?:\(\s*[\w\s,\"`\[\]]+\)\s*)?values\s*"
        rf"\(\s*{_VALUE}(?:\s*,\s*{_VALUE}){{0,80}}\s*\){_END}"
    ),
    "update": re.compile(
        rf"(?is)\s*update\s+{_IDENTIFIER}\s+set\s+[\w.\"`]+\s*=\s*{_VALUE}(?:\s*,\s*[\w.\"`]+\s*=\s*{_VALUE}){{0,80}}{_WHERE}{_END}"
    ),
    "delete": re.compile(rf"(?is)\s*delete\s+from\s+{_IDENTIFIER}{_WHERE}{_END}"),
    "drop": re.compile(rf"(?is)\s*drop\s+table\s+(?:if\s+exists\s+)?{_IDENTIFIER}(?:\s+cascade)?{_END}"),
}
MODES = {"select": "read", "drop": "declare"}
SEARCHED = re.compile(
    r"(?is)\b(?P<verb>from|join|insert\s+(?:\w+\s+)?into|replace\s+into|merge\s+into|update|delete\s+from|truncate\s+table|"
    r"(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:\w+\s+)?(?:table|view)(?:\s+if\s+(?:not\s+)?exists)?|using)\s+(?:only\s+)?"
    r"(?P<names>[\w$#.\"`\[\]]+(?:\s+(?:as\s+)?[\w]+)?(?:\s*,\s*[\w$#.\"`\[\]]+(?:\s+(?:as\s+)?\w+)?){0,20})"
)
CTE = re.compile(
    r"(?is)(?:\bwith\s+(?:recursive\s+)?|,\s*)[\"`\[]?(\w+)[\"`\]]?\s*(?:\([^()]{0,400}\)\s*)?as\s+(?:not\s+)?(?:materialized\s+)?\("
)
WRITES = ("insert", "replace", "merge", "update", "delete", "truncate")
SHAPES = {
    "insert": re.compile(
        r"(?is)into\s+\S+\s*(?:\(|values\b|select\b|set\b|default\b|with\b|as\b|\w+\s+values\b|\S*\{\}|\s*\Z)"
    ),
    "update": re.compile(r"(?is)\sset\s[^=]{1,200}=|\sset\s+\S*(?:\{|\$\{|hole__)"),
    "create": re.compile(r"(?is)(?:table|view)\s+(?:if\s+not\s+exists\s+)?\S+\s*(?:\(|as\b|like\b|\s*\Z|\{)"),
    "alter": re.compile(
        r"(?is)(?:table|view)\s+\S+\s+(?:add|drop|alter|modify|rename|change|set|enable|disable|owner|with)\b"
    ),
    "drop": re.compile(r"(?is)(?:table|view)\s+(?:if\s+exists\s+)?[\w.\"`\[\]{}$,\s]+(?:cascade|restrict)?\s*;?\s*\Z"),
}
EVIDENCE = re.compile(
    r"(?is)[=*?]|:\w|%s|\$\{|\{\}|#\{|\w\.\w|\(|,|\bwhere\b|\border\s+by\b|\bgroup\s+by\b|\bjoin\b|\bvalues\b|\blimit\s+\d|;\s*\Z"
)


class TableAccess(Struct, frozen=True, gc=False):
    """A table (lower case, without schema) and what is done with it: ``read``, ``write`` or ``declare``."""

    table: str
    mode: str
    resolution: str = "exact"


def looks_like_sql(text: str) -> bool:
    """A cheap first sieve for any string literal: whether it begins like a statement that names tables."""
    return len(text) >= 12 and PROBABLE.match(text) is not None


@lru_cache(maxsize=8192)
def read_statement(text: str, dialect_hint: str = "") -> tuple[TableAccess, ...]:
    """The accesses of the statement or statements in ``text``, in order; empty for English, and for SQL without tables.

    ``{}``, ``${x}`` mark what is filled in at run time: a table whose name is filled in is left out, not guessed.
    """
    if not looks_like_sql(text) or len(text) > MAX_TEXT:
        return ()
    first = FIRST.match(text)
    word = first.group("word").lower() if first else ""
    if _is_prose(text, first.group("word") if first else "", word):
        return ()
    plain = PLAIN.get(word)
    if plain is not None and (match := plain.match(text)):
        return _unique([(match.group("table"), match.group("schema") or "", MODES.get(word, "write"))], "exact")
    parsed = _parsed(text, dialect_hint)
    return _searched(text) if parsed is None else parsed


def _is_prose(text: str, written: str, word: str) -> bool:
    """English that starts like SQL: 'Select an item from the list', 'Update your profile and set a password'."""
    bare = LINE_COMMENT.sub(" '' ", text) if "'" in text or "--" in text or "/*" in text else text
    shape = SHAPES.get(word)
    if shape is not None and not shape.search(bare):
        return True
    lowered = bare.lower()
    if any(m.group(1) in DETERMINERS and m.group(2) not in FOLLOWING for m in NAMED.finditer(lowered)):
        return True
    if word == "select":
        columns = lowered[lowered.find("select") + 6 : lowered.find("from")] if "from" in lowered else ""
        words = WORD.findall(columns.replace(" as ", " "))
        if not re.search(r"[,.*()?=:{\"'`\[]", columns) and (
            len(words) > 3 or (len(words) > 1 and DETERMINERS.intersection(words[:2]))
        ):
            return words[:1] not in (["distinct"], ["all"], ["top"])
    if written.istitle():  # "Select", "Delete": how a sentence starts, and few statements do
        return not EVIDENCE.search(bare.strip().rstrip(".!?,"))
    return False


def _parsed(text: str, hint: str) -> tuple[TableAccess, ...] | None:
    """By sqlglot, in the likeliest dialects; None when none of them understands the text."""
    if len(text) > MAX_PARSED or _nesting(text) > MAX_NESTING:
        return None
    prepared = EXPLAIN.sub("", PLACEHOLDER.sub(lambda m: m.group(1) or "?", text))
    prepared = REPLACE.sub("INSERT INTO", prepared)  # MySQL's and SQLite's word for it
    for filled in dict.fromkeys((FILLED_IN.sub(HOLE, prepared), _emptied(prepared))):
        for dialect in _dialects(filled, hint):
            trees = _trees(filled, dialect)
            if trees:
                return _unique([access for tree in trees for access in _accesses(tree)], "exact")
    return None


def _emptied(text: str) -> str:
    """What is filled in becomes nothing where it stands alone: ``WHERE a = 1 {} ORDER BY b``."""
    return FILLED_IN.sub(HOLE, ALONE.sub(" ", text))


def _nesting(text: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[()]|\bcase\b|\bend\b", text, re.IGNORECASE):
        depth += 1 if mark in ("(",) or mark.lower() == "case" else -1
        deepest = max(deepest, depth)
    return deepest


def _dialects(text: str, hint: str) -> Iterable[str]:
    likely = [hint] if hint else []
    if "`" in text:
        likely.append("mysql")
    if re.search(r"\[[A-Za-z_]\w*\]", text) or re.search(r"(?i)\btop\s+\(?\d|\bnolock\b", text):
        likely.append("tsql")
    if "(+)" in text or re.search(r"(?i)\bconnect\s+by\b|\browid\b|\bminus\b", text):
        likely.append("oracle")
    return list(dict.fromkeys([*likely, "", "postgres", "mysql"]))[:3]


def _trees(text: str, dialect: str) -> list[Any]:
    """The statements' trees; none when sqlglot refuses, or takes any of them for an opaque command."""
    # Half a second to import: only a statement that the patterns cannot read pays for it.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect or None) if tree is not None]
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, KeyError, IndexError, AssertionError):
        return []
    kinds = (exp.Query, exp.DML, exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Merge)
    return trees if trees and all(isinstance(tree, kinds) for tree in trees) else []


def _accesses(tree: Any) -> Iterator[tuple[str, str, str]]:
    """(table, schema, mode) of one statement's tree, its targets first."""
    from sqlglot import exp

    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    tables = [t for t in tree.find_all(exp.Table, bfs=False) if isinstance(t.this, exp.Identifier)]
    named = {t.alias.lower(): t for t in tables if t.alias}
    targets = _targets(tree)
    chosen: set[int] = set()
    for target, mode in targets:
        chosen.add(id(target))
        real = named.get(target.name.lower(), target) if not target.db and mode == "write" else target
        yield real.name, real.db, mode
    ignored = {id(t) for into in tree.find_all(exp.Into) for t in into.find_all(exp.Table)}
    aliases_as_targets = {t.name.lower() for t, _ in targets if not t.db and t.name.lower() in named}
    for table in tables:
        if id(table) in chosen or id(table) in ignored or (not table.db and table.name.lower() in ctes):
            continue
        if isinstance(tree, (exp.Update, exp.Delete)) and table.alias.lower() in aliases_as_targets:
            continue  # UPDATE o SET ... FROM orders o: already there as the target
        if _is_reference(table):
            continue
        yield table.name, table.db, "read"


def _is_reference(table: Any) -> bool:
    """A foreign key's target and an index's table are named, not read."""
    from sqlglot import exp

    return table.find_ancestor(exp.Reference, exp.Index) is not None


def _targets(tree: Any) -> list[tuple[Any, str]]:
    """The tables a statement changes or declares."""
    from sqlglot import exp

    if isinstance(tree, exp.Create):
        mode = "declare" if tree.kind in ("TABLE", "VIEW") else ""
    elif isinstance(tree, (exp.Drop, exp.Alter)):
        mode = "declare" if tree.args.get("kind") in ("TABLE", "VIEW") else ""
    else:
        mode = "write"
    if not mode or isinstance(tree, exp.Query):
        return [
            (found, "write") for insert in tree.find_all(exp.Insert, exp.Update, exp.Delete) for found in _into(insert)
        ]
    if isinstance(tree, (exp.TruncateTable, exp.Drop)):
        several = [*(tree.args.get("tables") or ()), *(tree.args.get("expressions") or ()), tree.this]
        return [(table, mode) for table in several if isinstance(table, exp.Table)]
    return [(found, mode) for found in _into(tree)]


def _into(tree: Any) -> list[Any]:
    from sqlglot import exp

    several = tree.args.get("tables") if isinstance(tree, exp.Delete) else None
    if several:
        return [table for table in several if isinstance(table, exp.Table)]
    this = tree.this
    if isinstance(this, exp.Schema):
        this = this.this
    if isinstance(this, exp.Table) and isinstance(this.this, exp.Identifier):
        return [this]
    return []


def _searched(text: str) -> tuple[TableAccess, ...]:
    """Table names after the words that come before table names, for text no parser accepts."""
    bare = FILLED_IN.sub(HOLE, LINE_COMMENT.sub(" '' ", text))
    ctes = {name.lower() for name in CTE.findall(bare)}
    found: list[tuple[str, str, str]] = []
    for match in SEARCHED.finditer(bare):
        verb = match.group("verb").lower()
        before = bare[: match.start()].rstrip().lower()
        if verb in ("from", "using") and before.endswith(
            ("year", "month", "day", "hour", "minute", "second", "both", "'")
        ):
            continue  # EXTRACT(YEAR FROM x), TRIM(BOTH ' ' FROM x)
        if verb == "update" and before.endswith(("for", "on", "key")):
            continue
        mode = (
            "write"
            if verb.startswith(WRITES)
            else "declare"
            if verb.startswith(("create", "alter", "drop"))
            else "read"
        )
        names = match.group("names").split(",")
        for written in names if mode == "read" else names[:1]:
            parts = [part.strip('"`[]') for part in written.split()[0].split(".")] if written.split() else []
            if parts and parts[-1].lower() not in KEYWORDS | ctes and parts[-1][:1].isalpha():
                found.append((parts[-1], parts[-2] if len(parts) > 1 else "", mode))
    return _unique(found, "inferred")


def _unique(found: Iterable[tuple[str, str, str]], resolution: str) -> tuple[TableAccess, ...]:
    """Without system tables and names that are filled in at run time; each access once."""
    kept: dict[TableAccess, None] = {}
    for name, schema, mode in found:
        table = name.lower()
        if not table or HOLE in table or "?" in table or SYSTEM.match(table) or schema.lower() in SYSTEM_SCHEMAS:
            continue
        kept[TableAccess(table, mode, resolution)] = None
    return tuple(kept)
