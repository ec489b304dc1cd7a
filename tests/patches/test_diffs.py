"""Changes as text: what git applies is what was meant, for any bytes; three texts merge or say that they cannot."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.verdict import FileChange
from agent.patches.diffs import diff_of, line_counts, merge
from agent.patches.mailbox import file_name, mailed
from agent.patches.rebasing import moved

LINE = st.sampled_from(
    ["a", "b", "c", "", " ", "-- ", "+x", "-y", "@@ -1 +1 @@", "\\ No newline", "\r", "x\ry", "\xff", "\x00", "From x"]
)
TEXT = st.one_of(
    st.lists(LINE, max_size=12).map("\n".join),
    st.lists(LINE, max_size=12).map(lambda lines: "".join(f"{one}\n" for one in lines)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.none() | TEXT, after=st.none() | TEXT)
def test_git_applies_any_diff(before: str | None, after: str | None, tmp_path: Path) -> None:
    change = FileChange(path="odd name.txt", before=before, after=after)
    target = tmp_path / change.path
    target.unlink(missing_ok=True)
    if before is not None:
        target.write_bytes(before.encode("latin-1"))
    diff = diff_of(change)
    assert bool(diff) == (before != after)
    if diff:
        done = subprocess.run(
            ["git", "apply", "-"], cwd=tmp_path, input=diff.encode("latin-1"), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (target.read_bytes().decode("latin-1") if target.exists() else None) == after


def test_a_change_in_a_long_file_is_a_short_diff() -> None:
    lines = [f"line {number}\n" for number in range(1_000)]
    before = "".join(lines)
    after = before.replace("line 10\n", "ten\n").replace("line 900\n", "nine\nhundred\n")
    change = FileChange(path="a.txt", before=before, after=after)
    diff = diff_of(change)
    assert diff.count("@@ -") == 2
    assert len(diff.splitlines()) == 4 + 2 + 8 + 9
    assert line_counts(change) == (3, 2)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n"),
        ("a\nb\nc\n", "a\nb\nc\n", "a\nc\n", "a\nc\n"),
        ("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", None),
        ("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n", "a\nX\nc\n"),
        ("a\nb\nc\nd\ne\n", "a\nX\nc\nd\ne\n", "a\nX\nc\nd\nE\n", "a\nX\nc\nd\nE\n"),
        ("a\nb\n", "a\nnew\nb\n", "a\nother\nb\n", None),
        ("a\nb\nc\nd\n", "top\na\nb\nc\nd\n", "a\nb\nc\nd\nend\n", "top\na\nb\nc\nd\nend\n"),
    ],
)
def test_merging(base: str, ours: str, theirs: str, expected: str | None) -> None:
    assert merge(base, ours, theirs) == expected


@given(TEXT, TEXT)
def test_merging_with_what_did_not_change_gives_the_other(base: str, other: str) -> None:
    assert merge(base, base, other) == other
    assert merge(base, other, base) == other
    assert merge(base, other, other) == other


def test_a_change_moves_to_where_it_is_to_apply_or_is_named() -> None:
    change = FileChange(path="a", before="1\n2\n3\n4\n", after="1\n2\n3\nfour\n")
    assert moved([change], {"a": "one\n2\n3\n4\n"}.get)[0][0].after == "one\n2\n3\nfour\n"
    assert moved([change], {"a": change.after}.get) == ((), ())
    fitting, conflicts = moved([change], {"a": "1\n2\n3\nFOUR\n"}.get)
    assert fitting == ()
    assert [left.where.path for left in conflicts] == ["a"]
    assert moved([change], lambda _: None)[1]


def test_names_of_patches_are_short_and_plain() -> None:
    name = file_name(3, "java-17", "Compile für Java 17: " + "long " * 30)
    assert name.startswith("0003-java-17-compile-f-r-java-17-long")
    assert len(name) <= 80
    assert name.isascii()


def test_a_mail_is_the_same_on_every_day_and_hides_no_line_in_its_message() -> None:
    change = FileChange(path="a", before="1\n", after="2\r\n")
    content = mailed("Do it", "diff --git a/x b/x\n--- a/x\nFrom: me", [change], "2013-05-06")
    assert content == mailed("Do it", "diff --git a/x b/x\n--- a/x\nFrom: me", [change], "2013-05-06")
    assert b"\nDate: Mon, 6 May 2013 12:00:00 +0000\n" in content
    assert content.count(b"\ndiff --git ") == 1
    assert b"+2=0D\n" in content
    assert b"+2\r\n" in mailed("Do it", "why", [change], for_git=False)
