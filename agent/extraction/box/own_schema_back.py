"""Rows of PostgreSQL put back into the SQLite database that they were recorded in; its content in, content with those rows out."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import sqlite3
import tempfile

from .databases import opened_from


def as_text(one):
    """A select list's entry that gives the value as SQLite's own text, which its columns then take in as they always have."""
    name, kind = '"%s"' % one["name"], one["type"]
    if kind.startswith("timestamp"):
        full = "to_char(%s, 'YYYY-MM-DD HH24:MI:SS.US')" % name
        return full if one["six"] else "regexp_replace(%s, '\\.000000$', '')" % full
    if kind.startswith("time"):
        full = "to_char(CAST(%s AS interval), 'HH24:MI:SS.US')" % name
        return full if one["six"] else "regexp_replace(%s, '\\.000000$', '')" % full
    if kind == "boolean":
        return "CAST(CAST(%s AS integer) AS text)" % name
    if kind == "bytea":
        return "encode(%s, 'hex')" % name
    return "CAST(%s AS text)" % name


def bound(value, kind):
    if value is None:
        return None
    if kind == "bytea":
        return bytes.fromhex(value)
    if kind == "bigint" or kind == "boolean":
        return int(value)
    if kind == "double precision":
        return float(value)
    return value


def put_back(content, side, table, keys):
    """`content` with the recorded rows of the table as `side` has them now: (content, rows)."""
    columns = [one for one in table["columns"]]
    names = side.columns(table["key"])
    rows = side.run(
        "SELECT %s FROM %s WHERE (%s) IN (SELECT %s FROM jsonb_populate_recordset(NULL::%s, CAST(:keys AS jsonb)))"
        % (", ".join(as_text(one) for one in columns), side.place(table["name"]), names, names, side.place(table["name"])),
        keys=json.dumps(keys),
    )  # fmt: skip
    handle, path = tempfile.mkstemp(prefix="figwright-")
    os.close(handle)
    try:
        source = opened_from(content, path)
        target = sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.execute("PRAGMA foreign_keys = OFF")
        quoted = '"%s"' % table["name"]
        target.execute("DELETE FROM %s" % quoted)
        shown = ", ".join('"%s"' % one["name"] for one in columns)
        target.executemany(
            "INSERT INTO %s (%s) VALUES (%s)" % (quoted, shown, ", ".join("?" for _ in columns)),
            [[bound(value, one["type"]) for value, one in zip(row, columns)] for row in rows],
        )
        target.commit()
        target.close()
        with open(path, "rb") as file:
            return file.read(), len(rows)
    finally:
        for place in (path, path + ".from"):
            if os.path.exists(place):
                os.unlink(place)
