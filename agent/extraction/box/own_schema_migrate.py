#!/usr/bin/env python3
"""Moves tables from a monolith's database into a service's own while both are written to, and back.

Needs Python 3.10, pg8000 (pure Python: `pip install pg8000`), and `split.json` beside it. The two databases are named by
addresses such as postgresql://user:password@host:5432/name in SPLIT_MONOLITH and SPLIT_SERVICE (a Unix socket:
postgresql://user@/name?host=/var/run/postgresql). README.md says in which order its subcommands are used.
"""

# ruff: noqa
# mypy: ignore-errors
import argparse
import json
import os
import sys
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pg8000.native
from pg8000.exceptions import DatabaseError

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH, CHUNK = 20000, 500


class Accused(Exception):
    """Rows that differ on the two sides."""


def connect(address):
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    where = {"host": parts.hostname or "localhost", "port": parts.port or 5432}
    if query.get("host", "").startswith("/"):
        where = {"unix_sock": "%s/.s.PGSQL.%d" % (query["host"], parts.port or 5432)}
    if parts.password is not None:
        where["password"] = unquote(parts.password)
    return pg8000.native.Connection(unquote(parts.username or ""), database=parts.path.strip("/"), **where)


def transaction(connection, work):
    """What `work` does, all or nothing."""
    connection.run("BEGIN")
    try:
        found = work()
    except BaseException:
        connection.run("ROLLBACK")
        raise
    connection.run("COMMIT")
    return found


def state_of(error):
    """PostgreSQL's code of an error, such as 23505."""
    return error.args[0].get("C", "") if error.args and isinstance(error.args[0], dict) else ""


class Side:
    """One of the two databases: a connection of its own, and what the tables are called there."""

    def __init__(self, spec, name, address=None):
        self.spec, self.name = spec, name
        self.schema = spec["ends"][name]
        self.address = address or os.environ["SPLIT_" + name.upper()]
        self.connection = connect(self.address)
        self.tables = {one["name"]: one for one in spec["tables"]}

    def run(self, sql, **values):
        return self.connection.run(sql, **values)

    def one(self, sql, **values):
        return self.run(sql, **values)[0][0]

    def place(self, table):
        return '"%s"."%s"' % (self.schema, table)

    def columns(self, names, prefix=""):
        return ", ".join('%s"%s"' % (prefix, name) for name in names)

    def key(self, table):
        """The primary key's columns; text in the order of its bytes, which is the same in every database."""
        kinds = {one["name"]: one["type"] for one in self.tables[table]["columns"]}
        texts = ("text", "character")
        return ", ".join(
            '"%s"%s' % (name, ' COLLATE "C"' if kinds[name].startswith(texts) else "")
            for name in self.tables[table]["key"]
        )

    def key_of(self, table):
        """The key as JSON, as events carry it."""
        return "jsonb_build_object(%s)" % ", ".join("'%s', \"%s\"" % (name, name) for name in self.tables[table]["key"])

    def given_key(self, table, parameter):
        names = self.columns(self.tables[table]["key"])
        return "(SELECT %s FROM jsonb_populate_record(NULL::%s, CAST(:%s AS jsonb)))" % (
            names,
            self.place(table),
            parameter,
        )

    def within(self, table, first, last):
        """A condition: keys after `first` up to `last`, each as JSON or None."""
        conditions, values = ["true"], {}
        for sign, name, given in ((">", "first", first), ("<=", "last", last)):
            if given is not None:
                conditions.append("(%s) %s %s" % (self.key(table), sign, self.given_key(table, name)))
                values[name] = given
        return " AND ".join(conditions), values

    def marker(self, op="M", table=""):
        return self.one(
            "INSERT INTO split.outbox (tab, op, key) VALUES (:tab, CAST(:op AS \"char\"), '{}') RETURNING seq",
            tab=table,
            op=op,
        )

    def waits(self, seq):
        """Whether the other side has not acknowledged the event."""
        return bool(self.one("SELECT count(*) FROM split.outbox WHERE seq = :seq", seq=seq))


