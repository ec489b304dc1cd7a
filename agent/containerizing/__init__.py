"""Containers for a repository: files with their proofs; planning, the loop, the model's repairs and the report."""

from agent.containerizing.loop import containerize
from agent.containerizing.mending import foresee_repairs
from agent.containerizing.planning import Containers, plan_containers, write_containers
from agent.containerizing.report import lint_containers, write_report

__all__ = [
    "Containers",
    "containerize",
    "foresee_repairs",
    "lint_containers",
    "plan_containers",
    "write_containers",
    "write_report",
]
