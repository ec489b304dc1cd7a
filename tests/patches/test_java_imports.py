"""Imports stay where they stood; what is new stands in the place of what it replaces, or with its group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.patches.java_imports import imports_in_place

REST = "\n\npublic class A {\n}\n"


def source(*lines: str) -> str:
    return "package a;\n\n" + "\n".join(f"import {line};" if line else "" for line in lines) + REST


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (  # moved into another group, with its blank line
            source("java.io.File", "", "org.junit.Test", "", "com.acme.Db", "com.acme.Claim"),
            source("java.io.File", "", "com.acme.Db", "", "org.junit.jupiter.api.Test", "com.acme.Claim"),
            source("java.io.File", "", "org.junit.jupiter.api.Test", "", "com.acme.Db", "com.acme.Claim"),
        ),
        (  # sorted anew, and one more
            source("java.util.List", "java.io.File", "", "org.a.B"),
            source("java.io.File", "java.io.IOException", "java.util.List", "", "org.a.B"),
            source("java.util.List", "java.io.File", "java.io.IOException", "", "org.a.B"),
        ),
        (source("a.B", "", "c.D", "", "e.F"), source("a.B", "", "e.F"), source("a.B", "", "e.F")),
        (source("a.B", "", "", "c.D"), source("a.B", "c.D"), source("a.B", "", "", "c.D")),
        (
            source("static org.junit.Assert.*", "", "org.junit.Before"),
            source("org.junit.jupiter.api.BeforeEach", "", "static org.junit.jupiter.api.Assertions.*"),
            source("static org.junit.jupiter.api.Assertions.*", "", "org.junit.jupiter.api.BeforeEach"),
        ),
        (source("a.B", "/* odd */ c.D"), source("c.D", "a.B"), source("c.D", "a.B")),
        ("package a;" + REST, source("a.B"), source("a.B")),
        (source("a.B"), "package a;" + REST, "package a;" + REST),
    ],
)
def test_the_order_and_the_blanks_of_the_imports_are_kept(before: str, after: str, expected: str) -> None:
    assert imports_in_place(before, after) == expected


def test_line_endings_are_those_of_the_file() -> None:
    before, after = source("b.C", "a.B").replace("\n", "\r\n"), source("a.B", "b.C").replace("\n", "\r\n")
    assert imports_in_place(before, after) == before


_LINES = st.lists(st.sampled_from(["import a.B;", "import static c.D.*;", "import x.Y;", "", "class A {}", "// b"]))


@given(_LINES, _LINES)
def test_no_import_is_lost_or_made(before: list[str], after: list[str]) -> None:
    found = imports_in_place("\n".join(before), "\n".join(after))
    wanted = {line for line in after if line.startswith("import")}
    assert {line for line in found.split("\n") if line.startswith("import")} == wanted
