"""OpenTofu/Terraform modules for the plan: services with their needs and the budget in; HCL and its variables out.

The services' module needs nothing but a Kubernetes cluster. Budgets exist on each cloud in its own form, so there is a module
for each of three; the root uses none until one is chosen.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from agent.assessment.artifacts.names import dns_labels
from agent.assessment.case import Case
from agent.assessment.cost.sizes import REST, SYSTEM, deployables, need_of

__all__ = ["infrastructure"]

CLOUDS = ("aws", "azure", "google")


def infrastructure(case: Case) -> dict[str, str]:
    """The root, its modules, and the values that are known."""
    return {
        "infrastructure/main.tf": _text("main"),
        "infrastructure/terraform.tfvars.json": json.dumps(_values(case), indent=2) + "\n",
        "infrastructure/services/main.tf": _text("services"),
        **{f"infrastructure/budget-{cloud}/main.tf": _text(f"budget_{cloud}") for cloud in CLOUDS},
        **{f"infrastructure/budget-{cloud}/variables.tf": _text("budget_variables") for cloud in CLOUDS},
    }


def _text(name: str) -> str:
    return files("agent.assessment.artifacts").joinpath("tofu", f"{name}.tf").read_text("utf-8")


def _values(case: Case) -> dict[str, Any]:
    """Variables whose value somebody told; those that nobody did are left out, so that they are asked for."""
    split = [name for name in deployables(case) if name != REST]
    labels = dns_labels(split or [case.inventory.name or SYSTEM])
    services = {}
    for name, label in labels.items():
        need = need_of(case, name if split else SYSTEM)
        services[label] = {
            "memory_mb": round(need.memory_mb[1], 1) if need.memory_mb else None,
            "cores": round(need.cores[1], 3) if need.cores else None,
            "replicas": case.assumptions.workload.replicas.get(name if split else SYSTEM, 1),
        }
    found: dict[str, Any] = {"services": services}
    if (budget := case.assumptions.budget) is not None:
        found |= {"monthly_budget": budget.monthly, "alert_shares": list(budget.alerts), "notify": list(budget.notify)}
    return found
