"""The tasks, by the order in which the page shows them."""

from eval.task import Task
from eval.tasks.boundaries import BOUNDARIES
from eval.tasks.plan_time import PLAN_TIME

__all__ = ["TASKS"]

TASKS: tuple[Task, ...] = (BOUNDARIES, PLAN_TIME)
