"""OpenRewrite's steps, and what is made of its result: JUnit 5 in the build file, half-moved tests put back."""

from __future__ import annotations

from agent.domain.verdict import FileChange
from agent.patches.maven_pom import read_pom
from agent.patches.openrewrite import PLUGIN, RECIPE_MODULES, Chosen, _steps
from agent.patches.recipes.java_junit_5 import _build, _whole_files

POM = """<project>
  <properties>
    <junit.version>4.13.2</junit.version>
  </properties>
  <dependencies>
    <dependency>
      <groupId>junit</groupId>
      <artifactId>junit</artifactId>
      <version>${junit.version}</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
</project>
"""


def test_all_choices_of_recipes_share_one_folder_of_downloads() -> None:
    one, other = _steps([Chosen("a.A")], ""), _steps([Chosen("b.B", {"option": "true"})], "")
    assert [step.network for step in one] == [False, True]
    assert one[1] == other[1], "the folder is named after the steps that have the network"
    assert one[0].run[-1].endswith("recipeList:\n  - a.A\n")
    assert other[0].run[-1].endswith("recipeList:\n  - b.B:\n      option: true\n")


def test_every_version_of_the_engine_is_pinned() -> None:
    assert all(name.rpartition(":")[2].replace(".", "").isdigit() for name in (PLUGIN, *RECIPE_MODULES))


def test_junit_5_takes_the_place_of_junit_4() -> None:
    pom = read_pom("pom.xml", POM)
    assert pom is not None
    change = _build(pom, vintage=False)
    assert change is not None
    assert change.after is not None
    assert "<junit.version>5.10.5</junit.version>" in change.after
    assert "<groupId>org.junit.jupiter</groupId>\n      <artifactId>junit-jupiter</artifactId>" in change.after
    assert "<groupId>junit</groupId>" not in change.after
    assert "<artifactId>maven-surefire-plugin</artifactId>\n        <version>2.22.2</version>" in change.after
    assert read_pom("pom.xml", change.after) is not None


def test_junit_5_stands_beside_junit_4_while_tests_stay() -> None:
    pom = read_pom("pom.xml", POM)
    assert pom is not None
    change = _build(pom, vintage=True)
    assert change is not None
    assert change.after is not None
    assert "<groupId>junit</groupId>" in change.after
    assert "<artifactId>junit-jupiter</artifactId>\n      <version>5.10.5</version>" in change.after
    assert "<artifactId>junit-vintage-engine</artifactId>" in change.after


def test_a_half_moved_test_stays_as_it_was() -> None:
    moved, left = _whole_files(
        [
            FileChange(path="A.java", before="", after="import org.junit.jupiter.api.Test;\n"),
            FileChange(path="B.java", before="", after="import org.junit.jupiter.api.Test;\nimport org.junit.Rule;\n"),
            FileChange(path="pom.xml", before="", after="<project/>"),
        ]
    )
    assert [change.path for change in moved] == ["A.java"]
    assert [(one.where.path, one.text) for one in left] == [("B.java", "stays on JUnit 4, for: import org.junit.Rule;")]
