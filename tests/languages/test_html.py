"""Pages: size and identity only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.languages.html import LANGUAGE, MAX_BYTES


@given(st.binary(max_size=500))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.html", source)
    assert root is None
    assert facts.code_lines == sum(1 for line in source.splitlines() if line.strip())


def test_a_page_of_fifty_megabytes_is_left_out_with_a_reason():
    facts, _ = LANGUAGE.extract("a.html", b"x" * (MAX_BYTES + 1))
    assert "larger than" in facts.failure
