"""What was printed, and what is done about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.environment import Recipe
from agent.domain.execution import CALLED
from agent.validation.ecosystems.python_amend import amend_recipe, rules
from agent.validation.ecosystems.python_recipe import Plan, make_recipe, minor_of

THREE = make_recipe(
    Plan(minor="3.12", wanted=("flask", "psycopg2", "private-thing==1"), runner=("pytest",), as_of="2024-01-01")
)
TWO = make_recipe(Plan(minor="2.7", wanted=("six",), runner=("pytest==4.6.11",)))
RAN = f"{CALLED}\n=========== ERRORS ===========\n"


def words(recipe: Recipe) -> str:
    return "\n".join(" ".join(step.run) for step in recipe.steps)


def amended(recipe: Recipe, said: str) -> tuple[Recipe, str]:
    found = amend_recipe(recipe, said)
    assert found is not None
    assert found[0] != recipe
    return found


@pytest.mark.parametrize(
    ("said", "installed"),
    [
        ("E   ModuleNotFoundError: No module named 'yaml'", "PyYAML"),
        ("ImportError: No module named dateutil.tz", "python-dateutil"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "setuptools<81"),
        ("pytest: error: unrecognized arguments: --cov=x --cov-report=term", "pytest-cov"),
        ("E       fixture 'mocker' not found", "pytest-mock"),
        (
            "E   django.core.exceptions.ImproperlyConfigured: Requested setting INSTALLED_APPS, but settings are not configured.",
            "pytest-django",
        ),
        ("  PytestConfigWarning: Unknown config option: DJANGO_SETTINGS_MODULE", "pytest-django"),
    ],
)
def test_what_is_missing_is_added_by_a_step_that_may_fail(said: str, installed: str) -> None:
    recipe, note = amended(THREE, RAN + said)
    assert any(step.run[-1] == installed and not step.needed for step in recipe.steps)
    assert note


def test_all_that_is_missing_is_added_in_one_round() -> None:
    recipe, note = amended(THREE, f"{RAN}No module named 'mock'\nNo module named 'lxml.etree'\nNo module named 'mock'")
    assert [step.name for step in recipe.steps if step.name in ("install mock", "install lxml")] == [
        "install mock",
        "install lxml",
    ]
    assert note.count(";") == 1


@pytest.mark.parametrize(
    ("said", "bound"),
    [
        ("ImportError: cannot import name 'escape' from 'jinja2' (/env/x)", "jinja2<3.1"),
        ("ImportError: cannot import name 'soft_unicode' from 'markupsafe'", "markupsafe<2.1"),
        ("ImportError: cannot import name 'url_quote' from 'werkzeug.urls'", "werkzeug<3"),
        ("ImportError: cannot import name 'ugettext_lazy' from 'django.utils.translation'", "django<4"),
        ("ModuleNotFoundError: No module named 'django.core.urlresolvers'", "django<2"),
    ],
)
def test_what_went_away_is_held_back(said: str, bound: str) -> None:
    recipe, _ = amended(THREE, RAN + said)
    constraints = next(step for step in recipe.steps if step.name == "write constraints")
    assert constraints.run[-1] == bound


@pytest.mark.parametrize(
    ("said", "python"),
    [
        ("ModuleNotFoundError: No module named 'distutils'", "==3.11.*"),
        ("ImportError: cannot import name 'Mapping' from 'collections'", "==3.9.*"),
        ("AttributeError: module 'inspect' has no attribute 'getargspec'", "==3.10.*"),
        ("AttributeError: module 'time' has no attribute 'clock'", "==3.7.*"),
        ("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?", "==2.7.*"),
        ("ModuleNotFoundError: No module named 'urllib2'", "==2.7.*"),
        ("Because the current Python version (3.12.1) does not satisfy Python>=3.13 and x", "==3.13.*"),
        ("the tests need python ==3.12.* and this machine has 3.13.0, 3.9.1, 2.7.18: install it", "==3.9.*"),
        ("  × Failed to build `numpy==1.17.0`", "==3.11.*"),
    ],
)
def test_another_interpreter(said: str, python: str) -> None:
    recipe, note = amended(THREE, said)
    assert recipe.needs[0].versions == python
    assert "→" in note


def test_another_interpreter_changes_how_things_are_installed() -> None:
    recipe, _ = amended(THREE, "ModuleNotFoundError: No module named 'urllib2'")
    said = words(recipe)
    assert "virtualenv==20.15.1" in said
    assert "boot/bin/uv" not in said
    assert "-m pip install -c {env}/constraints.txt flask psycopg2" in said
    assert "coverage==5.5" in said


def test_a_requirement_that_nobody_has_is_left_out() -> None:
    recipe, note = amended(THREE, "ERROR: No matching distribution found for private-thing==1")
    assert "private-thing" not in words(recipe)
    assert "flask" in words(recipe)
    assert "private-thing" in note


def test_a_step_that_may_fail_changes_nothing_once_tests_ran() -> None:
    assert amend_recipe(THREE, f"{RAN}  × Failed to build `numpy==1.17.0`") is None


def test_psycopg2_is_taken_ready_made() -> None:
    recipe, _ = amended(THREE, "Error: pg_config executable not found.")
    assert "psycopg2-binary" in words(recipe)


def test_build_tools_are_bounded_where_packages_are_built() -> None:
    recipe, _ = amended(THREE, "error in suds setup command: use_2to3 is invalid.")
    installing = next(step for step in recipe.steps if step.name == "install the dependencies")
    assert installing.env["UV_BUILD_CONSTRAINT"] == "{env}/constraints.txt"
    assert "setuptools<58" in words(recipe)


def test_what_cannot_be_installed_together_is_taken_one_by_one_once() -> None:
    recipe, _ = amended(THREE, "error: something nobody ever saw")
    single = [
        step for step in recipe.steps if step.name in ("install flask", "install psycopg2", "install private-thing==1")
    ]
    assert len(single) == 3
    assert not any(step.needed for step in single)
    assert amend_recipe(recipe, "error: something nobody ever saw") is None


def test_a_driver_that_needs_the_systems_libraries_is_done_without() -> None:
    wanted = make_recipe(Plan(minor="3.12", wanted=("django", "mysqlclient==2.2.8"), runner=("pytest",)))
    recipe, note = amended(
        wanted, "error: Failed to build `mysqlclient==2.2.8`\n  cause: The build backend returned an error"
    )
    assert "mysqlclient" not in words(recipe)
    assert "django" in words(recipe)
    assert minor_of(recipe) == "3.12", "an older Python has it no more than this one"
    assert "mysqlclient" in note
    other, _ = amended(wanted, "error: Failed to build `django==1.2`")
    assert minor_of(other) == "3.11"


def test_nothing_known_nothing_changed() -> None:
    assert amend_recipe(TWO, f"{RAN}AssertionError: 1 != 2") is None
    assert amend_recipe(Recipe(ecosystem="python"), "No module named 'mock'") is None
    assert amend_recipe(THREE, f"{RAN}No module named 'never_heard_of_it'") is None


def test_rules_for_3_are_not_for_2() -> None:
    assert amend_recipe(TWO, f"{RAN}ImportError: cannot import name 'Mapping' from 'collections'") is None


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.when.pattern[:40])
def test_each_rule_is_one_that_can_be_carried_out(rule: object) -> None:
    from agent.validation.ecosystems.python_amend import Rule

    assert isinstance(rule, Rule)
    assert rule.do in {"add", "bound", "build", "drop", "swap", "python", "variable"}
    assert rule.note
    assert rule.only in {"", "2", "3"}
    assert "{1}" not in f"{rule.what}{rule.note}" or rule.when.groups >= 1


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([rule.note for rule in rules()] + ["(" * 50, "a" * 3000])).map("\n".join)
)
def test_any_text_in_no_exception_out(said: str) -> None:
    found = amend_recipe(THREE, said)
    assert found is None or found[0] != THREE


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("E   KeyError: 'API_TOKEN'", "API_TOKEN", "1"),
        ("KeyError: 'SERVER_NAME'", "SERVER_NAME", "localhost"),
        ("django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable", "SECRET_KEY", "1"),
        (
            "decouple.UndefinedValueError: DEBUG not found. Declare it as envvar or define a default value.",
            "DEBUG",
            "1",
        ),
        ("KeyError: 'TEST_DATABASE_URL'", "TEST_DATABASE_URL", "sqlite:////tmp/figwright.sqlite"),
        ("E   KeyError: 'SHOP_URL'", "SHOP_URL", "http://localhost/"),
    ],
)
def test_a_variable_that_a_configuration_cannot_do_without_is_set(said: str, name: str, value: str) -> None:
    recipe, note = amended(THREE, RAN + said)
    assert recipe.variables[name] == value
    assert name in note


@pytest.mark.parametrize("said", ["KeyError: 'name'", "KeyError: 'USER'", "assert KeyError: 'A_B' in log"])
def test_a_missing_key_of_something_else_is_no_variable(said: str) -> None:
    assert amend_recipe(THREE, RAN + said) is None


SHOWN = make_recipe(
    Plan(
        minor="3.12",
        wanted=("django",),
        examples={
            "DEBUG": "on", "SITE_URL": "https://shop.test", "DJANGO_SETTINGS_MODULE": "shop.production",
            "DATABASE_URL": "postgres://shop@db/shop", "PATH_TO_MEDIA": "/srv/media",
        },
    )
)  # fmt: skip
DEBUG_MISSING = f"{RAN}django.core.exceptions.ImproperlyConfigured: Set the DEBUG environment variable"


def test_one_missing_variable_sets_all_that_the_repository_shows() -> None:
    recipe, note = amended(SHOWN, DEBUG_MISSING)
    added = {name: value for name, value in recipe.variables.items() if name not in SHOWN.variables}
    assert added == {"DEBUG": "on", "SITE_URL": "https://shop.test", "PATH_TO_MEDIA": "/srv/media"}
    assert note.endswith("as the repository's own example shows them: DEBUG, PATH_TO_MEDIA, SITE_URL")


def test_an_example_that_leads_to_a_database_server_is_no_use() -> None:
    recipe, note = amended(SHOWN, DEBUG_MISSING.replace("DEBUG", "DATABASE_URL"))
    assert recipe.variables["DATABASE_URL"] == "sqlite:////tmp/figwright.sqlite"
    assert "DEBUG" not in recipe.variables
    assert "SQLite" in note


def test_what_the_example_lacks_has_a_value_that_means_nothing() -> None:
    recipe, _ = amended(SHOWN, f"{DEBUG_MISSING}\nKeyError: 'SHOP_KEY'")
    assert (recipe.variables["DEBUG"], recipe.variables["SHOP_KEY"]) == ("on", "1")


def test_examples_are_no_part_of_what_an_environment_is_until_they_are_used() -> None:
    bare = make_recipe(Plan(minor="3.12", wanted=("django",)))
    assert bare.examples == {}
    assert bare.variables == SHOWN.variables
    assert bare.steps == SHOWN.steps


def test_what_pip_could_not_build_is_not_taken_for_something_that_is_not_there() -> None:
    old = make_recipe(Plan(minor="3.7", wanted=("jsmin==2.2.2", "gone==1")))
    none = "ERROR: Could not find a version that satisfies the requirement"
    built = f"error in jsmin setup command: use_2to3 is invalid.\n{none} jsmin==2.2.2 (from versions: 2.2.2)"
    recipe, note = amended(old, built)
    assert "jsmin==2.2.2" in words(recipe)
    assert "setuptools<58" in words(recipe)
    assert "cannot be had" not in note
    assert "gone==1" not in words(amended(old, f"{none} gone==1 (from versions: none)")[0])


def test_click_is_held_where_a_command_is_declared_as_before_its_eighth_version() -> None:
    recipe, _ = amended(THREE, f"{RAN}E   ValueError: 'default' must be a list when 'multiple' is true.")
    assert "click<8" in words(recipe)
