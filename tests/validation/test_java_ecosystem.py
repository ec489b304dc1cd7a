"""Maven and Gradle: suites, recipes, amendments, results and lines."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.adapters.folder import Folder
from agent.domain.environment import Recipe
from agent.domain.execution import Outcome, Toolchain
from agent.domain.verdict import Suite
from agent.errors import EnvironmentUnmakeableError
from agent.validation.ecosystems.java import ECOSYSTEM
from agent.validation.ecosystems.java_pom import java_level, read_pom
from agent.validation.runners.maven import ARGUMENTS, EDITS, edited

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><properties><jdk>1.6</jdk></properties><build><plugins>
<plugin><artifactId>maven-compiler-plugin</artifactId><configuration>
<source>${jdk}</source><target>1.6</target></configuration></plugin>
<plugin><artifactId>maven-surefire-plugin</artifactId>
  <version>2.4</version></plugin></plugins></build></project>"""
SUITE = Suite(runner="maven", ecosystem="java")


class Machine:
    def __init__(self, name: str, *versions: str) -> None:
        self._found = {name: versions, "maven": ("3.8.7",)}

    def all(self, name: str) -> Sequence[Toolchain]:
        return [Toolchain(name, one, Path("/jdk/bin") / name, Path("/jdk")) for one in self._found.get(name, ())]

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        return next(iter(self.all(name)), None)


def tree(folder: Path, files: Mapping[str, str]) -> Folder:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    return Folder(folder, "claims")


FILES = {
    "pom.xml": POM,
    "src/main/java/a/Cart.java": "",
    "src/test/java/a/CartTest.java": "class CartTest {}",
    "src/test/java/a/ABaseTest.java": "abstract class ABaseTest {}",
    "src/test/resources/x.xml": "",
}


def outcome(stdout: str = "", code: int = 0) -> Outcome:
    return Outcome(exit_code=code, stdout=stdout.encode(), stderr=b"", seconds=1.0)


def test_levels() -> None:
    assert [java_level(text) for text in ("1.8", "8", "17", "1.5.0", "${x}", "")] == [8, 8, 17, 5, 0, 0]
    assert read_pom(POM).level == 6
    assert (
        read_pom(
            "<project><properties><maven.compiler.release>11</maven.compiler.release></properties></project>"
        ).level
        == 11
    )
    assert read_pom("<project").level == 0
    assert read_pom('<!DOCTYPE p [<!ENTITY a "b">]><project>&a;</project>').level == 0


@given(st.text(max_size=200))
def test_any_pom_can_be_read(text: str) -> None:
    assert read_pom(text).level >= 0


def test_the_outermost_build_is_the_suite(tmp_path: Path) -> None:
    (suite,) = ECOSYSTEM.suites(
        tree(tmp_path, {**FILES, "core/pom.xml": "<project/>", "core/src/test/java/BTest.java": ""})
    )
    assert (suite.runner, suite.folder) == ("maven", "")
    assert "core/src/test/java/BTest.java" in suite.files
    assert "src/main/java/a/Cart.java" not in suite.files


def test_of_builds_side_by_side_the_one_with_more_tests_comes_first(tmp_path: Path) -> None:
    files = {
        "a/pom.xml": "",
        "a/src/test/java/ATest.java": "",
        "b/pom.xml": "",
        "b/src/test/java/BTest.java": "",
        "b/src/test/java/CTest.java": "",
    }
    assert [suite.folder for suite in ECOSYSTEM.suites(tree(tmp_path, files))] == ["b", "a"]


def test_the_oldest_jdk_that_will_do(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, FILES)
    (suite,) = ECOSYSTEM.suites(snapshot)
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("java", "25.0.1", "17.0.15"))
    assert [(need.name, need.versions) for need in recipe.needs] == [("java", "==17.*"), ("maven", "")]
    assert "-Dtest=CartTest" in recipe.steps[0].run  # the abstract one runs nothing
    assert recipe.steps[0].network
    assert "--add-opens=java.base/java.lang=ALL-UNNAMED" in recipe.variables["JAVA_TOOL_OPTIONS"]
    assert "-Dmaven.repo.local={env}/m2" in recipe.steps[0].run


