"""The evaluation page is what the result files say, and changes when they do."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from eval.__main__ import main
from eval.figures import BEGIN, END, readme_path, with_figures
from eval.recording import record, recorded_folder
from eval.tables import evaluation_page, page_path
from eval.task import Column, Description, Outcome, Skipped
from eval.tasks import TASKS


class Weighing(Description):
    def run(self, request):
        return Outcome(({"thing": "a|b", "kilos": 1.25, "ok": True, "note": None},), (Skipped("moon", "too far"),))


WEIGHING = Weighing(
    name="weighing",
    measures="Kilos.",
    truth="A scale.",
    baselines="A feather.",
    limits="One thing.",
    seeds=(3, 4),
    columns=(Column("thing", "Thing"), Column("kilos", "Kilos", 1), Column("ok", "OK"), Column("note", "Note")),
)


def test_the_committed_page_is_current():
    assert page_path().read_text("utf-8") == evaluation_page(TASKS, recorded_folder())


def test_the_readmes_figures_are_current_and_follow_the_results(tmp_path):
    readme = readme_path().read_text("utf-8")
    assert with_figures(readme, recorded_folder()) == readme
    shutil.copytree(recorded_folder(), tmp_path / "results")
    for name, key in (
        ("plan_time", "cold_cpu_seconds"), ("boundaries", "ari"), ("graph", "recall"), ("retrieval", "mrr"),
        ("refactor", "ours"), ("validation", "accepted"), ("extraction", "killed"),
    ):  # fmt: skip
        path = tmp_path / "results" / f"{name}.json"
        before = path.read_text("utf-8")
        result = json.loads(before)
        for row in result["rows"]:
            row[key] = None if row[key] is None else row[key] + 1
        path.write_text(json.dumps(result))
        assert with_figures(readme, tmp_path / "results") != readme, name
        path.write_text(before)
    with pytest.raises(ValueError, match="marks"):
        with_figures("# figwright\n", recorded_folder())


def test_every_figure_of_the_readme_stands_beside_its_command():
    """Outside of the table that results fill, numbers are versions and names of standards."""
    text = readme_path().read_text("utf-8")
    outside = text.partition(BEGIN)[0] + text.partition(END)[2]
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", outside, flags=re.DOTALL)
    numbers = set(re.findall(r"\b\d[\d.,]*\b", prose))
    assert numbers <= {"3.11", "2", "3", "8", "17", "2.0"}, numbers
    for line in text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()[2:]:
        assert "`python -m eval " in line


def test_the_page_follows_the_results(tmp_path):
    shutil.copytree(recorded_folder(), tmp_path / "results")
    path = tmp_path / "results" / f"{TASKS[0].name}.json"
    result = json.loads(path.read_text("utf-8"))
    result["rows"][0][TASKS[0].columns[0].key] = "something else"
    path.write_text(json.dumps(result))
    assert evaluation_page(TASKS, tmp_path / "results") != evaluation_page(TASKS, recorded_folder())


def test_every_task_has_a_recorded_result_with_versions_seeds_and_machine():
    for task in (task for task in TASKS if not task.opt_in):
        result = json.loads((recorded_folder() / f"{task.name}.json").read_text("utf-8"))
        assert result["rows"], task.name
        assert result["seeds"] == list(task.seeds)
        assert result["machine"]["cores"]
        assert result["packages"]["python"]
        assert len(result["code"]) == 16
        assert {column.key for column in task.columns} <= set(result["rows"][0])


def test_a_recorded_outcome_is_shown_whole(tmp_path):
    record(WEIGHING, WEIGHING.run(None), 2.0, tmp_path)
    page = evaluation_page([WEIGHING], tmp_path)
    assert r"| a\|b | 1.2 | yes | – |" in page
    assert "- moon: too far" in page
    assert "seeds 3, 4" in page


def test_a_task_without_a_result_says_so(tmp_path):
    assert "Not recorded yet." in evaluation_page([WEIGHING], tmp_path)


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["boundaries", "--dataset", "/nowhere"], ["--sources", "/nowhere"]]
)
def test_unusable_input_is_refused(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("eval: ")
