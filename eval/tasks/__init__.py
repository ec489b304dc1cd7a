"""The tasks, by the order in which the page shows them."""

from eval.task import Task
from eval.tasks.advisor import ADVISOR
from eval.tasks.assessment import ASSESSMENT
from eval.tasks.boundaries import BOUNDARIES
from eval.tasks.boundary_controls import BOUNDARY_CONTROLS
from eval.tasks.containers import CONTAINERS
from eval.tasks.estate import ESTATE
from eval.tasks.extraction import EXTRACTION
from eval.tasks.graph import GRAPH
from eval.tasks.graph_speed import GRAPH_SPEED
from eval.tasks.labelled import LABELLED
from eval.tasks.plan_time import PLAN_TIME
from eval.tasks.planted import PLANTED
from eval.tasks.refactor import REFACTOR
from eval.tasks.retrieval import RETRIEVAL
from eval.tasks.risk import RISK
from eval.tasks.suites import SUITES
from eval.tasks.validation import VALIDATION

__all__ = ["TASKS"]

TASKS: tuple[Task, ...] = (
    BOUNDARIES,
    BOUNDARY_CONTROLS,
    GRAPH,
    ESTATE,
    GRAPH_SPEED,
    RETRIEVAL,
    SUITES,
    VALIDATION,
    REFACTOR,
    PLAN_TIME,
    ASSESSMENT,
    PLANTED,
    LABELLED,
    RISK,
    CONTAINERS,
    EXTRACTION,
    ADVISOR,
)
