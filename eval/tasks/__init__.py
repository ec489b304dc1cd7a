"""The tasks, by the order in which the page shows them."""

from eval.task import Task
from eval.tasks.boundaries import BOUNDARIES
from eval.tasks.graph import GRAPH
from eval.tasks.graph_speed import GRAPH_SPEED
from eval.tasks.plan_time import PLAN_TIME
from eval.tasks.retrieval import RETRIEVAL

__all__ = ["TASKS"]

TASKS: tuple[Task, ...] = (BOUNDARIES, GRAPH, GRAPH_SPEED, RETRIEVAL, PLAN_TIME)
