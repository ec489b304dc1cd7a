"""A service taken out of the monolith by running it: recorded requests, what each side answered, and how the answers compare."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.domain.container import Level
from agent.domain.handover import ParityRow
from agent.domain.inventory import Noun

__all__ = [
    "VERDICTS",
    "Answer",
    "Application",
    "CellChange",
    "Comparison",
    "Drill",
    "Evidence",
    "LiveTests",
    "Mail",
    "Measured",
    "MutantTally",
    "Ownership",
    "RecordedRequest",
    "Residual",
    "RouteTally",
    "Rung",
    "Survivor",
    "Tally",
]

Outcome = Literal["identical", "masked", "different", "vacuous", "not replayable"]
VERDICTS: tuple[Outcome, ...] = ("identical", "masked", "different", "vacuous", "not replayable")
"""*identical* without any mask; *masked*: identical once named masks are laid over both; *different*; *vacuous*: both sides
agree, but not on the status that was recorded, so nothing was shown; *not replayable*: one side could not be asked."""


class Application(Noun):
    """How the program under test was made when it answered: enough to make it again.

    ``makers`` are functions of the repository, the outermost first, as (module, name, arguments as tagged JSON); an empty
    name stands for the module's own top level. Django has ``settings`` instead, its settings module. Of servlets ``makers``
    are the entries of the tests' class path, as (classes, tests or library, path, ""), ``name`` is the context path, and
    ``settings`` the Java level.
    """

    id: str
    framework: Literal["flask", "django", "express", "servlet"]
    name: str = ""  # Flask's import name
    makers: tuple[tuple[str, str, str], ...] = ()
    settings: str = ""
    late: tuple[str, ...] = ()  # libraries that only its requests load
    cannot: str = ""  # why it cannot be made again; empty when it can be tried


class RecordedRequest(Noun):
    """One request that a test made, with all that is needed to make it again. ``number`` counts from 1 over the recording.

    ``databases`` are (name, digest of its content) before, ``after`` the same afterwards; ``state`` and bodies are digests of
    blobs, too ("" for an empty body). ``replaced`` names what the test had put in the place of something else (mocks). ``route``
    is the framework's own pattern. ``clock`` is the time that the test saw, in seconds since 1970.
    """

    number: int
    test: str
    application: str
    method: str
    target: str
    route: str = ""
    handler: str = ""  # what the framework called: module.name
    handler_path: str = ""  # its file in the repository; empty when it is a library's
    headers: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()  # of the gateway: REMOTE_ADDR, SCRIPT_NAME, wsgi.url_scheme
    body: str = ""
    clock: float
    csrf: bool = False
    state: str = ""
    databases: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    replaced: tuple[str, ...] = ()
    status: int
    answer_headers: tuple[tuple[str, str], ...] = ()
    answer_body: str = ""
    trouble: str = ""  # an exception that left the application
    cannot: str = ""  # why it cannot be replayed, when that is known at once


class CellChange(Noun):
    """One database cell that a request changed; ``before`` None for a new row, ``after`` None for one that is gone."""

    database: str
    table: str
    row: str
    column: str
    before: str | None
    after: str | None


class Mail(Noun):
    """One message that left the program."""

    sender: str
    to: tuple[str, ...]
    text: str


class Answer(Noun):
    """What one side answered to a recorded request. ``status`` 0: it could not be asked, and ``trouble`` says why.

    ``body`` is Latin-1, each character a byte. ``upstream`` is the side's own word for who answered, carried by the answer itself.
    ``traceback`` is the end of an error that the program did not handle. ``files`` are (path, digest) that it wrote.
    """

    request: int
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    changes: tuple[CellChange, ...] = ()
    mail: tuple[Mail, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    calls: tuple[str, ...] = ()  # other hosts that it tried to reach
    memory: tuple[str, ...] = ()  # names of what it changed in the memory of its process
    upstream: str = ""
    trouble: str = ""
    traceback: str = ""


class Comparison(Noun):
    """Two answers to one request. ``masks`` are (name, how often); ``where`` the places that differ, in words."""

    request: int
    verdict: Outcome
    masks: tuple[tuple[str, int], ...] = ()
    where: tuple[str, ...] = ()
    cause: str = ""  # why it is vacuous or not replayable


class Tally(Noun):
    """Requests by what became of them. They add up: nothing is left out of ``recorded``."""

    recorded: int = 0
    identical: int = 0
    masked: int = 0
    different: int = 0
    vacuous: int = 0
    not_replayable: int = 0
    server_errors: int = 0  # recorded with a status of 5xx, counted in the others too
    masks: tuple[tuple[str, int], ...] = ()  # (name, requests that needed it)

    @property
    def replayable(self) -> int:
        return self.identical + self.masked + self.different


class RouteTally(Noun):
    """The tally of one route."""

    route: str
    tally: Tally


class Residual(Noun):
    """Requests that are neither identical nor masked, of one cause."""

    verdict: Outcome
    cause: str
    requests: tuple[int, ...]


class Ownership(Noun):
    """A table and the routes whose requests were seen to change it; ``predicted`` are the writers that the plan names."""

    table: str
    owner: str
    writers: tuple[tuple[str, int], ...]  # (service, requests)
    routes: tuple[str, ...]
    predicted: tuple[str, ...] = ()


class Drill(Noun):
    """Something that was made to go wrong, or was moved back, and what was seen. ``figures`` are (what, how many), times in seconds."""

    name: str
    passed: bool
    verdict: str
    figures: tuple[tuple[str, float], ...] = ()


class LiveTests(Noun):
    """The repository's own tests, asking over HTTP through the facade. The control has every route on the monolith.

    ``new_failures`` are tests that pass in the control and not with the service's routes on the service; ``cannot`` are
    (why, tests) that cannot be run so: they stay in ``tests``. ``answered``: tests of which the service answered a request.
    """

    tests: int
    control_passed: int
    passed: int
    answered: int = 0
    new_failures: tuple[str, ...] = ()
    cannot: tuple[tuple[str, int], ...] = ()


class Survivor(Noun):
    """A defect that nothing noticed, in a line that ``requests`` requests ran."""

    path: str
    line: int
    operator: str
    requests: int


class MutantTally(Noun):
    """Defects in lines of the service that ran. A defect is counted under the first thing that noticed it."""

    tried: int
    by_recorded: int = 0
    by_generated: int = 0
    by_tests: int = 0
    survivors: tuple[Survivor, ...] = ()

    @property
    def killed(self) -> int:
        return self.by_recorded + self.by_generated + self.by_tests


class OwnContainer(Noun):
    """The service's own image: ``health`` is the address that it is asked, ``level`` how far it was proved, ``failed`` what
    stopped it, ``rounds`` how often it was built."""

    health: str = ""
    level: Level = "written"
    failed: str = ""
    rounds: int = 0


class Rung(Noun):
    """One rung of the ladder. ``control``: nearly a tautology, shown so that others can be held against it.

    ``tally`` counts recorded requests, ``generated`` those that no test makes, by the same verdicts.
    """

    level: int
    name: str
    passed: bool
    verdict: str
    control: bool = False
    tally: Tally = Tally()
    routes: tuple[RouteTally, ...] = ()
    residual: tuple[Residual, ...] = ()
    upstreams: tuple[tuple[str, int], ...] = ()
    generated: Tally | None = None
    mutants: MutantTally | None = None
    live: LiveTests | None = None
    drills: tuple[Drill, ...] = ()
    container: OwnContainer | None = None
    split_memory: tuple[str, ...] = ()  # values in the memory of the process that requests of both sides change
    lines: int | None = None  # of code that the service keeps
    lines_of: int | None = None  # of the monolith's
    notes: tuple[str, ...] = ()


class Measured(Noun):
    """A row of the plan's parity ledger for the service, filled in: what came of the recorded requests of its routes.

    *replayed*: the service answered them as the monolith did, none differently; *dropped*: by a decision of the plan; *stays*
    with the monolith, since no request starts it; *no*: not shown, and ``why``. ``row`` has the status and the proof.
    """

    row: ParityRow
    shown: Literal["replayed", "dropped", "stays", "no"]
    why: str = ""
    tally: Tally = Tally()


class Evidence(Noun):
    """``extraction.json``: what was recorded, and how far up the ladder the evidence carries."""

    name: str
    commit: str
    service: str
    sandbox: str
    suites: tuple[str, ...] = ()
    tests: int = 0
    service_routes: tuple[str, ...] = ()
    rungs: tuple[Rung, ...] = Field(default=())
    ownership: tuple[Ownership, ...] = ()
    stopped: str = ""  # why no higher rung was tried
    notes: tuple[str, ...] = ()
    parity: tuple[Measured, ...] = ()
    dirty_files: int = 0  # uncommitted changes of the work tree that was read: then it is no evidence of its commit
