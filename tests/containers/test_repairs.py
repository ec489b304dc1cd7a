"""What a failed build or start printed, and the repair that follows: one case a rule, and none where nothing is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.dockerfile import write_dockerfile
from agent.containers.repairs import find_repair, missing_programs
from agent.containers.tree import Tree
from agent.domain.container import Deployable, Image, Variable
from agent.domain.environment import Reason

PYTHON = Image(
    name="shop", family="python", base="python:3.11-slim", build_base="python:3.11-slim", ignored=("tests",),
    install=("python -m venv /opt/venv", "/opt/venv/bin/pip install --no-cache-dir -r requirements.txt"),
    artifacts=(("/opt/venv", "/opt/venv"),),
)  # fmt: skip
NODE = Image(
    name="shop", family="node", base="node:20-slim", build_base="node:20-slim",
    install=("npm ci --no-audit --no-fund --ignore-scripts --omit=dev",),
)  # fmt: skip
JAVA = Image(
    name="shop", family="java", base="tomcat:9.0-jre8-temurin", build_base="maven:3.9-eclipse-temurin-17", source=False,
    install=("mvn -B -ntp dependency:go-offline",), build=("mvn -B -ntp package",), manifests=("pom.xml",),
)  # fmt: skip
IMAGES = {"python": PYTHON, "node": NODE, "java": JAVA}
FILES = ("lib/money.py", "shop.py", "tests/test_shop.py", "exampleConfig.js", "settings.py")


def repaired(family: str, stage: str, said: str, listening: tuple[int, ...] = ()) -> Repair | None:
    image = IMAGES[family]
    app = Deployable(
        name="shop", kind="web", why=(Reason(text="a test"),), language=family, runtime={"java": "java"}.get(family, family),
        version={"python": "3.11", "node": "20", "java": "8"}[family], port=8000, health="/", command=("node", "stats.js", "config.js"),
        variables=(Variable(name="SECRET_KEY", secret=True), Variable(name="ALLOWED_HOSTS")),
    )  # fmt: skip
    tree = Tree(FILES, lambda _: b"", {}, {})
    return find_repair(Attempt(image, app), Failure(stage, said, listening=listening), tree, frozenset())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("family", "stage", "said", "expected"),
    [
        ("python", "build", "psycopg.h:36:10: fatal error: libpq-fe.h: No such file or directory", "libpq-dev"),
        ("python", "build", "error: command 'gcc' failed: No such file or directory", "gcc"),
        ("python", "build", "unable to execute 'x86_64-linux-gnu-gcc': No such file or directory", "gcc"),
        ("python", "build", "Error: pg_config executable not found.", "libpq-dev"),
        ("python", "build", "ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?", "git installed"),
        ("python", "build", "/bin/sh: 1: git: not found", "git"),
        ("python", "build", "ERROR: Package 'shop' requires a different Python: 3.11.7 not in '>=3.12'", "Python 3.12 instead of 3.11"),
        ("python", "build", "error in setup command: use_2to3 is invalid.", "setuptools<58"),
        ("python", "start", "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?", "Python 2.7 instead of 3.11"),
        ("python", "start", "ModuleNotFoundError: No module named 'yaml'", "PyYAML is installed"),
        ("python", "start", "ModuleNotFoundError: No module named 'money'", "lib is on the path"),
        ("python", "start", "ModuleNotFoundError: No module named 'tests.samples'", "tests is part of the image again"),
        ("python", "start", "ImportError: libpq.so.5: cannot open shared object file: No such file or directory", "libpq5 installed"),
        ("python", "start", "PermissionError: [Errno 13] Permission denied: '/app/uploads/a.png'", "/app/uploads is there"),
        ("python", "start", "sqlite3.OperationalError: unable to open database file", "/app is there and writable"),
        ("python", "start", "FileNotFoundError: [Errno 2] No such file or directory: '/srv/shop/data/x.db'", "/srv/shop/data is there"),
        ("python", "start", "KeyError: 'SECRET_KEY'", "throwaway secret for SECRET_KEY"),
        ("python", "start", "ImproperlyConfigured: The SECRET_KEY setting must not be empty.", "throwaway secret for SECRET_KEY"),
        ("python", "health", "Invalid HTTP_HOST header: '127.0.0.1:8000'. DisallowedHost", "ALLOWED_HOSTS"),
        ("python", "start", 'exec: "gunicorn": executable file not found in $PATH', "gunicorn==23.0.0 is installed"),
        ("node", "build", "npm ERR! `npm ci` can only install packages when your package.json and package-lock.json are in sync.", "npm install instead"),
        ("node", "build", "npm ERR! code ERESOLVE", "--legacy-peer-deps"),
        ("node", "build", "gyp ERR! find Python Python is not set from command line", "python3"),
        ("node", "start", "Error: Cannot find module 'lodash'", "dependencies of development"),
        ("node", "start", "Error: ENOENT: no such file or directory, open 'config.js'", "exampleConfig.js is copied to config.js"),
        ("node", "start", "Error: EACCES: permission denied, open 'db.json'", "/app is there and writable"),
        ("java", "build", "error: release version 21 not supported", "built with Java 21"),
        ("java", "build", "[ERROR] Source option 5 is no longer supported. Use 7 or later.", "compiled for Java 8"),
        ("java", "build", 'Unable to make field private: module java.base does not "opens java.util" to unnamed module', "packages of the JDK opened"),
        ("java", "build", "Failed to execute goal maven-dependency-plugin:3.6.0:go-offline", "no layer of its own"),
    ],
)  # fmt: skip
def test_rules(family: str, stage: str, said: str, expected: str) -> None:
    repair = repaired(family, stage, said)
    assert repair is not None
    assert expected in repair.change
    assert repair.diagnosis


def test_the_port_that_it_listens_on_is_taken() -> None:
    repair = repaired("node", "health", "listening", listening=(4000,))
    assert repair is not None
    assert repair.attempt.app.port == 4000
    assert "EXPOSE 4000" in write_dockerfile(repair.attempt.image)


def test_a_throwaway_secret_is_never_written() -> None:
    repair = repaired("python", "start", "KeyError: 'SECRET_KEY'")
    assert repair is not None
    (value,) = repair.attempt.env.values()
    assert len(value) >= 32
    assert value not in write_dockerfile(repair.attempt.image)
    assert value not in repair.change


def test_a_repair_is_named_in_the_file() -> None:
    repair = repaired("python", "start", "ImportError: libpq.so.5: cannot open shared object file: No such file")
    assert repair is not None
    text = write_dockerfile(repair.attempt.image)
    assert "Repaired after a failed try: libpq5 installed" in text
    assert "libpq5 \\\n" in text


def test_nothing_known_is_no_repair() -> None:
    assert repaired("python", "start", "ValueError: the moon is full") is None


def test_a_limit_is_not_repaired() -> None:
    app = Deployable(name="shop", kind="web", why=(), runtime="python", version="3.11")
    tree = Tree((), lambda _: b"", {}, {})
    assert find_repair(Attempt(PYTHON, app), Failure("build", "gcc: not found", "wall time"), tree, frozenset()) is None


@given(
    said=st.text(max_size=400),
    stage=st.sampled_from(["build", "start", "health"]),
    family=st.sampled_from(sorted(IMAGES)),
)
def test_any_output_is_read(said: str, stage: str, family: str) -> None:
    repair = repaired(family, stage, said)
    assert repair is None or repair.change


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        ("/bin/sh: 1: python3: not found", {"python3"}),
        ("Error: spawn git ENOENT", {"git"}),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'make'", {"make"}),
        ("route /python3/not/found: not found", set()),
        ("rm: not found; unknown-tool: not found", set()),
    ],
)
def test_programs_that_tests_call(said: str, packages: set[str]) -> None:
    assert missing_programs(said) == packages


def test_what_only_the_tests_need_may_be_absent() -> None:
    pom = (
        "<dependency><artifactId>a</artifactId></dependency>"
        "<dependency><artifactId>driver</artifactId><scope>test</scope></dependency>"
    )
    app = Deployable(name="shop", kind="web", why=(), runtime="java", version="8")
    tree = Tree(("pom.xml",), lambda _: pom.encode(), {}, {})
    image = JAVA.model_copy(
        update={"install": (), "build": ("mvn -B -ntp package", "WORKDIR /out", "jar -xf /src/target/*.war")}
    )
    repair = find_repair(
        Attempt(image, app),
        Failure("build", "Could not find artifact org.x:driver:jar:4.46.0 in central"),
        tree,
        frozenset(),
    )
    assert repair is not None
    assert repair.attempt.image.build[0] == "mvn -B -ntp resources:resources compiler:compile war:war"
    said = "Could not find artifact org.x:a:jar:1 in central"
    assert find_repair(Attempt(image, app), Failure("build", said), tree, frozenset()) is None
