"""What manifests declare: build systems, frameworks, runtimes with their ends of life, and suites of tests."""

from __future__ import annotations

from datetime import date

import pytest

from agent.inventory.frameworks import framework_life
from agent.inventory.tables import table
from agent.inventory.versions import ranges_of, version_tuple
from tests.inventory.conftest import Take

PARENT_POM = """<?xml version="1.0"?>
<!DOCTYPE project SYSTEM "http://example.org/never-fetched.dtd">
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>org.shop</groupId><artifactId>parent</artifactId><version>1</version>
  <properties>
    <spring.version>5.3.39</spring.version>
    <alias>${spring.version}</alias>
    <ring>${ring}</ring>
    <maven.compiler.target>1.8</maven.compiler.target>
  </properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>org.mybatis</groupId><artifactId>mybatis</artifactId><version>3.5.19</version></dependency>
  </dependencies></dependencyManagement>
</project>
"""
CHILD_POM = """<project>
  <parent><groupId>org.shop</groupId><artifactId>parent</artifactId><version>1</version></parent>
  <artifactId>web</artifactId>
  <dependencies>
    <dependency><groupId>org.springframework</groupId><artifactId>spring-web</artifactId>
      <version>${alias}</version></dependency>
    <dependency><groupId>org.mybatis</groupId><artifactId>mybatis</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.12</version><scope>test</scope>
    </dependency>
    <dependency><groupId>org.hibernate</groupId><artifactId>hibernate-core</artifactId><version>${ring}</version>
    </dependency>
  </dependencies>
</project>
"""


def frameworks(take: Take, files: dict[str, str | bytes]) -> dict[str, tuple[str, str]]:
    return {use.name: (use.version, str(use.evidence)) for use in take(files).frameworks}


def test_maven_versions_come_from_properties_and_parents(take: Take) -> None:
    inventory = take({"pom.xml": PARENT_POM, "web/pom.xml": CHILD_POM})
    found = {use.name: (use.version, str(use.evidence), "development" in use.how) for use in inventory.frameworks}
    assert found == {
        "Hibernate ORM": ("", "web/pom.xml:10", False),
        "JUnit": ("4.12", "web/pom.xml:8", True),
        "MyBatis": ("3.5.19", "web/pom.xml:7", False),
        "Spring Framework": ("5.3.39", "web/pom.xml:5", False),
    }
    assert [(tool.name, str(tool.evidence)) for tool in inventory.build_systems] == [("Maven", "pom.xml")]
    runtimes = [(r.name, r.version, r.end_of_life, r.supported, str(r.evidence)) for r in inventory.runtimes]
    assert runtimes == [
        ("Spring Framework", "5.3.39", "2024-08-31", False, "web/pom.xml:5"),
        ("Java", "8", "2030-12-31", True, "pom.xml:9"),
    ]


def test_entities_that_grow_are_refused_and_counted(take: Take) -> None:
    bomb = '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><project><artifactId>&b;</artifactId></project>'
    (skip,) = take({"pom.xml": bomb}).skipped
    assert (skip.reason, skip.examples) == ("manifest not understood", ("pom.xml",))


def test_gradle_versions_come_from_variables_and_properties(take: Take) -> None:
    build = """plugins { id 'org.flywaydb.flyway' version '6.0.0' }
buildscript { dependencies {
  classpath "org.springframework.boot:spring-boot-gradle-plugin:${bootVersion}" } }
sourceCompatibility = '1.8'
ext.batisVersion = "3.5.1"
dependencies {
  compile "org.mybatis:mybatis:$batisVersion"
  implementation group: 'org.hibernate', name: 'hibernate-core', version: '5.4.0'
  testCompile 'junit:junit:4.12'
}
"""
    found = frameworks(take, {"app/build.gradle": build, "gradle.properties": "bootVersion=2.0.3.RELEASE\n"})
    assert found == {
        "Flyway": ("6.0.0", "app/build.gradle:1"),
        "Hibernate ORM": ("5.4.0", "app/build.gradle:8"),
        "JUnit": ("4.12", "app/build.gradle:9"),
        "MyBatis": ("3.5.1", "app/build.gradle:7"),
        "Spring Boot": ("2.0.3.RELEASE", "app/build.gradle:3"),
    }


