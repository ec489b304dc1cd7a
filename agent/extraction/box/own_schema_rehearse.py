"""Rehearses a split on a PostgreSQL of its own: recorded rows and more like them, clients that write all the while, flips, a
rollback, drills. A plan in; result.json, the databases' rows put back into SQLite, and nothing else out."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
import time
import traceback

from pg8000.exceptions import DatabaseError

from . import own_schema_load as load
from . import own_schema_migrate as migrate
from .blobs import Blobs
from .databases import table_names
from .own_schema_back import put_back
from .own_schema_count import count_writes
from .own_schema_describe import opened
from .own_schema_drills import Drills
from .own_schema_rows import key_of, recorded_rows
from .own_schema_stage import Stage

LATE = 0.75
KILLS = 3


class Rehearsal(Stage):
    # --- the move

    def move(self):
        self.reach(0.05)
        self.done("sql", "monolith", os.path.join(self.scripts, "01-monolith.sql"))
        self.done("sql", "service", os.path.join(self.scripts, "02-service.sql"))
        self.timed("triggers")
        consumer = self.consumer()
        filling = self.program("backfill")
        self.children.append(filling)
        consumer = self.kill_in_the_middle(consumer)
        said, trouble = filling.communicate()
        self.children.remove(filling)
        if filling.returncode:
            raise RuntimeError("backfill: " + trouble[-1500:])
        self.result["backfill"] = said.strip()
        self.timed("backfilled")
        self.reach(0.4)
        self.until_settled()
        self.clean_looks = [self.look() for _ in range(2)]
        self.done("sql", "service", os.path.join(self.scripts, "03-constraints.sql"))
        self.done("flip-reads")
        self.shared["reads"].value = 1
        self.timed("reads moved")
        self.reach(0.55)
        self.done("sql", "monolith", os.path.join(self.scripts, "04-border.sql"))
        self.result["refused_seconds"] = self.flip("flip-writes")
        self.moved_at = self.shared["count"].value
        self.shared["writes"].value = 1
        self.timed("writes moved")
        self.kill(consumer)

    def until_settled(self):
        end = time.monotonic() + 60
        while migrate.unsettled(self.monolith, self.service):
            if time.monotonic() > end:
                raise TimeoutError("the backfill does not settle")
            time.sleep(0.05)

    def flip(self, *words):
        """Seconds during which neither side could be written, as the program itself says."""
        return float(self.done(*words).split()[2])

    def look(self, back=False):
        """A comparison while everything runs: rows that it accuses, and how long it took."""
        ends = (self.service, self.monolith) if back else (self.monolith, self.service)
        start = time.monotonic()
        accused = migrate.reconcile(*ends)
        return {"accused": sum(len(keys) for keys in accused.values()), "seconds": time.monotonic() - start}

    def kill_in_the_middle(self, consumer):
        """kill -9 again and again while events flow; each time a monitor has to notice before it is started anew."""
        self.killed = []
        for number in range(KILLS):
            self.until_consuming()
            self.reach(0.1 + 0.05 * number)
            self.kill(consumer)
            start = time.monotonic()
            figures = migrate.monitor(self.monolith, self.service)
            while figures["silent"] < LATE and time.monotonic() - start < 20:
                time.sleep(0.02)
                figures = migrate.monitor(self.monolith, self.service)
            self.killed.append(
                {
                    "seconds": time.monotonic() - start,
                    "waiting": figures["waiting"],
                    "lag": figures["lag"],
                    "silent": figures["silent"],
                }
            )
            consumer = self.consumer()
        return consumer

    def until_consuming(self):
        """A consumer that was just started has taken its first events."""
        start = time.monotonic()
        while not 0 <= migrate.monitor(self.monolith, self.service)["silent"] < time.monotonic() - start:
            if time.monotonic() - start > 30:
                raise TimeoutError("the consumer takes nothing")
            time.sleep(0.02)

    # --- and back

    def go_back(self):
        back = self.consumer("--back")
        self.reach(0.1, self.moved_at)
        changed = self.alter(self.service, "changed")
        migrate.through(self.service, self.monolith)
        self.result["there"] = self.same_as_recorded()
        self.clean_looks.append(self.look(back=True))
        self.reach(0.25, self.moved_at)
        self.alter(self.service, "restored")
        self.result["altered"] = changed
        through = self.shared["count"].value
        self.result["rollback_seconds"] = self.flip("--back", "flip-writes")
        self.shared["writes"].value = self.shared["reads"].value = 0
        self.timed("rolled back")
        self.kill(back)
        self.result["through_service"] = through - self.moved_at
        self.result["border_restored"] = self.restore_border()
        consumer = self.consumer()
        self.reach(0.05, through)
        self.reach(1.0)
        self.shared["stop"].value = 1
        for one in self.clients:
            one.join(60)
        self.timed("clients ended")
        migrate.through(self.monolith, self.service)
        self.kill(consumer)
        migrate.drain(self.monolith, self.service)

    def restore_border(self):
        try:
            self.done("sql", "monolith", os.path.join(self.scripts, "05-border-again.sql"))
        except RuntimeError as error:
            self.result["notes"].append("foreign keys across the border cannot be made again: %s" % str(error)[-300:])
            return False
        return True

    def alter(self, side, how):
        """Every recorded row is changed through the service, and later changed back: what the monolith then has came by the drain."""
        count = 0
        for table in self.plan["tables"]:
            if not table["moves"] or not self.recorded[table["name"]]:
                continue
            names, keys = side.columns(table["key"]), json.dumps(self.recorded[table["name"]])
            place = side.place(table["name"])
            chosen = "(%s) IN (SELECT %s FROM jsonb_populate_recordset(NULL::%s, CAST(:keys AS jsonb)))" % (
                names,
                names,
                place,
            )
            column = table["altered"]
            if how == "changed":
                self.before[table["name"]] = side.one(
                    "SELECT CAST(coalesce(jsonb_agg(to_jsonb(t)), '[]') AS text) FROM %s AS t WHERE %s"
                    % (place, chosen),
                    keys=keys,
                )
                value = '"%s" || CAST(0 AS bigint)' % load.LEDGER
                more = ', "%s" = NULL' % column if column else ""
                side.run('UPDATE %s SET "%s" = %s%s WHERE %s' % (place, load.LEDGER, value, more, chosen), keys=keys)
            else:
                every = [
                    one["name"] for one in side.tables[table["name"]]["columns"] if one["name"] not in table["key"]
                ]
                if every:
                    sets = ", ".join('"%s" = r."%s"' % (name, name) for name in every)
                    same = " AND ".join('t."%s" = r."%s"' % (name, name) for name in table["key"])
                    side.run(
                        "UPDATE %s AS t SET %s FROM jsonb_populate_recordset(NULL::%s, CAST(:rows AS jsonb)) AS r WHERE %s"
                        % (place, sets, place, same),
                        rows=self.before[table["name"]],
                    )
            count += len(self.recorded[table["name"]])
        return count

    def same_as_recorded(self):
        """Of the recorded rows, how many the monolith has as the service had them before they were changed."""
        same = 0
        for table in self.plan["tables"]:
            if table["moves"] and self.recorded[table["name"]]:
                place = self.monolith.place(table["name"])
                same += self.monolith.one(
                    "SELECT count(*) FROM %s AS t WHERE to_jsonb(t) IN (SELECT value FROM jsonb_array_elements(CAST(:rows AS jsonb)))"
                    % place,
                    rows=self.before[table["name"]],
                )
        return same

    def finish(self):
        start = time.monotonic()
        accused = migrate.reconcile(self.monolith, self.service, consuming=False)
        self.result["final"] = {
            "accused": sum(len(keys) for keys in accused.values()),
            "seconds": time.monotonic() - start,
        }
        self.result["orphans"] = migrate.orphans(self.monolith, self.service)
        self.result["compared"] = sum(
            self.monolith.one("SELECT count(*) FROM %s" % self.monolith.place(name)) for name in self.monolith.tables
        )
        self.result["restored"] = self.same_as_recorded()
        self.result["recorded"] = sum(len(self.recorded[one["name"]]) for one in self.plan["tables"] if one["moves"])
        self.back = Blobs(self.plan["back"])
        self.result["put_back"] = self.put_back(self.plan["digest"], self.recorded)

    def put_back(self, digest, keys):
        """The recorded database with the rows as the monolith has them now, under its own digest; how many rows."""
        content, rows = self.blobs.get(digest), 0
        for table in self.plan["tables"]:
            if table["moves"]:
                content, put = put_back(content, self.monolith, table, keys[table["name"]])
                rows += put
        self.result.setdefault("databases", {})[digest] = self.back.put(content)
        return rows

    # --- every other recorded database, written through the service and drained back

    def carry_all(self):
        """Writes move to the service once more, and there the tables are emptied and filled as each snapshot had them."""
        self.done("sql", "monolith", os.path.join(self.scripts, "04-border.sql"))
        migrate.move_writes(self.monolith, self.service)
        moving = [one for one in self.plan["tables"] if one["moves"]]
        carried, held = 0, None
        for rows, digest in self.other_rows(moving):
            try:
                if rows != held:
                    migrate.transaction(self.service.connection, lambda: self.refill(moving, json.loads(rows)))
                    migrate.drain(self.service, self.monolith)
                    held = rows
            except DatabaseError as error:
                self.result["notes"].append(
                    "a recorded database cannot be written through the service: %s" % str(error)[-200:]
                )
                held = None
                continue
            keys = {one["name"]: [key_of(one, row) for row in json.loads(rows)[one["name"]]] for one in moving}
            if digest != self.plan["digest"]:
                self.put_back(digest, keys)
            carried += sum(map(len, keys.values()))
        self.result["carried"] = carried

    def other_rows(self, moving):
        """(rows of the tables that move as JSON, digest): those with the same rows one after the other."""
        found = []
        for digest in self.plan["snapshots"]:
            try:
                content = self.blobs.get(digest)
                chosen = opened(content)
                if not {one["name"] for one in moving} & set(table_names(chosen)):  # nothing of it moves
                    self.result.setdefault("databases", {})[digest] = self.back.put(content)
                    continue
                rows = {one["name"]: recorded_rows(chosen, one) for one in moving}
                found.append((json.dumps(rows, sort_keys=True), digest))
                chosen.close()
            except Exception as error:
                self.result["notes"].append("a recorded database cannot be read: %s" % str(error)[-200:])
        return sorted(found)

    def refill(self, moving, rows):
        for table in reversed(moving):
            self.service.run("DELETE FROM " + self.service.place(table["name"]))
        for table in moving:
            self.put_into(self.service, table, rows[table["name"]])

    def run(self):
        self.begin()
        self.fill()
        self.timed("begun")
        self.before = {}
        self.start_clients()
        self.move()
        self.go_back()
        self.result.update(count_writes(self.plan, self.work, (self.monolith, self.service)))
        self.finish()
        self.result["looks"] = self.clean_looks
        self.result["killed"] = self.killed
        self.result["drills"] = Drills(self.monolith, self.service, self.keys).run()
        self.timed("drilled")
        self.carry_all()
        self.timed("carried")


def main(path):
    with open(path) as file:
        plan = json.load(file)
    rehearsal = Rehearsal(plan)
    try:
        rehearsal.run()
    except Exception:
        rehearsal.result["trouble"] = traceback.format_exc()[-4000:]
    finally:
        rehearsal.end()
    with open(plan["out"], "w") as out:
        json.dump(rehearsal.result, out, sort_keys=True)
