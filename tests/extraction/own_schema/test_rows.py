"""Rows like the recorded ones, with keys that hold; and the shapes of writes, out of changed cells."""

from __future__ import annotations

import random
from typing import Any

from agent.domain.extraction import Answer, CellChange
from agent.extraction.box.own_schema_rows import Maker, grow, limit_of
from agent.extraction.own_schema.shapes import load_plan, shapes_of
from agent.extraction.own_schema.tables import Column, Reference, Table

LINE: dict[str, Any] = {
    "name": "line", "key": ["quote", "place"], "identity": "", "uniques": [["code"]],
    "columns": [
        {"name": "quote", "type": "bigint", "required": True}, {"name": "place", "type": "bigint", "required": True},
        {"name": "code", "type": "character varying(4)", "required": False}, {"name": "note", "type": "text", "required": False},
    ],
    "references": [{"columns": ["quote"], "table": "quote", "to": ["id"]}],
}  # fmt: skip
QUOTE = Table(
    "quote",
    (Column("id", "bigint", True), Column("open", "boolean"), Column("paper", "bytea"), Column("price", "double precision")),
    ("id",),
    (Reference(("customer",), "customer", ("id",)),),
)  # fmt: skip


def grown(parents: list[dict[str, int]], wanted: int) -> list[dict[str, Any]]:
    rows = [{"quote": 1, "place": 1, "code": "abcd", "note": None}]
    made: list[dict[str, Any]] = grow(LINE, rows, Maker(LINE, rows, {"quote": parents}, random.Random(0)), wanted)
    return rows + made


def test_more_rows_have_keys_of_their_own_and_lead_somewhere() -> None:
    rows = grown([{"id": 7}, {"id": 8}], 500)

    assert len(rows) == 500
    assert len({row["code"] for row in rows}) == len({(row["quote"], row["place"]) for row in rows}) == 500
    assert {row["quote"] for row in rows[1:]} == {7, 8}
    assert max(len(row["code"]) for row in rows) <= (limit_of("character varying(4)") or 0)


def test_without_a_row_to_lead_to_there_is_none() -> None:
    assert len(grown([], 10)) == 1


def changed(row: str, **cells: tuple[str | None, str | None]) -> Answer:
    return Answer(
        request=1,
        changes=tuple(
            CellChange(database="d", table="quote", row=row, column=name, before=before, after=after)
            for name, (before, after) in cells.items()
        ),
    )


def test_cells_become_inserts_updates_and_deletes() -> None:
    answers = [
        changed("1", id=(None, "1"), open=(None, "1"), paper=(None, "x'00ff'"), price=(None, "2.5")),
        changed("1", price=("2.5", "NULL"), open=("1", "0")),
        changed("1", id=("1", None), price=("2.5", None)),
    ]
    found = shapes_of(answers, [QUOTE])["quote"]

    assert dict(found.writes) == {("insert", ()): 1, ("update", ("open", "price")): 1, ("delete", ()): 1}
    assert found.inserted == [{"id": 1, "open": True, "paper": "\\x00ff", "price": 2.5}]
    assert found.values["open"] == [True, False]


def test_every_kind_of_write_is_made_though_only_one_was_seen() -> None:
    answers = [changed("1", id=(None, "1"), price=(None, "2.5"))] * 50
    writes = load_plan(shapes_of(answers, [QUOTE]), [QUOTE])["quote"]["writes"]

    weights = {kind: sum(weight for one, _, weight in writes if one == kind) for kind, _, _ in writes}
    assert set(weights) == {"insert", "update", "delete"}
    assert weights["insert"] > weights["update"] > 0
