"""Clients of a rehearsal, each a process: some write by the shapes of recorded changes, one reads; counts and logs out, as JSON files."""

# ruff: noqa
# mypy: ignore-errors
import json
import random
import time

from pg8000.exceptions import DatabaseError, InterfaceError

from . import own_schema_migrate as migrate
from .own_schema_rows import Maker, different, key_of

LEDGER = "figwright_writes"
"""A column of the rehearsal's own: the numbers of the writes that a row has seen."""
SIDES = ("monolith", "service")
ROLLED_BACK, TOGETHER = 0.1, 0.2
MOVED, AGAIN = "SP001", ("40P01", "40001", "55P03")


class Refused(Exception):
    """What a constraint of the application's own does not allow, or a row that somebody has deleted."""


class Log(object):
    def __init__(self):
        self.committed, self.rolled_back = [], []
        self.refused, self.retried, self.longest = 0, 0, 0.0

    def kept(self):
        return {
            "committed": self.committed,
            "rolled_back": self.rolled_back,
            "refused": self.refused,
            "retried": self.retried,
            "longest": self.longest,
        }


class Writer(object):
    """One client. `shared` holds where writes go, how many were committed, and whether to stop."""

    def __init__(self, number, plan, sides, shared):
        self.number, self.plan, self.sides, self.shared = number, plan, sides, shared
        self.random = random.Random(number)
        self.tables = {one["name"]: one for one in plan["tables"]}
        self.keys = {name: list(keys) for name, keys in plan["keys"].items()}
        self.own = {name: [] for name in plan["shapes"]}
        self.makers = {
            name: Maker(self.tables[name], plan["templates"].get(name, ()), self.keys, self.random)
            for name in plan["shapes"]
        }
        self.choices = [
            (name, op, shape, weight)
            for name, found in sorted(plan["shapes"].items())
            for op, shape, weight in found["writes"]
        ]
        self.log, self.last = Log(), number

    def next_number(self):
        self.last += self.plan["writers"]
        return self.last

    def insert(self, side, name, number):
        row = self.makers[name].row(number)
        if row is None:
            raise Refused()
        table = side.tables[name]
        columns = [
            one["name"]
            for one in table["columns"]
            if one["name"] != LEDGER and one["name"] != self.tables[name]["identity"]
        ]
        shown, place = side.columns(columns), side.place(name)
        found = side.run(
            'INSERT INTO %s (%s, "%s") SELECT %s, CAST(:ids AS bigint[]) FROM jsonb_populate_record(NULL::%s, CAST(:row AS jsonb)) RETURNING CAST(%s AS text)'
            % (place, shown, LEDGER, shown, place, side.key_of(name)),
            row=json.dumps(row), ids=[number],
        )  # fmt: skip
        return json.loads(found[0][0]), None

    def update(self, side, name, columns, number):
        key = self.some(name)
        values = {column: self.value(name, column, number) for column in columns}
        place, shown = side.place(name), side.columns(columns)
        found = side.run(
            "UPDATE %s SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, CAST(:row AS jsonb))), \"%s\" = \"%s\" || CAST(:number AS bigint) WHERE (%s) = %s RETURNING 1"
            % (place, shown, shown, place, LEDGER, LEDGER, side.columns(self.tables[name]["key"]), side.given_key(name, "key")),
            row=json.dumps(values), key=json.dumps(key), number=number,
        )  # fmt: skip
        if not found:
            self.forget(name, key)
        return key, None

    def delete(self, side, name):
        key = self.random.choice(self.own[name]) if self.own[name] and self.random.random() < 0.7 else self.some(name)
        found = side.run(
            'DELETE FROM %s WHERE (%s) = %s RETURNING "%s"'
            % (side.place(name), side.columns(self.tables[name]["key"]), side.given_key(name, "key"), LEDGER),
            key=json.dumps(key),
        )
        if not found:
            self.forget(name, key)
        return key, found[0][0]

    def forget(self, name, key):
        """Somebody has deleted the row."""
        for keys in (self.keys[name], self.own[name]):
            if key in keys:
                keys.remove(key)
        raise Refused()

    def some(self, name):
        if not self.keys.get(name):
            raise Refused()
        return self.random.choice(self.keys[name])

    def value(self, name, column, number):
        """Unique columns get a value of their own; foreign keys one that leads somewhere; others one that was seen."""
        maker = self.makers[name]
        if column in maker.made_different:
            return different(None, maker.kinds[column], number)
        for one in self.tables[name]["references"]:
            if column in one["columns"]:  # also where no foreign key would refuse what leads nowhere: across the border
                known = self.keys.get(one["table"])
                return self.random.choice(known).get(one["to"][one["columns"].index(column)]) if known else None
        seen = self.plan["shapes"][name]["values"].get(column)
        return self.random.choice(seen) if seen else None

    def step(self, side, number):
        name, op, columns, _ = self.random.choices(self.choices, [one[3] for one in self.choices])[0]
        if op == "insert":
            key, carried = self.insert(side, name, number)
        elif op == "update":
            key, carried = self.update(side, name, columns, number)
        else:
            key, carried = self.delete(side, name)
        return {"id": number, "op": op, "table": name, "key": key, "carried": carried}

    def attempt(self, side, size, back):
        """One transaction; the application's own refusals roll it back, as they would."""
        steps = []
        side.run("BEGIN")
        try:
            for _ in range(size):
                steps.append(self.step(side, self.next_number()))
            if back:
                side.run("ROLLBACK")
                self.log.rolled_back += [one["id"] for one in steps]
                return []
            side.run("COMMIT")
        except BaseException:
            side.run("ROLLBACK")
            raise
        return steps

    def run(self):
        while not self.shared["stop"].value:
            started = time.monotonic()
            size = self.random.choice((2, 3)) if self.random.random() < TOGETHER else 1
            back = self.random.random() < ROLLED_BACK
            self.one(size, back)
            rest = self.plan["pause"] - (time.monotonic() - started)
            if rest > 0:
                time.sleep(rest)

    def one(self, size, back):
        started = time.monotonic()
        while True:
            try:
                steps = self.attempt(self.sides[self.shared["writes"].value], size, back)
            except Refused:
                self.log.refused += 1
                return
            except DatabaseError as error:
                code = migrate.state_of(error)
                if code == MOVED or code in AGAIN:
                    self.log.retried += 1
                    time.sleep(0.01)
                    continue
                if code.startswith("23"):
                    self.log.refused += 1
                    return
                raise
            break
        self.log.longest = max(self.log.longest, time.monotonic() - started)
        self.log.committed += steps
        for one in steps:
            if one["op"] == "insert":
                self.own[one["table"]].append(one["key"])
                self.keys[one["table"]].append(one["key"])
            elif one["op"] == "delete":
                for keys in (self.keys[one["table"]], self.own[one["table"]]):
                    if one["key"] in keys:
                        keys.remove(one["key"])
        with self.shared["count"].get_lock():
            self.shared["count"].value += len(steps)


