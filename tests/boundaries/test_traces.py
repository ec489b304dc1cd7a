"""Entities are grouped by the requests that touch them, whatever the file's order; odd files are refused in words."""

from __future__ import annotations

import json

import pytest

from agent.boundaries.traces import divide_entities, read_traces
from agent.errors import BoundariesError

SALES = [["Cart", "R"], ["Basket", "W"], ["Voucher", "R"]]
POST = [["Parcel", "R"], ["Carrier", "W"], ["Label", "R"]]
OPERATIONS = {f"Sales.{n}": SALES for n in range(4)} | {f"Post.{n}": POST for n in range(4)}


def groups(operations, entities=()):
    home = divide_entities(read_traces(json.dumps(operations)), entities).best.home
    return {frozenset(e for e in home if home[e] == number) for number in set(home.values())}


def test_entities_of_the_same_requests_belong_together():
    assert groups(OPERATIONS) == {frozenset({"Cart", "Basket", "Voucher"}), frozenset({"Parcel", "Carrier", "Label"})}


def test_an_entity_that_no_trace_touches_goes_by_its_name():
    assert frozenset({"Cart", "Basket", "Voucher", "CartItem"}) in groups(OPERATIONS, ["CartItem"])


def test_order_in_the_file_does_not_matter():
    assert groups(dict(reversed(OPERATIONS.items()))) == groups(OPERATIONS)


def test_the_mode_may_stand_first_and_traces_may_be_nested():
    turned = {k: {"t": [{"id": 0, "a": [[m, e] for e, m in steps]}]} for k, steps in OPERATIONS.items()}
    assert groups(turned) == groups(OPERATIONS)


@pytest.mark.parametrize("operations", [{}, {"a": []}, {"a": [["X", "R"]]}])
def test_next_to_nothing_is_no_crash(operations):
    assert len(groups(operations)) <= 1


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 3}', '{"a": [["X"]]}', '{"a": ["X"]}', "[" * 100_000])
def test_what_is_no_trace_is_refused(text):
    with pytest.raises(BoundariesError):
        read_traces(text)