def sides(direction, spec=None):
    """(from, to) of "forward" (monolith to service) or "back"."""
    if spec is None:
        with open(os.path.join(HERE, "split.json")) as file:
            spec = json.load(file)
    names = ("monolith", "service") if direction == "forward" else ("service", "monolith")
    return Side(spec, names[0]), Side(spec, names[1])


# --- events -------------------------------------------------------------------------------------------------------------


def pending(source, most=BATCH):
    """(events as one JSON text, their numbers). All that can be seen, in order: what an event rests on was committed before it,
    so it is seen too and has a lower number. Their text is passed on unread, so that no number loses a digit."""
    return source.run(
        "SELECT CAST(coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.seq), '[]') AS text), coalesce(array_agg(o.seq), '{}') "
        "FROM (SELECT * FROM split.outbox ORDER BY seq LIMIT :most) AS o",
        most=most,
    )[0]


def apply(target, events, guarded=True):
    target.run("SELECT split.apply(CAST(:events AS jsonb), CAST(:guarded AS boolean))", events=events, guarded=guarded)


def consume_once(source, target):
    """How many events went over. Applied first, acknowledged second: who dies in between applies them once more, to no effect."""
    events, numbers = pending(source)
    if numbers:
        apply(target, events)
        source.run("DELETE FROM split.outbox WHERE seq = ANY(CAST(:numbers AS bigint[]))", numbers=numbers)
    target.run(
        "INSERT INTO split.heartbeat VALUES (:name, clock_timestamp()) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        name=source.name,
    )
    return len(numbers)


def consume(source, target, pause=0.05, go_on=lambda: True):
    while go_on():
        if not consume_once(source, target):
            time.sleep(pause)


def drain(source, target):
    """Until nothing is left. Only for a source that is fenced; else it may never end."""
    total = 0
    while True:
        moved = consume_once(source, target)
        total += moved
        if not moved:
            return total


# --- backfill -----------------------------------------------------------------------------------------------------------


def read_chunk(source, table, after, size=CHUNK):
    """(rows as events of version 0, how many, the last key as JSON text or None at the end)."""
    condition, values = source.within(table, after, None)
    return source.run(
        "SELECT CAST(coalesce(jsonb_agg(jsonb_build_object('seq', 0, 'tab', CAST(:tab AS text), 'op', 'U', 'key', k, 'row', r) ORDER BY n), '[]') AS text), "
        "count(*), CAST((array_agg(k ORDER BY n DESC))[1] AS text) FROM "
        "(SELECT %s AS k, to_jsonb(t) AS r, row_number() OVER (ORDER BY %s) AS n FROM %s AS t WHERE %s ORDER BY %s LIMIT %d) AS c"
        % (source.key_of(table), source.key(table), source.place(table), condition, source.key(table), size),
        tab=table,
        **values,
    )[0]


def backfill_table(source, target, table, size=CHUNK, pause=0.0):
    """By ranges of the key, between two watermarks; goes on after the last chunk when it was interrupted."""
    found = target.run(
        "SELECT CAST(last AS text) FROM split.chunk WHERE tab = :tab ORDER BY low DESC LIMIT 1", tab=table
    )
    after, chunks = (found[0][0] if found else None), 0
    if found and after is None:
        return 0
    while True:
        low = source.marker("L", table)
        events, rows, last = read_chunk(source, table, after, size)
        high = source.marker("H", table)

        # A row that changed between the watermarks comes as an event, too, and the event wins: version 0 is the lowest
        def work():
            apply(target, events)
            target.run(
                "INSERT INTO split.chunk VALUES (:tab, CAST(:first AS jsonb), CAST(:last AS jsonb), :rows, :low, :high)",
                tab=table, first=after, last=last if rows == size else None, rows=rows, low=low, high=high,
            )  # fmt: skip

        transaction(target.connection, work)
        chunks += 1
        if rows < size:
            return chunks
        after = last
        time.sleep(pause)


def backfill(source, target, size=CHUNK, pause=0.0):
    return sum(backfill_table(source, target, one["name"], size, pause) for one in source.spec["tables"])


def unsettled(source, target):
    """Chunks whose high watermark has not come through yet, and tables whose last chunk has not been read."""
    highs = [row[0] for row in source.run("SELECT seq FROM split.outbox WHERE op = 'H'")]
    waiting = sum(target.one("SELECT count(*) FROM split.chunk WHERE high = :high", high=high) for high in highs)
    done = {row[0] for row in target.run("SELECT tab FROM split.chunk WHERE last IS NULL")}
    return waiting + sum(one["name"] not in done for one in source.spec["tables"])


