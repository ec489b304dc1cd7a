"""Makes a program on a database that others may use at the same moment, and says what came of it: the tables, or the error.

Arguments: a setup file. Waits between loading and making until the file ``go`` is there, so that several begin at once.
"""

# ruff: noqa
# mypy: ignore-errors
import importlib
import json
import os
import sqlite3
import sys
import time
import traceback

from .databases import REAL_CONNECT, table_names
from .drill_program import KINDS, opened


def main(path):
    setup = opened(path)
    found = {}
    try:
        program = KINDS[setup["application"]["framework"]](setup)
        program.load()
        program.move_databases(setup["shared"])
        for module, _, _ in setup["application"].get("makers", ()):
            importlib.import_module(module)  # what takes time is done before the start
        with open(path + ".ready", "w"):
            pass
        until = time.monotonic() + 60
        while not os.path.exists(setup["go"]) and time.monotonic() < until:
            time.sleep(0.001)
        program.make()
    except BaseException:
        found["error"] = traceback.format_exc()[-4000:]
    found["tables"] = tables(setup["shared"])
    with open(path + ".result", "w") as file:
        json.dump(found, file)


def tables(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".sqlite"):
            continue
        connection = REAL_CONNECT(os.path.join(folder, name), timeout=5)
        try:
            for table in table_names(connection):
                rows = connection.execute('SELECT count(*) FROM "%s"' % table.replace('"', '""')).fetchone()[0]
                shape = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
                found["%s %s" % (name, table)] = [shape, rows]
        except sqlite3.Error as error:
            found[name] = ["cannot be read: %s" % error, 0]
        finally:
            connection.close()
    return found
