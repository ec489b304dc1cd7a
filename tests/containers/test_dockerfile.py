"""What the generated files say: stages, user, health, no secret, and the same bytes for the same input."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.containerizing import write_containers
from tests.containers.conftest import Plan

SAMPLES = Path(__file__).parents[2] / "sample_repos"
NAMES = ("orderdesk", "stockroom", "storefront", "helpdesk", "claims", "ledger")


@pytest.fixture
def dockerfile(plan: Plan, request: pytest.FixtureRequest) -> str:
    return write_containers(plan(SAMPLES / request.param))[f"{request.param}/Dockerfile"]


@pytest.mark.parametrize("dockerfile", NAMES, indirect=True)
def test_every_image_is_pinned_unprivileged_and_starts_without_a_shell(dockerfile: str) -> None:
    bases = re.findall(r"(?m)^FROM (\S+)", dockerfile)
    assert all(re.search(r":[\w.-]*\d", base) for base in bases)
    last = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"(?m)^USER (?!root|0\b)\S+", last)
    assert re.search(r'(?m)^CMD \["', last)
    assert re.search(r"(?m)^HEALTHCHECK ", last)
    assert "curl" not in last


@pytest.mark.parametrize("name", NAMES)
def test_the_same_input_gives_the_same_bytes(plan: Plan, name: str) -> None:
    assert write_containers(plan(SAMPLES / name)) == write_containers(plan(SAMPLES / name))


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_of_the_code_is_in_a_file(plan: Plan, name: str) -> None:
    written = "\n".join(write_containers(plan(SAMPLES / name)).values())
    for secret in (
        "marigold-1974",
        "Poole-1987-tarrant",
        "not-a-real-password",
        "change-me-not-a-real-key",
        "Lw-0813-brk",
        "sc4nner",
    ):
        assert secret not in written


def test_an_old_runtime_is_labelled_with_risk_and_upgrade(plan: Plan) -> None:
    text = write_containers(plan(SAMPLES / "stockroom"))["stockroom/Dockerfile"]
    assert "FROM python:2.7-slim" in text
    assert re.search(r"RISK: Python 2\.7 has no security fixes since 2020-01-01", text)
    assert "UPGRADE: Python 3" in text


def test_dependencies_are_a_layer_before_the_source(plan: Plan) -> None:
    text = write_containers(plan(SAMPLES / "orderdesk"))["orderdesk/Dockerfile"]
    assert text.index("COPY requirements.txt") < text.index("pip install") < text.index("COPY . .")


def test_what_must_not_be_in_a_layer_is_left_out(plan: Plan) -> None:
    ignored = write_containers(plan(SAMPLES / "storefront"))["storefront/Dockerfile.dockerignore"].splitlines()
    assert {".git", "**/.env", "**/*.pem", "**/node_modules", "test"} <= set(ignored)


def test_system_packages_follow_from_dependencies(plan: Plan) -> None:
    app = "from flask import Flask\napp = Flask(__name__)\n"
    text = write_containers(plan({"app.py": app, "requirements.txt": "Flask\npsycopg2==2.9.9\nlxml\n"}))[
        "system/Dockerfile"
    ]
    build, _, last = text.rpartition("\nFROM ")
    assert "libpq-dev" in build
    assert "libpq5" in last
    assert "libpq-dev" not in last
    assert "libxslt1-dev" not in text  # a wheel carries it


def test_an_existing_dockerfile_is_answered_by_a_proposal(plan: Plan) -> None:
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "requirements.txt": "Flask\n",
        "Dockerfile": "FROM python:latest\nCMD python app.py\n",
    }
    text = write_containers(plan(files))["system/Dockerfile"]
    assert "a proposal beside the repository's own Dockerfile" in text
    assert "python:latest is not pinned" in text


def test_text_of_the_repository_cannot_break_out_of_a_line(plan: Plan) -> None:
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\nLOG = '/var/log/a b$(id)'\nDATA = '/srv/x`id`/y'\n",
        "requirements.txt": "Flask\n",
    }
    text = write_containers(plan(files))["system/Dockerfile"]
    assert "$(id)" not in text
    assert "`" not in text
