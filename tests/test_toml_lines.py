"""Keys of a TOML file are found on their lines, however they are written."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.assumptions import Assumptions
from agent.toml_lines import line_of, with_places

TEXT = """\
out = "x"
[pins]
"a.b" = "orders"

[answers]
"retire.GET /old" = "yes"
writer.orders = "order"   # dotted
'slo.rto' = 4
restore = true
[route_weights]
"GET /x" = -1
"""


def test_each_answer_carries_its_line() -> None:
    told = Assumptions(
        **{k: v for k, v in with_places(tomllib.loads(TEXT), TEXT, "figwright.toml").items() if k == "answers"}
    )
    assert {key: (answer.text, answer.place) for key, answer in told.answers.items()} == {
        "retire.GET /old": ("yes", "figwright.toml:6"),
        "writer.orders": ("order", "figwright.toml:7"),
        "slo.rto": ("4", "figwright.toml:8"),
        "restore": ("yes", "figwright.toml:9"),
    }


def test_lines_of_tables_and_of_what_is_not_there() -> None:
    assert line_of(TEXT, ["route_weights", "GET /x"]) == 11
    assert line_of(TEXT, ["pins"]) == 2
    assert line_of(TEXT, ["pins", "nobody"]) == 2  # its table, at least
    assert line_of(TEXT, ["nothing"]) == 0
    assert line_of("[tool.figwright.answers]\na = 1\n", ["answers", "a"]) == 2


@given(st.text(max_size=300))
def test_any_text_has_lines(text: str) -> None:
    assert line_of(text, ["answers", "a"]) >= 0
