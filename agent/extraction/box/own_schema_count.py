"""The count after a rehearsal: each write that a client was told is committed, against the rows of both sides."""

# ruff: noqa
# mypy: ignore-errors
import json
import os
from collections import Counter

from . import own_schema_load as load


def count_writes(plan, work, sides):
    """What the clients did, and for each side what of it is lost, doubled or was never committed."""
    logs = []
    for number in range(plan["writers"]):
        with open(os.path.join(work, "writer-%d.json" % number)) as file:
            logs.append(json.load(file))
    with open(os.path.join(work, "reader.json")) as file:
        reads = json.load(file)
    committed = [one for log in logs for one in log["committed"]]
    return {
        "reads": reads,
        "troubles": [one["trouble"] for one in logs if one["trouble"]],
        "load": {
            "committed": len(committed), "rolled_back": sum(len(log["rolled_back"]) for log in logs),
            "refused": sum(log["refused"] for log in logs), "retried": sum(log["retried"] for log in logs),
            "longest": max(log["longest"] for log in logs), "by_op": dict(Counter(one["op"] for one in committed)),
        },
        "counted": {side.name: counted(plan["tables"], side, committed) for side in sides},
    }  # fmt: skip


def counted(tables, side, committed):
    """Each committed write is in the row that it wrote, once, or was in it when somebody deleted the row; a deleted row is gone."""
    found = Counter(number for one in committed for number in one["carried"] or ())
    there = {}
    for table in tables:
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


def as_mark(key):
    return json.dumps(key, sort_keys=True)
