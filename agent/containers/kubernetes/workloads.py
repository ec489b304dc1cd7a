"""A deployable as Kubernetes runs it: Deployment and Service, or CronJob, or Job, with probes and volumes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.containers.compose import image_name
from agent.containers.kubernetes.gpu import on_gpu_nodes, why_gpu
from agent.containers.kubernetes.manifests import (
    Manifest,
    container_security,
    labels,
    metadata,
    pod_security,
    selector,
    user_of,
    writable,
)
from agent.containers.kubernetes.sizing import autoscaler, budget, replicas, resources
from agent.containers.wiring import wire
from agent.domain.container import Backing, Deployable

__all__ = ["ACCOUNT", "claims", "configuration", "pods_of", "workload"]

ACCOUNT = "workload"  # without a token: nothing here speaks to the cluster
_FIELD = re.compile(r"[\d*/,\-]+|(?:\*|\d+)|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*")
_NICKNAMES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def workload(app: Deployable, project: str, tag: str, backings: Sequence[Backing]) -> list[Manifest]:
    """All manifests of one deployable; none for a command-line tool, which nobody deploys."""
    if app.kind == "cli":
        return []
    if app.kind in ("job", "batch"):
        return [_cron_job(app, project, tag, backings)]
    made = [_deployment(app, project, tag, backings)]
    if app.kind == "web":
        made.append(_service(app, project))
    made.append(budget(app.name, project, bool(app.single or app.gpu)))
    scaled = autoscaler(app, project)
    if scaled:
        made.append(scaled)
    if app.migrate:
        made.append(_migration(app, project, tag, backings))
    return made


def configuration(app: Deployable, backings: Sequence[Backing]) -> list[str]:
    """``NAME=value`` of the plain variables that have one: the deployable's ConfigMap."""
    if app.image:
        return []
    plain, _ = wire(app, backings)
    return [f"{variable.name}={value}" for variable, value, _ in plain if value and "\n" not in value]


def claims(deployables: Sequence[Deployable], project: str) -> list[Manifest]:
    """A claim for each place with state, shared by a deployable and the jobs on its image."""
    found: dict[str, tuple[bool, str]] = {}
    for app in deployables:
        if app.kind == "cli":
            continue
        _, mounted, names = writable(app)
        paths = {m["name"]: m["mountPath"] for m in mounted}
        for name in names:
            several, _ = found.get(name, (False, ""))
            found[name] = (several or (app.kind == "web" and not app.single), paths[name[-63:].strip("-")])
    made = []
    for name, (several, path) in sorted(found.items()):
        mode = "ReadWriteMany" if several else "ReadWriteOnce"
        said = (
            "several replicas write to it"
            if several
            else "one node at a time; jobs are placed beside their application"
        )
        share = " It was a file share: bind the same share here." if path.startswith(("/mnt/", "/media/")) else ""
        notes = {"why": f"{path}: {said}.{share} The size is a start: look at the old machine."}
        made.append(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": metadata(name, project, "state", notes),
                "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "5Gi"}}},
            }
        )
    return made


def _pod(
    app: Deployable,
    project: str,
    tag: str,
    backings: Sequence[Backing],
    command: Sequence[str] = (),
    *,
    gpu: bool = True,
) -> Manifest:
    """The pod; ``gpu`` False: any node will do, for a migration, which imports the libraries and computes nothing."""
    volumes, mounted, claimed = writable(app)
    sized, _ = resources(app)
    owner = app.image or app.name
    container: Manifest = {"name": app.name, "image": f"{image_name(project, app)}:{tag}"}
    if command:
        container["args"] = list(command)
    if app.port and app.kind == "web":
        container["ports"] = [{"name": "http", "containerPort": app.port}]
    sources: list[Manifest] = []
    plain, secret = wire(app, backings)
    if any(value and "\n" not in value for _, value, _ in plain):
        sources.append({"configMapRef": {"name": f"{owner}-config"}})
    if secret:
        sources.append({"secretRef": {"name": f"{owner}-secrets"}})
    if sources:
        container["envFrom"] = sources
    container |= _probes(app)
    container |= {"resources": sized, "securityContext": container_security(), "volumeMounts": mounted}
    pod: Manifest = {"serviceAccountName": ACCOUNT, "automountServiceAccountToken": False}
    pod["securityContext"] = pod_security(user_of(app))
    if app.image and claimed:
        term = {"labelSelector": selector(owner), "topologyKey": "kubernetes.io/hostname"}
        weighted = [{"weight": 100, "podAffinityTerm": term}]
        pod["affinity"] = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": weighted}}
    pod |= {"containers": [container], "volumes": volumes}
    return on_gpu_nodes(pod) if app.gpu and gpu else pod


