"""Rung 2 from end to end on a sample system of Express, in the sandbox: recorded, sliced, replayed, and held to its gates."""

from __future__ import annotations

import json
from pathlib import Path

from agent.extracting.node_stack import NodeStack
from tests.extraction.sliced_samples import IN_SANDBOX, sliced
from tests.program import STOREFRONT

pytestmark = IN_SANDBOX


def test_the_cart_service_of_storefront_answers_as_the_monolith_does(tmp_path: Path) -> None:
    recording, climbed = sliced(STOREFRONT, NodeStack(), "cart", tmp_path / "recording")
    assert not [one.cannot for one in recording.requests if one.cannot]
    assert climbed.rung.passed, climbed.rung
    assert climbed.rung.tally.identical == climbed.rung.tally.recorded > 8
    assert climbed.built.slice.share < 0.5
    assert climbed.gates is not None
    assert climbed.gates.honest
    assert set(climbed.rung.upstreams) == {("cart", climbed.rung.tally.recorded)}
    listed = json.loads(climbed.files["slice.json"])
    assert listed["passed"]
    assert {piece["what"] for piece in listed["pieces"]["lib/util.js"]} == {"kept", "removed"}
    assert "('product')" in climbed.files["slice/routes/shop.js"].decode()