# --- reconciliation -----------------------------------------------------------------------------------------------------


def canonical(column):
    """A column as text that is the same wherever its value is."""
    name, kind = '"%s"' % column["name"], column["type"]
    if kind.startswith("timestamp"):
        text = "to_char(%s, 'YYYY-MM-DD HH24:MI:SS.US')" % name
    elif kind == "bytea":
        text = "encode(%s, 'hex')" % name
    elif kind.startswith("numeric"):
        text = "CAST(trim_scale(%s) AS text)" % name
    else:
        text = "CAST(%s AS text)" % name
    return "coalesce(quote_literal(%s), '-')" % text


def row_hash(side, table):
    return "md5(concat_ws(',', %s))" % ", ".join(canonical(one) for one in side.tables[table]["columns"])


def borders(source, table, size):
    """Every size-th key, as JSON: the ends of the chunks that both sides are compared by."""
    rows = source.run(
        "SELECT CAST(k AS text) FROM (SELECT %s AS k, row_number() OVER (ORDER BY %s) AS n FROM %s) AS t WHERE n %% %d = 0 ORDER BY n"
        % (source.key_of(table), source.key(table), source.place(table), size)
    )
    return [row[0] for row in rows]


def chunk_hash(side, table, first, last):
    condition, values = side.within(table, first, last)
    sql = "SELECT count(*), coalesce(md5(string_agg(%s, '' ORDER BY %s)), '') FROM %s WHERE %s"
    return tuple(side.run(sql % (row_hash(side, table), side.key(table), side.place(table), condition), **values)[0])


def row_hashes(side, table, first, last):
    condition, values = side.within(table, first, last)
    sql = "SELECT CAST(%s AS text), %s FROM %s WHERE %s"
    return dict(
        map(tuple, side.run(sql % (side.key_of(table), row_hash(side, table), side.place(table), condition), **values))
    )


def hashes_of(side, table, keys):
    if not keys:
        return {}
    names = side.columns(side.tables[table]["key"])
    return dict(map(tuple, side.run(
        "SELECT CAST(%s AS text), %s FROM %s WHERE (%s) IN (SELECT %s FROM jsonb_populate_recordset(NULL::%s, CAST(:keys AS jsonb)))"
        % (side.key_of(table), row_hash(side, table), side.place(table), names, names, side.place(table)),
        keys="[%s]" % ", ".join(sorted(keys)),
    )))  # fmt: skip


def suspects(source, target, size=CHUNK):
    """{table: keys} that differ just now: chunk by chunk, and row by row where a chunk does."""
    found = {}
    for table in source.tables:
        ends = [None, *borders(source, table, size), None]
        for first, last in zip(ends, ends[1:]):
            if chunk_hash(source, table, first, last) == chunk_hash(target, table, first, last):
                continue
            ours, theirs = row_hashes(source, table, first, last), row_hashes(target, table, first, last)
            found.setdefault(table, set()).update(
                key for key in set(ours) | set(theirs) if ours.get(key) != theirs.get(key)
            )
    return {table: keys for table, keys in found.items() if keys}


def settle(source, target, found, passed):
    """Those of the suspects that still differ, and are the same on either side as before, once every event of before has come
    through: (accused, those that moved on meanwhile and are still suspect)."""
    accused, open_ = {}, {}
    before = {table: (hashes_of(source, table, keys), hashes_of(target, table, keys)) for table, keys in found.items()}
    passed()
    for table, keys in found.items():
        ours, theirs = hashes_of(source, table, keys), hashes_of(target, table, keys)
        for key in keys:
            now = (ours.get(key), theirs.get(key))
            if now[0] == now[1]:
                continue
            same = now == (before[table][0].get(key), before[table][1].get(key))
            (accused if same else open_).setdefault(table, set()).add(key)
    return accused, open_


def through(source, target, seconds=60.0):
    """Waits until a consumer that runs has passed a marker."""
    seq, end = source.marker(), time.monotonic() + seconds
    while source.waits(seq):
        if time.monotonic() > end:
            raise TimeoutError("no consumer took a marker in within %d seconds" % seconds)
        time.sleep(0.02)