@pytest.mark.parametrize(
    ("path", "content", "name", "version", "line"),
    [
        ("requirements.txt", "# web\nDjango[argon2]==4.2.1 ; python_version > '3' # pinned\n", "Django", "4.2.1", 2),
        ("requirements/base.txt", "flask>=2,<3\n", "Flask", "<3,>=2", 1),
        ("Pipfile", '[packages]\nflask = {version = "~=2.0", extras = ["a"]}\n', "Flask", "~=2.0", 2),
        ("pyproject.toml", '[project]\nname = "a"\ndependencies = [\n  "Flask~=3.1",\n]\n', "Flask", "~=3.1", 4),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.8"\ndjango = "^4.2"\n', "Django", "^4.2", 3),
        ("setup.py", 'setup(name="a",\n  install_requires=["Flask==1.0", "x"])\n', "Flask", "1.0", 2),
        ("setup.cfg", "[options]\ninstall_requires =\n    flask == 1.1\n", "Flask", "1.1", 3),
        ("package.json", '{\n "dependencies": {\n  "express": "^4.17.1"\n }\n}\n', "Express", "^4.17.1", 3),
        ("composer.json", '{"require": {\n"laravel/framework": "^8.0"}}', "Laravel", "^8.0", 2),
        ("Gemfile", 'gem "rails", "5.2.1"\n', "Ruby on Rails", "5.2.1", 1),
        ("go.mod", "module x\ngo 1.20\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.0\n)\n", "Gin", "v1.9.0", 4),
        ("packages.config", '<packages>\n<package id="EntityFramework" version="6.1.3"/></packages>', "Entity Framework", "6.1.3", 2),
    ],
)  # fmt: skip
def test_every_manifest_names_version_and_line(
    take: Take, path: str, content: str, name: str, version: str, line: int
) -> None:
    assert frameworks(take, {path: content})[name] == (version, f"{path}:{line}")


def test_exact_version_is_preferred_to_a_range_and_own_code_is_no_library(take: Take) -> None:
    files: dict[str, str | bytes] = {
        "Pipfile": '[packages]\ndjango = "~=5.0"\n',
        "requirements.txt": "django==5.2.15\n",
    }
    assert frameworks(take, files)["Django"] == ("5.2.15", "requirements.txt:1")
    assert "Flask" not in frameworks(take, {"flask/__init__.py": "", "flask/a.py": "import flask\n"})


def test_library_that_no_manifest_names_is_recognised_by_its_imports(take: Take) -> None:
    use = take({"a.py": "import os, flask.views\n", "b.py": "from flask import g\n"}).frameworks[0]
    assert (use.name, use.version, use.how) == ("Flask", "", "imported by 2 files; no manifest gives its version")
    assert str(use.evidence) == "a.py:1"


def test_addresses_with_tokens_never_become_versions(take: Take) -> None:
    inventory = take({"package.json": '{"dependencies": {"express": "git+https://s3cret@host/x.git"}}'})
    assert "s3cret" not in inventory.model_dump_json()


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (".python-version", "3.7.4\n", ("Python", "3.7.4", "2023-06-27", False)),
        ("runtime.txt", "python-3.12.1", ("Python", "3.12.1", "2028-10-31", True)),
        ("pyproject.toml", '[project]\nrequires-python = ">=2.7,<3"\n', ("Python", ">=2.7,<3", "2020-01-01", False)),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.8"\n', ("Python", ">=3.8", "", None)),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.12"\n', ("Python", ">=3.12", "2028-10-31", True)),
        ("a.py", 'def f():\n    print "x"\n', ("Python", "2.7", "2020-01-01", False)),
        (".nvmrc", "v14\n", ("Node.js", "14", "2023-04-30", False)),
        ("package.json", '{"engines": {"node": "^14.0.0 || ^16"}}', ("Node.js", "^14.0.0 || ^16", "2023-09-11", False)),
        ("build.gradle", "java { sourceCompatibility = JavaVersion.VERSION_1_7 }", ("Java", "7", "2019-07-31", False)),
        ("Dockerfile", "FROM --platform=x openjdk:8u171-jre-alpine3.9\n", ("Alpine Linux", "3.9", "2020-11-01", False)),
        ("Dockerfile", "ARG V=3.6\nFROM python:${V}-slim\n", ("Python", "3.6", "2021-12-23", False)),
        ("Dockerfile", "FROM ubuntu:bionic\n", ("Ubuntu", "18.04", "2023-05-31", False)),
        ("docker-compose.yml", "services:\n  db:\n    image: mysql:5.7\n", ("MySQL", "5.7", "2023-10-31", False)),
        ("App.csproj", "<Project><TargetFramework>net452</TargetFramework></Project>", (".NET Framework", "4.5.2", "2022-04-26", False)),
        ("App.csproj", "<Project><TargetFramework>netcoreapp3.1</TargetFramework></Project>", (".NET", "3.1", "2022-12-13", False)),
        ("Dockerfile", "FROM mcr.microsoft.com/dotnet/framework/aspnet:4.6.1\n", (".NET Framework", "4.6.1", "2022-04-26", False)),
        ("composer.json", '{"require": {"php": ">=7.1 <7.3"}}', ("PHP", ">=7.1 <7.3", "2020-11-30", False)),
        ("build.xml", '<project><target name="x"><javac target="1.6"/></target></project>', ("Java", "6", "2018-12-31", False)),
        ("requirements.txt", "Django==99.1\n", ("Django", "99.1", "", None)),
    ],
)  # fmt: skip
def test_life_cycles_are_judged(
    take: Take, path: str, content: str, expected: tuple[str, str, str, bool | None]
) -> None:
    found = [(r.name, r.version, r.end_of_life, r.supported) for r in take({path: content}).runtimes]
    assert expected in found


def test_life_cycles_depend_on_the_given_day_and_name_their_source(take: Take) -> None:
    files: dict[str, str | bytes] = {".python-version": "3.9"}
    (before,) = take(files, date(2025, 10, 31)).runtimes
    (after,) = take(files, date(2025, 11, 1)).runtimes
    assert (before.supported, after.supported) == (True, False)
    assert "devguide.python.org" in before.source


