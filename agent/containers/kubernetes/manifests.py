"""What all manifests share: names, labels, security contexts, writable places, and one way to print them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from agent.containers.compose import mounts
from agent.domain.container import Deployable

__all__ = [
    "Manifest",
    "container_security",
    "labels",
    "metadata",
    "pod_security",
    "print_manifests",
    "project_name",
    "selector",
    "user_of",
    "writable",
]

Manifest = dict[str, Any]
USER = 10001
NOTE = "figwright.dev/"


def project_name(name: str) -> str:
    """A repository's name as a DNS label."""
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "system"
    return label if label[0].isalpha() else f"r-{label}"


def labels(name: str, project: str, component: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": project,
        "app.kubernetes.io/component": component,
    }


def selector(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name}}


def metadata(name: str, project: str, component: str, notes: Mapping[str, str] | None = None) -> Manifest:
    """``notes`` become annotations: why it is as it is, kept where kustomize would drop a comment."""
    made: Manifest = {"name": name, "labels": labels(name, project, component)}
    if notes:
        made["annotations"] = {NOTE + key: " ".join(text.split())[:1000] for key, text in notes.items() if text}
    return made


def user_of(app: Deployable) -> int:
    """Whom the image runs as: PHP's images need their own www-data."""
    return 33 if app.runtime == "php" else USER


def pod_security(user: int = USER) -> Manifest:
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Manifest:
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "privileged": False,
        "capabilities": {"drop": ["ALL"]},
    }


_SCRATCH: Mapping[str, tuple[str, ...]] = {  # what the server itself writes, by a word of its command or framework
    "catalina.sh": ("/usr/local/tomcat/work", "/usr/local/tomcat/temp", "/usr/local/tomcat/logs"),
    "apache2-foreground": ("/var/run/apache2", "/var/lock/apache2", "/var/lib/php/sessions"),
    "jetty": ("/var/lib/jetty/work",),
    "liberty": ("/opt/ol/wlp/output", "/logs"),
    "/opt/ol/wlp/bin/server": ("/opt/ol/wlp/output", "/logs"),
    "rails": ("/app/tmp", "/app/log"),
    "puma": ("/app/tmp", "/app/log"),
}


def writable(app: Deployable) -> tuple[list[Manifest], list[Manifest], list[str]]:
    """(volumes, their mounts, names of claims) of a deployable; everything else of its file system is read-only."""
    volumes: list[Manifest] = [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}]
    mounted: list[Manifest] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 - in the container
    claims: list[str] = []
    words = {app.framework.lower(), *app.command}
    kept = mounts(app)
    for word, paths in sorted(_SCRATCH.items()):
        if word in words:
            for path in paths:
                if not any(path == held or path.startswith(held + "/") for _, held in kept):
                    name = "scratch" + re.sub(r"[^a-z0-9]+", "-", path.lower())
                    volumes.append({"name": name, "emptyDir": {"sizeLimit": "512Mi"}})
                    mounted.append({"name": name, "mountPath": path})
    for volume, path in kept:
        name = volume[-63:].strip("-")
        if path.startswith("/var/log"):  # logs belong on standard output; here they only must not fail
            volumes.append({"name": name, "emptyDir": {"sizeLimit": "256Mi"}})
        else:
            volumes.append({"name": name, "persistentVolumeClaim": {"claimName": volume}})
            claims.append(volume)
        mounted.append({"name": name, "mountPath": path})
    return volumes, mounted, claims


class _Plain(yaml.SafeDumper):
    """Without anchors: a value that stands twice is written twice."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def print_manifests(documents: Sequence[Manifest], head: str = "") -> str:
    """YAML documents in the order given; ``head`` becomes a comment."""
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    printed = [yaml.dump(d, Dumper=_Plain, sort_keys=False, width=110, allow_unicode=True) for d in documents]
    return comment + "---\n".join(printed)
