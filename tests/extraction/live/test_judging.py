"""What is made of two runs: nothing leaves the denominator, and only the control excuses a test."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.extracting.climbing import LiveRun
from agent.extracting.live_tests import UNKNOWN, judge_live
from agent.extraction.live.asking import Asked, read_notes


def run(by: dict[str, str], **statuses: str) -> LiveRun:
    return LiveRun(statuses, Asked(by={test: Counter({who: 1}) for test, who in by.items()}))


CONTROL = run({"a": "monolith", "b": "monolith"}, a="passed", b="passed", c="passed")


@pytest.mark.parametrize(
    ("live", "passed", "new"),
    [
        (run({"a": "service", "b": "monolith"}, a="passed", b="passed", c="passed"), 2, ()),
        (run({"a": "service", "b": "monolith"}, a="failed", b="passed", c="passed"), 1, ("a",)),
        (run({"a": "service", "b": "monolith"}, b="passed"), 1, ("a",)),  # it did not even run
        (run({"a": "service", "d": "service"}, a="passed", b="passed", d="passed"), 2, ()),
    ],
)
def test_what_passes_in_the_control_alone_is_a_new_failure(live: LiveRun, passed: int, new: tuple[str, ...]) -> None:
    counted = judge_live(CONTROL, live)
    assert (counted.passed, counted.new_failures) == (passed, new)
    assert counted.tests == counted.control_passed + sum(number for _, number in counted.cannot)


def test_a_cause_that_only_the_service_gives_excuses_nothing() -> None:
    live = run({"a": "service", "b": "monolith"}, a="passed", b="passed")
    live.asked.cannot["a"] = ["no server could be asked"]
    live.asked.perhaps["b"] = ["an exception"]
    assert judge_live(CONTROL, live).new_failures == ("a",)


def test_every_test_that_fails_in_the_control_has_a_cause() -> None:
    control = run(dict.fromkeys("abcd", "monolith"), a="passed", b="failed", c="failed", d="passed")
    control.asked.perhaps["b"] = ["an exception"]
    control.asked.perhaps["a"] = ["an exception"]  # it passes all the same
    control.asked.cannot["d"] = ["a mock"]
    live = run(dict.fromkeys("abcd", "service"), a="passed", b="failed", c="passed", d="passed")
    counted = judge_live(control, live)
    assert counted.cannot == (("a mock", 1), ("an exception", 1), (UNKNOWN, 1))
    assert (counted.tests, counted.control_passed, counted.passed, counted.answered) == (4, 1, 1, 4)


def test_notes_are_read_line_by_line(tmp_path: Path) -> None:
    lines = [
        {"test": "a", "by": "service"}, {"test": "a", "by": "service"}, {"test": "", "by": "monolith"},
        {"test": "b", "cannot": "a mock", "hard": True}, {"test": "c", "cannot": "an exception"},
        {"test": "", "server": "service", "failure": "no module"}, {"by": "service"}, [], {"test": 3, "by": "x"},
    ]  # fmt: skip
    (tmp_path / "live-1.jsonl").write_text("\n".join([*map(json.dumps, lines), "{broken"]))
    (tmp_path / "live-2.jsonl").symlink_to("/etc/passwd")
    asked = read_notes(tmp_path)
    assert asked.by["a"] == {"service": 2}
    assert asked.cannot == {"b": ["a mock"]}
    assert asked.perhaps == {"c": ["an exception"]}
    assert asked.failures == {"service": "no module"}
    assert asked.tests == {"a", "b", "c"}


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "live-1.jsonl").write_bytes(content)
    read_notes(folder)
