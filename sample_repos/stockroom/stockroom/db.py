# One connection per process. Everything in the database is UTF-8, and str in the
# program, NOT unicode: text_factory below (ST-088, that week is not to be repeated).
import os
import sqlite3

import config

_connection = None


class DbError(Exception):
    def __init__(self, message, sql=None):
        Exception.__init__(self, message)
        self.sql = sql

    def __str__(self):
        return '%s in %s' % (self.args[0], `self.sql`)


class Row:
    """row.sku and row['sku'], old code uses the one, reports the other"""

    def __init__(self, names, values):
        self.__dict__['_names'] = names
        for name, value in map(None, names, values):
            self.__dict__[name] = value

    def __getitem__(self, key):
        if isinstance(key, (int, long)):
            return self.__dict__[self._names[key]]
        return self.__dict__[key]

    def has_key(self, key):
        return key in self._names

    def keys(self):
        return list(self._names)

    def __len__(self):
        return len(self._names)

    def __cmp__(self, other):
        if not isinstance(other, Row):
            return 1
        return cmp([self[n] for n in self._names], [other[n] for n in other._names])

    def __repr__(self):
        return '<Row ' + ', '.join(['%s=%r' % (n, self[n]) for n in self._names]) + '>'


def connect(path=None):
    global _connection
    if _connection is None or path is not None:
        _connection = sqlite3.connect(path or config.get('database', 'file'), check_same_thread=False)
        _connection.text_factory = str
        _connection.isolation_level = None
    return _connection


def close():
    global _connection
    if _connection is not None:
        _connection.close()
    _connection = None


def create(path=':memory:'):
    """A new empty database with all tables"""
    connection = connect(path)
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    connection.executescript(file(os.path.join(here, 'schema.sql')).read())
    return connection


def _run(sql, args):
    try:
        return connect().execute(sql, args)
    except sqlite3.Error, e:
        raise DbError, (str(e), sql)


def query(sql, *args):
    cursor = _run(sql, args)
    names = [d[0] for d in cursor.description]
    return [Row(names, values) for values in cursor.fetchall()]


def one(sql, *args):
    rows = query(sql, *args)
    if not rows:
        return None
    return rows[0]


def value(sql, *args):
    row = _run(sql, args).fetchone()
    if row is None:
        return None
    return row[0]


def execute(sql, *args):
    """Number of rows that were changed"""
    return _run(sql, args).rowcount


def insert(table, **values):
    names = values.keys()
    names.sort()
    sql = 'INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(names), ', '.join('?' * len(names)))
    return _run(sql, [values[n] for n in names]).lastrowid


def next_number(name, prefix):
    """GRN000017 and so on. Not safe with two processes (ST-402)."""
    last = value('SELECT last FROM numbers WHERE name = ?', name)
    if last is None:
        last = 0
        execute('INSERT INTO numbers (name, last) VALUES (?, 0)', name)
    execute('UPDATE numbers SET last = ? WHERE name = ?', last + 1, name)
    return '%s%06d' % (prefix, last + 1)


def begin():
    connect().execute('BEGIN')


def commit():
    connect().execute('COMMIT')


def rollback():
    try:
        connect().execute('ROLLBACK')
    except sqlite3.OperationalError, e:
        # no transaction, nothing to do
        pass
