"""From suites to baselines: environments made, amended, found again; outcomes that differ are set aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.adapters.work_folders import WorkFolders
from agent.domain.environment import Need, Recipe, Step
from agent.errors import InputError
from agent.validation import examine, find_suites, make_environment, read_recipe, run_suite
from tests.validation.places import shell_place

PASSING = "echo ok a; echo ok b\n"


def test_every_test_that_passed_in_each_of_three_runs_is_the_baseline(tmp_path: Path) -> None:
    with shell_place(tmp_path, {"suite.sh": PASSING}) as place:
        report, standing = examine(place)
    assert report.not_run == ()
    baseline = report.suites[0].baseline
    assert baseline is not None
    assert baseline.passed == ("a", "b")
    assert (baseline.runs, baseline.orders) == (3, (0, 1, 2))
    assert baseline.exit_code == 0
    assert len(standing) == 1


def test_what_differs_with_the_order_or_asks_for_the_network_is_set_aside_by_name(tmp_path: Path) -> None:
    suite = """
echo ok steady
if [ "$1" = 1 ]; then echo not ok shaken assertion; else echo ok shaken; fi
if [ -f "$ENVIRONMENT/../moody" ]; then echo ok moody; rm -f "$ENVIRONMENT/../moody"
else echo not ok moody assertion; touch "$ENVIRONMENT/../moody"; fi
echo "not ok remote getaddrinfo ENOTFOUND example.org"
echo "not ok store connect ECONNREFUSED 127.0.0.1:5432"
echo "not ok wrong 1 != 2"
"""
    with shell_place(tmp_path, {"suite.sh": suite}) as place:
        report, _ = examine(place)
    baseline = report.suites[0].baseline
    assert baseline is not None
    assert baseline.order_dependent == ("shaken",)
    assert baseline.orders == (0, 1, 2, 0)
    assert {found.id: found.why for found in baseline.set_aside} == {
        "moody": "flaky",
        "remote": "network",
        "store": "service",
    }
    assert baseline.passed == ("shaken", "steady")
    assert baseline.failed == ("wrong",)


def test_an_environment_is_made_once_and_found_by_the_next_run(tmp_path: Path) -> None:
    files = {"suite.sh": 'test -f "$ENVIRONMENT/tool" && echo ok a\n', "needs.txt": "tool\n"}
    for expected in (False, True):
        with shell_place(tmp_path, files) as place:
            report, _ = examine(place, runs=1)
        assert report.suites[0].environment.reused is expected
        assert report.suites[0].baseline is not None
        assert report.suites[0].baseline.passed == ("a",)
    with shell_place(tmp_path, {**files, "needs.txt": "tool\nother\n"}) as place:
        report, _ = examine(place, runs=1)
    assert not report.suites[0].environment.reused


def test_what_is_missing_is_added_round_by_round_and_said(tmp_path: Path) -> None:
    suite = """
for tool in one two; do
  if ! test -f "$ENVIRONMENT/$tool"; then echo "needs $tool"; echo "load error t_$tool"; exit 1; fi
done
echo ok a
"""
    with shell_place(tmp_path, {"suite.sh": suite}) as place:
        report, _ = examine(place, runs=1)
    environment = report.suites[0].environment
    assert environment.rounds == 3
    assert [note.split(",")[0] for note in environment.amended] == ["make one", "make two"]
    assert report.suites[0].baseline is not None
    assert report.suites[0].baseline.passed == ("a",)


def test_a_later_round_that_is_worse_does_not_replace_a_better_one(tmp_path: Path) -> None:
    suite = """
