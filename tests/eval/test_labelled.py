"""Labels: what is precision, what is lost, and that no code is copied into them."""

from __future__ import annotations

import re

from agent.assessment import RULES
from eval.datasets import sample_folder
from eval.tasks.labelled import FOLDER, Label, hash_line, read_labels, rows_of

LABELS = read_labels()


def label(line: int, holds: bool, **more: str) -> Label:
    return Label("r", "sample", "security.secret", "a.py", line, f"{line}", holds, "why", **more)


def test_precision_is_of_what_appears_and_losses_are_named() -> None:
    labels = [
        label(1, True),
        label(2, False),
        label(3, True),
        label(4, False, drawn="second"),
        label(5, False, said="old words"),
    ]
    shown = {one.place: "new words" for one in (labels[0], labels[3], labels[4])}
    (row, whole) = rows_of(labels, shown)
    assert (row["lens"], whole["lens"]) == ("security", "all")
    assert (row["first_precision"], row["precision"]) == (0.5, 0.5)
    assert (row["mended"], row["lost"]) == (2, 1)
    assert row["wrong"] == "security.secret@r:a.py:4"
    assert "a.py:3" in str(row["gone"])


def test_there_are_200_labels_of_the_first_round_by_many_rules_each_with_a_reason() -> None:
    assert sum(1 for one in LABELS if one.drawn == "first") == 200
    assert len({one.rule for one in LABELS}) > 50
    assert {one.rule for one in LABELS} <= {rule.id for rule in RULES}
    assert all(one.reason and re.fullmatch(r"[0-9a-f]{12}", one.line_hash) for one in LABELS)
    assert all(one.version == "sample" or re.fullmatch(r"[0-9a-f]{40}", one.version) for one in LABELS)


def test_labels_of_samples_still_name_a_line_that_is_there() -> None:
    for one in LABELS:
        if one.version == "sample":
            text = (sample_folder() / one.repository / one.file).read_text("utf-8", "replace")
            assert one.line_hash in {hash_line(line) for line in text.splitlines()}, one


def test_no_line_of_code_stands_in_the_labels() -> None:
    keys = {"drawn", "repository", "version", "rule", "file", "line", "line_hash", "holds", "reason", "said"}
    for path in FOLDER.glob("*.toml"):
        for line in path.read_text("utf-8").splitlines():
            assert not line or line.startswith("#") or line == "[[finding]]" or line.partition(" = ")[0] in keys
