"""The clock stands still for everybody and chance begins anew; tried in an interpreter of its own, which is bent for good."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import datetime, json, os, random, secrets, sqlite3, time, uuid
from datetime import datetime as early, date as day
from agent.extraction.box import determinism
from agent.extraction.box.databases import Databases

clock, chance = determinism.Clock(), determinism.Chance()
Databases(determinism.fix_functions(clock, chance)).install()
determinism.fix_chance(chance)
determinism.stop_clock(clock)

def look():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a, b DEFAULT CURRENT_TIMESTAMP)")
    connection.execute("INSERT INTO t (a) VALUES (random())")
    select = "SELECT a, b, datetime('now', '+1 day'), date('2020-02-03'), strftime('%Y', 'now') FROM t"
    return [
        str(early.now()), str(early.now(datetime.timezone.utc)), str(datetime.datetime.utcnow()), str(day.today()),
        str(early.today()), time.time(), time.strftime("%Y"), time.localtime().tm_year, random.random(),
        secrets.token_hex(8), str(uuid.uuid4()), str(uuid.uuid1()), os.urandom(4).hex(),
        connection.execute(select).fetchone(),
    ]

found = []
for at, seed in ((1500000000.25, 1), (1500000000.25, 1), (1600000000.0, 2)):
    clock.at = at
    chance.begin(seed)
    found.append(look())
print(json.dumps(found))
"""


def test_two_runs_with_one_seed_are_alike() -> None:
    import json

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=False, text=True, env={"TZ": "UTC"}
    )
    assert done.returncode == 0, done.stderr
    first, second, third = json.loads(done.stdout)
    assert first == second
    assert first[:2] == ["2017-07-14 02:40:00.250000", "2017-07-14 02:40:00.250000+00:00"]
    assert first[2:8] == [
        "2017-07-14 02:40:00.250000", "2017-07-14", "2017-07-14 02:40:00.250000", 1500000000.25, "2017", 2017,
    ]  # fmt: skip
    assert first[13][1:] == ["2017-07-14 02:40:00", "2017-07-15 02:40:00", "2020-02-03", "2017"]
    assert all(one != other for one, other in zip(first[8:13], third[8:13], strict=True))
