"""Services beside an application: started when it asks for them and they are here, and told plainly when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.adapters.buildah_images import BuildahImages
from agent.composition import open_sandbox, place_for, workbench
from agent.containerizing import containerize, plan_containers
from agent.containers.attempt import Attempt, Failure, first_attempt
from agent.containers.beside import needed, with_services
from agent.domain.container import Backing, ContainerReport, Deployable, Image, Variable
from agent.pipeline import Run, make_graph, make_inventory
from agent.ports import ImageBuilder
from agent.settings import Settings
from tests.containers.test_builds import Base

IMAGE = Image(name="shop", family="python", base="python:3.11-slim")
APP = Deployable(name="shop", kind="web", why=(), backing=("redis", "oracle-database"))
BACKINGS = (Backing(name="redis", kind="redis"), Backing(name="oracle-database", kind="other"))


@pytest.mark.parametrize(
    "said",
    [
        'psycopg2.OperationalError: could not translate host name "postgres" to address: Name or service not known',
        "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
        "Error: connect ECONNREFUSED 127.0.0.1:6379",
        "Error: getaddrinfo ENOTFOUND redis",
        "java.net.UnknownHostException: db.internal",
        "SQLSTATE[HY000] [2002] No such file or directory",
    ],
)
def test_what_found_no_service_asks_for_those_that_can_be_had(said: str) -> None:
    assert [one.name for one in needed(Attempt(IMAGE, APP), Failure("health", said), BACKINGS)] == ["redis"]


def test_nothing_is_started_for_another_failure_or_twice_or_for_a_build() -> None:
    refused = "connect ECONNREFUSED 127.0.0.1:6379"
    assert needed(Attempt(IMAGE, APP), Failure("health", "ValueError: no"), BACKINGS) == ()
    assert needed(Attempt(IMAGE, APP), Failure("build", refused), BACKINGS) == ()
    assert needed(Attempt(IMAGE, APP, beside=BACKINGS[:1]), Failure("health", refused), BACKINGS) == ()
    alone = APP.model_copy(update={"backing": ()})
    assert needed(Attempt(IMAGE, alone), Failure("health", refused), BACKINGS) == ()


def test_a_key_that_only_signs_is_made_up_for_the_trial_and_one_that_was_issued_is_not() -> None:
    names = ("SECRET_KEY", "SHOP_SECRET_KEY", "SECRET_KEY_BASE", "AWS_SECRET_KEY", "API_TOKEN", "DB_PASSWORD")
    app = APP.model_copy(update={"variables": tuple(Variable(name=name, secret=True) for name in names)})
    env = first_attempt(IMAGE, app).env
    assert sorted(env) == ["SECRET_KEY", "SECRET_KEY_BASE", "SHOP_SECRET_KEY"]
    assert len(set(env.values())) == 3


def test_the_variables_lead_to_the_loopback_that_both_share(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "POSTGRES_HOST",
        "POSTGRES_PORT",
        "POSTGRES_DB",
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "DATABASE_URL",
        "COLOUR",
    )
    variables = tuple(Variable(name=name, secret=name.endswith("PASSWORD"), value="") for name in names)
    app = APP.model_copy(update={"variables": variables, "backing": ("postgresql",)})
    builder = BuildahImages()
    monkeypatch.setattr(builder, "has", lambda image: image == "postgres:16.4")
    wanted = needed(
        Attempt(IMAGE, app), Failure("start", "connection refused"), (Backing(name="postgresql", kind="postgresql"),)
    )
    repair, absent = with_services(Attempt(IMAGE, app), wanted, builder, pull=False)
    assert repair is not None
    env = repair.attempt.env
    password = env.pop("POSTGRES_PASSWORD")
    assert len(password) >= 32
    assert env == {
        "POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": "5432", "POSTGRES_DB": "app", "POSTGRES_USER": "app",
        "DATABASE_URL": f"postgresql://app:{password}@127.0.0.1:5432/app",
    }  # fmt: skip
    assert password not in repair.change + repair.diagnosis + absent


def test_a_service_that_is_not_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = BuildahImages()
    monkeypatch.setattr(builder, "has", lambda image: False)
    repair, absent = with_services(Attempt(IMAGE, APP), BACKINGS[:1], builder, pull=False)
    assert repair is None
    assert absent == "it was tried without redis (redis:7.2.6): the image is not here"


CODE = """\
import os

import redis
from flask import Flask

app = Flask(__name__)
store = redis.Redis(host=os.environ.get("REDIS_HOST", "cache.internal"), port=int(os.environ.get("REDIS_PORT", "6379")))


@app.route("/health")
def health():
    return str(store.incr("asked"))
"""


def proved(tmp_path: Path, builder: ImageBuilder, base: Base) -> ContainerReport:
    (tmp_path / "counter").mkdir()
    (tmp_path / "counter" / "counter.py").write_text(CODE)
    (tmp_path / "counter" / "requirements.txt").write_text("Flask==3.0.3\nredis==5.0.8\n")
    (tmp_path / "work").mkdir()
    settings = Settings(cache_dir=tmp_path / "cache")
    with workbench(str(tmp_path / "counter"), settings, None, None) as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        graph, _ = make_graph(bench, inventory, run)
        containers = plan_containers(inventory, graph, bench.snapshot)
        base("python:3.11-slim")
        with place_for(bench.snapshot, settings.cache_dir, open_sandbox("none")) as place:
            report, _ = containerize(
                containers, inventory, graph, builder, place, tmp_path / "work", run=True, test=False
            )
    return report


@pytest.mark.slow
@pytest.mark.builds
def test_an_application_gets_the_service_that_it_asks_for(tmp_path: Path, builder: ImageBuilder, base: Base) -> None:
    base("redis:7.2.6")
    (proof,) = proved(tmp_path, builder, base).deployables
    assert proof.level == "healthy", [(one.failed, one.last_lines) for one in proof.rounds]
    assert [one.repair for one in proof.rounds] == ["started with redis beside it", ""]
