"""compose.yaml: accepted by Compose itself, start order by health, no secret in it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.containers.compose import mounts, secret_examples, write_compose
from agent.domain.container import Deployable
from tests.containers.gateways import program
from tests.containers.shapes import ALONE, BACKINGS, SHAPES, STATELESS, table_for

SEEDS = (("mysql", "sql/schema.sql"), ("postgresql", "db/schema.sql"))


def written(deployables: tuple[Deployable, ...]) -> str:
    return write_compose("Shop & Co", deployables, BACKINGS, table=table_for(deployables), seeds=SEEDS, tag="abc123")


def parsed(*deployables: Deployable) -> dict[str, Any]:
    return dict(yaml.safe_load(written(deployables)))


@pytest.mark.parametrize("shape", SHAPES)
def test_compose_accepts_it_without_a_warning(shape: str, tmp_path: Path) -> None:
    compose = program("docker-compose")
    if not compose:
        pytest.skip("docker-compose is not on this machine")
    file = tmp_path / "compose.yaml"
    file.write_text(written(SHAPES[shape]), "utf-8")
    words = [compose, "-f", str(file), "--profile", "*", "config", "-q"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_compose_gives_the_application_what_is_written(tmp_path: Path) -> None:
    compose = program("docker-compose")
    if not compose:
        pytest.skip("docker-compose is not on this machine")
    file = tmp_path / "compose.yaml"
    file.write_text(written((STATELESS,)), "utf-8")
    words = [compose, "-f", str(file), "config", "--format", "yaml"]
    read = yaml.safe_load(subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=tmp_path).stdout)
    environment = read["services"]["shop"]["environment"]
    assert environment["DB_HOST"] == "postgresql"
    assert environment["REDIS_URL"] == "redis://redis:6379/0"
    assert environment["PRICE"].replace("$$", "$") == 'a "$5" {note}'
    assert "SECRET_KEY" not in environment
    assert read["services"]["facade"]["ports"][0]["published"] == "8080"


def test_everything_waits_for_what_it_needs_to_be_healthy() -> None:
    services = parsed(STATELESS)["services"]
    assert services["shop-migrate"]["depends_on"] == {
        name: {"condition": "service_healthy"} for name in ("postgresql", "rabbitmq", "redis")
    }
    assert services["shop"]["depends_on"]["shop-migrate"] == {"condition": "service_completed_successfully"}
    assert services["facade"]["depends_on"] == {"shop": {"condition": "service_healthy"}}
    assert "postgresql-seed" not in services  # its own migrations make the tables
    for name in ("postgresql", "redis", "rabbitmq"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"


def test_a_database_without_migrations_is_sown_once() -> None:
    services = parsed(ALONE)["services"]
    assert services["desk"]["depends_on"]["mysql-seed"] == {"condition": "service_completed_successfully"}
    assert services["mysql-seed"]["volumes"][0]["source"] == "${SOURCE:-./source}/sql/schema.sql"
    assert "has tables: left as it is" in services["mysql-seed"]["entrypoint"][2]


def test_versions_are_the_declared_ones_or_pinned() -> None:
    services = parsed(*SHAPES["monorepo"])["services"]
    images = {name: service["image"] for name, service in services.items() if "/" not in service["image"]}
    assert images["postgresql"] == "postgres:9.6"
    assert images["mysql"] == "mysql:5.7"
    assert images["rabbitmq"] == "rabbitmq:3.8"
    for service in services.values():
        tag = service["image"].partition(":")[2]
        assert tag
        assert tag != "latest"


def test_no_secret_stands_in_it() -> None:
    text = written(SHAPES["monorepo"])
    services = yaml.safe_load(text)["services"]
    for service in services.values():
        listed = service.get("environment") or []
        for entry in listed if isinstance(listed, list) else [f"{k}={v}" for k, v in listed.items()]:
            name, _, value = entry.partition("=")
            if any(word in name for word in ("PASS", "SECRET", "KEY", "DATABASE_URL")):
                assert value.startswith("/run/secrets/"), entry
    examples = secret_examples(SHAPES["monorepo"], BACKINGS)
    assert "SECRET_KEY=\n" in examples["secrets/shop.env.example"]
    assert "# postgresql://app:PASSWORD@postgresql:5432/app" in examples["secrets/shop.env.example"]
    assert examples["secrets/.gitignore"] == "*\n!.gitignore\n!*.example\n"


def test_state_outlives_the_container_and_is_shared_with_the_jobs() -> None:
    services = parsed(*SHAPES["alone"])["services"]
    assert services["desk"]["volumes"] == services["desk-nightly"]["volumes"]
    assert "desk-srv-desk-uploads:/srv/desk/uploads" in services["desk"]["volumes"]
    assert ("desk-app-cache", "/app/cache") in mounts(ALONE)
    assert services["desk"]["deploy"] == {"replicas": 1}
    assert services["desk-nightly"]["profiles"] == ["jobs"]


def test_a_folder_within_another_one_is_part_of_it_and_no_way_leads_up() -> None:
    app = ALONE.model_copy(update={"writes": ("/data/a/b", "/data/a", "/", "/tmp/x", "../..", "/data/../etc")})
    assert mounts(app) == [("desk-data-a", "/data/a"), ("desk-etc", "/etc")]


def test_the_same_input_gives_the_same_bytes() -> None:
    for shape in SHAPES.values():
        assert written(shape) == written(shape)
