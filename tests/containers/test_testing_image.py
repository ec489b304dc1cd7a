"""The image that tests run in: the recipe's steps with the image's own interpreter, other people's words never in a shell."""

from __future__ import annotations

import json

from agent.containers.testing_image import command_inside, from_build_stage, write_test_dockerfile
from agent.domain.container import Image
from agent.domain.environment import Recipe, Step
from agent.domain.execution import Command

PYTHON = Image(name="shop", family="python", base="python:3.11-slim", artifacts=(("/opt/venv", "/opt/venv"),))
JAVA = Image(name="shop", family="java", base="tomcat:9.0-jre17-temurin")
RECIPE = Recipe(
    ecosystem="python",
    steps=(
        Step(name="make a virtual environment", run=("{toolchain:python}", "-m", "venv", "{env}/venv")),
        Step(
            name="install",
            run=("{env}/venv/bin/python", "-m", "pip", "install", "pytest; rm -rf /"),
            env={"A": "{env}/x"},
        ),
        Step(name="wish", run=("{toolchain:python}", "-V"), needed=False),
    ),
    variables={"PATH": "{env}/venv/bin:/bin", "PYTHONPATH": "{repo}"},
)


def test_the_images_own_environment_is_used() -> None:
    text = write_test_dockerfile(PYTHON, "here/shop", RECIPE)
    assert text.startswith("FROM here/shop\nUSER root\n")
    assert "-m venv" not in text.replace("RUN python -m venv /opt/venv", "")
    assert "ln -sfn /opt/venv /figwright/env/venv" in text
    assert text.rstrip().splitlines()[-2] == "USER 10001"


def test_steps_are_words_and_no_shell_reads_them() -> None:
    lines = [line for line in write_test_dockerfile(PYTHON, "here/shop", RECIPE).splitlines() if "pip" in line]
    words = json.loads(lines[0].removeprefix("RUN "))
    assert "pytest; rm -rf /" in words
    assert "A=/figwright/env/x" in words
    assert "PYTHONPATH=/app" in words
    assert not any(word.startswith("PATH=") for word in words)


def test_a_step_that_is_only_wished_for_may_fail() -> None:
    (line,) = (line for line in write_test_dockerfile(PYTHON, "here/shop", RECIPE).splitlines() if '"-V"' in line)
    assert "|| true" in json.loads(line.removeprefix("RUN "))[2]


def test_the_command_runs_with_the_images_paths_and_not_as_in_production() -> None:
    command = Command(
        ("{env}/venv/bin/python", "{repo}/run.py", "{out}"),
        {"JAVA_HOME": "{toolchain:java:home}", "B": "{repo}"},
        "sub",
    )
    inside = command_inside(PYTHON, command)
    assert inside.argv[-3:] == ("/figwright/env/venv/bin/python", "/app/run.py", "/figwright/out")
    assert inside.argv[:3] == ("env", "-u", "NODE_ENV")
    assert dict(inside.env) == {"B": "/app"}
    assert inside.cwd == "/app/sub"


def test_compiled_code_is_tested_where_the_compiler_is() -> None:
    assert from_build_stage(JAVA)
    assert not from_build_stage(PYTHON)
    assert command_inside(JAVA, Command(("{toolchain:maven}", "test"))).cwd == "/src"
