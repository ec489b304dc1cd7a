"""What crosses the wire comes back with its type; what is no plain data does not cross, and says what it is."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid
from collections import OrderedDict
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.box import wire as box_wire

wire: Any = box_wire  # what runs in the box has no types
ZONES = st.sampled_from([None, datetime.UTC, datetime.timezone(datetime.timedelta(hours=5)), ZoneInfo("Europe/Berlin")])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.dates()
    | st.datetimes(timezones=ZONES) | st.times() | st.timedeltas() | st.decimals(allow_nan=False) | st.uuids(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
    | st.dictionaries(st.integers() | st.dates(), inner) | st.frozensets(st.integers()) | st.sets(st.text()),
    max_leaves=12,
)  # fmt: skip


def shape(value: Any) -> Any:
    """The value with the types of all that is in it."""
    if isinstance(value, dict):
        return dict, [(shape(k), shape(v)) for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [shape(one) for one in value]
    zone = getattr(value, "tzinfo", None)
    return type(value), repr(value), type(zone), str(zone)


@given(PLAIN)
def test_what_is_sent_comes_back_the_same(value: Any) -> None:
    back = wire.loads(wire.dumps(value))
    if isinstance(value, (set, frozenset)):
        assert (type(back), back) == (type(value), value)
    elif not any(isinstance(one, (set, frozenset)) for one in inside(value)):
        assert shape(back) == shape(value)
    else:
        assert back == value


def inside(value: Any) -> list[Any]:
    found = [value]
    for one in found:
        if isinstance(one, dict):
            found += [*one.values()]
        elif isinstance(one, (list, tuple)):
            found += one
    return found


class Colour(enum.IntEnum):
    RED = 1


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value", [object(), Colour.RED, Text("x"), OrderedDict(), range(3), lambda: 1, {"a": [object()]}, ValueError, 1j]
)
def test_live_objects_are_refused(value: Any) -> None:
    with pytest.raises(wire.Opaque):
        wire.dumps(value)


def test_a_value_without_an_end_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(wire.Opaque, match="nested too deeply"):
        wire.dumps(value)


def test_what_looks_like_a_mark_is_data() -> None:
    value = {"$": "date", "of": "x"}
    assert wire.loads(wire.dumps(value)) == value
    assert wire.loads(wire.dumps({"day": datetime.date(2024, 3, 15)})) == {"day": datetime.date(2024, 3, 15)}
    assert json.loads(wire.dumps([1, "a", None])) == [1, "a", None]
    assert wire.loads(wire.dumps((decimal.Decimal("1.10"), uuid.UUID(int=1)))) == (
        decimal.Decimal("1.10"),
        uuid.UUID(int=1),
    )