def test_python_2_in_a_docstring_is_none(take: Take) -> None:
    assert take({"a.py": '"""Once:\nprint "x"\n"""\nprint("y")\n'}).runtimes == ()


@pytest.mark.parametrize(
    ("ecosystem", "declared", "expected"),
    [
        ("pypi", "~=5.0", [((5, 0), (6,))]),
        ("pypi", "==3.*", [((3,), (4,))]),
        ("pypi", "^1.2", [((1, 2), (2,))]),
        ("pypi", "3.11", [((3, 11), (3, 12))]),
        ("npm", "^0.2.3", [((0, 2, 3), (0, 3))]),
        ("npm", "~1.2.3", [((1, 2, 3), (1, 3))]),
        ("npm", "1.x", [((1,), (2,))]),
        ("npm", "1.2 - 2.3", [((1, 2), (2, 4))]),
        ("npm", ">=12 <14 || 16", [((12,), (14,)), ((16,), (17,))]),
        ("npm", "latest", []),
        ("npm", "*", []),
        ("", "2.0.3.RELEASE", [((2, 0, 3), (2, 0, 4))]),
        ("", "", []),
    ],
)
def test_declared_ranges_become_intervals(
    ecosystem: str, declared: str, expected: list[tuple[tuple[int, ...], tuple[int, ...]]]
) -> None:
    assert [tuple(span) for span in ranges_of(ecosystem, declared)] == expected


def test_life_cycle_table_is_well_formed() -> None:
    products = {key: value for key, value in table("end_of_life").items() if key != "as_of"}
    for product in products.values():
        assert product["name"]
        assert product["source"]
        assert all(version_tuple(cycle) for cycle in product["cycles"])
        assert all(isinstance(end, date) or end == "" for end in product["cycles"].values())
    assert isinstance(table("end_of_life")["as_of"], date)
    assert {framework_life(name) for name in table("frameworks")} - {""} <= set(products)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"tests/test_a.py": "def test_a(): pass\n", "tests/helper.py": "x = 1\n", "requirements-dev.txt": "pytest\n"},
            ("pytest tests", "pytest", 1, "python -m pytest", "tests/test_a.py:1"),
        ),
        (
            {"manage.py": "x", "shop/tests.py": "from django.test import TestCase\nclass A(TestCase):\n  def test_x(self): pass\n"},
            ("Django tests", "Django", 1, "python manage.py test", "shop/tests.py:3"),
        ),
        (
            {"a/tests/test_b.py": "import unittest\nclass A(unittest.TestCase):\n  def test_x(self): pass\n"},
            ("unittest tests", "unittest", 1, "python -m unittest discover", "a/tests/test_b.py:3"),
        ),
        (
            {"pom.xml": "<project/>", "web/pom.xml": "<project/>", "mvnw": "", "web/src/test/java/ATest.java": "import org.junit.Test;\nclass A { @Test void a() {} }"},
            ("JUnit 4 tests of web", "JUnit 4", 1, "./mvnw test -pl web", "web/src/test/java/ATest.java:2"),
        ),
        (
            {"build.gradle": "", "src/test/java/ATest.java": "import org.junit.jupiter.api.Test;\nclass A { @Test void a() {} }"},
            ("JUnit 5 tests", "JUnit 5", 1, "gradle test", "src/test/java/ATest.java:2"),
        ),
        (
            {"package.json": '{"scripts": {"test": "jest"}}', "a.test.js": "test('a', () => {})\n"},
            ("Jest tests", "Jest", 1, "npm test", "a.test.js:1"),
        ),
    ],
)  # fmt: skip
def test_suites_have_a_runner_and_a_command(
    take: Take, files: dict[str, str | bytes], expected: tuple[str, str, int, str, str]
) -> None:
    (suite,) = take(files).test_suites
    assert (suite.name, suite.runner, suite.files, suite.command, str(suite.evidence)) == expected


def test_djangos_runner_takes_plain_unit_tests_along(take: Take) -> None:
    plain = "import unittest\nclass A(unittest.TestCase):\n  def test_x(self): pass\n"
    (suite,) = take(
        {"manage.py": "", "a/tests.py": plain, "b/tests.py": plain.replace("unittest\n", "django.test\n")}
    ).test_suites
    assert (suite.runner, suite.files, suite.command) == ("Django", 2, "python manage.py test")


def test_manifests_for_tests_and_documentation_declare_nothing_about_the_system(take: Take) -> None:
    inventory = take(
        {
            "docs/requirements.txt": "flask\n",
            "tests/requirements.txt": "flask\n",
            "docker-compose.test.yml": "services:\n  db:\n    image: mysql:5\n",
        }
    )
    assert (inventory.frameworks, inventory.runtimes, inventory.external_systems) == ((), (), ())


def test_business_module_with_test_in_its_name_is_code(take: Take) -> None:
    assert take({"lab/blood_test_results.py": "import pika\n"}).external_systems[0].name == "RabbitMQ"