def _probes(app: Deployable) -> Manifest:
    """Readiness asks the application; liveness only its port, since a slow database must not restart everybody."""
    if app.kind != "web" or not app.port:
        return {}
    ask: Manifest = {"tcpSocket": {"port": "http"}}
    if app.health.startswith("/"):
        localhost = [{"name": "Host", "value": "localhost"}]  # frameworks refuse a pod's address as a host
        ask = {"httpGet": {"path": app.health, "port": "http", "httpHeaders": localhost}}
    tries = 120 if app.gpu else 36  # three minutes; ten where a model is loaded first
    return {
        "startupProbe": ask | {"periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": tries},
        "readinessProbe": ask | {"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
        "livenessProbe": {
            "tcpSocket": {"port": "http"},
            "periodSeconds": 20,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
    }


def _deployment(app: Deployable, project: str, tag: str, backings: Sequence[Backing]) -> Manifest:
    count, why_count = replicas(app)
    _, why_size = resources(app)
    first = app.why[0] if app.why else None
    notes = {
        "why": f"{first.text}{f' ({first.where[0]})' if first.where else ''}" if first else "",
        "replicas": why_count,
        "resources": why_size,
        "gpu": why_gpu(app) if app.gpu else "",
        "probes": _why_probes(app),
    }
    command = app.command if app.image or app.kind != "web" else ()
    spec: Manifest = {"replicas": count, "revisionHistoryLimit": 5, "selector": selector(app.name)}
    if app.single:
        spec["strategy"] = {"type": "Recreate"}  # two at once is what must not be
    else:
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    pod = _pod(app, project, tag, backings, command)
    if count > 1:
        spread = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway"}
        pod["topologySpreadConstraints"] = [spread | {"labelSelector": selector(app.name)}]
    spec["template"] = {"metadata": {"labels": labels(app.name, project, app.kind)}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(app.name, project, app.kind, notes),
        "spec": spec,
    }


def _why_probes(app: Deployable) -> str:
    if app.kind != "web":
        return "none: it listens on no port; its end is its failure"
    if app.health.startswith("/"):
        return f"{app.health} answers without a login; liveness asks for the port alone"
    return "no path that answers without a login is known: the port is asked for"


def _service(app: Deployable, project: str) -> Manifest:
    port = app.port or 8000
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(app.name, project, app.kind),
        "spec": {
            "selector": selector(app.name)["matchLabels"],
            "ports": [{"name": "http", "port": port, "targetPort": port}],
        },
    }


def _cron_job(app: Deployable, project: str, tag: str, backings: Sequence[Backing]) -> Manifest:
    """A job without a schedule that Kubernetes knows is suspended: a template for ``kubectl create job --from``."""
    known = _is_schedule(app.schedule)
    _, why_size = resources(app)
    first = app.why[0] if app.why else None
    notes = {
        "why": f"{first.text}{f' ({first.where[0]})' if first.where else ''}" if first else "",
        "schedule": (
            "as in the crontab; that was the old machine's local time, this is UTC unless timeZone is set"
            if known
            else f"suspended: {f'{app.schedule!r} is no schedule here' if app.schedule else 'nothing says when it runs'}; "
            f"kubectl create job {app.name}-1 --from=cronjob/{app.name}"
        ),
        "resources": why_size,
        "gpu": why_gpu(app) if app.gpu else "",
    }
    pod = _pod(app, project, tag, backings, app.command) | {"restartPolicy": "Never"}
    template = {"metadata": {"labels": labels(app.name, project, app.kind)}, "spec": pod}
    job: Manifest = {"backoffLimit": 0, "ttlSecondsAfterFinished": 86400, "template": template}
    spec: Manifest = {"schedule": app.schedule if known else "0 0 1 1 *"}
    if not known:
        spec["suspend"] = True
    spec |= {
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3600,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": job},
    }
    # 52 characters: Kubernetes adds eleven to a CronJob's name
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(app.name, project, app.kind, notes),
        "spec": spec,
    }


def _is_schedule(text: str) -> bool:
    fields = text.split()
    if len(fields) == 1:
        return fields[0] in _NICKNAMES
    return len(fields) == 5 and all(_FIELD.fullmatch(field) for field in fields)


def _migration(app: Deployable, project: str, tag: str, backings: Sequence[Backing]) -> Manifest:
    name = f"{app.name}-migrate"
    pod = _pod(app, project, tag, backings, app.migrate, gpu=False) | {"restartPolicy": "Never"}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe", "ports"):
        pod["containers"][0].pop(probe, None)
    pod["containers"][0]["name"] = name
    notes = {
        "why": "once a release, before the new version serves: kubectl delete job it, then apply; it waits for the database by trying again"
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(name, project, "migration", notes),
        "spec": {
            "backoffLimit": 6,
            "ttlSecondsAfterFinished": 3600,
            "template": {"metadata": {"labels": labels(name, project, "migration")}, "spec": pod},
        },
    }


def pods_of(deployables: Sequence[Deployable]) -> Iterator[tuple[str, Deployable]]:
    """(label of the pods, deployable), migrations included."""
    for app in deployables:
        if app.kind != "cli":
            yield app.name, app
            if app.migrate:
                yield f"{app.name}-migrate", app
