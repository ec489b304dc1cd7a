"""Rehearses a split on a PostgreSQL of its own: recorded rows and more like them, clients that write all the while, flips, a
rollback, drills. A plan in; result.json, the databases' rows put back into SQLite, and nothing else out."""

# ruff: noqa
# mypy: ignore-errors
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter

from pg8000.exceptions import DatabaseError

from . import own_schema_load as load
from . import own_schema_migrate as migrate
from .blobs import Blobs
from .databases import table_names
from .own_schema_back import put_back
from .own_schema_describe import opened
from .own_schema_drills import Drills
from .own_schema_postgres import Server
from .own_schema_rows import Maker, grow, key_of, recorded_rows

PARENTS = 200
MOST_SECONDS = 260
LATE = 0.75
KILLS = 3


class Rehearsal(object):
    def __init__(self, plan):
        self.plan, self.spec = plan, plan["spec"]
        self.work = plan["work"]
        self.blobs = Blobs(os.path.join(plan["recording"], "blobs"))
        self.scripts = os.path.join(self.work, "own-schema")
        os.makedirs(self.scripts)
        for name, text in plan["files"].items():
            with open(os.path.join(self.scripts, name), "w") as file:
                file.write(text)
        self.result = {"notes": [], "rows": {}, "seconds": {}}
        self.started = time.monotonic()
        self.children = []
        self.shared = {name: multiprocessing.Value("q", 0) for name in ("writes", "reads", "count", "stop", "broken")}
        self.recorded = {}

    def timed(self, name):
        self.result["seconds"][name] = round(time.monotonic() - self.started, 3)

    # --- databases

    def begin(self):
        self.server = Server(self.plan["postgres"], self.work)
        first = self.server.wait(migrate.connect)
        self.result["version"] = first.run("SHOW server_version")[0][0].split()[0]
        for name in load.SIDES:
            first.run('CREATE DATABASE "%s"' % name)
        first.close()
        self.addresses = {name: self.server.address(name) for name in load.SIDES}
        os.environ.update({"SPLIT_" + name.upper(): address for name, address in self.addresses.items()})
        self.monolith = migrate.Side(self.spec, "monolith")
        self.monolith.run(self.plan["monolith_sql"])
        self.service = migrate.Side(self.spec, "service")

    def fill(self):
        chosen = opened(self.blobs.get(self.plan["digest"]))
        keys, self.templates, chance = {}, {}, random.Random(0)
        for table in self.plan["tables"]:
            name = table["name"]
            rows = recorded_rows(chosen, table)
            self.recorded[name] = [key_of(table, row) for row in rows]
            templates = rows or self.elsewhere(table) or self.plan["shapes"].get(name, {}).get("inserted", [])
            maker = Maker(table, templates, keys, chance)
            wanted = self.plan["wanted"] if table["moves"] else table["parents"] * PARENTS
            rows = rows + grow(table, rows, maker, wanted)
            self.put(table, rows)
            keys[name] = [{column: row.get(column) for column in self.referred(table)} for row in rows]
            self.templates[name] = templates[:200]
            self.add_values(table, templates)
            self.result["rows"][name] = len(rows)
        for table, statement in self.plan["references_sql"]:
            try:
                self.monolith.run(statement + ";")
            except DatabaseError:
                self.monolith.run(statement + " NOT VALID;")
                self.result["notes"].append("recorded rows of %s break one of its foreign keys" % table)
        self.monolith.run("ANALYZE")
        self.keys = keys

    def add_values(self, table, rows):
        """What a column held in recorded rows can be written to it, too."""
        for column in table["columns"] if table["name"] in self.plan["shapes"] else ():
            values = self.plan["shapes"][table["name"]]["values"].setdefault(column["name"], [])
            values += [
                row[column["name"]]
                for row in rows[:50]
                if row.get(column["name"]) is not None or not column["required"]
            ]

    def referred(self, table):
        """Columns by which others refer to a row, and its key."""
        others = {
            to
            for one in self.plan["tables"]
            for ref in one["references"]
            if ref["table"] == table["name"]
            for to in ref["to"]
        }
        return sorted(others | set(table["key"]))

    def elsewhere(self, table):
        digest = self.plan["elsewhere"].get(table["name"])
        return recorded_rows(opened(self.blobs.get(digest)), table) if digest else []

    def put(self, table, rows):
        self.put_into(self.monolith, table, rows)
        place = self.monolith.place(table["name"])
        if table["identity"]:
            self.monolith.run(
                'SELECT setval(pg_get_serial_sequence(:tab, :name), greatest(1, max("%s"))) FROM %s'
                % (table["identity"], place),
                tab=place,
                name=table["identity"],
            )

    def put_into(self, side, table, rows):
        names, place = side.columns([one["name"] for one in table["columns"]]), side.place(table["name"])
        sql = "INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_recordset(NULL::%s, CAST(:rows AS jsonb))" % (
            place,
            names,
            names,
            place,
        )
        for start in range(0, len(rows), 1000):
            side.run(sql, rows=json.dumps(rows[start : start + 1000]))

    # --- processes

    def program(self, *words):
        return subprocess.Popen(
            [sys.executable, os.path.join(self.scripts, "migrate.py")] + list(words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def done(self, *words):
        """The delivered program, as somebody runs it by hand; what it printed."""
        process = self.program(*words)
        said, trouble = process.communicate()
        if process.returncode:
            raise RuntimeError("migrate.py %s: %s" % (" ".join(words), (said + trouble)[-1500:]))
        return said.strip()

    def consumer(self, *words):
        process = self.program(*words, "consume")
        self.children.append(process)
        return process

    def kill(self, process):
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.children.remove(process)

    def start_clients(self):
        moving = [one["name"] for one in self.plan["tables"] if one["moves"]]
        recorded = {name: {json.dumps(key, sort_keys=True) for key in self.recorded[name]} for name in moving}
        keys = dict(self.keys)
        for table in self.plan["tables"]:
            if table["moves"]:
                found = [key_of(table, row) for row in self.keys[table["name"]]]
                keys[table["name"]] = [
                    row
                    for row, key in zip(self.keys[table["name"]], found)
                    if json.dumps(key, sort_keys=True) not in recorded[table["name"]]
                ]
        self.load = {
            "tables": self.plan["tables"], "keys": keys, "shapes": self.plan["shapes"], "templates": self.templates,
            "writers": self.plan["writers"], "pause": self.plan["pause"],
        }  # fmt: skip
        make = multiprocessing.get_context("fork").Process
        for number in range(self.plan["writers"]):
            path = os.path.join(self.work, "writer-%d.json" % number)
            self.clients.append(
                make(target=load.write, args=(number, self.load, self.spec, self.addresses, self.shared, path))
            )
        self.clients.append(
            make(
                target=load.read,
                args=(self.load, self.spec, self.addresses, self.shared, os.path.join(self.work, "reader.json")),
            )
        )
        for one in self.clients:
            one.start()

    clients = ()

    def reach(self, share, since=0):
        """Waits until so much of the load has been written, and at least as much of it since an earlier count."""
        wanted, end = since + share * self.plan["writes"], self.started + MOST_SECONDS
        while self.shared["count"].value < wanted:
            if self.shared["broken"].value:
                raise RuntimeError("a writing client ended: " + self.said_by_clients())
            if time.monotonic() > end:
                raise TimeoutError(
                    "within %d seconds the clients wrote %d of %d" % (MOST_SECONDS, self.shared["count"].value, wanted)
                )
            time.sleep(0.02)

    def said_by_clients(self):
        time.sleep(0.5)
        found = []
        for number in range(self.plan["writers"]):
            path = os.path.join(self.work, "writer-%d.json" % number)
            if os.path.exists(path):
                with open(path) as file:
                    found.append(json.load(file)["trouble"])
        return "; ".join(one for one in found if one)

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

    before = {}

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

    # --- the count

    def count(self):
        logs = []
        for number in range(self.plan["writers"]):
            with open(os.path.join(self.work, "writer-%d.json" % number)) as file:
                logs.append(json.load(file))
        with open(os.path.join(self.work, "reader.json")) as file:
            self.result["reads"] = json.load(file)
        self.result["troubles"] = [one["trouble"] for one in logs if one["trouble"]]
        committed = [one for log in logs for one in log["committed"]]
        self.result["load"] = {
            "committed": len(committed), "rolled_back": sum(len(log["rolled_back"]) for log in logs),
            "refused": sum(log["refused"] for log in logs), "retried": sum(log["retried"] for log in logs),
            "longest": max(log["longest"] for log in logs), "by_op": dict(Counter(one["op"] for one in committed)),
        }  # fmt: skip
        self.result["counted"] = {side.name: self.counted(side, committed) for side in (self.monolith, self.service)}

    def counted(self, side, committed):
        """Each committed write is in the row that it wrote, once, or was in it when somebody deleted the row; a deleted row is gone."""
        found = Counter(number for one in committed for number in one["carried"] or ())
        there = {}
        for table in self.plan["tables"]:
            if table["moves"]:
                name = table["name"]
                rows = side.run(
                    'SELECT CAST(%s AS text), "%s" FROM %s' % (side.key_of(name), load.LEDGER, side.place(name))
                )
                there.update({(name, as_mark(json.loads(key))): numbers for key, numbers in rows})
                found.update(number for _, numbers in rows for number in numbers)
        wrote = {one["id"] for one in committed if one["op"] != "delete"}
        deletes = [one for one in committed if one["op"] == "delete"]
        born = {one["id"]: (one["table"], as_mark(one["key"])) for one in committed if one["op"] == "insert"}
        risen = 0
        for one in deletes:
            mark = (one["table"], as_mark(one["key"]))
            numbers = there.get(mark)
            # A row with that key may be another one, which was inserted since; then its first write says so
            anew = bool(numbers) and born.get(numbers[0]) == mark and numbers[0] not in (one["carried"] or ())
            risen += numbers is not None and not anew
        return {
            "lost": len(wrote - set(found)) + risen, "doubled": sum(times > 1 for times in found.values()),
            "never_committed": len(set(found) - wrote), "deletes": len(deletes),
        }  # fmt: skip

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
        self.clients = []
        self.start_clients()
        self.move()
        self.go_back()
        self.count()
        self.finish()
        self.result["looks"] = self.clean_looks
        self.result["killed"] = self.killed
        self.result["drills"] = Drills(self.monolith, self.service, self.keys).run()
        self.timed("drilled")
        self.carry_all()
        self.timed("carried")

    def end(self):
        self.shared["stop"].value = 1
        for one in list(self.children):
            one.kill()
        for one in self.clients:
            one.join(5)
            one.kill()
        if hasattr(self, "server"):
            self.server.end()


def as_mark(key):
    return json.dumps(key, sort_keys=True)


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