def reconcile(source, target, consuming=True, rounds=20):
    """{table: keys} that are accused. ``consuming``: another process consumes; else events are taken over here."""
    passed = (lambda: through(source, target)) if consuming else (lambda: drain(source, target))
    found, accused = suspects(source, target), {}
    for _ in range(rounds):
        if not found:
            break
        certain, found = settle(source, target, found, passed)
        for table, keys in certain.items():
            accused.setdefault(table, set()).update(keys)
    for table, keys in found.items():  # never at rest: said, not passed over
        accused.setdefault(table, set()).update(keys)
    return accused


def repair(source, target, accused):
    """The rows as the written side has them, sent again as events of their own; a row that is not there, as its end."""
    for table, keys in accused.items():
        for key in sorted(keys):
            source.run(
                "INSERT INTO split.outbox (tab, op, key, row) SELECT :tab, CASE WHEN r IS NULL THEN 'D' ELSE 'U' END::\"char\", CAST(:key AS jsonb), r "
                "FROM (SELECT (SELECT to_jsonb(t) FROM %s AS t WHERE (%s) = %s FOR UPDATE) AS r) AS found"
                % (source.place(table), source.columns(source.tables[table]["key"]), source.given_key(table, "key")),
                tab=table, key=key,
            )  # fmt: skip


def orphans(monolith, service):
    """(column, values) of plain columns that were foreign keys and lead to no row. Both sides are asked."""
    found = []
    for one in monolith.spec["border"]:
        inside = one["inside"]
        child, parent = (service, monolith) if inside else (monolith, service)
        place = child.place(one["table"])
        names, to = one["columns"], one["to"]
        given = " AND ".join('"%s" IS NOT NULL' % name for name in names)
        pairs = ", ".join("'%s', c.\"%s\"" % (other, name) for name, other in zip(names, to))
        rows = child.one(
            "SELECT CAST(coalesce(jsonb_agg(DISTINCT jsonb_build_object(%s)), '[]') AS text) FROM %s AS c WHERE %s"
            % (pairs, place, given)
        )
        missing = parent.one(
            "SELECT count(*) FROM jsonb_populate_recordset(NULL::%s, CAST(:rows AS jsonb)) AS r WHERE NOT EXISTS (SELECT 1 FROM %s AS p WHERE %s)"
            % (
                parent.place(one["references"]),
                parent.place(one["references"]),
                " AND ".join('p."%s" = r."%s"' % (n, n) for n in to),
            ),
            rows=rows,
        )
        if missing:
            found.append(("%s.%s" % (one["table"], "+".join(names)), missing))
    return found


# --- where reads and writes go ------------------------------------------------------------------------------------------


def patiently(side, work, tries=50):
    """A transaction that locks tables which are in use: it gives up its place rather than hold up all, and comes again."""
    for _ in range(tries):
        try:

            def locked():
                side.run("SET LOCAL lock_timeout = '500ms'")
                return work()

            return transaction(side.connection, locked)
        except DatabaseError as error:
            if state_of(error) not in ("55P03", "40P01"):
                raise
            time.sleep(0.1)
    raise TimeoutError("%s: a transaction holds the tables and does not end" % side.name)


def switch(side, triggers):
    """Several triggers on or off, on all tables at once."""

    def work():
        for table in side.tables:
            for name, on in triggers:
                side.run("ALTER TABLE %s %s TRIGGER %s" % (side.place(table), "ENABLE" if on else "DISABLE", name))

    patiently(side, work)


def continue_numbers(source, target):
    """The target numbers its rows and its events on from where the source stopped."""
    for table in source.spec["tables"]:
        if table["identity"]:
            sql = "SELECT greatest(coalesce(max(\"%s\"), 0), coalesce(pg_sequence_last_value(pg_get_serial_sequence('%s', '%s')), 0)) FROM %s"
            names = (table["identity"], table["name"], table["identity"])
            most = max(
                side.one(sql % (names[0], side.place(table["name"]), names[2], side.place(table["name"])))
                for side in (source, target)
            )
            if most:
                target.run(
                    "SELECT setval(pg_get_serial_sequence(:tab, :name), :most)",
                    tab=target.place(table["name"]),
                    name=table["identity"],
                    most=most,
                )
    target.run(
        "SELECT setval('split.version', greatest(nextval('split.version'), :most))",
        most=source.one("SELECT last_value FROM split.version"),
    )


