"""Blocks that a model writes: exactly one place, or none; never another file, never the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.composition import languages
from agent.patches.codebase import OverlaidCode
from agent.patches.search_replace import read_answer, read_blocks, readable
from tests.patches.codebases import code_of

FILES = {
    "shop/orders.py": "def total(net, tax):\n    if net:\n        return net + tax\n    return 0\n\n\ndef zero():\n    return 0\n",
    "shop/latin.py": "# -*- coding: latin-1 -*-\nname = '\xe9'\n",
    "shop/utf.py": "name = '\u00e9'\n".encode().decode("latin-1"),
    "shop/windows.py": "a = 1\r\nb = 2\r\n",
    "tests/test_orders.py": "def test_total():\n    assert True\n",
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OverlaidCode]:
    with code_of(tmp_path_factory.mktemp("code"), FILES) as found:
        yield found


def block(path: str, search: str, replace: str) -> str:
    return f"Here it is:\n\n`{path}`\n```python\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


def changed(code: OverlaidCode, answer: str) -> dict[str, str | None]:
    edited = read_answer(code, answer, languages())
    assert edited.refused == ()
    return {change.path: change.after for change in edited.changes}


def refused(code: OverlaidCode, answer: str) -> str:
    edited = read_answer(code, answer, languages())
    assert edited.changes == ()
    return "; ".join(edited.refused)


def test_lines_that_stand_there_once_are_replaced(code: OverlaidCode) -> None:
    after = changed(code, block("shop/orders.py", "        return net + tax\n", "        return net + tax - 1\n"))
    assert after == {"shop/orders.py": FILES["shop/orders.py"].replace("net + tax\n", "net + tax - 1\n")}


def test_other_blanks_and_indentation_will_do_when_only_one_place_can_be_meant(code: OverlaidCode) -> None:
    after = changed(
        code, block("shop/orders.py", "if net:  \n    return net + tax\n", "if net > 0:\n    return net + tax\n")
    )
    assert after == {"shop/orders.py": FILES["shop/orders.py"].replace("if net:", "if net > 0:")}
    deeper = "            if net:\n                return net + tax\n"
    assert changed(code, block("shop/orders.py", deeper, deeper.replace("net:", "net > 0:"))) == after


def test_two_blocks_build_on_each_other(code: OverlaidCode) -> None:
    first = block("shop/orders.py", "def zero():\n", "def nothing():\n")
    after = changed(
        code, first + block("shop/orders.py", "def nothing():\n    return 0\n", "def nothing():\n    return None\n")
    )
    assert str(after["shop/orders.py"]).endswith("def nothing():\n    return None\n")


def test_encodings_and_line_ends_stay(code: OverlaidCode) -> None:
    assert changed(code, block("shop/windows.py", "a = 1\n", "a = 3\n")) == {"shop/windows.py": "a = 3\r\nb = 2\r\n"}
    assert changed(code, block("shop/latin.py", "name = '\u00e9'\n", "name = '\u00e8'\n"))["shop/latin.py"] == (
        "# -*- coding: latin-1 -*-\nname = '\xe8'\n"
    )
    assert changed(code, block("shop/utf.py", "name = '\u00e9'\n", "name = '\u20ac'\n")) == {
        "shop/utf.py": "name = '\u20ac'\n".encode().decode("latin-1")
    }
    assert "does not have" in refused(code, block("shop/latin.py", "name = '\u00e9'\n", "name = '\u20ac'\n"))


def test_a_new_file(code: OverlaidCode) -> None:
    assert changed(code, block("shop/tax.py", "", "rate = 0.2\n")) == {"shop/tax.py": "rate = 0.2\n"}
    assert "there already" in refused(code, block("shop/orders.py", "", "x = 1\n"))


@pytest.mark.parametrize(
    ("path", "search", "why"),
    [
        ("shop/orders.py", "    return 0\n", "2 times"),
        ("shop/orders.py", "    return 1\n", "do not stand"),
        ("shop/missing.py", "x\n", "no such file"),
        ("tests/test_orders.py", "    assert True\n", "belongs to the tests"),
        ("tests/test_new.py", "", "belongs to the tests"),
        ("../outside.py", "", "not a path"),
        ("/etc/passwd", "", "not a path"),
        (".git/config", "", "no file of the product"),
        ("shop/../tests/test_orders.py", "    assert True\n", "not a path"),
    ],
)
def test_what_is_refused(code: OverlaidCode, path: str, search: str, why: str) -> None:
    assert why in refused(code, block(path, search, "pass\n"))


def test_what_no_longer_parses_is_refused(code: OverlaidCode) -> None:
    assert "does not parse" in refused(code, block("shop/orders.py", "def zero():\n", "def zero(:\n"))


@pytest.mark.parametrize(
    "answer", ["", "I cannot.", "<<<<<<< SEARCH\nx\n", "a.py\n<<<<<<< SEARCH\na\n<<<<<<< SEARCH\n"]
)
def test_an_answer_without_whole_blocks_is_refused(code: OverlaidCode, answer: str) -> None:
    assert refused(code, answer)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "shop/orders.py", "    return 0", "", "\t", "\u20ac"]
        )
    )
)
def test_no_answer_raises(code: OverlaidCode, lines: list[str]) -> None:
    read_blocks("\n".join(lines))
    edited = read_answer(code, "\n".join(lines), languages())
    assert not (edited.changes and edited.refused)


def test_files_are_shown_as_people_read_them() -> None:
    assert readable("\xe9\r\n") == "\xe9\n"
    assert readable("\u20ac\n".encode().decode("latin-1")) == "\u20ac\n"
