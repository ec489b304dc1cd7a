"""All files of the sample repositories: linted by the real tools, and the same bytes twice."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.adapters.container_linters import Trivy, container_linters
from agent.boundaries import propose_boundaries
from agent.composition import frameworks, languages, open_snapshot
from agent.containerizing import Containers, write_containers
from agent.containers.deployables import find_deployables
from agent.containers.facade.state import changed, first_state
from agent.containers.facade.table import RouteTable, make_table
from agent.containers.files import write_files
from agent.containers.images import design_images
from agent.containers.tree import Tree
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.container import Backing, Deployable, Variable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location
from agent.errors import InputError
from agent.graph import build_graph, read_facts
from agent.inventory import take_inventory
from agent.settings import load_settings
from tests.containers.gateways import graph_and_boundaries
from tests.containers.lints import blocking, lint_files
from tests.program import ROOT

SAMPLES = ("claims", "helpdesk", "ledger", "orderdesk", "stockroom", "storefront")


@cache
def read(name: str) -> tuple[Inventory, DependencyGraph, Boundaries, Tree]:
    snapshot = open_snapshot(str(ROOT / "sample_repos" / name), load_settings({}, None))
    inventory = take_inventory(snapshot, as_of=date(2026, 1, 1))
    facts = read_facts(inventory.files, snapshot.read, languages(), frameworks())
    paths = [path for path, _ in snapshot.paths()]
    roles = {f.path: f.role for f in inventory.files}
    graph = build_graph(facts, roles, languages(), frameworks(), frozenset(paths), {})
    return inventory, graph, propose_boundaries(graph), Tree.of(inventory, paths, snapshot.read)


def written(name: str, canary: str = "") -> dict[str, str]:
    inventory, graph, boundaries, tree = read(name)
    deployables, backings, _ = find_deployables(inventory, graph, tree)
    return write_files(deployables, backings, make_table(deployables, graph, boundaries), inventory, canary)


def put_everything(name: str, folder: Path) -> dict[str, str]:
    """All that the command writes for a sample, the Dockerfiles among it."""
    inventory, graph, boundaries, tree = read(name)
    apps, backings, nothing = find_deployables(inventory, graph, tree)
    table = make_table(apps, graph, boundaries)
    files = write_containers(Containers(apps, backings, design_images(apps, tree), nothing, tree, inventory, table))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return files


@pytest.mark.parametrize("name", SAMPLES)
def test_no_linter_objects_to_a_samples_files(name: str, tmp_path: Path) -> None:
    files = put_everything(name, tmp_path)
    assert [path for path in files if path.endswith("/Dockerfile")]
    found, missing = lint_files(tmp_path, container_linters(thorough=False))
    assert [str(one) for one in blocking(found)] == []
    if missing:
        pytest.skip("; ".join(missing))


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_trivy_finds_nothing_grave_in_a_samples_files(name: str, tmp_path: Path) -> None:
    put_everything(name, tmp_path)
    if Trivy().unusable():
        pytest.skip(Trivy().unusable())
    assert [str(one) for one in blocking(Trivy().lint(tmp_path))] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_linter_is_told_to_pass_over_has_its_reason_above(name: str, tmp_path: Path) -> None:
    for path, text in put_everything(name, tmp_path).items():
        lines = text.splitlines()
        told = [
            number
            for number, line in enumerate(lines)
            if re.search(r"(?i)#\s*(?:hadolint|trivy|nosec)\b.*ignore", line)
        ]
        assert all(lines[number - 1].startswith("# ") and len(lines[number - 1]) > 30 for number in told), path
    assert not list(tmp_path.rglob(".trivyignore*")) + list(tmp_path.rglob(".hadolint*"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_repository_gives_the_same_bytes_without_a_machine_path(name: str) -> None:
    once = written(name)
    assert written(name) == once
    assert list(once) == sorted(once)
    assert not [path for path, text in once.items() if str(ROOT) in text]


@pytest.mark.parametrize("name", ["claims", "helpdesk", "orderdesk", "stockroom", "storefront"])
def test_every_service_with_routes_stands_in_the_facade(name: str) -> None:
    table = RouteTable.model_validate_json(written(name)["facade/routes.json"])
    _, graph, _, _ = read(name)
    http = [s for s in graph.symbols if s.kind == "route" and s.role == "code" and s.id.split(" ")[0] != "route:RPC"]
    assert len(table.services) >= 4
    assert sum(len(line.methods) or 1 for line in table.fronts[0].routes) == len(http)


def test_a_batch_system_has_no_facade() -> None:
    assert not [path for path in written("ledger") if path.startswith("facade/")]


def test_a_canarys_numbers_outlive_another_run() -> None:
    files = written("orderdesk")
    table = RouteTable.model_validate_json(files["facade/routes.json"])
    state = changed(first_state(table), table.services[0], reads=20, writes=5)
    again = written("orderdesk", state.model_dump_json())
    kept = json.loads(again["facade/canary.json"])["services"]
    assert (kept[table.services[0]]["reads"], kept[table.services[0]]["writes"]) == (20, 5)
    assert again["facade/envoy.yaml"] != files["facade/envoy.yaml"]
    with pytest.raises(InputError, match=r"facade/canary\.json cannot be used"):
        written("orderdesk", "{")


def test_nothing_deployed_is_nothing_written() -> None:
    assert write_files((), (), None, read("orderdesk")[0]) == {}


HOSTILE = st.text(alphabet=st.sampled_from(list("a:#\"'{}$\\\n\r\t\x00\x1b\x85\u2028\udc80 -&*|>%@`,[]")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_text_of_a_repository_breaks_out_of_a_file(path: str, value: str, folder: str, said: str) -> None:
    """File names, values and reasons are whatever somebody wrote; what they turn into must still be one scalar."""
    where = (Location(path=f"src/{path}", line=3),)
    app = Deployable(
        name="web", kind="web", why=(Reason(text=said, where=where),), port=8000, command=("run", value), single=said,
        backing=("redis",), writes=(f"/data/{folder}",), health="/ok", schedule=value,
        variables=(Variable(name="A", value=value, where=where), Variable(name=f"B{path}", value="x"),
                   Variable(name="KEY", secret=True, where=where)),
    )  # fmt: skip
    job = app.model_copy(update={"name": "nightly", "kind": "job", "image": "web"})
    backing = Backing(name="redis", kind="redis", version=f"6{said}", where=where)
    rows = [(f"GET /a/<x{number}>", "order", "python") for number in range(2)]
    graph, boundaries = graph_and_boundaries(rows, path=f"src/{path}.py")
    table = make_table([app], graph, boundaries)
    inventory = Inventory(name=f"x{said}", files=())
    files = write_files([app, job], [backing], table, inventory)
    for name, text in files.items():
        if name.endswith(".yaml"):
            documents = list(yaml.safe_load_all(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")))
            assert documents, name
            assert all(isinstance(one, dict) for one in documents), name
    compose = yaml.safe_load(files["compose.yaml"].encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    assert set(compose["services"]) == {"redis", "web", "nightly", "facade"}
    envoy = yaml.safe_load(files["facade/envoy.yaml"].encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    assert [cluster["name"] for cluster in envoy["static_resources"]["clusters"]] == ["monolith"]
    outside = [line for line in files["facade/nginx.conf"].splitlines() if "src/" in line]
    assert all(line.lstrip().startswith("#") for line in outside)
