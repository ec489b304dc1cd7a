"""Planted defects: where they stand, what counts as found, and that every plant still has its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.assessment import LENSES, RULES
from agent.domain.finding import Evidence, Finding
from agent.domain.inventory import Location
from eval.datasets import sample_folder
from eval.planting import Plant, Planted, planted, read_plants
from eval.tasks.planted import lenses_that_found, rows_of

PLANTS = read_plants()
PLANT = Plant(id="p", lens="security", sample="s", file="a.py", kind="k", text="one\ntwo\n", find="def f", at="two")


def finding(rule: str, line: int, lens: str = "security") -> Finding:
    place = Evidence(location=Location(path="a.py", line=line), text="x")
    return Finding(
        id="x-1", rule=rule, severity="low", title="t", detail="d", remedy="r", services=(), evidence=(place,), count=1, lens=lens
    )  # fmt: skip


def test_a_plant_goes_after_the_line_or_in_its_place_or_to_the_end() -> None:
    before = "import a\ndef f():\n    pass\n"
    assert PLANT.into(before) == ("import a\ndef f():\none\ntwo\n    pass\n", 2, 0)
    instead = Plant(**{**vars(PLANT), "place": "replace"})
    assert instead.into(before) == ("import a\none\ntwo\n    pass\n", 1, 1)
    at_the_end = Plant(**{**vars(PLANT), "find": ""})
    assert at_the_end.into(before)[0] == before + "one\ntwo\n"
    with pytest.raises(ValueError, match="0 times"):
        Plant(**{**vars(PLANT), "find": "nowhere"}).into(before)


def test_the_copy_is_as_it_was_afterwards(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import a\ndef f():\n    pass\n")
    with planted(PLANT, tmp_path) as place:
        assert (tmp_path / "a.py").read_text().splitlines()[2:4] == ["one", "two"]
        assert (place.lines, place.came_from(2), place.came_from(4), place.came_from(5)) == (frozenset({4}), 2, None, 3)
    assert (tmp_path / "a.py").read_text() == "import a\ndef f():\n    pass\n"
    new = Plant(**{**vars(PLANT), "file": "deep/er/b.py", "find": ""})
    with planted(new, tmp_path) as place:
        assert place.lines == {2}
    assert [p.name for p in tmp_path.iterdir()] == ["a.py"]


def test_only_what_is_new_at_the_lines_counts() -> None:
    place = Planted(lines=frozenset({4}), first=2, added=2, replaced=0)
    none: frozenset[tuple[str, str, int]] = frozenset()
    assert lenses_that_found(place, PLANT, none, [finding("security.a", 4)]) == {"security"}
    assert lenses_that_found(place, PLANT, none, [finding("security.a", 6)]) == {"security"}
    assert lenses_that_found(place, PLANT, none, [finding("security.a", 7)]) == frozenset()
    assert (
        lenses_that_found(place, PLANT, frozenset({("security.a", "a.py", 3)}), [finding("security.a", 5)])
        == frozenset()
    )
    assert lenses_that_found(place, PLANT, frozenset({("security.a", "a.py", 3)}), [finding("security.b", 5)]) == {
        "security"
    }


def test_another_rule_near_by_does_not_count() -> None:
    place = Planted(lines=frozenset({4}), first=2, added=2, replaced=0)
    strict = Plant(**{**vars(PLANT), "rules": ("security.right",)})
    assert lenses_that_found(place, strict, frozenset(), [finding("security.wrong", 4)]) == frozenset()
    assert lenses_that_found(place, strict, frozenset(), [finding("privacy.x", 4, "privacy")]) == {"privacy"}


def test_recall_by_lens() -> None:
    other = Plant(**{**vars(PLANT), "id": "q", "first": True})
    rows = {
        row["lens"]: row for row in rows_of([PLANT, other], {"p": frozenset({"privacy"}), "q": frozenset({"security"})})
    }
    assert (rows["security"]["recall"], rows["security"]["first_recall"], rows["security"]["missed"]) == (0.5, 0.5, "p")
    assert rows["all"]["by_another_lens"] == 1


def test_plants_are_many_unique_of_known_lenses_and_have_their_place(tmp_path: Path) -> None:
    assert len(PLANTS) >= 60
    assert len({plant.id for plant in PLANTS}) == len(PLANTS)
    assert {plant.lens for plant in PLANTS} <= {lens.name for lens in LENSES}
    assert {rule for plant in PLANTS for rule in plant.rules} <= {rule.id for rule in RULES}
    for sample in {plant.sample for plant in PLANTS}:
        shutil.copytree(sample_folder() / sample, tmp_path / sample)
    for plant in PLANTS:
        with planted(plant, tmp_path / plant.sample) as place:
            text = (tmp_path / plant.sample / plant.file).read_text("utf-8").split("\n")
            assert all(plant.at in text[line - 1] for line in place.lines), plant.id
