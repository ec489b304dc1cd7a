"""SQLite databases of a running program: which ones it has open, what they hold just now, and the same put back elsewhere.

A test's transaction may be open: what it wrote is only seen through its own connection, so snapshots are taken through that.
"""

# ruff: noqa
# mypy: ignore-errors
import hashlib
import os
import sqlite3
import tempfile
import weakref

REAL_CONNECT = sqlite3.connect
MOST_DATABASES = 8
MEMORY = ":memory:"


def name_of(database, uri=False):
    """A database's name: its absolute path, or that of the memory it lives in; None for a temporary one."""
    if isinstance(database, bytes):
        database = os.fsdecode(database)
    database = os.fspath(database) if not isinstance(database, str) else database
    if database == MEMORY:
        return MEMORY
    if uri and database.startswith("file:"):
        rest, _, query = database[5:].partition("?")
        if "mode=memory" in query or rest == MEMORY:
            return "memory:" + rest
        database = rest if not rest.startswith("//") else "/" + rest[2:].partition("/")[2]
    return os.path.abspath(database) if database else None


class Tracked(sqlite3.Connection):
    """A connection that can be referred to weakly."""


class Databases(object):
    """Watches every connection of the process. ``opened(connection)`` is called for each new one; ``moved`` are other places."""

    def __init__(self, opened=None):
        self.connections = []  # (name, weak reference), the oldest first
        self.names = {}  # name -> how often it was connected to
        self.cache = {}
        self.opened = opened
        self.moved = {}
        self.threads = 0

    def install(self):
        """Before anything else imports sqlite3: frameworks keep their own reference to its names."""
        watching = self

        def connect(database, *args, **more):
            name = name_of(database, more.get("uri", len(args) > 6 and args[6]))
            if name in watching.moved:
                database = watching.moved[name]
                more["uri"] = False
                args = args[:6]
            if len(args) < 5 and "factory" not in more:
                more["factory"] = Tracked
            made = REAL_CONNECT(database, *args, **more)
            watching.note(name, made)
            return made

        connect.__doc__ = REAL_CONNECT.__doc__
        sqlite3.connect = connect
        sqlite3.dbapi2.connect = connect
        return self

    def note(self, name, connection):
        if name is None:
            return
        self.names[name] = self.names.get(name, 0) + 1
        try:
            self.connections.append((name, weakref.ref(connection)))
        except TypeError:
            pass
        if self.opened is not None:
            self.opened(connection)

    def live(self):
        """name -> open connections, the newest first."""
        found, kept = {}, []
        for name, reference in self.connections:
            connection = reference()
            if connection is None or is_closed(connection):
                continue
            kept.append((name, reference))
            found.setdefault(name, []).insert(0, connection)
        self.connections = kept
        return found

    def snapshots(self, names=None):
        """(name, content) of the databases; those that cannot be read are left out."""
        live = self.live()
        found = []
        for name in sorted(self.names if names is None else names):
            content = self.snapshot(name, live.get(name, ()))
            if content is not None:
                found.append((name, content))
        return found

    def snapshot(self, name, connections):
        inside = [one for one in connections if in_transaction(one)]
        for connection in inside:
            content = content_of(connection)
            if content is not None:
                return content
        if not name.startswith((MEMORY, "memory:")):
            return self.of_file(name)
        best = None
        for (
            connection
        ) in connections:  # several programs of one process may have a memory of their own: the newest with data
            content = content_of(connection)
            if content and tables_in(connection):
                return content
            best = content if best is None else best
        return best

    def of_file(self, path):
        stamp = stamp_of(path)
        if stamp is None:
            return None
        known = self.cache.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        content = read_file(path)
        if content is not None:
            self.cache = {path: (stamp, content)} if len(self.cache) > 4 else self.cache
            self.cache[path] = (stamp, content)
        return content


def is_closed(connection):
    try:
        connection.total_changes
    except sqlite3.ProgrammingError as error:
        return "closed" in str(error).lower()
    return False


def in_transaction(connection):
    try:
        return bool(connection.in_transaction)
    except sqlite3.Error:
        return False


