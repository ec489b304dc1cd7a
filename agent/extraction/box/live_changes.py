"""A database as a server left it, put into a running test: through the connection that the test itself has open, where that is needed."""

# ruff: noqa
# mypy: ignore-errors
import contextlib
import os
import sqlite3
import tempfile

from . import databases as sqlite

MOST_ROUNDS = 4


class CannotCarry(Exception):
    """The change cannot be put into the test's connection; the words say why."""


def carry(databases, name, before, after):
    """Make the test's database what the server left. A transaction that the test has open stays open."""
    connections = databases.live().get(name, [])
    inside = [one for one in connections if sqlite.in_transaction(one)]
    if inside:
        carry_rows(inside[0], before, after)
        return
    if name.startswith("/"):
        carry_file(name, connections, before, after)
        return
    holding = [one for one in connections if sqlite.content_of(one) == before] or connections
    if not holding:
        raise CannotCarry("its database in memory is not open in the test")
    try:
        with opened(after) as source:
            source.backup(holding[0])
    except sqlite3.Error:
        carry_rows(holding[0], before, after)
        sqlite3.Connection.commit(holding[0])


def carry_file(name, connections, before, after):
    if not os.path.exists(name):
        with open(name, "wb") as file:
            file.write(after)
        return
    try:
        sqlite.restore(after, name)
    except sqlite3.Error:
        if not connections:
            raise CannotCarry("its database is locked")
        carry_rows(connections[0], before, after)
        sqlite3.Connection.commit(connections[0])


def carry_rows(connection, before, after):
    """Rows that differ, as SQL. Cascades and triggers of the database may do more than asked: what they did is put right again."""
    wanted, keys = rows_of(after)
    met, _ = rows_of(before)
    if set(wanted) != set(met):
        raise CannotCarry("the request changed which tables there are, while the test has a transaction open")
    cursor = sqlite3.Connection.cursor(connection)
    quietly(cursor, "PRAGMA defer_foreign_keys = ON")
    try:
        for _ in range(MOST_ROUNDS):
            if met == wanted:
                return
            for table in sorted(wanted, key=lambda one: (one == "sqlite_sequence", one)):
                if met[table] != wanted[table]:
                    write(cursor, table, keys[table], met[table], wanted[table])
            content = sqlite.content_of(connection)
            if content is None:
                raise CannotCarry("the test's database cannot be read")
            met, _ = rows_of(content)
        raise CannotCarry("triggers of the database undo what is put into it")
    except sqlite3.Error as error:
        raise CannotCarry("a changed row cannot be put into the test's transaction: %s" % error)
    finally:
        quietly(cursor, "PRAGMA defer_foreign_keys = OFF")
        cursor.close()


def quietly(cursor, statement):
    try:
        cursor.execute(statement)
    except sqlite3.Error:
        pass


def rows_of(content):
    """(table -> key -> row, table -> (key columns, all columns)); generated columns are left to the database."""
    if not content:
        return {}, {}
    with opened(content) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        tables, keys = {}, {}
        for table in sqlite.table_names(connection):
            described = connection.execute("PRAGMA table_info(%s)" % quoted(table)).fetchall()
            columns = [row[1] for row in described]
            key = [row[1] for row in sorted((row for row in described if row[5]), key=lambda row: row[5])]
            names = ", ".join(quoted(one) for one in columns)
            try:
                rows = connection.execute("SELECT rowid, %s FROM %s" % (names, quoted(table))).fetchall()
                key, columns = ["rowid"], ["rowid"] + columns
            except sqlite3.OperationalError:  # WITHOUT ROWID
                rows = connection.execute("SELECT %s FROM %s" % (names, quoted(table))).fetchall()
            at = [columns.index(one) for one in key]
            tables[table] = {tuple(row[number] for number in at): row for row in rows}
            keys[table] = (key, columns)
        return tables, keys


@contextlib.contextmanager
def opened(content):
    handle, path = tempfile.mkstemp(prefix="figwright-")
    os.close(handle)
    connection = None
    try:
        connection = sqlite.opened_from(content, path)
        yield connection
    finally:
        if connection is not None:
            connection.close()
        for place in (path, path + ".from"):
            if os.path.exists(place):
                os.unlink(place)


def quoted(name):
    return "rowid" if name == "rowid" else '"%s"' % name.replace('"', '""')


def marked(value):
    """(how it is written in SQL, what is bound): text that is no UTF-8 goes as its bytes."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return "CAST(? AS TEXT)", value.encode("utf-8", "surrogateescape")
    return "?", value


def write(cursor, table, described, met, wanted):
    key, columns = described
    where = " AND ".join("%s IS ?" % quoted(one) for one in key)
    for one in sorted(set(met) - set(wanted), key=repr):
        cursor.execute("DELETE FROM %s WHERE %s" % (quoted(table), where), one)
    for one in sorted(set(wanted) & set(met), key=repr):
        if met[one] != wanted[one]:
            cells = [(name, marked(value)) for name, value in zip(columns, wanted[one]) if name not in key]
            pairs = zip(rest(columns, key, met[one]), rest(columns, key, wanted[one]))
            cells = [cell for cell, (was, now) in zip(cells, pairs) if was != now or type(was) != type(now)]
            if not cells:
                continue
            sets = ", ".join("%s = %s" % (quoted(name), mark) for name, (mark, _) in cells)
            values = [value for _, (_, value) in cells]
            cursor.execute("UPDATE %s SET %s WHERE %s" % (quoted(table), sets, where), values + list(one))
    for one in sorted(set(wanted) - set(met), key=repr):
        cells = [marked(value) for value in wanted[one]]
        cursor.execute(
            "INSERT OR REPLACE INTO %s (%s) VALUES (%s)"
            % (quoted(table), ", ".join(map(quoted, columns)), ", ".join(mark for mark, _ in cells)),
            [value for _, value in cells],
        )


def rest(columns, key, row):
    return [value for name, value in zip(columns, row) if name not in key]
