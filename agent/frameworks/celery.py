"""Background tasks (Celery, RQ, Dramatiq, Huey): which functions are tasks, who queues them, what a schedule starts.

Decorators, ``delay()`` calls and beat schedules of each file in; call edges from the code that queues to the task out.
"""

from __future__ import annotations

from typing import Any

import msgspec
from tree_sitter import Node

from agent.domain.code import Dependency
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_names import Place, PythonNames
from agent.frameworks.python_syntax import PythonSyntax, python_syntax
from agent.ports import Project

__all__ = ["FRAMEWORK", "Celery"]

TASKS = frozenset({"task", "shared_task", "periodic_task", "job", "actor", "db_task", "db_periodic_task"})
QUEUES = frozenset({
    "delay", "apply_async", "s", "si", "signature", "subtask", "apply", "send", "send_with_options", "message",
    "schedule",
})  # fmt: skip
NAMED = frozenset({"send_task", "signature"})
SCHEDULES = ("beat_schedule", "CELERYBEAT_SCHEDULE", "CELERY_BEAT_SCHEDULE")


class Celery:
    """The `Framework` of task queues."""

    name = "celery"
    languages = frozenset({"python"})
    markers = (
        b".delay(", b".apply_async(", b"shared_task", b".task", b"send_task", b"beat_schedule", b"BEAT_SCHEDULE",
        b"@job", b"dramatiq", b".s(", b".si(",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Tasks, queueing calls and schedules as records."""
        if root is None:
            return facts
        found = tuple(dict.fromkeys(_read(python_syntax(root, source))))
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *found)) if found else facts

    def link(self, project: Project) -> Linking:
        """Edges to tasks."""
        return Linking(dependencies=tuple(_edges(project))) if project.has_wiring(self.name, "task") else Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Task queues declare no entities."""
        return ""


def _read(syntax: PythonSyntax) -> list[Wiring]:
    found: list[Wiring] = []
    for decorated in syntax.decorated:
        if decorated.name.rpartition(".")[2] in TASKS:
            given = syntax.arguments(decorated.call).keywords if decorated.call is not None else {}
            title = syntax.string(given.get("name") or given.get("actor_name")) or ""
            found.append(Wiring("celery", "task", decorated.target, decorated.line, (title,)))
    for call in syntax.calls:
        receiver, _, last = syntax.callee(call).rpartition(".")
        scope, line = syntax.scope(call), syntax.line(call)
        if last in NAMED and (name := syntax.string(syntax.arguments(call).get(0, "name"))):
            found.append(Wiring("celery", "named", scope, line, (name,)))
        elif last in QUEUES and receiver and "(" not in receiver and "?" not in receiver:
            found.append(Wiring("celery", "queue", scope, line, (receiver,)))
        for key in SCHEDULES:
            if (schedule := syntax.arguments(call).keywords.get(key)) is not None:
                found.extend(_scheduled(syntax, schedule))
    for node in syntax.assignments:
        left = node.child_by_field_name("left")
        if left is not None and syntax.chain(left).endswith(SCHEDULES):
            found.extend(_scheduled(syntax, node.child_by_field_name("right")))
    return found


def _scheduled(syntax: PythonSyntax, node: Node | None) -> list[Wiring]:
    """``{"nightly": {"task": "shop.tasks.export", "schedule": crontab(...)}}``."""
    found: list[Wiring] = []
    for _, entry in syntax.dictionary(node):
        for key, value in syntax.dictionary(entry):
            if key == "task" and (name := syntax.string(value)) is not None:
                found.append(Wiring("celery", "schedule", syntax.scope(value), syntax.line(value), (name,)))
    return found


def _edges(project: Project) -> list[Dependency]:
    names = PythonNames(project)
    tasks: set[Place] = set()
    by_name: dict[str, Place] = {}
    for path, wiring in project.wirings("celery", "task"):
        outer, _, short = wiring.scope.rpartition(".")
        place = Place(path, outer, short)
        tasks.add(place)
        by_name.setdefault(wiring.args[0] or names.symbol(place), place)
    found: list[Dependency] = []
    for path, wiring in project.wirings("celery"):
        if wiring.kind == "queue":
            target: Place | None = names.place(path, wiring.scope, wiring.args[0])
        elif wiring.kind in ("named", "schedule"):
            target = by_name.get(wiring.args[0])
        else:
            continue
        if target is not None and target in tasks:
            kind = "use" if wiring.kind == "schedule" else "call"
            source = project.symbol_at(path, wiring.scope)
            found.append(Dependency(source, names.symbol(target), kind, path, wiring.line, "exact"))
    return found


FRAMEWORK = Celery()
