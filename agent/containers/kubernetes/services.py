"""What stands around the deployables in Kubernetes: backing services for development, the facade, and the routes to it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.containers.backing_images import image_of, known_image
from agent.containers.compose import FACADE_IMAGE
from agent.containers.facade.table import RouteTable
from agent.containers.kubernetes.manifests import (
    USER,
    Manifest,
    container_security,
    labels,
    metadata,
    pod_security,
    selector,
)
from agent.containers.kubernetes.sizing import budget, fixed_resources
from agent.containers.kubernetes.workloads import ACCOUNT
from agent.domain.container import Backing

__all__ = ["account", "backing_service", "facade_manifests", "managed_service", "routes"]

READY_PORT = 8079


def account(project: str) -> Manifest:
    """The one service account, without a token and without rights."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(ACCOUNT, project, "identity", {"why": "nothing here speaks to the cluster's API"}),
        "automountServiceAccountToken": False,
    }


def backing_service(backing: Backing, project: str) -> list[Manifest]:
    """A backing service with one replica and a volume: for development, not for data that matters."""
    image = known_image(backing)
    assert image is not None
    name, why = image_of(backing)
    environment: list[Manifest] = [{"name": key, "value": value} for key, value in image.environment]
    mounted: list[Manifest] = []
    volumes: list[Manifest] = []
    for place, path in enumerate(image.scratch):
        volumes.append({"name": f"scratch-{place}", "emptyDir": {"sizeLimit": "256Mi"}})
        mounted.append({"name": f"scratch-{place}", "mountPath": path})
    if image.secrets:
        environment += [{"name": key, "value": "/run/secrets/backing/password"} for key in image.secrets]
        volumes.append({"name": "secret", "secret": {"secretName": backing.name, "defaultMode": 0o440}})
        mounted.append({"name": "secret", "mountPath": "/run/secrets/backing", "readOnly": True})
    for key in image.secret_variables:
        environment.append({"name": key, "valueFrom": {"secretKeyRef": {"name": backing.name, "key": "password"}}})
    if image.data:
        mounted.append({"name": "data", "mountPath": image.data})
    check = {"exec": {"command": list(image.check)}, "timeoutSeconds": 5}
    container: Manifest = {
        "name": backing.name,
        "image": name,
        **({"env": environment} if environment else {}),
        "ports": [{"name": "service", "containerPort": image.port}],
        "startupProbe": check | {"periodSeconds": 5, "failureThreshold": 36},
        "readinessProbe": check | {"periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {"tcpSocket": {"port": "service"}, "periodSeconds": 20, "failureThreshold": 3},
        "resources": fixed_resources("100m", image.memory, "1Gi"),
        "securityContext": container_security(),
        "volumeMounts": mounted,
    }
    pod: Manifest = {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "securityContext": pod_security(image.user),
        "containers": [container],
        **({"volumes": volumes} if volumes else {}),
    }
    where = f" ({backing.where[0]})" if backing.where else ""
    notes = {"why": f"found in the code{where}", "version": why, "resources": "a start for development; no measurement"}
    spec: Manifest = {
        "serviceName": backing.name,
        "replicas": 1,
        "selector": selector(backing.name),
        "template": {"metadata": {"labels": labels(backing.name, project, "backing")}, "spec": pod},
    }
    if image.data:
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
        spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    stateful = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(backing.name, project, "backing", notes),
        "spec": spec,
    }
    return [stateful, _service(backing.name, project, "backing", [("service", image.port)])]


def managed_service(backing: Backing, project: str) -> list[Manifest]:
    """The same name in production, for a service that is run elsewhere: no selector, but an address that you put in.

    Not an ExternalName, which would let whoever owns that name in DNS take the connections.
    """
    image = known_image(backing)
    assert image is not None
    port = {"name": "service", "port": image.port, "protocol": "TCP"}
    notes = {"why": "the service that is run for you: put its address into the EndpointSlice (192.0.2.10 is nobody's)"}
    about = metadata(backing.name, project, "backing", notes)
    about["labels"]["kubernetes.io/service-name"] = backing.name
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(backing.name, project, "backing"),
            "spec": {"ports": [port | {"targetPort": image.port}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": about,
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["192.0.2.10"]}],
            "ports": [port],
        },
    ]


def _service(name: str, project: str, component: str, ports: Sequence[tuple[str, int]]) -> Manifest:
    listed = [{"name": key, "port": number, "targetPort": number} for key, number in ports]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, project, component),
        "spec": {"selector": selector(name)["matchLabels"], "ports": listed},
    }


def facade_manifests(name: str, table: RouteTable, project: str) -> list[Manifest]:
    """Envoy with the generated configuration. Its ConfigMap carries a hash: a canary's change rolls the pods, two at least."""
    ports = [(front.name[:15].strip("-"), front.port) for front in table.fronts]
    ready = {"httpGet": {"path": "/ready", "port": READY_PORT}, "timeoutSeconds": 3}
    container: Manifest = {
        "name": name,
        "image": FACADE_IMAGE,
        "command": ["envoy"],
        "args": ["-c", "/etc/facade/envoy.yaml", "--log-level", "warn", "--disable-hot-restart", "--concurrency", "2"],
        "ports": [{"name": key, "containerPort": number} for key, number in ports],
        "readinessProbe": ready | {"periodSeconds": 5, "failureThreshold": 3},
        "livenessProbe": ready | {"periodSeconds": 20, "failureThreshold": 3},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},  # until no endpoint list names it any more
        "resources": fixed_resources("100m", "128Mi", "512Mi"),
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "configuration", "mountPath": "/etc/facade", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
        ],
    }
    pod = {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "securityContext": pod_security(USER),
        "containers": [container],
        "volumes": [
            {"name": "configuration", "configMap": {"name": "facade-configuration"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
    }
    notes = {
        "why": "the strangler facade; figwright canary changes its configuration",
        "replicas": "2: every request passes it; it keeps nothing",
        "resources": "Envoy with some hundred routes is some 40 MiB; no measurement under your load is known",
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, project, "facade", notes),
        "spec": {
            "replicas": 2,
            "selector": selector(name),
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": labels(name, project, "facade")}, "spec": pod},
        },
    }
    return [deployment, _service(name, project, "facade", ports), budget(name, project, single=False)]


def routes(name: str, table: RouteTable, project: str) -> list[Manifest]:
    """One HTTPRoute of the Gateway API for each front: all its traffic to the facade, which decides."""
    made = []
    for front in table.fronts:
        host = f"{project}.example.org" if len(table.fronts) == 1 else f"{front.name}.{project}.example.org"
        notes = {"why": f"the way in to {front.name}; put in your Gateway's name and the host"}
        rule = {
            "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
            "backendRefs": [{"name": name, "port": front.port}],
        }
        made.append(
            {
                "apiVersion": "gateway.networking.k8s.io/v1",
                "kind": "HTTPRoute",
                "metadata": metadata(front.name, project, "facade", notes),
                "spec": {"parentRefs": [{"name": "edge"}], "hostnames": [host], "rules": [rule]},
            }
        )
    return made
