"""Plain values go through JSON and come back the same; what is more than data is refused."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.box import plain

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.binary(max_size=20),
    st.dates(), st.datetimes(), st.timedeltas(), st.uuids(), st.decimals(allow_nan=False),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=8), st.integers()), inner, max_size=4),
        st.frozensets(st.integers(), max_size=4),
    ),
    max_leaves=12,
)


@given(VALUES)
def test_comes_back_the_same(value: Any) -> None:
    written = json.dumps(plain.encode(value), sort_keys=True)
    back = plain.decode(json.loads(written))
    assert back == value
    assert type(back) is type(value)


def test_a_key_that_looks_like_a_tag_stays_a_key() -> None:
    value = {"$tuple": [1, 2]}
    assert plain.decode(json.loads(json.dumps(plain.encode(value)))) == value


def test_sets_have_one_order() -> None:
    assert json.dumps(plain.encode({"b", "a", "c"})) == json.dumps(plain.encode({"c", "b", "a"}))


@pytest.mark.parametrize("value", [object(), lambda: 1, [object()], {"a": open}, list(range(5000))])
def test_more_than_data_is_refused(value: Any) -> None:
    with pytest.raises(plain.Opaque):
        plain.encode(value)


def test_configuration_objects_are_known_by_their_capitals() -> None:
    given_one = SimpleNamespace(DEBUG=True, URI="sqlite://", client=object(), lower=1)
    found = plain.decode(json.loads(json.dumps(plain.encode_argument(given_one))))
    assert (found.DEBUG, found.URI) == (True, "sqlite://")
    assert not hasattr(found, "lower")


def test_rare_kinds() -> None:
    for value in (Path("/a/b"), decimal.Decimal("1.10"), uuid.UUID(int=5), datetime.time(1, 2, 3)):
        assert plain.decode(json.loads(json.dumps(plain.encode(value)))) == value


def test_a_function_in_a_table_of_configuration_does_not_take_the_table_with_it() -> None:
    config = SimpleNamespace(PROVIDERS={"one": {"id": 1, "mail": lambda found: found["mail"]}})
    assert plain.decode(plain.encode_argument(config)).PROVIDERS == {"one": {"id": 1}}
