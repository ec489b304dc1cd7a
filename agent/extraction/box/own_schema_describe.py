"""What recorded SQLite databases hold of some tables: the largest snapshot, and each column's declaration and values. A plan in, JSON out."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import re
import tempfile

from .blobs import Blobs
from .databases import opened_from, table_names

DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?\Z")
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?\Z")
MOST_ROWS = 200000


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def opened(content):
    handle, path = tempfile.mkstemp(prefix="figwright-")
    os.close(handle)
    try:
        connection = opened_from(content, path)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return connection
    finally:
        for place in (path, path + ".from"):
            if os.path.exists(place):
                os.unlink(place)


def count(connection, table):
    return connection.execute("SELECT count(*) FROM %s" % quoted(table)).fetchone()[0]


def values_of(connection, table, column):
    """Storage classes, the longest text, and which forms every text has: what its type in PostgreSQL can be."""
    found = connection.execute("SELECT %s FROM %s LIMIT %d" % (quoted(column), quoted(table), MOST_ROWS)).fetchall()
    kinds, longest, forms, bits, nul, six = set(), 0, {"date", "time", "moment", "number"}, True, False, True
    for (value,) in found:
        if value is None:
            continue
        kinds.add({int: "integer", float: "real", str: "text", bytes: "blob"}[type(value)])
        if isinstance(value, int) and value not in (0, 1):
            bits = False
        if isinstance(value, str):
            longest = max(longest, len(value))
            nul = nul or "\0" in value
            six = six and bool(re.search(r"\.\d{6}\Z", value))
            for name, form in (("date", DATE), ("time", TIME), ("moment", MOMENT), ("number", NUMBER)):
                if not form.match(value):
                    forms.discard(name)
    return {"storage": sorted(kinds), "longest": longest, "forms": sorted(forms), "bits": bits, "nul": nul, "six": six}


def described(connection, table):
    columns = []
    for _, name, kind, notnull, default, key, hidden in connection.execute("PRAGMA table_xinfo(%s)" % quoted(table)):
        one = {
            "name": name,
            "declared": kind,
            "required": bool(notnull),
            "default": default,
            "key": key,
            "made": hidden > 1,
        }
        one.update(values_of(connection, table, name))
        columns.append(one)
    references = {}
    for number, _, parent, column, to, _, on_delete, _ in connection.execute(
        "PRAGMA foreign_key_list(%s)" % quoted(table)
    ):
        one = references.setdefault(number, {"table": parent, "columns": [], "to": [], "on_delete": on_delete})
        one["columns"].append(column)
        one["to"].append(to)
    indexes = []
    for _, name, unique, origin, partial in connection.execute("PRAGMA index_list(%s)" % quoted(table)):
        names = [row[2] for row in connection.execute("PRAGMA index_info(%s)" % quoted(name))]
        indexes.append(
            {"name": name, "columns": names, "unique": bool(unique), "origin": origin, "partial": bool(partial)}
        )
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()[0]
    return {
        "name": table, "sql": sql or "", "columns": columns, "rows": count(connection, table),
        "references": [references[number] for number in sorted(references)],
        "indexes": sorted(indexes, key=lambda one: (one["columns"] and str(one["columns"]), one["name"])),
    }  # fmt: skip


def related(connection, wanted):
    """The tables, what they refer to however far, and what refers to them."""
    every = {
        name: [row[2] for row in connection.execute("PRAGMA foreign_key_list(%s)" % quoted(name))]
        for name in table_names(connection)
    }
    found = {name for name in wanted if name in every}
    found |= {name for name, parents in every.items() if any(parent in found for parent in parents)}
    while True:
        more = {parent for name in found for parent in every[name] if parent in every} - found
        if not more:
            return sorted(found)
        found |= more


def main(path):
    with open(path) as file:
        plan = json.load(file)
    blobs = Blobs(os.path.join(plan["recording"], "blobs"))
    best, most = None, {}
    for digest in plan["digests"]:
        try:
            connection = opened(blobs.get(digest))
            held = {name: count(connection, name) for name in table_names(connection) if name in plan["tables"]}
            connection.close()
        except Exception:  # a snapshot that SQLite cannot read holds nothing that could be moved
            continue
        for name, rows in held.items():
            if rows > most.get(name, (0, ""))[0]:
                most[name] = (rows, digest)
        score = (len(held), sum(rows > 0 for rows in held.values()), sum(held.values()))
        if held and (best is None or score > best[0]):
            best = (score, digest)
    found = {"digest": "", "tables": [], "elsewhere": {name: digest for name, (_, digest) in sorted(most.items())}}
    if best is not None:
        connection = opened(blobs.get(best[1]))
        found["digest"] = best[1]
        found["tables"] = [described(connection, name) for name in related(connection, plan["tables"])]
    with open(plan["out"], "w") as out:
        json.dump(found, out, sort_keys=True)
