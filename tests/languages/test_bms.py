"""BMS mapsets: labels, maps, named fields, continuation; no exception on any bytes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.bms import LANGUAGE
from tests.systems import graph_of


def macro(text: str) -> str:
    """Assembler lines: all but the last are continued by a character in column 72."""
    lines = text.split("\n")
    return "".join(f"{line:<71}-\n" for line in lines[:-1]) + lines[-1] + "\n"


SOURCE = (
    "* A comment DFHMSD\n"
    + macro("ORDSET  DFHMSD CTRL=(ALARM,FREEKB),\n               TYPE=&&SYSPARM")
    + macro("ORDMAP  DFHMDI COLUMN=1,\n               SIZE=(24,80)")
    + macro("        DFHMDF POS=(1,1),\n               LENGTH=6,\n               INITIAL='LENGTH=9'")
    + macro("ORDID   DFHMDF ATTRB=(UNPROT,NORM),\n               LENGTH=8,POS=(3,10)")
    + "        DFHMSD TYPE=FINAL\n        END\n"
)


def test_a_mapset_has_maps_and_named_fields() -> None:
    facts, _ = LANGUAGE.extract("ORD.bms", SOURCE.encode())
    assert facts.package == "ORDSET"
    assert [(w.kind, w.line, w.args) for w in facts.wirings] == [
        ("map", 4, ("ORDMAP", "24,80")),
        ("field", 9, ("ORDMAP", "ORDID", "3,10", "8")),
    ]


def test_mapsets_and_maps_are_templates() -> None:
    graph = graph_of({"bms/x.bms": SOURCE})
    assert graph.by_id["template:ORDSET"].kind == "template"
    found = graph.by_id["template:ORDSET.ORDMAP"]
    assert (found.kind, found.line, found.container) == ("template", 4, "template:ORDSET")
    assert found.doc == "Screen of 24 by 80 with 1 named fields."


@given(st.one_of(st.binary(max_size=300), st.text("DFHMSI=(),'- \n*XTYPE", max_size=200).map(str.encode)))
@settings(max_examples=80, deadline=None)
def test_any_bytes_give_facts(source: bytes) -> None:
    assert not LANGUAGE.extract("x.bms", source)[0].failure
