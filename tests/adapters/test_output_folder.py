"""Files appear whole or not at all; edited ones are recognised."""

from __future__ import annotations

import pytest

from agent.adapters.output_folder import is_edited, stamped, write_files
from agent.errors import OutputError


def test_files_are_written_and_nothing_else_is_left(tmp_path):
    write_files(tmp_path / "out", {"a.md": "one\n", "b.json": "{}\n"})
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.md", "b.json"]
    assert (tmp_path / "out" / "a.md").read_text() == "one\n"


def test_a_file_where_the_folder_should_be_is_an_error_in_one_sentence(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="--out"):
        write_files(tmp_path / "out", {"a.md": "one\n"})
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("name", ["mine/part.md", "taken"], ids=["its folder is a file", "it is a folder"])
def test_when_one_file_cannot_be_written_none_appears(tmp_path, name):
    (tmp_path / "mine").write_text("yours")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError):
        write_files(tmp_path, {"a.md": "one\n", name: "two\n"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "taken"]
    assert (tmp_path / "mine").read_text() == "yours"


def test_a_name_with_a_folder_gets_it(tmp_path):
    write_files(tmp_path / "out", {"runbooks/orders.md": "one\n"})
    assert (tmp_path / "out" / "runbooks" / "orders.md").read_text() == "one\n"


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    (tmp_path / ".figwright-abc.tmp").write_text("half")
    write_files(tmp_path, {"a.md": "one\n"})
    assert [p.name for p in tmp_path.iterdir()] == ["a.md"]


def test_an_edited_file_is_told_from_one_that_was_only_written(tmp_path):
    path = tmp_path / "boundaries.toml"
    assert not is_edited(path)
    path.write_text(stamped("version = 1\n"))
    assert not is_edited(path)
    path.write_text(path.read_text() + "apart = []\n")
    assert is_edited(path)
    path.write_text("version = 1\n")
    assert is_edited(path)
