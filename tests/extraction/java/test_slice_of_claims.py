"""Rung 2 from end to end on a sample system of servlets, in the sandbox: recorded, sliced, replayed, and held to its gates."""

from __future__ import annotations

from pathlib import Path

from agent.extracting.java_stack import JavaStack
from tests.extraction.sliced_samples import IN_SANDBOX, sliced
from tests.program import CLAIMS

pytestmark = IN_SANDBOX


def test_the_document_service_of_claims_answers_as_the_monolith_does(tmp_path: Path) -> None:
    recording, climbed = sliced(CLAIMS, JavaStack(), "document", tmp_path / "recording")
    assert not [one.cannot for one in recording.requests if one.cannot]
    assert len(recording.requests) == 49  # every call of a servlet that the tests make
    assert {one.status for one in recording.requests} == {200, 302, 404}
    assert climbed.rung.passed, climbed.rung
    assert climbed.rung.tally.identical == climbed.rung.tally.recorded == 2
    assert climbed.built.slice.share < 0.5
    assert climbed.gates is not None
    assert climbed.gates.honest
    assert set(climbed.rung.upstreams) == {("document", 2)}