def move_writes(source, target):
    """Fence, drain, compare exactly, go on numbering, let the other side be written. Nothing is written anywhere until it is done;
    if the sides differ the fence comes down again. Seconds during which writes were refused."""
    switch(source, [("split_fence", True)])
    start = time.monotonic()
    try:
        drain(source, target)
        accused = reconcile(source, target, consuming=False)
        if accused:
            raise Accused({table: len(keys) for table, keys in accused.items()})
        continue_numbers(source, target)
    except BaseException:
        switch(source, [("split_fence", False)])
        raise
    switch(target, [("split_capture", True), ("split_fence", False)])
    switch(source, [("split_capture", False)])
    for side in (source, target):
        setting(side, "writes", target.name)
    return time.monotonic() - start


def setting(side, name, value):
    side.run(
        "INSERT INTO split.setting VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )


def ready_for_reads(source, target, lag=5.0):
    """Why reads should not move yet; empty when they can."""
    if waiting := unsettled(source, target):
        return "%d chunks or tables of the backfill are not settled" % waiting
    late = monitor(source, target)["lag"]
    if late > lag:
        return "events are %.1f seconds late" % late
    accused = reconcile(source, target)
    return "rows differ: %s" % {table: len(keys) for table, keys in accused.items()} if accused else ""


def monitor(source, target):
    """Figures to raise an alarm by: events that wait, how long the oldest does, how long ago a consumer was there, counters."""
    waiting, lag = source.run(
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0) FROM split.outbox"
    )[0]
    beat = target.run(
        "SELECT extract(epoch FROM clock_timestamp() - at) FROM split.heartbeat WHERE name = :name", name=source.name
    )
    found = {"waiting": waiting, "lag": float(lag), "silent": float(beat[0][0]) if beat else -1.0}
    found.update(map(tuple, target.run("SELECT what, number FROM split.seen")))
    return found


def run_file(side, path):
    with open(path) as file:
        text = file.read()
    patiently(side, lambda: side.run(text))


def shown(accused):
    return {table: sorted(keys)[:20] for table, keys in sorted(accused.items())}


def main(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--back", action="store_true", help="from the service to the monolith")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("sql", help="run a file of SQL on one side, all of it or nothing")
    run.add_argument("side", choices=("monolith", "service"))
    run.add_argument("file")
    commands.add_parser("consume", help="take events over until it is ended")
    commands.add_parser("backfill", help="copy what was there before the triggers were")
    commands.add_parser("reconcile", help="compare row by row; exit code 1 when rows differ").add_argument(
        "--repair", action="store_true"
    )
    commands.add_parser("monitor", help="figures as JSON")
    commands.add_parser("orphans", help="values of former foreign keys that lead nowhere")
    commands.add_parser("flip-reads", help="when all is settled, on time and equal")
    commands.add_parser("flip-writes", help="with --back: the rollback")
    options = parser.parse_args(words)
    source, target = sides("back" if options.back else "forward")
    if options.command == "sql":
        run_file(source if source.name == options.side else target, options.file)
    elif options.command == "consume":
        consume(source, target)
    elif options.command == "backfill":
        print("%d chunks" % backfill(source, target))
    elif options.command == "reconcile":
        accused = reconcile(source, target)
        print(json.dumps(shown(accused)))
        if accused and options.repair:
            repair(source, target, accused)
        return 1 if accused else 0
    elif options.command == "monitor":
        print(json.dumps(monitor(source, target)))
    elif options.command == "orphans":
        print(json.dumps(orphans(*sorted((source, target), key=lambda one: one.name))))
    elif options.command == "flip-reads":
        why = ready_for_reads(source, target)
        if why:
            sys.exit("not yet: " + why)
        for side in (source, target):
            setting(side, "reads", target.name)
    elif options.command == "flip-writes":
        print("writes waited %.3f seconds" % move_writes(source, target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