if test -f "$ENVIRONMENT/one"; then echo ok a; echo load error x; echo load error y; exit 1; fi
echo ok a; echo ok b; echo load error x; echo needs one
"""
    with shell_place(tmp_path, {"suite.sh": suite}) as place:
        report, standing = examine(place, runs=1)
    assert report.suites[0].environment.rounds == 1
    assert report.suites[0].baseline is not None
    assert report.suites[0].baseline.passed == ("a", "b")
    assert standing[0].environment.recipe.steps == ()


def test_a_step_that_fails_is_named_with_what_it_printed_last(tmp_path: Path) -> None:
    with shell_place(tmp_path, {"suite.sh": PASSING, "needs.txt": "broken\n"}) as place:
        report, standing = examine(place)
    assert standing == ()
    assert "the step 'make broken' failed (exit code 1)" in report.not_run[0]
    assert report.suites[0].last_lines == ("making broken",)


@pytest.mark.parametrize(
    ("ecosystem", "needs", "made"),
    [
        ("python", "thing", 1),
        ("python", "thing maybe-broken", 1),
        ("python", "thing maybe-own", 2),  # its own code may have asked for the variable
        ("shell", "thing", 2),
    ],
)
def test_what_was_made_whole_stands_when_only_a_variable_was_missing(
    tmp_path: Path, ecosystem: str, needs: str, made: int
) -> None:
    suite = 'test -n "$SHOP" && echo ok a || { echo wants SHOP=open; echo load error a; }\n'
    said: list[str] = []
    with shell_place(tmp_path, {"suite.sh": suite, "needs.txt": needs}, ecosystem) as place:
        environment, _, result = make_environment(replace(place, say=said.append), find_suites(place)[ecosystem][0])
    assert result is not None
    assert result.passed == {"a"}
    assert (environment.rounds, environment.recipe.variables) == (2, {"SHOP": "open"})
    assert said.count("environment: make thing") == made
    assert said.count("environment: trial run") == 2


def test_a_suite_that_runs_nothing_or_does_not_end_is_not_green(tmp_path: Path) -> None:
    with shell_place(tmp_path, {"suite.sh": "exit 0\n"}) as place:
        report, standing = examine(place)
    assert standing == ()
    assert report.not_run == ("shell, shell in the root folder: no test ran",)
    with shell_place(tmp_path / "endless", {"suite.sh": "echo ok a; sleep 60\n"}) as place:
        installed = make_environment(
            place, find_suites(place)["shell"][0], Recipe(ecosystem="shell", needs=(Need(name="sh"),))
        )[1]
        assert installed is not None
        result = run_suite(place, installed, wall_seconds=1).result
    assert result.stopped_by == "wall time"
    assert "wall time" in result.trouble


def test_the_work_copy_is_the_only_thing_that_a_run_changes(tmp_path: Path) -> None:
    suite = "echo changed > data.txt; rm -f suite.sh; mkdir locked; touch locked/f; chmod 0 locked; echo ok a\n"
    with shell_place(tmp_path, {"suite.sh": suite, "data.txt": "as it was\n"}) as place:
        report, _ = examine(place)
        assert (place.pristine / "data.txt").read_text() == "as it was\n"
        run_folders = list((tmp_path / "cache/runs").iterdir())
    assert report.suites[0].baseline is not None
    assert report.suites[0].baseline.passed == ("a",)
    assert (tmp_path / "repository/data.txt").read_text() == "as it was\n"
    assert len(run_folders) == 1
    assert not list((tmp_path / "cache/runs").iterdir())


def test_folders_of_a_run_that_was_killed_go_with_the_next_and_those_in_use_stay(tmp_path: Path) -> None:
    with WorkFolders(tmp_path) as alive:
        orphan = tmp_path / "runs/run-dead"
        (orphan / "0001-repo").mkdir(parents=True)
        (orphan / ".lock").touch()
        with WorkFolders(tmp_path) as second:
            assert second.removed == 1
            assert not orphan.exists()
            assert alive.folder.exists()


def test_a_recipe_of_the_users_own_is_carried_out_as_it_is(tmp_path: Path) -> None:
    text = """
ecosystem = "shell"
[[needs]]
name = "sh"
[[steps]]
name = "make tool"
run = ["{toolchain:sh}", "-c", "touch {env}/tool"]
[variables]
COLOUR = "blue"
"""
    recipe = read_recipe(text, "mine.toml")
    with shell_place(
        tmp_path, {"suite.sh": 'test -f "$ENVIRONMENT/tool" && echo "ok $COLOUR"; echo needs more\n'}
    ) as place:
        report, _ = examine(place, recipe=recipe, runs=1)
    assert report.suites[0].baseline is not None
    assert report.suites[0].baseline.passed == ("blue",)
    assert report.suites[0].environment.amended == ()
    again = read_recipe(report.suites[0].environment.recipe.model_dump_json(), "printed.json")
    assert again == recipe


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ecosystem = ", "TOML"),
        ('ecosystem = "shell"\nstep = 1', "step"),
        ('ecosystem="x"\nsteps=[{name="a", run=[]}]', "steps.0.run"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused_with_the_place(text: str, named: str) -> None:
    with pytest.raises(InputError, match=r"mine\.toml") as refused:
        read_recipe(text, "mine.toml")
    assert named in str(refused.value)


def test_a_toolchain_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    recipe = Recipe(
        ecosystem="shell", needs=(Need(name="cobol", versions=">=3"),), steps=(Step(name="x", run=("true",)),)
    )
    with shell_place(tmp_path, {"suite.sh": PASSING}) as place:
        report, standing = examine(place, recipe=recipe)
    assert standing == ()
    assert "the tests need cobol >=3, and this machine has none" in report.not_run[0]