def tables_in(connection):
    try:
        return sqlite3.Connection.execute(connection, "SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error:
        return 0


def content_of(connection):
    """The database as this connection sees it, as a file's bytes; None when it cannot be had."""
    try:
        if hasattr(sqlite3.Connection, "serialize"):
            return sqlite3.Connection.serialize(connection)
        return copied(connection)
    except sqlite3.Error:
        return None


def copied(connection):
    """For interpreters before 3.11: a backup, or the statements that make it again while a transaction is open."""
    handle, path = tempfile.mkstemp(prefix="figwright-")
    os.close(handle)
    try:
        target = REAL_CONNECT(path)
        if in_transaction(connection) or not hasattr(sqlite3.Connection, "backup"):
            target.executescript("\n".join(sqlite3.Connection.iterdump(connection)))
        else:
            sqlite3.Connection.backup(connection, target)
        target.commit()
        target.close()
        with open(path, "rb") as file:
            return file.read()
    finally:
        os.unlink(path)


def stamp_of(path):
    stamps = []
    for end in ("", "-wal", "-journal"):
        try:
            found = os.stat(path + end)
        except OSError:
            if not end:
                return None
            continue
        stamps.append((end, found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(stamps)


def read_file(path):
    try:
        connection = REAL_CONNECT(path, timeout=0.5)
    except sqlite3.Error:
        return None
    try:
        return content_of(connection)
    finally:
        connection.close()


def restore(content, path):
    """Put the content into the database at ``path``, which others may have open. Raises sqlite3.OperationalError when locked."""
    target = REAL_CONNECT(path, timeout=1.0, isolation_level=None)
    try:
        target.execute("PRAGMA synchronous=OFF")
        if not content:
            names = target.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
            for kind, name in names:
                if kind in ("table", "view"):
                    target.execute('DROP %s IF EXISTS "%s"' % (kind, name.replace('"', '""')))
            return
        # A backup would wait for ever for a lock that somebody keeps; asking for it first gives an error instead
        target.execute("BEGIN EXCLUSIVE")
        target.execute("ROLLBACK")
        if not hasattr(sqlite3.Connection, "backup"):  # before 3.7
            overwrite(content, path)
            return
        source = opened_from(content, path)
        try:
            source.backup(target)
        finally:
            source.close()
    finally:
        target.close()


def overwrite(content, path):
    """The file's bytes themselves, with a counter of changes that whoever has it open cannot have seen."""
    with open(path, "rb+") as file:
        seen = int.from_bytes(file.read(28)[24:28], "big")
        counter = ((seen + 1) % (1 << 32)).to_bytes(4, "big")
        file.seek(0)
        file.write(content[:18] + b"\x01\x01" + content[20:24] + counter + content[28:92] + counter + content[96:])
        file.truncate()


def opened_from(content, path):
    if hasattr(sqlite3.Connection, "deserialize"):
        source = REAL_CONNECT(MEMORY)
        # A file in WAL mode cannot be opened from memory; the mode says nothing about what it holds
        source.deserialize(content[:18] + b"\x01\x01" + content[20:])
        return source
    place = path + ".from"
    with open(place, "wb") as file:
        file.write(content)
    return REAL_CONNECT(place)


def tables_of(content):
    """table -> (columns, key of a row -> row): everything that a database holds, to be compared."""
    if not content:
        return {}
    handle, path = tempfile.mkstemp(prefix="figwright-")
    os.close(handle)
    try:
        connection = opened_from(content, path)
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            return {name: table_rows(connection, name) for name in table_names(connection)}
        finally:
            connection.close()
    finally:
        for place in (path, path + ".from"):
            if os.path.exists(place):
                os.unlink(place)


def table_names(connection):
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    return [
        name
        for name, sql in connection.execute(query)
        if not name.startswith("sqlite_stat") and not (sql or "").upper().lstrip().startswith("CREATE VIRTUAL")
    ]


def table_rows(connection, table):
    quoted = '"%s"' % table.replace('"', '""')
    described = connection.execute("PRAGMA table_info(%s)" % quoted).fetchall()
    columns = [row[1] for row in described]
    keys = [row[0] for row in sorted((row for row in described if row[5]), key=lambda row: row[5])]
    try:
        rows = connection.execute("SELECT rowid, * FROM %s" % quoted).fetchall()
    except sqlite3.OperationalError:  # WITHOUT ROWID
        rows = [(None,) + row for row in connection.execute("SELECT * FROM %s" % quoted).fetchall()]
    found = {}
    for row in rows:
        key = tuple(row[number + 1] for number in keys) if keys else (row[0],)
        if None in key or key in found:  # SQLite lets rows share an empty primary key
            key += (row[0],)
        found[key] = row[1:]
    return columns, found


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        shown = value.hex()
        return "x'%s'" % (shown if len(shown) <= 400 else "%s...%s" % (shown[:100], hashlib.sha256(value).hexdigest()))
    if isinstance(value, str):
        if len(value) > 20000:
            digest = hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
            value = "%s...%s" % (value[:1000], digest)
        return "'%s'" % value.replace("'", "''").encode("utf-8", "backslashreplace").decode("utf-8")
    return repr(value)


def changes(name, before, after):
    """Every cell that differs: (database, table, row, column, literal before, literal after), sorted."""
    found = []
    for table in sorted(set(before) | set(after)):
        old_columns, old = before.get(table, ((), {}))
        new_columns, new = after.get(table, ((), {}))
        if old == new and list(old_columns) == list(new_columns):
            continue
        keys = {
            key for key in set(old) | set(new) if old.get(key) != new.get(key) or list(old_columns) != list(new_columns)
        }
        named = [(", ".join(literal(one) for one in key), key) for key in keys]
        for shown, key in sorted(named, key=lambda one: one[0]):
            was, now = old.get(key), new.get(key)
            left = dict(zip(old_columns, was)) if was is not None else {}
            right = dict(zip(new_columns, now)) if now is not None else {}
            for column in sorted(set(left) | set(right)):
                one = literal(left[column]) if column in left else None
                other = literal(right[column]) if column in right else None
                if one != other:
                    found.append([name, table, shown, column, one, other])
    return found
