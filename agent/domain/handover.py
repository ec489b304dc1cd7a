"""What the people who run the plan need beside its steps: dispositions, questions, runbooks, the parity ledger, contracts.

Invariant: a sentence about the system carries evidence or names the question that would settle it; `Statement` refuses
one that has neither.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from agent.domain.finding import Evidence
from agent.domain.inventory import Location, Noun

__all__ = [
    "ACTIONS",
    "PARITY",
    "SECTIONS",
    "Action7",
    "Crossed",
    "Disposition",
    "Handover",
    "Input",
    "MessageContract",
    "ModuleRules",
    "ParityRow",
    "Question",
    "Rejected",
    "RouteContract",
    "Runbook",
    "Section",
    "Statement",
    "Team",
    "Unusable",
]

Action7 = Literal["retire", "retain", "rehost", "relocate", "repurchase", "replatform", "refactor"]
ACTIONS: tuple[Action7, ...] = ("retire", "retain", "rehost", "relocate", "repurchase", "replatform", "refactor")
"""The 7 Rs. Porting to a newer runtime is replatforming; only a change of structure is refactoring."""

Parity = Literal["tested", "characterised", "replayed", "dropped by decision", "unknown"]
PARITY: tuple[Parity, ...] = ("tested", "characterised", "replayed", "dropped by decision", "unknown")

SECTIONS = (
    "Context map",
    "Contracts",
    "Data",
    "Transactions",
    "Batch",
    "Reporting",
    "Identity",
    "Partners",
    "Release",
)
"""The sections of a runbook, in order."""


class Rejected(Noun):
    """One of the other six Rs, and why not."""

    action: Action7
    why: str = Field(min_length=1)


class Disposition(Noun):
    """What becomes of one component. ``candidate``: only people can confirm it, by answering ``question``.

    ``decided`` says that an answer in figwright.toml made it so.
    """

    component: str
    kind: Literal["deployable", "module", "job", "screen group", "table group", "route", "table", "file", "capability"]
    action: Action7
    reason: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    rejected: tuple[Rejected, ...] = ()
    candidate: bool = False
    decided: bool = False
    question: str = ""
    service: str = ""


class Question(Noun):
    """What code cannot tell. ``id`` is its key under ``[answers]`` in figwright.toml; ``blocks`` are IDs of steps that wait.

    ``owner`` is a role, never a person. ``answer`` and ``place`` are filled once somebody answered.
    """

    id: str
    topic: str
    ask: str
    owner: str
    why: str
    changes: str
    options: str = ""
    evidence: tuple[Evidence, ...] = ()
    blocks: tuple[str, ...] = ()
    answer: str = ""
    place: str = ""


class Statement(Noun):
    """One sentence of a runbook. Invariant: evidence, or the ID of a question, or both."""

    text: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = ()
    question: str = ""

    @model_validator(mode="after")
    def _is_grounded(self) -> Statement:
        if not self.evidence and not self.question:
            raise ValueError(f"a sentence without evidence or a question: {self.text!r}")
        return self


class Section(Noun):
    """One of the nine, with at least one statement."""

    title: str
    statements: tuple[Statement, ...] = Field(min_length=1)


class Runbook(Noun):
    """How one service is taken out: the nine sections, for the step of that ID."""

    service: str
    title: str
    step: str
    sections: tuple[Section, ...]


class ParityRow(Noun):
    """A function that the new system must have, and what shows that it has: ``proof`` is a test, a log, or an answer."""

    kind: Literal["route", "job", "screen", "report", "message"]
    name: str
    location: Location
    service: str
    status: Parity
    proof: str = ""


class Input(Noun):
    """Something that a route reads from its request."""

    name: str
    place: Literal["path", "query", "form", "json", "header"]
    location: Location


class RouteContract(Noun):
    """One method and path as the code shows it; ``answers`` are media types, templates and redirects with their places."""

    method: str
    path: str
    handler: str
    service: str
    location: Location
    inputs: tuple[Input, ...] = ()
    answers: tuple[tuple[str, Location], ...] = ()


class MessageContract(Noun):
    """A queue or topic that the code sends to or receives from; ``channel`` is as written, "" when it is made at run time."""

    channel: str
    direction: Literal["send", "receive"]
    service: str
    evidence: Evidence


class Team(Noun):
    """Who owns a service by CODEOWNERS: groups, never people. ``people`` counts single persons that are named there."""

    service: str
    groups: tuple[tuple[str, int], ...]  # (group, files)
    people: int
    unowned: int
    files: int
    changes: int
    verdict: Literal["one group", "several groups", "nobody"]
    evidence: tuple[Evidence, ...] = ()


class Crossed(Noun):
    """A unit of one module that depends on a unit of another today."""

    source: str
    target: str
    source_module: str
    target_module: str
    location: Location


class ModuleRules(Noun):
    """The border rules of one language: modules with their units, and the crossings that exist today."""

    language: Literal["python", "java", "javascript"]
    modules: tuple[tuple[str, tuple[str, ...]], ...]
    paths: tuple[tuple[str, str], ...] = ()  # (unit, path)
    crossed: tuple[Crossed, ...] = ()


class Unusable(Noun):
    """Something that the user said and that cannot be used, and where it stands."""

    place: str
    why: str


class Handover(Noun):
    """All of it; every list in the order that its reader needs, and complete."""

    dispositions: tuple[Disposition, ...] = ()
    questions: tuple[Question, ...] = ()
    runbooks: tuple[Runbook, ...] = ()
    parity: tuple[ParityRow, ...] = ()
    contracts: tuple[RouteContract, ...] = ()
    messages: tuple[MessageContract, ...] = ()
    teams: tuple[Team, ...] = ()
    rules: tuple[ModuleRules, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    not_judged: tuple[str, ...] = ()  # what no candidate to retire was looked for among, and why
    telemetry: str = ""  # a patch that proposes instrumentation; empty when there is nothing to patch
