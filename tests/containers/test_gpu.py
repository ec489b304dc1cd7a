"""Deployables that compute on a GPU: what tells it, what does not, and their manifests. Everything else stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.adapters.container_linters import Kubernetes, Trivy
from agent.containerizing import write_containers
from agent.containers.gpu_workloads import with_gpus
from agent.containers.tree import Tree
from agent.domain.container import Deployable
from agent.domain.inventory import Inventory
from tests.containers.conftest import Plan
from tests.containers.gateways import program
from tests.containers.lints import blocking
from tests.containers.shapes import ALONE, JAVA, SHAPES, STATELESS, WORKER
from tests.containers.test_kubernetes import manifests, put, written

WEB = "from flask import Flask\napp = Flask(__name__)\n@app.route('/healthz')\ndef health(): return 'ok'\n"
WHY = "torch is declared (requirements.txt:2)"
ON_GPU = STATELESS.model_copy(update={"gpu": WHY})
GPU_SHAPE = (ON_GPU, WORKER.model_copy(update={"gpu": WHY}), ALONE.model_copy(update={"gpu": WHY}))
Gpus = dict[str, str]


def gpus(plan: Plan, files: Mapping[str, str]) -> Gpus:
    return {app.name: app.gpu for app in plan({"app.py": WEB, **files}).deployables}


SAYS = [
    ({"requirements.txt": "flask\ntorch==2.1.0\n"}, "torch is declared (requirements.txt:2)"),
    ({"requirements.txt": "flask\nTensorFlow_GPU\n"}, "tensorflow is declared (requirements.txt:2)"),
    ({"requirements.txt": "cupy-cuda12x\nflask\n"}, "cupy is declared (requirements.txt:1)"),
    ({"requirements.txt": "flask\nonnxruntime-gpu>=1.15\n"}, "onnxruntime-gpu is declared (requirements.txt:2)"),
    ({"requirements.txt": "flask\n", "m.py": "import os, torch.nn as nn\n"}, "torch is imported (m.py:1)"),
    ({"requirements.txt": "flask\n", "m.py": "def f():\n    from jax import jit\n"}, "jax is imported (m.py:2)"),
    ({"requirements.txt": "flask\n", "m.py": "print 'two'\nimport vllm\n"}, "vllm is imported (m.py:2)"),
    ({"requirements.txt": "flask\n", "a/__init__.py": "", "a/torch.py": "import torch\n"}, "torch is imported (a/torch.py:1)"),
    (
        {"requirements.txt": "flask\n", "Dockerfile": "FROM --platform=linux/amd64 nvidia/cuda:12.4.1-runtime-ubuntu22.04\n"},
        "the base image nvidia/cuda:12.4.1-runtime-ubuntu22.04 holds CUDA (Dockerfile:1)",
    ),
    (
        {"requirements.txt": "flask\nllama-cpp-python\n", "m.py": "llm = Llama('m', n_gpu_layers=-1)\n"},
        "llama-cpp is declared (requirements.txt:2)",
    ),
    (
        {"pyproject.toml": "[project]\nname='x'\nversion='1'\ndependencies = [\n 'flask',\n 'triton',\n]\n"},
        "triton is declared (pyproject.toml:6)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "said"), SAYS)
def test_what_computes_on_a_gpu_is_told_with_its_place(plan: Plan, files: Mapping[str, str], said: str) -> None:
    assert list(gpus(plan, files).values()) == [said]


SILENT = [
    {"requirements.txt": "flask\nonnxruntime\ntritonclient\ntorchlike\n"},
    {"requirements.txt": "flask\ntorch==2.1.0+cpu\n", "m.py": "import torch\n"},
    {"requirements.txt": "--extra-index-url https://pytorch.example/whl/cpu\nflask\ntorch\n", "m.py": "import torch\n"},
    {"requirements.txt": "flask\ntensorflow-cpu\n", "m.py": "import tensorflow as tf\n"},
    {"requirements.txt": "flask\njax[cpu]\n", "m.py": "import jax\n"},
    {"requirements.txt": "flask\nllama-cpp-python\n", "m.py": "import llama_cpp\nllm = Llama('m', n_gpu_layers=0)\n"},
    {"requirements.txt": "flask\n", "requirements-dev.txt": "torch\n", "tests/test_a.py": "import torch\n"},
    {"requirements.txt": "flask\n", "m.py": "try:\n    import torch\nexcept ImportError:\n    torch = None\n"},
    {"requirements.txt": "flask\n", "m.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"},
    {"requirements.txt": "flask\n", "m.py": '"""Say:\n\nimport torch\n"""\nfrom . import jax\n'},
    {"requirements.txt": "flask\n", "torch.py": "x = 1\n", "m.py": "import torch\n"},
    {"requirements.txt": "flask\n", "training/requirements.txt": "torch\n", "training/fit.py": "import torch\n"},
    {"requirements.txt": "flask\n", "Dockerfile": "# FROM nvidia/cuda:12\nFROM python:3.11-slim\n"},
    {"pyproject.toml": "[project]\nname='x'\nversion='1'\ndependencies=['flask']\n[project.optional-dependencies]\ngpu=['torch']\n"},
]  # fmt: skip


@pytest.mark.parametrize("files", SILENT)
def test_a_cpu_build_an_extra_or_an_optional_import_is_no_gpu(plan: Plan, files: Mapping[str, str]) -> None:
    assert list(gpus(plan, files).values()) == [""]


def test_of_two_services_only_the_one_that_computes_gets_it(plan: Plan) -> None:
    files = {
        "shop/requirements.txt": "flask\n", "shop/app.py": WEB,
        "scorer/requirements.txt": "flask\ntorch\n", "scorer/app.py": WEB,
    }  # fmt: skip
    containers = plan(files)
    assert {app.name: bool(app.gpu) for app in containers.deployables} == {"shop": False, "scorer": True}
    made = write_containers(containers)
    assert "nvidia" not in made["kubernetes/base/shop.yaml"]
    assert "nvidia.com/gpu: 1  # one: " in made["kubernetes/base/scorer.yaml"]


def test_a_job_gets_a_gpu_only_when_its_program_reaches_the_library(plan: Plan) -> None:
    files = {
        "requirements.txt": "flask\ntorch\n", "app.py": WEB, "model.py": "import torch\ndef fit(): pass\n",
        "fit.py": "import model\nmodel.fit()\n", "clean.py": "print('clean')\n",
        "crontab": "0 2 * * * cd /srv && python fit.py\n0 3 * * * cd /srv && python clean.py\n",
    }  # fmt: skip
    found = {app.name: app.gpu for app in plan(files).deployables if app.kind == "job"}
    assert found == {"fit": "torch is imported (model.py:1)", "clean": ""}


def test_celerys_clock_computes_nothing() -> None:
    tree = Tree(("requirements.txt",), lambda _: b"torch\n", {}, {})
    beat = WORKER.model_copy(update={"image": "", "command": ("celery", "--app", "x", "beat")})
    dockered = Tree(("Dockerfile",), lambda _: b"FROM nvidia/cuda:12\n", {}, {})
    assert with_gpus((beat,), Inventory(name="x"), None, tree) == (beat,)
    web, clock = with_gpus((STATELESS, beat), Inventory(name="x"), None, dockered)
    assert (web.gpu, clock.gpu) == ("the base image nvidia/cuda:12 holds CUDA (Dockerfile:1)", "")


def test_one_gpu_its_nodes_and_where_the_number_came_from() -> None:
    found = manifests(*GPU_SHAPE)
    shop = found["Deployment", "shop"]
    pod = shop["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert pod["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert WHY in shop["metadata"]["annotations"]["figwright.dev/gpu"]
    assert pod["containers"][0]["resources"]["requests"]["memory"] == "4Gi"
    migration = found["Job", "shop-migrate"]["spec"]["template"]["spec"]
    assert "nvidia.com/gpu" not in migration["containers"][0]["resources"]["limits"]
    assert not {"nodeSelector", "tolerations"} & migration.keys()
    text = written(GPU_SHAPE)["kubernetes/base/shop.yaml"]
    assert text.startswith(f"# shop computes on a GPU: {WHY}.\n")
    for needed in ("device plugin", "DCGM exporter", "metrics adapter", "DCGM_FI_DEV_GPU_UTIL"):
        assert needed in text.partition("\napiVersion")[0]


def test_bursts_are_bounded_and_scaled_by_gpu_utilisation() -> None:
    found = manifests(*GPU_SHAPE)
    spec = found["HorizontalPodAutoscaler", "shop"]["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 4)
    assert spec["metrics"] == [
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "DCGM_FI_DEV_GPU_UTIL"},
                "target": {"type": "AverageValue", "averageValue": "70"},
            },
        }
    ]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 600
    assert found["Deployment", "shop"]["spec"]["replicas"] == 1


def test_sessions_in_the_process_are_not_scaled_by_a_gpu_either() -> None:
    found = manifests(*GPU_SHAPE)
    assert [name for kind, name in found if kind == "HorizontalPodAutoscaler"] == ["shop"]
    assert found["Deployment", "desk"]["spec"]["replicas"] == 1
    head = written(GPU_SHAPE)["kubernetes/base/desk.yaml"].partition("\napiVersion")[0]
    assert "It has no HorizontalPodAutoscaler. Replicas: 1 and no more: sessions are kept in files" in head
    assert "DCGM" not in head


def test_what_needs_no_gpu_is_written_as_before() -> None:
    alone = written((STATELESS, JAVA))
    beside = written((STATELESS, JAVA.model_copy(update={"gpu": WHY})))
    differing = {path for path in alone if alone[path] != beside[path]}
    assert differing == {"kubernetes/base/claims.yaml"} | {
        f"kubernetes/overlays/{overlay}/kustomization.yaml" for overlay in ("dev", "production")
    }
    for shape in SHAPES.values():
        for text in written(shape).values():
            assert not any(word in text for word in ("nvidia", "DCGM", "GPU", "toleration", "nodeSelector"))


def test_a_path_cannot_leave_the_comment() -> None:
    path = "a\n- evil: 1\x07/Dockerfile"
    tree = Tree((path,), lambda _: b"FROM nvidia/cuda:12\n", {}, {})
    (app,) = with_gpus((STATELESS,), Inventory(name="x"), None, tree)
    assert "(a?- evil: 1?/Dockerfile:1)" in app.gpu
    documents: list[Any] = list(yaml.safe_load_all(written((app,))["kubernetes/base/shop.yaml"]))
    assert documents[0]["kind"] == "Deployment"


def test_both_overlays_of_a_gpu_deployable_are_valid(tmp_path: Path) -> None:
    linter = Kubernetes()
    if linter.unusable():
        pytest.skip(linter.unusable())
    found = linter.lint(put(tmp_path, shape()))
    assert [str(one) for one in found if one.severity != "info"] == []


@pytest.mark.slow
def test_trivy_finds_nothing_high_or_critical_in_a_gpu_deployable(tmp_path: Path) -> None:
    linter = Trivy()
    if linter.unusable() or not program("kubectl"):
        pytest.skip(linter.unusable() or "kubectl is not on this machine")
    assert [str(one) for one in blocking(linter.lint(put(tmp_path, shape())))] == []


def shape() -> tuple[Deployable, ...]:
    job = WORKER.model_copy(update={"name": "shop-fit", "kind": "job", "schedule": "0 2 * * *", "gpu": WHY})
    return (*GPU_SHAPE, job)
