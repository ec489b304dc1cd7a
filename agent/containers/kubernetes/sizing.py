"""Requests and limits, replicas, autoscaling and disruption: numbers, each with where it came from."""

from __future__ import annotations

from collections.abc import Mapping

from agent.containers.kubernetes.gpu import AT_REST, gpu_autoscaler, gpu_memory
from agent.containers.kubernetes.manifests import Manifest, labels, metadata, selector
from agent.domain.container import Deployable

__all__ = ["autoscaler", "budget", "fixed_resources", "replicas", "resources"]

MOST = 6
TARGET = 70  # percent of the request; the field's usual start

_MEMORY: Mapping[str, tuple[str, str, str]] = {  # runtime -> (request, limit, why)
    "python": ("192Mi", "512Mi", "a WSGI worker with its libraries is some 80 to 150 MiB"),
    "java": (
        "512Mi",
        "1Gi",
        "a servlet container needs some 300 MiB beside its heap, which takes a share of the limit",
    ),
    "node": ("128Mi", "512Mi", "V8's default heap stays below the limit for a process of this kind"),
    "php": ("128Mi", "512Mi", "memory_limit is 128 MiB a request by default, for a few requests at once"),
    "ruby": ("256Mi", "768Mi", "a Rails worker is some 200 MiB"),
    "go": ("64Mi", "256Mi", "a Go binary with its heap"),
    "dotnet": ("192Mi", "512Mi", "the runtime with a small heap"),
    "gnucobol": ("64Mi", "256Mi", "a batch program that reads its files record by record"),
}


def resources(app: Deployable) -> tuple[Manifest, str]:
    """(requests and limits, where the numbers came from)."""
    request, limit, why = _MEMORY.get(app.runtime, ("128Mi", "512Mi", "the runtime is not one with a rule of its own"))
    if app.gpu:
        request, limit, why = gpu_memory()
    cpu = "50m" if app.kind in ("job", "batch", "cli") else "100m"
    said = (
        f"no measurement is known: {why}. CPU: {cpu} asked for, so that it is scheduled; at most one core. "
        "Replace both by what `kubectl top pod` shows over a business week: request the median, limit twice the peak"
    )
    made = {
        "requests": {"cpu": cpu, "memory": request, "ephemeral-storage": "128Mi"},
        "limits": {"cpu": "1", "memory": limit, "ephemeral-storage": "2Gi"},
    }
    return made, said


def fixed_resources(cpu: str, memory: str, limit: str) -> Manifest:
    """Requests and limits of what figwright itself brings: the facade, backing services."""
    return {
        "requests": {"cpu": cpu, "memory": memory, "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "1", "memory": limit, "ephemeral-storage": "1Gi"},
    }


def replicas(app: Deployable) -> tuple[int, str]:
    """(how many, why)."""
    if app.single:
        return 1, f"1 and no more: {app.single}"
    if app.kind == "worker":
        return 1, "1: nothing shows whether this worker may run beside itself"
    if app.gpu:
        return AT_REST, f"{AT_REST}: each replica holds a whole GPU; the autoscaler starts more under load"
    return 2, "2: one may go while a node is drained; nothing was found that keeps state in the process"


def autoscaler(app: Deployable, project: str) -> Manifest | None:
    """Only over what may have replicas: never over timers or sessions in the process."""
    if app.single or app.kind != "web":
        return None
    if app.gpu:
        return gpu_autoscaler(app, project)
    said = f"2 to {MOST} at {TARGET} % of the CPU that is asked for: a start, to be set by a load test"
    return _autoscaler(app.name, project, 2, MOST, said)


def _autoscaler(name: str, project: str, least: int, most: int, said: str) -> Manifest:
    target = {"type": "Utilization", "averageUtilization": TARGET}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(name, project, "scaling", {"why": said}),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def budget(name: str, project: str, single: bool) -> Manifest:
    """One may be away at a time. With a single replica a stricter budget would block every drain of its node."""
    said = "a single replica: a stricter budget would block draining its node" if single else "the others keep serving"
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {
            "name": name,
            "labels": labels(name, project, "scaling"),
            "annotations": {"figwright.dev/why": said},
        },
        "spec": {"maxUnavailable": 1, "selector": selector(name)},
    }
