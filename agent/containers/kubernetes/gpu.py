"""What a deployable on a GPU gets in Kubernetes: its limit, its nodes, scaling by utilisation, and what must be installed for that.

The metric is that of NVIDIA's DCGM exporter, by pod; nothing here writes anything for a deployable that needs no GPU.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.containers.gpu_workloads import lacking
from agent.containers.kubernetes.manifests import Manifest, metadata
from agent.domain.container import Deployable

__all__ = [
    "AT_REST",
    "gpu_autoscaler",
    "gpu_head",
    "gpu_memory",
    "on_gpu_nodes",
    "overlay_note",
    "why_gpu",
    "with_comments",
]

RESOURCE = "nvidia.com/gpu"
METRIC = "DCGM_FI_DEV_GPU_UTIL"
AT_REST, MOST = 1, 4
TARGET = 70  # percent of the time that a kernel ran, as the exporter counts it
_QUIET = 600  # seconds: loading a model takes minutes, so a pod is not given back at the first pause
_COMMENT = "one: GPUs are given out whole, and no measurement says that more are used"


def on_gpu_nodes(pod: Manifest) -> Manifest:
    """The pod with one GPU for its container, on nodes that have one and are kept for such pods."""
    container = pod["containers"][0]
    sized = container["resources"]
    limits = {**sized["limits"], RESOURCE: 1}
    held = [{**container, "resources": {**sized, "limits": limits}}, *pod["containers"][1:]]
    return pod | {
        "containers": held,
        "nodeSelector": {f"{RESOURCE}.present": "true"},
        "tolerations": [{"key": RESOURCE, "operator": "Exists", "effect": "NoSchedule"}],
    }


def gpu_memory() -> tuple[str, str, str]:
    """(request, limit, why) of the machine's memory, not the GPU's."""
    why = "a framework with its CUDA context takes some 2 to 3 GiB before a model is loaded, and weights pass through memory"
    return "4Gi", "16Gi", why


def why_gpu(app: Deployable) -> str:
    """The number of GPUs, with where it came from."""
    return (
        f"1 ({RESOURCE}): {app.gpu}. GPUs are given out whole, and nothing measured says that one is too few: "
        f"look at {METRIC} under load before more are bought, and at time-slicing or MIG when it stays low"
    )


def gpu_autoscaler(app: Deployable, project: str) -> Manifest:
    """Burst scaling: bounded both ways, up as fast as nodes come, down only after a quiet while and one at a time."""
    said = (
        f"{AT_REST} to {MOST} at {TARGET} % GPU utilisation, averaged over the pods: a start, to be set by a load test. "
        f"{AT_REST} at rest, since each replica holds a whole GPU; {MOST} is the most that a burst may cost: ask for that quota. "
        f"Down one pod in five minutes after {_QUIET} seconds of quiet, since a new one has to load its model first"
    )
    requires = (
        "NVIDIA's device plugin and GPU feature discovery (or the GPU operator), the DCGM exporter, and a metrics adapter that "
        f"serves {METRIC} per pod at custom.metrics.k8s.io: without them it scales nothing. See the head of this file"
    )
    metric = {"metric": {"name": METRIC}, "target": {"type": "AverageValue", "averageValue": str(TARGET)}}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(app.name, project, "scaling", {"why": said, "requires": requires}),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app.name},
            "minReplicas": AT_REST,
            "maxReplicas": MOST,
            "metrics": [{"type": "Pods", "pods": metric}],
            "behavior": {
                "scaleUp": {
                    "stabilizationWindowSeconds": 0,
                    "policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}],
                },
                "scaleDown": {
                    "stabilizationWindowSeconds": _QUIET,
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}],
                },
            },
        },
    }


_ADAPTER = f"""\
     rules:
       custom:
       - seriesQuery: '{METRIC}{{exported_namespace!="",exported_pod!=""}}'
         resources:
           overrides: {{exported_namespace: {{resource: namespace}}, exported_pod: {{resource: pod}}}}
         metricsQuery: avg(<<.Series>>{{<<.LabelMatchers>>}}) by (<<.GroupBy>>)"""


def gpu_head(app: Deployable, *, scaled: bool, count: str) -> str:
    """The head of the deployable's file: why it needs a GPU and what the cluster must have; ``count`` says why so many."""
    lines = [
        f"{app.name} computes on a GPU: {app.gpu}.",
        "The cluster must have, none of which is installed from here:",
        f"  1. Nodes with an NVIDIA driver and container toolkit, tainted {RESOURCE}:NoSchedule as is usual; where nvidia is not the",
        "     default runtime, add runtimeClassName: nvidia.",
        f"  2. NVIDIA's device plugin, which offers {RESOURCE}, and GPU feature discovery, which labels nodes {RESOURCE}.present",
        "     (the GPU operator brings both, and the exporter). Else put your provider's own label into nodeSelector.",
    ]
    if scaled:
        lines += [
            f"  3. NVIDIA's DCGM exporter, scraped by Prometheus: it says {METRIC} with the pod that holds the GPU.",
            "  4. A metrics adapter that serves it per pod. For prometheus-adapter (pod and namespace instead of exported_pod and",
            "     exported_namespace where the scrape sets honorLabels):",
            *_ADAPTER.splitlines(),
            f"     kubectl get --raw '/apis/custom.metrics.k8s.io/v1beta1/namespaces/NAMESPACE/pods/*/{METRIC}'",
            f"  5. Room for {MOST + 1} GPUs, or an autoscaler of nodes up to that: {MOST} replicas, and one more while a release rolls.",
        ]
    elif app.kind in ("web", "worker"):
        lines.append(f"It has no HorizontalPodAutoscaler. Replicas: {count}.")
    needs = lacking(app.gpu)
    if needs:
        lines.append("The image holds what the manifests install and no CUDA of its own:")
        lines += [f"  {need}." for need in needs]
    return "\n".join(lines)


def with_comments(text: str) -> str:
    """Printed manifests with the reason beside each limit of GPUs."""
    return text.replace(f"{RESOURCE}: 1\n", f"{RESOURCE}: 1  # {_COMMENT}\n")


def overlay_note(deployables: Sequence[Deployable]) -> str:
    """A sentence for the head of an overlay; empty when no deployable needs a GPU."""
    names = sorted(app.name for app in deployables if app.gpu and app.kind != "cli")
    if not names:
        return ""
    return f"\nOn a GPU: {', '.join(names)}. Without such a node in the cluster they stay Pending."