def write(number, plan, spec, addresses, shared, path):
    """A process's whole life."""
    trouble = ""
    writer = Writer(number, plan, [migrate.Side(spec, name, addresses[name]) for name in SIDES], shared)
    try:
        writer.run()
    except Exception as error:
        trouble = "%s: %s" % (type(error).__name__, error)
        with shared["broken"].get_lock():
            shared["broken"].value += 1
    with open(path, "w") as file:
        json.dump(dict(writer.log.kept(), trouble=trouble), file)


def read(plan, spec, addresses, shared, path):
    """Asks for rows wherever reads go; once they have moved no row may show fewer writes than it did before."""
    chance = random.Random(0)
    sides = [migrate.Side(spec, name, addresses[name]) for name in SIDES]
    names = [name for name in sorted(plan["shapes"]) if plan["keys"].get(name)]
    seen, reads, failed, back = {}, [0, 0], 0, 0
    where_before = 0
    while not shared["stop"].value and names:
        where = shared["reads"].value
        if where != where_before:
            seen, where_before = {}, where
        side, name = sides[where], chance.choice(names)
        key = chance.choice(plan["keys"][name][:200])
        try:
            found = side.run(
                'SELECT cardinality("%s") FROM %s WHERE (%s) = %s'
                % (LEDGER, side.place(name), side.columns(side.tables[name]["key"]), side.given_key(name, "key")),
                key=json.dumps(key),
            )
        except (DatabaseError, InterfaceError):
            failed += 1
            continue
        reads[where] += 1
        mark = (name, json.dumps(key))
        size = found[0][0] if found else None
        # Fewer writes than before, or a row that is there again: it went back in time
        if mark in seen and size is not None and (seen[mark] is None or size < seen[mark]):
            back += 1
        seen[mark] = size
        time.sleep(0.01)
    with open(path, "w") as file:
        json.dump({"monolith": reads[0], "service": reads[1], "failed": failed, "back": back}, file)