def test_a_jdk_that_is_too_old_is_said(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, {**FILES, "pom.xml": POM.replace("1.6", "21")})
    with pytest.raises(EnvironmentUnmakeableError, match=r"compiles for Java 21 .* JDKs of this machine are: 17"):
        ECOSYSTEM.recipe(snapshot, ECOSYSTEM.suites(snapshot)[0], Machine("java", "17.0.15"))


def test_gradle_without_wrapper_or_gradle_is_said(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, {"build.gradle": "", "src/test/java/ATest.java": ""})
    with pytest.raises(EnvironmentUnmakeableError, match="no wrapper and this machine no Gradle"):
        ECOSYSTEM.recipe(snapshot, ECOSYSTEM.suites(snapshot)[0], Machine("java", "17.0.15"))


SAID = [
    ("[ERROR] error: Source option 6 is no longer supported. Use 7 or later.", ARGUMENTS, "-Dmaven.compiler.source=8"),
    ("class file has wrong version 61.0, should be 53.0", ARGUMENTS, "-Dmaven.compiler.fork=true"),
    ("The forked VM terminated without saying properly goodbye", EDITS, "maven-surefire-plugin"),
]


@pytest.mark.parametrize(("said", "variable", "word"), SAID)
def test_what_is_printed_has_a_remedy_that_comes_once(tmp_path: Path, said: str, variable: str, word: str) -> None:
    snapshot = tree(tmp_path, FILES)
    (suite,) = ECOSYSTEM.suites(snapshot)
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("java", "17.0.15"))
    amended = ECOSYSTEM.amend(recipe, suite, said)
    assert amended is not None
    assert word in amended[0].variables[variable]
    assert ECOSYSTEM.amend(amended[0], suite, said) is None


def test_newer_code_gets_its_jdk_opened_only_when_it_fails(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, {**FILES, "pom.xml": POM.replace("1.6", "17")})
    (suite,) = ECOSYSTEM.suites(snapshot)
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("java", "17.0.15"))
    assert recipe.variables == {}
    said = "java.lang.reflect.InaccessibleObjectException: Unable to make field accessible"
    amended = ECOSYSTEM.amend(recipe, suite, said)
    assert amended is not None
    assert "--add-opens=java.base/java.lang=" in amended[0].variables["JAVA_TOOL_OPTIONS"]
    assert ECOSYSTEM.amend(amended[0], suite, said) is None


def test_an_old_scala_gets_java_8(tmp_path: Path) -> None:
    library = "<dependency><artifactId>scala-library</artifactId><version>${s}</version></dependency>"
    pom = f"<project><properties><s>2.10.6</s></properties><dependencies>{library}</dependencies></project>"
    snapshot = tree(tmp_path, {**FILES, "pom.xml": pom})
    recipe = ECOSYSTEM.recipe(snapshot, ECOSYSTEM.suites(snapshot)[0], Machine("java", "17.0.15"))
    assert recipe.steps[0].name.startswith("make a jar of Java 8's signatures")
    added = recipe.variables[ARGUMENTS]
    assert added.endswith("scala-library-2.10.6.jar")
    assert added in recipe.steps[1].run


def test_one_test_class_that_was_not_enough(tmp_path: Path) -> None:
    snapshot = tree(tmp_path, FILES)
    (suite,) = ECOSYSTEM.suites(snapshot)
    recipe = ECOSYSTEM.recipe(snapshot, suite, Machine("java", "17.0.15"))
    amended = ECOSYSTEM.amend(
        recipe,
        suite,
        "Cannot access central in offline mode and the artifact x:y has not been downloaded from it before",
    )
    assert amended is not None
    assert not any(word.startswith("-Dtest=") for word in amended[0].steps[0].run)


def script(recipe: Recipe, folder: Path, results: Path, command: Sequence[str]) -> None:
    argv = [word.replace("{toolchain:java}", "true") for word in edited(recipe, command, results=str(results))]
    subprocess.run(argv, cwd=folder, check=True, env={"PATH": "/usr/bin:/bin"})


