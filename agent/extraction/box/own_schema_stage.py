"""What a rehearsed split runs on: a PostgreSQL with recorded rows and more like them, consumers, clients under way."""

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

from pg8000.exceptions import DatabaseError

from . import own_schema_load as load
from . import own_schema_migrate as migrate
from .blobs import Blobs
from .own_schema_describe import opened
from .own_schema_postgres import Server
from .own_schema_rows import Maker, grow, key_of, recorded_rows

PARENTS = 200
MOST_SECONDS = 260


class Stage(object):
    """The databases, the delivered programs that run on them, and the clients that write and read all the while."""

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
        self.children, self.clients = [], []
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

    def end(self):
        self.shared["stop"].value = 1
        for one in list(self.children):
            one.kill()
        for one in self.clients:
            one.join(5)
            one.kill()
        if hasattr(self, "server"):
            self.server.end()
