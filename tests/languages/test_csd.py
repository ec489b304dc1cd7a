"""CICS resource definitions: DEFINE commands as records; no exception on any bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.csd import LANGUAGE

SOURCE = """\
* DEFINE PROGRAM(COMMENT)
 DEFINE FILE(ORDERS) GROUP(APP)
        DESCRIPTION(DEFINE of orders)
        DSNAME(APP.ORDERS.KSDS) READ(YES)
 define transaction(OR01) group(APP)
        PROGRAM(ORDPGM) TWASIZE(0)
DEFINE PROGRAM(ORDPGM) GROUP(APP) LANGUAGE(COBOL)
 DEFINE MAPSET(ORDSET) GROUP(APP)
 DEFINE TDQUEUE(JOBS) GROUP(APP)
"""


def test_definitions_become_records() -> None:
    facts, _ = LANGUAGE.extract("APP.csd", SOURCE.encode())
    assert [(w.kind, w.line, w.args) for w in facts.wirings] == [
        ("file", 2, ("ORDERS", "APP.ORDERS.KSDS")),
        ("transaction", 5, ("OR01", "ORDPGM")),
        ("program", 7, ("ORDPGM",)),
        ("mapset", 8, ("ORDSET",)),
        ("other", 9, ("TDQUEUE", "JOBS")),
    ]


@given(st.one_of(st.binary(max_size=300), st.text("DEFINE()*\n PROGAM", max_size=200).map(str.encode)))
@settings(max_examples=80, deadline=None)
def test_any_bytes_give_facts(source: bytes) -> None:
    assert not LANGUAGE.extract("x.csd", source)[0].failure