def test_the_script_edits_build_files_and_carries_results_out(tmp_path: Path) -> None:
    repo, out = tmp_path / "repo", tmp_path / "out"
    out.mkdir()
    tree(repo, {**FILES, "old/target/surefire-reports/TEST-stale.xml": "stale"})
    recipe = ECOSYSTEM.recipe(Folder(repo, "x"), SUITE, Machine("java", "17.0.15"))
    for said in (SAID[0][0], SAID[-1][0]):
        amended = ECOSYSTEM.amend(recipe, SUITE, said)
        assert amended is not None
        recipe = amended[0]
    write = "mkdir -p target/surefire-reports; echo '<testsuite/>' > target/surefire-reports/TEST-a.xml"
    script(recipe, repo, out, ["sh", "-c", write])
    pom = (repo / "pom.xml").read_text("utf-8")
    assert "<jdk>8</jdk>" in pom
    assert "<target>8</target>" in pom
    assert "<version>2.22.2</version>" in pom
    assert [path.name for path in sorted((out / "reports").iterdir())] == ["000001.xml"]
    assert (out / "reports" / "000001.xml").read_text("utf-8") == "<testsuite/>\n"


RESULTS = """<testsuite name="a.CartTest" tests="4"><testcase name="adds" classname="a.CartTest" time="0.01"/>
<testcase name="sums()" classname="a.CartTest"/><testcase name="fails" classname="a.CartTest"><failure>no</failure></testcase>
<testcase name="later" classname="a.CartTest"><skipped/></testcase></testsuite>"""


def test_results_by_class_and_method(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "000001.xml").write_text(RESULTS, "utf-8")
    maven = ECOSYSTEM.runners["maven"]
    result = maven.read(SUITE, outcome(), tmp_path)
    assert [(case.id, case.status) for case in result.cases] == [
        ("a.CartTest#adds", "passed"),
        ("a.CartTest#fails", "failed"),
        ("a.CartTest#later", "skipped"),
        ("a.CartTest#sums", "passed"),
    ]
    assert result.trouble == ""
    broken = "[ERROR] COMPILATION ERROR : \n[ERROR] /box/repo/src/main/java/a/Cart.java:[3,1] cannot find symbol\n[ERROR] Failed to execute goal x on project y"
    result = maven.read(SUITE, outcome(broken, 1), tmp_path)
    assert result.collection_errors == ("src/main/java/a/Cart.java",)
    assert result.trouble.startswith("the build failed (exit code 1): ")


def test_a_build_that_runs_nothing_is_trouble(tmp_path: Path) -> None:
    assert (
        ECOSYSTEM.runners["maven"].read(SUITE, outcome(), tmp_path).trouble
        == "maven ended with exit code 0 and ran no test"
    )


def test_tests_are_selected_by_class_and_method() -> None:
    recipe = Recipe(ecosystem="java")
    only = ("a.CartTest#adds", "a.CartTest#sums[2]", "a.OtherTest#a long name", "a.BTest#x")
    argv = ECOSYSTEM.runners["maven"].command(SUITE, recipe, only=only).argv
    assert "-Dtest=BTest#x,CartTest#adds+sums*,OtherTest" in argv
    assert "-o" in argv


JACOCO = """<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="x"><package name="a">
<sourcefile name="Cart.java"><line nr="3" mi="0" ci="2"/><line nr="4" mi="2" ci="0"/></sourcefile></package></report>"""


def test_lines_of_a_module(tmp_path: Path) -> None:
    (tmp_path / "jacoco-1.xml").write_text(JACOCO, "utf-8")
    (tmp_path / "jacoco-1.txt").write_text("core/target/classes\n", "utf-8")
    (tmp_path / "sources.txt").write_text("aaa/src/main/java/a/Cart.java\ncore/src/main/java/a/Cart.java\n", "utf-8")
    assert ECOSYSTEM.runners["maven"].coverage(SUITE, tmp_path) == {
        "core/src/main/java/a/Cart.java": {3: True, 4: False}
    }


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    out = tmp_path_factory.mktemp("out")
    (out / "reports").mkdir()
    for name in ("reports/1.xml", "jacoco-1.xml", "jacoco-1.txt", "sources.txt"):
        (out / name).write_bytes(data)
    for runner in ECOSYSTEM.runners.values():
        runner.read(SUITE, Outcome(exit_code=1, stdout=data, stderr=data, seconds=0.1), out)
        runner.coverage(SUITE, out)
