"""Files in which a repository shows its developers what to set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.validation.ecosystems.example_variables import example_files, read_examples


def test_such_files_are_known_by_name_and_those_nearest_the_top_come_first() -> None:
    paths = [
        "docker/.env.example", ".env.sample", "env.example", ".env.test", "environment.py", ".env", "src/env.py",
        "docs/the.env.example.md", "example.env", "web/.env.local",
    ]  # fmt: skip
    assert example_files(paths) == (
        ".env.test", "env.example", "example.env", ".env.sample", "docker/.env.example", "web/.env.local",
    )  # fmt: skip


def test_quotes_comments_and_export_are_read_and_nothing_is_put_in_from_elsewhere() -> None:
    text = '# how to\nexport DEBUG=True\nSITE="http://shop.test"  # the address\nKEY=\nHOME_PAGE=$HOME/x\nPOOL: 3\n'
    assert read_examples(text) == {"DEBUG": "True", "SITE": "http://shop.test", "HOME_PAGE": "$HOME/x"}


def test_what_steers_the_box_itself_is_not_taken() -> None:
    text = (
        "PATH=/x\nPYTHONPATH=src\nLD_PRELOAD=/x.so\nPIP_INDEX_URL=http://x\nUV_CACHE=1\nFIGWRIGHT_BOX=/x\nLDAP_HOST=a\n"
    )
    assert read_examples(text) == {"LDAP_HOST": "a"}


@given(st.text(max_size=300))
def test_any_text_gives_names_that_can_be_set(text: str) -> None:
    for name, value in read_examples(text).items():
        assert name.isidentifier()
        assert name.isascii()
        assert value
        assert "\x00" not in value
