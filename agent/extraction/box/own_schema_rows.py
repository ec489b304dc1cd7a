"""Rows for a rehearsal: those that were recorded, and more of their kind with valid foreign keys; rows of SQLite in, JSON objects out."""

# ruff: noqa
# mypy: ignore-errors
import datetime
import json
import re

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
TIMES = ("timestamp", "date", "time")


def suffix(number):
    found = ""
    while True:
        number, rest = divmod(number, 36)
        found = LETTERS[rest] + found
        if not number:
            return found


def as_json(value, kind):
    """A value of SQLite's as `jsonb_populate_record` takes it."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if kind.startswith(("text", "character")) and not isinstance(value, str):
        return repr(value)
    return value


def recorded_rows(connection, table):
    names = [one["name"] for one in table["columns"]]
    sql = "SELECT %s FROM %s" % (", ".join('"%s"' % name for name in names), '"%s"' % table["name"])
    kinds = [one["type"] for one in table["columns"]]
    return [
        {name: as_json(value, kind) for name, value, kind in zip(names, row, kinds)} for row in connection.execute(sql)
    ]


def limit_of(kind):
    found = re.match(r"character varying\((\d+)\)", kind)
    return int(found.group(1)) if found else None


def different(value, kind, number):
    """Another value of the column's type, one for each number."""
    if kind == "bigint":
        return 1000000 + number
    if kind == "double precision" or kind.startswith("numeric"):
        return 1000000 + number
    if kind.startswith("timestamp"):
        return (datetime.datetime(2001, 1, 1) + datetime.timedelta(seconds=number)).isoformat()
    if kind == "date":
        return (datetime.date(2001, 1, 1) + datetime.timedelta(days=number % 30000)).isoformat()
    if kind.startswith(("text", "character")):
        most = limit_of(kind)
        end = suffix(number).rjust(min(3, most or 3), "0")  # of one length: "ab" + "c2" would be "abc" + "2"
        text = value if isinstance(value, str) else "x"
        return (text[: max(0, most - len(end))] if most else text[:200]) + end
    return value


class Maker(object):
    """Makes rows of one table. `keys` are those of the tables that it refers to, as lists of JSON objects."""

    def __init__(self, table, templates, keys, random):
        self.table, self.templates, self.keys, self.random = table, templates, keys, random
        self.kinds = {one["name"]: one["type"] for one in table["columns"]}
        self.required = {one["name"] for one in table["columns"] if one["required"]}
        foreign = {name for one in table["references"] for name in one["columns"]}
        # In each unique group one column is made different, unless all of them are foreign keys: those are drawn
        self.made_different = set()
        for group in [table["key"]] + table["uniques"]:
            free = [
                name
                for name in group
                if name not in foreign and self.kinds.get(name, "boolean") not in ("boolean", "bytea")
            ]
            if free and not (group == table["key"] and table["identity"]):
                self.made_different.add(sorted(free, key=lambda name: (self.kinds[name].startswith(TIMES), name))[0])

    def row(self, number, identity=None):
        """None when a foreign key that has to be there leads to a table without rows."""
        if not self.templates:
            return None
        found = dict(self.random.choice(self.templates))
        for name in self.made_different:
            found[name] = different(found.get(name), self.kinds[name], number)
        for one in self.table["references"]:
            if not self.refer(found, one):
                return None
        if self.table["identity"]:
            found.pop(self.table["identity"], None)
            if identity is not None:
                found[self.table["identity"]] = identity
        return found

    def refer(self, row, reference):
        empty = all(row.get(name) is None for name in reference["columns"])
        needed = any(name in self.required for name in reference["columns"])
        if empty and not needed:
            return True
        known = self.keys.get(reference["table"]) or ()
        if known:
            chosen = self.random.choice(known)
            if all(name in chosen for name in reference["to"]):
                for name, to in zip(reference["columns"], reference["to"]):
                    row[name] = chosen[to]
                return True
        if needed:
            return False
        for name in reference["columns"]:
            row[name] = None
        return True


def key_of(table, row):
    return {name: row[name] for name in table["key"]}


def seen_keys(table, row):
    groups = [table["key"]] + table["uniques"]
    return [
        (number, json.dumps([row.get(name) for name in group]))
        for number, group in enumerate(groups)
        if all(row.get(name) is not None for name in group)
    ]


def grow(table, rows, maker, wanted, tries=20):
    """More rows after the recorded ones, none that a unique key would refuse."""
    taken = {one for row in rows for one in seen_keys(table, row)}
    identity = (
        max([row[table["identity"]] for row in rows if row[table["identity"]] is not None] + [0])
        if table["identity"]
        else None
    )
    made, number, refused = [], len(rows), 0
    while len(rows) + len(made) < wanted and refused < tries:
        number += 1
        row = maker.row(number, None if identity is None else identity + 1)
        if row is None:
            break
        marks = seen_keys(table, row)
        if any(one in taken for one in marks):
            refused += 1
            continue
        refused = 0
        taken.update(marks)
        identity = None if identity is None else identity + 1
        made.append(row)
    return made
