"""The hidden block, and whose words stay: figwright's own or people's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.delivery.block import Block, compose_body, digest, read_block, title_to_write, with_pushed

BLOCK = Block(item="tax", plan="p1", change="c1", pushed=("aaa",), title=digest("Tax"))


def test_what_is_written_is_read_again_and_writing_it_again_changes_nothing() -> None:
    body = compose_body("", "The text.\n\nMore.", BLOCK)
    block = read_block(body)
    assert block is not None
    assert block.model_copy(update={"text": ""}) == BLOCK
    assert compose_body(body, "The text.\n\nMore.", BLOCK) == body
    windows = body.replace("\n", "\r\n")
    assert digest(compose_body(windows, "The text.\n\nMore.", BLOCK)) == digest(body)


def test_new_text_takes_the_place_of_the_old_and_leaves_what_stands_around_it() -> None:
    body = "Before.\n\n" + compose_body("", "Old.", BLOCK) + "\nAfter.\n"
    new = compose_body(body, "New.", BLOCK)
    assert "Old." not in new
    assert new.index("Before.") < new.index("New.") < new.index("After.")


def test_text_that_a_person_changed_is_kept_and_the_block_is_brought_up_to_date() -> None:
    body = compose_body("", "Old.", BLOCK).replace("Old.", "Old, says Ann.")
    later = BLOCK.model_copy(update={"pushed": ("bbb",)})
    for _ in range(2):
        body = compose_body(body, "New.", later)
        assert "Old, says Ann." in body
        assert "New." not in body
        block = read_block(body)
        assert block is not None
        assert block.pushed == ("bbb",)


def test_the_block_alone_can_say_what_is_to_come() -> None:
    body = compose_body("", "Text.", BLOCK)
    announced = with_pushed(body, ("aaa", "bbb"))
    block = read_block(announced)
    assert block is not None
    assert block.pushed == ("aaa", "bbb")
    assert with_pushed(announced, ("aaa",)) == body
    assert with_pushed("no block", ("aaa",)) == "no block"


def test_a_block_inside_of_repository_text_is_none() -> None:
    assert read_block('| `<!-- figwright {"item":"x"} -->` | +1 |') is None
    assert read_block("<!-- figwright {broken -->") is None
    assert read_block('<!-- figwright {"item":"x","other":1} -->') is None


def test_a_title_that_a_person_changed_stays() -> None:
    assert title_to_write("Tax", "Tax, newer", BLOCK) == "Tax, newer"
    assert title_to_write("Ann's tax", "Tax, newer", BLOCK) == "Ann's tax"
    assert title_to_write("Anything", "Tax", None) == "Tax"


@given(st.text(), st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=80))
def test_any_body_can_be_read_and_written_and_is_then_stable(existing: str, text: str) -> None:
    read_block(existing)
    once = compose_body(existing, text, BLOCK)
    assert digest(compose_body(once, text, BLOCK)) == digest(once)
