"""Network policies: nothing may speak to anything, but for the edges that are known: facade to deployable, deployable to
backing service, everybody to DNS, and deployables to the external systems that the inventory names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.containers.backing_images import known_image
from agent.containers.kubernetes.manifests import Manifest, metadata, selector
from agent.containers.kubernetes.workloads import pods_of
from agent.domain.container import Backing, Deployable
from agent.domain.inventory import ExternalSystem

__all__ = ["backing_policies", "external_ports", "managed_backing_policies", "policies"]

_METADATA_SERVICE = "169.254.169.254/32"  # the cloud's own credentials: no application asks for them
_PORTS: tuple[tuple[str, tuple[int, ...]], ...] = (  # a word of the system's name -> where it listens
    ("Oracle", (1521,)), ("Microsoft SQL Server", (1433,)), ("Db2", (50000,)), ("Elasticsearch", (9200,)),
    ("Kafka", (9092,)), ("ActiveMQ", (61616,)), ("IBM MQ", (1414,)), ("Cassandra", (9042,)), ("CouchDB", (5984,)),
    ("Neo4j", (7687,)), ("InfluxDB", (8086,)), ("Solr", (8983,)), ("LDAP", (389, 636)), ("FTP", (21,)), ("SFTP", (22,)),
    ("Mailbox (IMAP", (143, 993)), ("POP3", (110, 995)),
)  # fmt: skip
_KINDS = {"http": (443, 80), "object store": (443,), "directory": (389, 636), "mail": (25, 465, 587)}
_NAMED_PORT = re.compile(r":(\d{2,5})(?:\D|$)")


def policies(
    project: str,
    deployables: Sequence[Deployable],
    backings: Sequence[Backing],
    external: Sequence[ExternalSystem],
    facade: str,
    fronts: Sequence[tuple[str, int]],
) -> list[Manifest]:
    """Everything but the backing services' own. ``fronts`` are (deployable behind the facade, facade's port)."""
    made = [_deny(project), _dns(project)]
    for pods, app in pods_of(deployables):
        made.append(_application(pods, app, project, backings, external, facade))
    if fronts:
        made.append(_facade(facade, project, deployables, fronts))
    return made


def _deny(project: str) -> Manifest:
    return _policy("default-deny", project, {}, "everything else is closed", types=("Ingress", "Egress"))


def _dns(project: str) -> Manifest:
    server = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    rule = {"to": [server], "ports": _ports(53, protocols=("UDP", "TCP"))}
    return _policy("dns", project, {}, "names", egress=[rule])


def _application(
    pods: str,
    app: Deployable,
    project: str,
    backings: Sequence[Backing],
    external: Sequence[ExternalSystem],
    facade: str,
) -> Manifest:
    egress: list[Manifest] = []
    why: list[str] = []
    for backing in backings:
        image = known_image(backing)
        if backing.name in app.backing and image:
            egress.append({"to": [{"podSelector": selector(backing.name)}], "ports": _ports(image.port)})
            why.append(f"{backing.name}{f' ({backing.where[0]})' if backing.where else ''}")
    for name, ports, where in external_ports(app, external, backings):
        egress.append({"to": [_world()], "ports": _ports(*ports)})
        why.append(f"{name} ({where})")
    ingress = []
    if app.kind == "web" and app.port and pods == app.name:
        ingress.append({"from": [{"podSelector": selector(facade)}], "ports": _ports(app.port)})
    said = "to " + ", ".join(why) if why else "to nobody: no edge leads out"
    return _policy(pods, project, selector(pods), said, ingress, egress, ("Ingress", "Egress"))


def external_ports(
    app: Deployable, external: Sequence[ExternalSystem], backings: Sequence[Backing]
) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """(system, ports, evidence) of what a deployable reaches outside. A policy can name ports and addresses, not hosts."""
    inside = {str(place) for backing in backings if known_image(backing) for place in backing.where}
    prefix = f"{app.folder.rstrip('/')}/" if app.folder else ""
    for system in external:
        places = [place for place in system.evidence if place.path.startswith(prefix)]
        if not places or (system.kind != "http" and any(str(place) in inside for place in places)):
            continue
        named = _NAMED_PORT.search(system.name)
        by_word = next((ports for word, ports in _PORTS if word in system.name), None)
        ports = (int(named[1]),) if named and int(named[1]) < 65536 else by_word or _KINDS.get(system.kind, ())
        if ports:
            yield system.name, ports, str(places[0])


def _facade(
    facade: str, project: str, deployables: Sequence[Deployable], fronts: Sequence[tuple[str, int]]
) -> Manifest:
    behind = {name for name, _ in fronts}
    egress: list[Manifest] = [
        {"to": [{"podSelector": selector(app.name)}], "ports": _ports(app.port or 8000)}
        for app in deployables
        if app.name in behind
    ]
    extracted = {"app.kubernetes.io/part-of": project, "app.kubernetes.io/component": "extracted-service"}
    egress.append({"to": [{"podSelector": {"matchLabels": extracted}}], "ports": _ports(8000)})
    ingress = [{"from": [{"namespaceSelector": {}}], "ports": _ports(*(port for _, port in fronts))}]
    said = "from the gateway's namespace, which is not known here: narrow it; to what it stands in front of"
    return _policy(facade, project, selector(facade), said, ingress, egress, ("Ingress", "Egress"))


def backing_policies(project: str, deployables: Sequence[Deployable], backings: Sequence[Backing]) -> list[Manifest]:
    """For backing services that run in the cluster: in from their users, out to nobody."""
    made = []
    for backing in backings:
        image = known_image(backing)
        if image is None:
            continue
        users = [{"podSelector": selector(pods)} for pods, app in pods_of(deployables) if backing.name in app.backing]
        if users:
            ingress = [{"from": users, "ports": _ports(image.port)}]
            made.append(
                _policy(
                    backing.name,
                    project,
                    selector(backing.name),
                    "from its users",
                    ingress,
                    types=("Ingress", "Egress"),
                )
            )
    return made


def managed_backing_policies(
    project: str, deployables: Sequence[Deployable], backings: Sequence[Backing]
) -> list[Manifest]:
    """For backing services outside the cluster: their ports at private addresses."""
    private = [{"ipBlock": {"cidr": cidr}} for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
    made = []
    for backing in backings:
        image = known_image(backing)
        if image is None:
            continue
        said = f"{backing.name} stands outside of the cluster at an address that is not known here: narrow it"
        users = [pods for pods, app in pods_of(deployables) if backing.name in app.backing]
        if users:
            chosen = {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": users}]}
            ports = _ports(25, 465, 587) if backing.kind == "mail" else _ports(image.port)
            made.append(
                _policy(f"managed-{backing.name}", project, chosen, said, egress=[{"to": private, "ports": ports}])
            )
    return made


def _policy(
    name: str,
    project: str,
    pods: Manifest,
    why: str,
    ingress: Sequence[Manifest] = (),
    egress: Sequence[Manifest] = (),
    types: Sequence[str] = (),
) -> Manifest:
    spec: Manifest = {"podSelector": pods}
    spec["policyTypes"] = list(types) or [*(["Ingress"] if ingress else []), *(["Egress"] if egress else [])]
    if ingress:
        spec["ingress"] = list(ingress)
    if egress:
        spec["egress"] = list(egress)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, project, "network", {"why": why}),
        "spec": spec,
    }


def _ports(*numbers: int, protocols: Sequence[str] = ("TCP",)) -> list[Manifest]:
    return [{"protocol": protocol, "port": number} for number in numbers for protocol in protocols]


def _world() -> Manifest:
    return {"ipBlock": {"cidr": "0.0.0.0/0", "except": [_METADATA_SERVICE]}}
