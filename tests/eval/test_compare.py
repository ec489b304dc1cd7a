"""Two runs side by side: what is better, worse, and no more than noise; and who stands where among advisors."""

from __future__ import annotations

import json
from statistics import mean

import pytest

from eval.__main__ import main
from eval.compare import compare_runs, comparison_text, read_runs
from eval.leaderboard import leaderboard_rows
from eval.recording import record, recorded_folder
from eval.task import Column, Description, Outcome
from eval.tasks import TASKS

TASKS_FOLDER = recorded_folder()


class Racing(Description):
    def run(self, request):
        return Outcome(())


RACING = Racing(
    name="racing",
    measures="Laps.",
    truth="A clock.",
    baselines="A snail.",
    limits="One track.",
    columns=(
        Column("driver", "Driver", role="name"),
        Column("wins", "Wins", role="higher"),
        Column("faults", "Faults", role="lower"),
        Column("seconds", "Seconds", role="cost"),
        Column("turns", "Turns", role="watch"),
        Column("note", "Note"),
    ),
)


def lap(driver="Ann", wins=3, faults=1, seconds=10.0, turns=4, note="x"):
    return {"driver": driver, "wins": wins, "faults": faults, "seconds": seconds, "turns": turns, "note": note}


def verdicts(before, after):
    """figure -> verdict of two sides, each a list of runs, each a list of rows."""
    sides = [{"racing": [{"task": "racing", "rows": rows} for rows in side]} for side in (before, after)]
    found, _ = compare_runs(*sides, [RACING])
    return {f"{one.row} {one.figure}".strip(): one.verdict for one in found}


def test_equal_runs_do_not_differ_and_notes_do_not_count():
    assert verdicts([[lap()]], [[lap(note="y")]]) == {}


def test_without_repeats_computed_figures_are_judged_and_costs_are_not():
    assert verdicts([[lap()]], [[lap(wins=4, faults=2, seconds=8.0, turns=5)]]) == {
        "Ann Wins": "better",
        "Ann Faults": "worse",
        "Ann Seconds": "noise unknown",
        "Ann Turns": "changed",
    }


def test_with_repeats_noise_decides():
    noisy = [[lap(seconds=s)] for s in (10.0, 12.0, 14.0)]
    assert verdicts(noisy, [[lap(seconds=s)] for s in (11.0, 13.0, 15.0)]) == {"Ann Seconds": "within noise"}
    assert verdicts(noisy, [[lap(seconds=s)] for s in (30.0, 32.0, 34.0)]) == {"Ann Seconds": "worse"}
    assert verdicts(noisy, [[lap(seconds=s)] for s in (1.0, 1.5, 2.0)]) == {"Ann Seconds": "better"}
    assert verdicts(noisy, [[lap(seconds=13.0)]]) == {"Ann Seconds": "within noise"}  # one side's repeats serve both


def test_the_limit_is_welchs():
    before, after = (10.0, 12.0, 14.0), (11.0, 13.0, 15.0)
    sides = [{"racing": [{"task": "racing", "rows": [lap(seconds=s)]} for s in side]} for side in (before, after)]
    (only,) = compare_runs(*sides, [RACING])[0]
    # both variances 4, three runs each: sqrt(4/3 + 4/3) with 4 degrees of freedom
    assert only.noise == pytest.approx(2.776 * (8 / 3) ** 0.5)
    assert (only.before, only.after) == (mean(before), mean(after))


def test_rows_and_tasks_of_one_side_only_are_said():
    assert verdicts([[lap()]], [[lap(), lap("Bob")]]) == {"Bob": "only in B"}
    found, _ = compare_runs({"racing": [{"task": "racing", "rows": []}]}, {}, [RACING])
    assert [(one.task, one.verdict) for one in found] == [("racing", "only in A")]


def test_runs_of_different_machines_are_called_unlike():
    one = {"task": "racing", "rows": [], "machine": {"cores": 2}, "packages": {"numpy": "1"}}
    other = {"task": "racing", "rows": [], "machine": {"cores": 8}, "packages": {"numpy": "1"}}
    _, unlike = compare_runs({"racing": [one]}, {"racing": [other]}, [RACING])
    assert unlike == ["racing: machine: cores 2 -> 8"]


def test_what_is_worse_is_printed_first():
    found, unlike = compare_runs(
        {"racing": [{"task": "racing", "rows": [lap(), lap("Bob")]}]},
        {"racing": [{"task": "racing", "rows": [lap(wins=4), lap("Bob", wins=1)]}]},
        [RACING],
    )
    lines = comparison_text(found, unlike).splitlines()
    assert lines[0] == "1 worse, 1 better"
    assert lines[1].split() == ["worse", "racing,", "Bob,", "Wins:", "3", "->", "1,", "noise", "0"]


