"""Kubernetes as kustomize: deployables, backing services and the facade in; a base and overlays for dev and production out.

``kubernetes/base`` is what holds everywhere, ``kubernetes/backing`` runs backing services in the cluster (dev only); the
facade's configuration comes from ``facade/`` itself, so that a canary's change is the next apply.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.containers.backing_images import known_image
from agent.containers.compose import facade_name, image_name
from agent.containers.facade.table import RouteTable
from agent.containers.kubernetes.gpu import gpu_head, overlay_note, with_comments
from agent.containers.kubernetes.manifests import Manifest, print_manifests, project_name
from agent.containers.kubernetes.network import backing_policies, managed_backing_policies, policies
from agent.containers.kubernetes.services import account, backing_service, facade_manifests, managed_service, routes
from agent.containers.kubernetes.sizing import replicas
from agent.containers.kubernetes.workloads import claims, configuration, workload
from agent.containers.wiring import wire
from agent.domain.container import Backing, Deployable
from agent.domain.inventory import ExternalSystem

__all__ = ["write_kubernetes"]


def write_kubernetes(
    name: str,
    deployables: Sequence[Deployable],
    backings: Sequence[Backing],
    *,
    external: Sequence[ExternalSystem] = (),
    table: RouteTable | None = None,
    tag: str = "dev",
) -> dict[str, str]:
    """Path -> text of all files, ``facade/kustomization.yaml`` among them."""
    project = project_name(name)
    files: dict[str, str] = {}
    facade = facade_name([app.name for app in deployables])
    base: dict[str, list[Manifest]] = {"service-account.yaml": [account(project)]}
    for app in deployables:
        made = workload(app, project, tag, backings)
        if made:
            base[f"{app.name}.yaml"] = made
    state = claims(deployables, project)
    if state:
        base["state.yaml"] = state
    fronts = [(front.name, front.port) for front in table.fronts] if table is not None else []
    base["network-policies.yaml"] = policies(project, deployables, backings, external, facade, fronts)
    if table is not None and fronts:
        base["facade-gateway.yaml"] = [*facade_manifests(facade, table, project), *routes(facade, table, project)]
        files["facade/kustomization.yaml"] = _facade_kustomization()
    on_gpu = {f"{app.name}.yaml": app for app in deployables if app.gpu}
    for path, documents in base.items():
        computing = on_gpu.get(path)
        files[f"kubernetes/base/{path}"] = (
            print_manifests(documents) if computing is None else _print_for_gpu(computing, documents)
        )
    generated = [(app, configuration(app, backings)) for app in deployables]
    maps = [{"name": f"{app.name}-config", "literals": literals} for app, literals in generated if literals]
    resources = ["../../facade", *sorted(base)] if fronts else sorted(base)
    head = _secrets_head(deployables, backings)
    files["kubernetes/base/kustomization.yaml"] = print_manifests([_kustomization(resources, maps)], head)
    started = [b for b in backings if known_image(b)]
    if started:
        inside = [m for b in started for m in backing_service(b, project)]
        inside += backing_policies(project, deployables, started)
        files["kubernetes/backing/backing.yaml"] = print_manifests(inside, "For development: one replica, no backup.")
        files["kubernetes/backing/kustomization.yaml"] = print_manifests([_kustomization(["backing.yaml"])])
    files |= _overlays(project, deployables, started, tag)
    return files


def _print_for_gpu(app: Deployable, documents: list[Manifest]) -> str:
    scaled = any(one["kind"] == "HorizontalPodAutoscaler" for one in documents)
    return with_comments(print_manifests(documents, gpu_head(app, scaled=scaled, count=replicas(app)[1])))


def _overlays(project: str, deployables: Sequence[Deployable], started: Sequence[Backing], tag: str) -> dict[str, str]:
    files: dict[str, str] = {}
    images = sorted({image_name(project, app) for app in deployables if app.kind != "cli"})
    for overlay in ("dev", "production"):
        place = f"kubernetes/overlays/{overlay}"
        namespace = f"{project}-{overlay}" if overlay == "dev" else project
        files[f"{place}/namespace.yaml"] = print_manifests([_namespace(namespace)])
        resources = ["../../base", "namespace.yaml"]
        made = {"namespace": namespace, **_kustomization(resources)}
        if overlay == "dev":
            resources += ["../../backing"] if started else []
            # One of everything, and nothing that scales.
            made["patches"] = [
                {
                    "target": {"kind": "HorizontalPodAutoscaler"},
                    "patch": "$patch: delete\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: any\n",
                },
                {
                    "target": {"kind": "Deployment"},
                    "patch": "- op: replace\n  path: /spec/replicas\n  value: 1\n",
                },
            ]
            head = "kubectl apply -k kubernetes/overlays/dev: with backing services in the cluster."
        else:
            if started:
                outside = [m for b in started for m in managed_service(b, project)]
                outside += managed_backing_policies(project, deployables, started)
                files[f"{place}/backing.yaml"] = print_manifests(outside)
                resources.append("backing.yaml")
            made["images"] = [
                {"name": image, "newName": f"registry.example.org/{image}", "newTag": tag} for image in images
            ]
            head = "Put in your registry, and in backing.yaml the addresses of the services that are run for you."
        files[f"{place}/kustomization.yaml"] = print_manifests([made], head + overlay_note(deployables))
    return files


def _kustomization(resources: list[str], maps: Sequence[Manifest] = ()) -> Manifest:
    made: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    if maps:
        made["configMapGenerator"] = list(maps)
    return made


def _facade_kustomization() -> str:
    generated = [{"name": "facade-configuration", "files": ["envoy.yaml"]}]
    head = "A change of envoy.yaml changes the name of its ConfigMap, and so rolls the facade's pods."
    return print_manifests([_kustomization([], generated) | {"resources": []}], head)


def _namespace(name: str) -> Manifest:
    """The strictest of the pod security standards, enforced."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": levels}}


def _secrets_head(deployables: Sequence[Deployable], backings: Sequence[Backing]) -> str:
    """The commands that make the secrets, which stand in no file here."""
    lines = ["Applied through kubernetes/overlays/. Secrets are made by hand and stand in no file:"]
    for app in deployables:
        if not app.image and wire(app, backings)[1]:
            lines.append(f"  kubectl create secret generic {app.name}-secrets --from-env-file=secrets/{app.name}.env")
    for backing in backings:
        image = known_image(backing)
        if image and (image.secrets or image.secret_variables):
            lines.append(
                f'  kubectl create secret generic {backing.name} --from-literal=password="$(openssl rand -hex 24)"'
            )
    return "\n".join(lines) if len(lines) > 1 else "Applied through kubernetes/overlays/."
