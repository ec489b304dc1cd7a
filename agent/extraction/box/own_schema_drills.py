"""Faults put into a split that is at rest and equal on both sides, and what reconciliation or a monitor says of each; results out.

Each drill begins and ends with equal sides: what was found is repaired, and repaired means compared again.
"""

# ruff: noqa
# mypy: ignore-errors
import json
import random
import time

from pg8000.exceptions import DatabaseError

from . import own_schema_migrate as migrate
from .own_schema_load import LEDGER

ROWS = 25


class Drills(object):
    def __init__(self, source, target, keys):
        self.source, self.target = source, target
        self.chance = random.Random(1)
        names = [name for name in sorted(source.tables) if keys.get(name)]
        self.table = max(names, key=lambda name: (len(keys[name]), name))
        self.number = 10**9
        self.place = source.place(self.table)
        self.found = []

    def some(self, count):
        sql = "SELECT CAST(%s AS text) FROM %s ORDER BY %s" % (
            self.source.key_of(self.table),
            self.place,
            self.source.key(self.table),
        )
        keys = [row[0] for row in self.source.run(sql)]
        return self.chance.sample(keys, min(count, len(keys)))

    def touch(self, keys, side=None):
        """A write to each of the rows, every one a transaction."""
        side = side or self.source
        names = side.columns(side.tables[self.table]["key"])
        for key in keys:
            self.number += 1
            side.run(
                'UPDATE %s SET "%s" = "%s" || CAST(:number AS bigint) WHERE (%s) = %s'
                % (side.place(self.table), LEDGER, LEDGER, names, side.given_key(self.table, "key")),
                number=self.number, key=key,
            )  # fmt: skip

    def accused(self):
        """(keys of the drill's table, of all others, seconds)."""
        start = time.monotonic()
        found = migrate.reconcile(self.source, self.target, consuming=False)
        return found.pop(self.table, set()), sum(len(keys) for keys in found.values()), time.monotonic() - start

    def seen(self):
        return dict(map(tuple, self.target.run("SELECT what, number FROM split.seen")))

    def equal_again(self):
        """Whether repairing what is accused makes both sides the same."""
        accused = migrate.reconcile(self.source, self.target, consuming=False)
        migrate.repair(self.source, self.target, accused)
        migrate.drain(self.source, self.target)
        return not migrate.reconcile(self.source, self.target, consuming=False)

    def tell(self, name, harmed, keys, others, seconds, **more):
        """Found: exactly the harmed rows were accused."""
        repaired = self.equal_again()
        self.found.append(dict({
            "name": name, "harmed": len(harmed), "found": len(keys & set(harmed)), "wrongly": len(keys - set(harmed)) + others,
            "seconds": seconds, "repaired": repaired,
            "passed": bool(harmed) and keys == set(harmed) and not others and repaired,
        }, **more))  # fmt: skip

    def trigger_dropped(self):
        keys = self.some(2 * ROWS)
        harmed, fine = keys[:ROWS], keys[ROWS:]
        self.source.run("ALTER TABLE %s DISABLE TRIGGER split_capture" % self.place)
        self.touch(harmed)
        self.source.run("ALTER TABLE %s ENABLE TRIGGER split_capture" % self.place)
        self.touch(fine)
        migrate.drain(self.source, self.target)
        self.tell("trigger dropped for a while", harmed, *self.accused())

    def event_lost(self):
        harmed = self.some(ROWS)
        self.touch(harmed)
        self.source.run("DELETE FROM split.outbox")
        self.touch([key for key in self.some(2 * ROWS) if key not in harmed])
        migrate.drain(self.source, self.target)
        self.tell("event lost from the outbox", harmed, *self.accused())

    def event_twice(self):
        """Applied, and not acknowledged: the consumer died in between."""
        keys, before = self.some(ROWS), self.seen()
        self.touch(keys)
        start = time.monotonic()
        migrate.apply(self.target, migrate.pending(self.source)[0])
        migrate.drain(self.source, self.target)
        counted, seconds = self.seen()["repeated"] - before["repeated"], time.monotonic() - start
        accused, others, _ = self.accused()
        self.found.append({
            "name": "event delivered twice", "harmed": len(keys), "found": counted, "wrongly": len(accused) + others,
            "seconds": seconds, "repaired": True, "passed": counted == len(keys) and not accused and not others,
        })  # fmt: skip

    def swapped(self):
        """The newer event of each row first. With the guard nothing comes of it; without, the rows go back and stay there."""
        keys, before = self.some(ROWS), self.seen()
        self.touch(keys)
        self.touch(keys)
        events = json.dumps(list(reversed(json.loads(migrate.pending(self.source)[0]))))
        start = time.monotonic()
        migrate.apply(self.target, events)
        counted, seconds = self.seen()["late"] - before["late"], time.monotonic() - start
        self.source.run("DELETE FROM split.outbox")
        accused, others, _ = self.accused()
        clean = counted == len(keys) and not accused and not others
        migrate.apply(self.target, events, guarded=False)
        self.tell("two events swapped, without the version guard", keys, *self.accused())
        self.found.append({
            "name": "two events swapped", "harmed": len(keys), "found": counted, "wrongly": len(accused) + others,
            "seconds": seconds, "repaired": True, "passed": clean,
        })  # fmt: skip

    def stale_snapshot(self):
        """A chunk that was read before its rows changed, and arrives after their events."""
        chunk, rows, _ = migrate.read_chunk(self.source, self.table, None, ROWS)
        harmed, before = [json.dumps(one["key"]) for one in json.loads(chunk)], self.seen()
        harmed = self.as_shown(harmed)
        self.touch(harmed)
        migrate.drain(self.source, self.target)
        start = time.monotonic()
        migrate.apply(self.target, chunk)
        counted, seconds = self.seen()["dropped"] - before["dropped"], time.monotonic() - start
        accused, others, _ = self.accused()
        clean = counted == rows and not accused and not others
        migrate.apply(self.target, chunk, guarded=False)
        self.tell("stale row in the snapshot, without the version guard", harmed, *self.accused())
        self.found.append({
            "name": "stale row in the snapshot", "harmed": rows, "found": counted, "wrongly": len(accused) + others,
            "seconds": seconds, "repaired": True, "passed": clean,
        })  # fmt: skip

    def as_shown(self, keys):
        """As PostgreSQL writes them."""
        return [self.source.one("SELECT CAST(CAST(:key AS jsonb) AS text)", key=key) for key in keys]

    def by_hand(self):
        """Past the fence, as only who owns the database can."""
        harmed, refused = self.some(ROWS), 0
        for key in harmed[:3]:
            try:
                self.touch([key], self.target)
            except DatabaseError as error:
                refused += migrate.state_of(error) == "SP001"
        self.target.run("SET session_replication_role = replica")
        self.touch(harmed, self.target)
        self.target.run("SET session_replication_role = origin")
        self.tell("row of the service altered by hand", harmed, *self.accused(), refused=refused)

    def run(self):
        for drill in (
            self.trigger_dropped,
            self.event_lost,
            self.event_twice,
            self.swapped,
            self.stale_snapshot,
            self.by_hand,
        ):
            drill()
        return self.found
