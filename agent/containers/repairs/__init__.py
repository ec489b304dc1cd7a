"""Reads what a failed build or start printed, and says what to change: an attempt and its failure in, the next attempt out."""

from __future__ import annotations

from collections.abc import Callable

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.repairs.contents import left_out, module, static, uncollected
from agent.containers.repairs.languages import index, npm, other_java, other_python, setuptools, test_dependency
from agent.containers.repairs.running import configuration, folder, loopback, port, variable
from agent.containers.repairs.system import command, header, library, missing_programs, no_package
from agent.containers.tree import Tree

__all__ = ["find_repair", "missing_programs"]

Rule = Callable[[Attempt, Failure, Tree], Repair | None]
_BUILD: tuple[Rule, ...] = (
    header,
    command,
    index,
    setuptools,
    other_python,
    test_dependency,
    other_java,
    npm,
    no_package,
    left_out,
    module,
    library,
    uncollected,
)
_START: tuple[Rule, ...] = (
    library,
    left_out,
    variable,
    static,
    other_python,
    loopback,
    module,
    configuration,
    folder,
    port,
)


def find_repair(attempt: Attempt, failure: Failure, tree: Tree, tried: frozenset[str]) -> Repair | None:
    """The first rule that applies and was not tried before; None when nothing is known to help."""
    if failure.stopped_by:
        return None
    rules = _BUILD if failure.stage == "build" else _START
    for rule in rules:
        repair = rule(attempt, failure, tree)
        if repair is not None and repair.change not in tried:
            return repair
    return None
