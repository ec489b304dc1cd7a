"""Manifests that switch non-production environments off: the deployables in; Kubernetes CronJobs with the rights they need out."""

from __future__ import annotations

from typing import Any

import yaml

from agent.assessment.artifacts.names import dns_labels
from agent.assessment.case import Case
from agent.assessment.cost.sizes import REST, SYSTEM, deployables

__all__ = ["schedules"]

HEAD = """\
# Scales the deployments of one non-production environment to nothing in the evening and back in the morning, Monday to Friday.
# {hours}
# Never apply it to production: kubectl apply -n ENVIRONMENT -f {name}
# Set the time zone, the image (any with kubectl in it) and the names of your deployments.
"""
OFF, ON = "0 19 * * 1-5", "0 7 * * 1-5"


def schedules(case: Case) -> dict[str, str]:
    """One file; none where no non-production environment was told of."""
    told = case.assumptions.workload
    if not told.non_production:
        return {}
    labels = dns_labels(name for name in deployables(case) if name != REST)
    names = [*labels.values()] or [*dns_labels([case.inventory.name or SYSTEM]).values()]
    hours = f"7 to 19 h are 261 hours a month of 730{'' if told.office_hours_per_month is None else f'; figwright.toml says {told.office_hours_per_month:g}'}."
    parts = [*_rights(), _job("environment-off", OFF, names, 0), _job("environment-on", ON, names, 1)]
    name = "non-production-hours.yaml"
    text = HEAD.format(hours=hours, name=name) + "---\n".join(yaml.safe_dump(part, sort_keys=False) for part in parts)
    return {f"schedules/{name}": text}


def _rights() -> list[dict[str, Any]]:
    """Whoever runs the job may scale deployments here and do nothing else."""
    meta = {"name": "environment-hours"}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta,
            "rules": [{"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"], "verbs": ["get", "patch", "update"]}],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": meta,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "environment-hours"},
            "subjects": [{"kind": "ServiceAccount", "name": "environment-hours"}],
        },
    ]  # fmt: skip


def _job(name: str, when: str, deployments: list[str], replicas: int) -> dict[str, Any]:
    container = {
        "name": "kubectl", "image": "alpine/kubectl:1.34.0",
        "args": ["scale", f"--replicas={replicas}", *(f"deployment/{d}" for d in deployments)],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "runAsUser": 10001,
            "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
        },
    }  # fmt: skip
    pod = {"serviceAccountName": "environment-hours", "restartPolicy": "Never", "containers": [container]}
    return {
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name},
        "spec": {
            "schedule": when, "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid",
            "jobTemplate": {"spec": {"backoffLimit": 2, "template": {"spec": pod}}},
        },
    }  # fmt: skip