# ---------------------------------------------------------------- files


def written(folder, wins):
    record(RACING, Outcome((lap(wins=wins),)), 1.0, folder)


def test_a_run_is_a_file_a_folder_or_a_folder_of_repeats(tmp_path):
    written(tmp_path / "one", 1)
    for number in (1, 2, 3):
        written(tmp_path / "three" / str(number), number)
    (tmp_path / "one" / "other.json").write_text("[]")
    assert len(read_runs(tmp_path / "one" / "racing.json")["racing"]) == 1
    assert len(read_runs(tmp_path / "one")["racing"]) == 1
    assert [r["rows"][0]["wins"] for r in read_runs(tmp_path / "three")["racing"]] == [1, 2, 3]
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "one" / "other.json", tmp_path / "none.json"):
        with pytest.raises(ValueError, match="result file"):
            read_runs(place)


def test_the_command_compares_recorded_results(tmp_path, capsys):
    result = json.loads((TASKS_FOLDER / "boundaries.json").read_text("utf-8"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "boundaries.json").write_text(json.dumps(result))
    result["rows"][0]["ari"] -= 0.1
    (tmp_path / "b" / "boundaries.json").write_text(json.dumps(result))
    arguments = ["compare", str(tmp_path / "a"), str(tmp_path / "b")]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("1 worse")
    assert main([*arguments, "--fail-on-worse"]) == 1
    capsys.readouterr()
    assert main([*arguments, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"][0]["verdict"] == "worse"
    assert main(["compare", str(tmp_path / "a")]) == 2
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "nowhere")]) == 2


def test_repeats_are_written_beside_each_other(tmp_path):
    assert main(["estate", "--quick", "--repeats", "2", "--out", str(tmp_path)]) == 0
    assert len(read_runs(tmp_path)["estate"]) == 2


# ---------------------------------------------------------------- what tasks promise


def test_every_task_says_how_to_get_its_data_and_what_it_may_take():
    for task in TASKS:
        for sentence in (task.measures, task.truth, task.baselines, task.limits, task.data):
            assert len(sentence) > 3, task.name
        assert task.budget > 0, task.name
        assert any(column.role == "name" for column in task.columns), task.name
        assert any(column.role not in ("", "name") for column in task.columns), task.name


def test_the_quick_budget_is_under_five_minutes():
    assert sum(task.quick_budget for task in TASKS) < 5


def test_rows_of_recorded_results_have_names_of_their_own():
    for task in TASKS:
        path = TASKS_FOLDER / f"{task.name}.json"
        if not path.is_file():
            assert task.opt_in, task.name
            continue
        names = [column.key for column in task.columns if column.role == "name"]
        rows = json.loads(path.read_text("utf-8"))["rows"]
        assert len({tuple(row[name] for name in names) for row in rows}) == len(rows), task.name


# ---------------------------------------------------------------- advisors

ADVICE = {"asked": 4, "accepted": 3, "right": 2, "tokens_in": 100, "tokens_out": 10, "seconds": 5.0}
NOTHING = {"ari_without": None, "ari_with": None, "ari_worst": None}
ROWS = [
    {"kind": "naming of given groups", "app": "orderdesk", **ADVICE, **NOTHING},
    {"kind": "answers with citations", "app": "orderdesk", **ADVICE, **NOTHING},
    {"kind": "from the test's error", "app": "small programs", **ADVICE, **NOTHING},
    {"kind": "placing", "app": "a", **ADVICE, "right": None, "ari_without": 0.5, "ari_with": 0.6, "ari_worst": 0.4},
]


def test_without_a_model_the_leaderboard_has_one_row_and_says_so():
    rows, note = leaderboard_rows(
        [], {"rows": [{"method": "figwright", "ari": 0.5}, {"method": "folders", "ari": 0.1}]}
    )
    assert [row["advisor"] for row in rows] == ["none"]
    assert rows[0]["ari"] == 0.5
    assert "No model has been run" in note


def test_each_model_is_a_row_beside_none():
    rows, note = leaderboard_rows([{"variant": "tiny", "rows": ROWS, "recorded": "2026-01-01"}], None)
    assert [row["advisor"] for row in rows] == ["none", "tiny"]
    assert rows[0]["ari"] == 0.5
    assert (rows[1]["naming"], rows[1]["asking"], rows[1]["repairing"]) == ("2 of 4", "2 of 4", "2 of 4")
    assert (rows[1]["ari"], rows[1]["worst"], rows[1]["tokens"], rows[1]["seconds"]) == (0.6, 0.4, 440, 20)
    assert "No model" not in note
