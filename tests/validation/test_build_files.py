"""Build files in a change: what the way to the tests uses is no gap in what tests run; what it does not use is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.composition import languages
from agent.domain.verdict import FileChange, SuiteResult
from agent.validation.build_files import unreached
from agent.validation.protection import measure_protection
from agent.validation.verdict import judge
from tests.validation.test_verdict import BASE, result

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <version>1.0</version>
  <properties><maven.compiler.source>8</maven.compiler.source></properties>
  <dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.11</version></dependency></dependencies>
  <build><plugins>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>2.12</version></plugin>
    <plugin><artifactId>maven-war-plugin</artifactId><version>2.1</version></plugin>
  </plugins></build>
</project>
"""
PACKAGE = '{"main": "index.js", "dependencies": {"a": "1", "b": "2"}, "scripts": {"start": "node ."}}'
PYPROJECT = '[project]\nname = "x"\ndependencies = ["a", "b"]\n[project.scripts]\nx = "x:main"\n[tool.poetry.dependencies]\na = "1"\n'
GRADLE = "plugins { id 'java' }\nsourceCompatibility = 8\ndependencies {\n    implementation 'a:b:1'\n}\nmainClassName = 'A'\n"


def change(path: str, before: str, old: str, new: str) -> FileChange:
    assert old in before
    return FileChange(path=path, before=before, after=before.replace(old, new))


@pytest.mark.parametrize(
    ("path", "before", "old", "new", "idle"),
    [
        ("pom.xml", POM, ">8<", ">17<", ()),
        ("core/pom.xml", POM, "2.12", "2.22.2", ()),
        ("pom.xml", POM, "4.11", "4.12", ()),
        ("pom.xml", POM, "<properties>", "<!-- why -->\n<properties>", ()),
        ("pom.xml", POM, "2.1<", "3.4.0<", ("maven-war-plugin",)),
        ("pom.xml", POM, ">1.0<", ">2.0<", ("version",)),
        ("pom.xml", POM, "</project>", "", ("what cannot be read",)),
        ("package.json", PACKAGE, ', "b": "2"', "", ()),
        ("package.json", PACKAGE, "index.js", "lib.js", ("main",)),
        ("package.json", PACKAGE, "{", "[", ("what cannot be read",)),
        ("pyproject.toml", PYPROJECT, ', "b"', "", ()),
        ("pyproject.toml", PYPROJECT, "x:main", "x:run", ("project.scripts",)),
        ("pyproject.toml", PYPROJECT, 'a = "1"', "", ()),
        ("setup.cfg", "[options]\ninstall_requires =\n  a\n  b\n", "  b\n", "", ()),
        ("setup.cfg", "[flake8]\nmax = 1\n", "1", "2", ("flake8.max",)),
        ("build.gradle", GRADLE, "= 8", "= 17", ()),
        ("build.gradle", GRADLE, "'A'", "'B'", ("mainClassName = 'A'", "mainClassName = 'B'")),
        ("requirements/base.txt", "a\nb\n", "b\n", "", ()),
        ("package-lock.json", PACKAGE, "index", "x", ()),
    ],
)
def test_what_of_a_build_file_the_way_to_the_tests_does_not_use(
    path: str, before: str, old: str, new: str, idle: tuple[str, ...]
) -> None:
    assert unreached(change(path, before, old, new)) == idle


@pytest.mark.parametrize("path", ["shop.py", "notes.txt", "config.json", "setup.py", "web.xml"])
def test_other_files_are_no_build_files(path: str) -> None:
    assert unreached(FileChange(path=path, before="a", after="b")) is None


@given(
    st.sampled_from(["pom.xml", "package.json", "pyproject.toml", "setup.cfg", "build.gradle"]), st.binary(max_size=200)
)
def test_any_bytes_in_no_exception_out(path: str, content: bytes) -> None:
    found = unreached(FileChange(path=path, before="", after=content.decode("latin-1")))
    assert isinstance(found, tuple)


def test_an_entity_is_not_followed() -> None:
    text = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><project><properties><a>&d;</a></properties></project>'
    assert unreached(FileChange(path="pom.xml", before=POM, after=text)) == ("what cannot be read",)


def _never(path: str, text: str, only: object) -> SuiteResult:
    raise AssertionError("there is no line to put a defect into")


def test_a_build_file_that_built_what_ran_is_no_gap_and_the_reason_says_so() -> None:
    raised = change("pom.xml", POM, ">8<", ">17<")
    shield = measure_protection([raised], {}, languages(), _never, ["t"], built=["pom.xml"])
    verdict = judge(BASE, result(), (), shield)
    assert verdict.label == "no regression"
    assert verdict.reasons == (
        "no code that runs was changed (pom.xml built what ran the tests; more is not known of a build file)",
    )


def test_what_only_packages_and_what_was_not_built_with_stay_gaps() -> None:
    packaging = change("pom.xml", POM, "2.1<", "3.4.0<")
    shield = measure_protection([packaging], {}, languages(), _never, ["t"], built=["pom.xml"])
    verdict = judge(BASE, result(), (), shield)
    assert verdict.label == "unprotected"
    assert "the way to the tests does not use maven-war-plugin" in verdict.reasons[0]
    raised = change("pom.xml", POM, ">8<", ">17<")
    assert measure_protection([raised], {}, languages(), _never, ["t"]).uncovered
