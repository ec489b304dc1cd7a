"""Small repositories and what is concluded from them: suites, interpreter, requirements, steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from agent.adapters.folder import Folder
from agent.domain.environment import Recipe
from agent.domain.execution import CALLED, Toolchain
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.validation.ecosystems.python import PythonEcosystem
from agent.validation.ecosystems.python_amend import amend_recipe
from agent.validation.ecosystems.python_sources import Sources

CASE = "import unittest\nclass {0}Test(unittest.TestCase):\n    def test_{0}(self): pass\n"


class Installed:
    """A machine with these Pythons."""

    def __init__(self, *versions: str) -> None:
        self._all = [Toolchain("python", version, Path("/p") / version, Path("/p")) for version in versions]

    def all(self, name: str) -> Sequence[Toolchain]:
        return self._all if name == "python" else ()

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next((one for one in self.all(name) if SpecifierSet(versions).contains(one.version)), None)


MACHINE = Installed("3.13.0", "3.12.1", "3.11.7", "3.10.1", "3.9.2", "3.8.1", "3.7.1", "3.6.1", "2.7.18")


class Dated(Folder):
    """A folder whose newest commit has a date."""

    date = ""

    def committed_on(self) -> str:
        return self.date


def tree_of(tmp_path: Path, files: Mapping[str, str], date: str = "") -> Dated:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    tree = Dated(tmp_path, "repository")
    tree.date = date
    return tree


def suites(tmp_path: Path, files: Mapping[str, str]) -> Sequence[Suite]:
    return PythonEcosystem().suites(tree_of(tmp_path, files))


def recipe(tmp_path: Path, files: Mapping[str, str], date: str = "", machine: Installed = MACHINE) -> Recipe:
    tree = tree_of(tmp_path, {"test_it.py": CASE.format("it"), **files}, date)
    ecosystem = PythonEcosystem()
    return ecosystem.recipe(tree, ecosystem.suites(tree)[0], machine)


def python_of(made: Recipe) -> str:
    return made.needs[0].versions


def words(made: Recipe) -> str:
    return "\n".join(" ".join(step.run) for step in made.steps)


# --- suites ---


def test_tests_are_found_by_content_whatever_the_files_are_called(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/core.py": "class Latest(object): pass\n",
        "tests/fields.py": CASE.format("fields"),
        "tests/common.py": "import unittest\nclass Base(unittest.TestCase):\n    def setUp(self): pass\n",
    }
    first = suites(tmp_path, files)[0]
    assert (first.runner, first.paths) == ("pytest", ("tests/fields.py",))
    assert "tests/common.py" in first.files


def test_a_helper_that_tests_import_is_not_run_by_itself(tmp_path: Path) -> None:
    files = {"it_test.py": f"import it_helper\n{CASE.format('it')}", "it_helper.py": CASE.format("helper")}
    assert suites(tmp_path, files)[0].paths == ("it_test.py",)


def test_a_module_of_the_same_name_is_not_taken_for_an_imported_helper(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/record.py": "x = 1\n",
        "test/record.py": f"from app.record import x\n{CASE.format('r')}",
    }
    assert suites(tmp_path, files)[0].paths == ("test/record.py",)


def test_usual_names_are_run_by_folder(tmp_path: Path) -> None:
    files = {"tests/test_a.py": CASE.format("a"), "tests/deep/test_b.py": CASE.format("b")}
    assert suites(tmp_path, files)[0].paths == ("tests",)


def test_pytest_configuration_with_testpaths_speaks_for_itself(tmp_path: Path) -> None:
    files = {"tests/test_a.py": CASE.format("a"), "setup.cfg": "[tool:pytest]\ntestpaths = tests\n"}
    first = suites(tmp_path, files)[0]
    assert (first.runner, first.paths) == ("pytest", ())
    assert str(first.where[0]) == "setup.cfg:1"


def test_generators_are_for_nose(tmp_path: Path) -> None:
    text = "def check(n): assert n\n\ndef test_all():\n    for n in (1, 2):\n        yield check, n\n"
    assert suites(tmp_path, {"tests/test_a.py": text})[0].runner == "nose"


def test_a_fixture_that_yields_is_not_a_generator_test(tmp_path: Path) -> None:
    text = "import pytest\n@pytest.fixture\ndef thing():\n    yield 1, 2\n\ndef test_a(thing): assert thing\n"
    assert suites(tmp_path, {"tests/test_a.py": text})[0].runner == "pytest"


def test_django_with_the_options_that_a_build_file_shows(tmp_path: Path) -> None:
    files = {
        "manage.py": "import os, django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
        "shop/tests/test_a.py": CASE.format("a"),
        "gulpfile.js": 'run("manage.py test --settings=site.settings.test " +\n  "--exclude-tag slow --parallel");\n',
    }
    first = suites(tmp_path, files)[0]
    assert first.runner == "django"
    assert first.options == ("--settings=site.settings.test", "--exclude-tag=slow")


def test_a_test_of_the_page_of_settings_is_not_taken_for_djangos_settings(tmp_path: Path) -> None:
    manage = {"manage.py": "import os, django\n"}
    page = {**manage, "shop/tests/test_settings.py": CASE.format("settings")}
    assert suites(tmp_path / "page", page)[0].options == ()
    own = {**manage, "shop/tests/test_a.py": CASE.format("a"), "shop/test_settings.py": "from shop.settings import *\n"}
    assert suites(tmp_path / "own", own)[0].options == ("--settings=shop.test_settings",)


@pytest.mark.parametrize(("top", "asked"), [("json", False), ("nowhere_to_be_found", True), ("folder", True)])
def test_a_guess_is_not_fetched_where_its_import_came_with_another(tmp_path: Path, top: str, asked: bool) -> None:
    made = recipe(tmp_path, {"shop.py": "import guessed_thing\n"})
    step = next(step for step in made.steps if step.name == "install guessed_thing")
    assert step.run[3] == "guessed_thing"
    (tmp_path / "folder").mkdir()  # a folder without modules is nobody's package
    fetch = [sys.executable, "-c", "open('asked', 'w')"]
    assert subprocess.run([sys.executable, *step.run[1:3], top, *fetch], cwd=tmp_path).returncode == 0
    assert (tmp_path / "asked").exists() == asked


def test_a_guess_follows_to_another_interpreter_and_is_asked_for_once(tmp_path: Path) -> None:
    made = recipe(tmp_path, {"shop.py": "import yaml\n", "tox.ini": "[testenv]\nbasepython = python3.12\n"})
    amended = amend_recipe(made, f"{CALLED}\nE   ModuleNotFoundError: No module named 'asyncore'")
    assert amended is not None
    moved = amended[0]
    assert "3.11" in python_of(moved)
    assert amend_recipe(moved, f"{CALLED}\nModuleNotFoundError: No module named 'yaml'") is None


def test_what_a_repository_shows_to_be_set_is_in_the_recipe(tmp_path: Path) -> None:
    files = {"tests/test_a.py": CASE.format("a"), ".env.example": "SHOP_KEY=abc\n", "docker/.env.example": "OTHER=1\n"}
    made = recipe(tmp_path, files)
    assert made.examples == {"SHOP_KEY": "abc"}
    assert "SHOP_KEY" not in made.variables
    assert any(str(where) == ".env.example" for reason in made.reasons for where in reason.where)


def test_suites_built_by_functions_are_run_by_their_script(tmp_path: Path) -> None:
    builder = "def suite():\n    from testlib import build\n    return build()\n"
    files = {f"test/test_{n}.py": builder for n in range(3)} | {"test/alltests.py": "import unittest\n"}
    assert [suite.runner for suite in suites(tmp_path, files)][:2] == ["script", "unittest"]


def test_doctests_that_nose_is_told_to_run(tmp_path: Path) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/a.py": '"""\n>>> 1\n1\n"""\n',
        "setup.cfg": "[nosetests]\nwith-doctest=1\ndoctest-extension=doctest\ndoctest-options=+ELLIPSIS\n",
    }
    first = suites(tmp_path, files)[0]
    assert first.options == ("--doctest-modules", "--doctest-glob=*.doctest", "-o", "doctest_optionflags=ELLIPSIS")
    assert first.paths == ("lib",)


@pytest.mark.parametrize(
    "files", [{"a.py": "x = 1\n"}, {"README": "test"}, {"vendor/tests/test_a.py": CASE.format("a")}]
)
def test_no_test_no_suite(tmp_path: Path, files: dict[str, str]) -> None:
    assert not suites(tmp_path, files)


# --- the interpreter ---


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({"a.py": "print 'x'\n"}, "==2.7.*"),
        ({"a.py": "try:\n    pass\nexcept ValueError, e:\n    pass\n"}, "==2.7.*"),
        ({"a.py": "import urllib2\n"}, "==2.7.*"),
        ({"a.py": "x = {}.has_key(1)\n"}, "==2.7.*"),
        ({"setup.py": "setup(classifiers=['Programming Language :: Python :: 2.6'])"}, "==2.7.*"),
        (
            {"setup.py": "setup(use_2to3=True, c=['Programming Language :: Python :: 3'])", "a.py": "print 'x'\n"},
            "==2.7.*",
        ),
        ({"pyproject.toml": "[project]\nrequires-python = '>=3.9,<3.12'\n"}, "==3.11.*"),
        ({"runtime.txt": "python-3.8.5\n"}, "==3.8.*"),
        ({".tool-versions": "nodejs 24\npython 3.10.2\n"}, "==3.10.*"),
        ({"requirements.txt": "Django==2.2.4\n"}, "==3.9.*"),
        ({"requirements.txt": "Django>=1.11,<2.0\n"}, "==3.7.*"),
        (
            {"setup.py": "c = ['Programming Language :: Python :: 3.7', 'Programming Language :: Python :: 3.9']"},
            "==3.9.*",
        ),
        ({"tox.ini": "[tox]\nenvlist = py{36,37}\n"}, "==3.7.*"),
        ({"a.py": "x = 1\n"}, "==3.13.*"),
    ],
)
def test_which_python(tmp_path: Path, files: dict[str, str], python: str) -> None:
    assert python_of(recipe(tmp_path, files)) == python


def test_compatibility_code_does_not_make_it_python_2(tmp_path: Path) -> None:
    files = {f"m{n}.py": "x = 1\n" for n in range(20)}
    files["py2.py"] = "exec 'raise a, b, c'\n"
    files["b.py"] = "try:\n    import urllib2\nexcept ImportError:\n    import urllib.request\n"
    files["setup.py"] = "c = ['Programming Language :: Python :: 3', 'Programming Language :: Python :: 3.8']\n"
    assert python_of(recipe(tmp_path, files)) == "==3.8.*"


def test_not_younger_than_the_repository(tmp_path: Path) -> None:
    assert python_of(recipe(tmp_path, {"a.py": ""}, date="2021-01-01")) == "==3.9.*"


def test_python_2_without_2_7_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnmakeableError, match=r"a\.py|no Python 2\.7"):
        recipe(tmp_path, {"a.py": "print 'x'\n"}, machine=Installed("3.11.2"))


# --- requirements ---


def test_requirements_are_followed_and_indexes_left_to_the_machine(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-i https://index.example/simple\n-r more.txt\nflask==3.0.0  # why\n-e .\n",
        "more.txt": "jinja2 ; python_version > '3'\ngit+https://git.example/x.git#egg=thing\n../up\n",
        "requirements-dev.txt": "pytest-mock\nblack\n",
    }
    made = recipe(tmp_path, files)
    dependencies = next(step for step in made.steps if step.name == "install the dependencies").run
    assert dependencies[-4:] == ("jinja2 ; python_version > '3'", "thing", "flask==3.0.0", "pytest-mock")
    assert any(
        "index.example" in reason.text and str(reason.where[0]) == "requirements.txt:1" for reason in made.reasons
    )


def test_setup_py_is_read_not_run(tmp_path: Path) -> None:
    text = "raise SystemExit(1)\nneeds = ['six', 'lxml>2']\nsetup(name='it', install_requires=needs + ['x'], extras_require={'test': ['mock'], 'doc': ['sphinx']})\n"
    made = words(recipe(tmp_path, {"setup.py": text}))
    assert "six lxml>2 x mock" in made
    assert "{repo}[test]" in made
    assert "sphinx" not in made


def test_setup_py_in_python_2_is_read_as_text(tmp_path: Path) -> None:
    text = "print 'hello'\nsetup(\n  install_requires = ['httplib2',\n  # 'no',\n  'mock==1'],\n)\n"
    assert "httplib2 mock==1" in words(recipe(tmp_path, {"setup.py": text}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pipfile.lock", '{"default": {"six": {"version": "==1.9"}}, "develop": {}}'),
        ("poetry.lock", '[[package]]\nname = "six"\nversion = "1.9"\n'),
        ("uv.lock", '[[package]]\nname = "six"\nversion = "1.9"\nsource = {registry = "x"}\n'),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.8'\nsix = '1.9'\n"),
        ("pyproject.toml", "[dependency-groups]\ndev = ['six==1.9', {include-group = 'dev'}]\n"),
        ("Pipfile", "[packages]\nsix = '==1.9'\n"),
    ],
)
def test_every_kind_of_declaration(tmp_path: Path, name: str, text: str) -> None:
    assert "six==1.9" in words(recipe(tmp_path, {name: text}))


def test_what_is_imported_and_not_declared_is_wished_for(tmp_path: Path) -> None:
    files = {
        "a.py": "import yaml, os, b\nfrom google.appengine import x\n",
        "b.py": "try:\n    import rare\nexcept ImportError: pass\n",
    }
    made = recipe(tmp_path, files)
    wished = [step.name for step in made.steps if not step.needed]
    assert "install PyYAML" in wished
    assert not any("rare" in name or "google" in name or name == "install b" for name in wished)


def test_a_date_bounds_what_has_no_version(tmp_path: Path) -> None:
    made = recipe(tmp_path, {"requirements.txt": "flask\n"}, date="2023-05-01")
    assert made.as_of == "2023-05-01"
    assert "--exclude-newer 2023-05-01 flask" in words(made)


def test_2_7_gets_its_own_tools_and_never_bounds_the_package_itself(tmp_path: Path) -> None:
    made = recipe(tmp_path, {"setup.py": "print 'x'\nsetup(name='WebOb')\n"})
    constraints = next(step for step in made.steps if step.name == "write constraints").run
    assert "markupsafe<2" in constraints
    assert not any(one.startswith("webob") for one in constraints)
    assert "virtualenv==20.15.1" in words(made)
    assert "pytest==4.6.11" in words(made)


def test_sources_below_src_are_importable(tmp_path: Path) -> None:
    files = {"setup.py": "setup(package_dir={'': 'src'})", "src/pkg/__init__.py": ""}
    assert recipe(tmp_path, files).variables["PYTHONPATH"] == "{repo}:{repo}/src"


def test_no_machine_path_is_in_a_recipe(tmp_path: Path) -> None:
    made = recipe(tmp_path, {"setup.py": "setup(name='x')", "requirements.txt": "six\n"})
    assert str(tmp_path) not in made.model_dump_json()
    assert "/p" not in [need.versions for need in made.needs]


# --- anything at all ---

FRAGMENTS = st.sampled_from(
    "class A(|unittest.TestCase):\n| def test_a(self):\n|yield a, 1\n|import |from . import x\n|print 'x'\n|install_requires=[|'six'|]|"
    "[testenv]\ndeps=|\n|((((((|\x00|[[package]]\n|{|-r |-e |é|==".split("|")
)
NAMES = st.sampled_from(
    "test_a.py setup.py setup.cfg pyproject.toml tox.ini requirements.txt Pipfile.lock uv.lock manage.py a/tests.py".split()
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.lists(FRAGMENTS | st.text(max_size=10), max_size=12).map("".join), max_size=5))
def test_any_text_in_no_exception_out(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    tree = tree_of(tmp_path_factory.mktemp("any"), files)
    ecosystem = PythonEcosystem()
    for suite in ecosystem.suites(tree):
        made = ecosystem.recipe(tree, suite, MACHINE)
        assert made.steps
        assert ecosystem.inputs(tree, suite) == sorted(ecosystem.inputs(tree, suite))


def test_a_long_line_hangs_nothing(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path,
        {"test_a.py": "x = '" + "a, " * 300_000 + "'\n" + CASE.format("a"), "setup.py": "x = [" + "['a'," * 100_000},
    )
    assert Sources(tree).test_files == ("test_a.py",)
    assert PythonEcosystem().suites(tree)
