"""What is read on this side of the box: descriptors of a tree, and types of a recording's sessions."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

from agent.domain.extraction import RecordedRequest
from agent.extracting.ladder import STACKS
from agent.extraction import Recording
from agent.extraction.java import types_in_sessions
from agent.extraction.java.staging import web_descriptors


def test_descriptors_of_builds_and_tests_are_none_of_the_programs(tmp_path: Path) -> None:
    for folder in ("src/main/webapp", "shop/src/main/webapp", "target/shop", "src/test/webapp"):
        (tmp_path / folder / "WEB-INF").mkdir(parents=True)
        (tmp_path / folder / "WEB-INF" / "web.xml").write_text("<web-app/>")
    assert web_descriptors(tmp_path) == (
        "src/main/webapp/WEB-INF/web.xml",
        "shop/src/main/webapp/WEB-INF/web.xml",
    )


def test_types_are_those_of_sessions_however_deep_and_not_of_other_state(tmp_path: Path) -> None:
    order = {
        "$": "o",
        "t": "shop.Order",
        "i": 1,
        "v": {"shop.Order line": {"$": "o", "t": "shop.Line", "i": 2, "v": {}}},
    }
    state = {
        "session": {"cart": {"$": "c", "t": "java.util.ArrayList", "i": 0, "v": [order]}},
        "statics": {"x": {"$": "o", "t": "shop.Pool"}},
    }
    requests = []
    for number, content in enumerate((json.dumps(state).encode(), b"[1", b"null"), 1):
        digest = f"{number:064d}"
        (tmp_path / "blobs" / digest[:2]).mkdir(parents=True, exist_ok=True)
        (tmp_path / "blobs" / digest[:2] / digest).write_bytes(zlib.compress(content))
        requests.append(
            RecordedRequest(
                number=number, test="t", application="/", method="GET", target="/", clock=0.0, status=200, state=digest
            )
        )
    assert types_in_sessions(Recording(tmp_path, tuple(requests), ())) == {"shop.Order", "shop.Line"}


def test_java_is_recorded_after_the_stacks_that_climb_higher() -> None:
    assert [one.ecosystem for one in STACKS] == ["python", "node", "java"]
