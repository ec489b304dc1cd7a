"""What tests said, before and after a change, and what may be concluded from it.

Tests bound behaviour, they do not settle it: no label here means that a change is right.
"""

from __future__ import annotations

from typing import Literal

from agent.domain.environment import Environment
from agent.domain.inventory import Location, Noun

__all__ = [
    "ACCEPTED",
    "Baseline",
    "CaseResult",
    "FileChange",
    "Label",
    "MutantResult",
    "Protection",
    "RepositoryReport",
    "SetAside",
    "Status",
    "Suite",
    "SuiteReport",
    "SuiteResult",
    "Tampering",
    "Verdict",
]

Status = Literal["passed", "failed", "error", "skipped", "expected failure", "unexpected pass"]
Label = Literal["mutation-checked", "no regression", "unprotected", "restored", "refused"]
ACCEPTED: frozenset[Label] = frozenset({"mutation-checked", "no regression", "restored"})


class Suite(Noun):
    """Tests that one runner runs in one folder. ``paths`` narrows it to these files or folders, relative to ``folder``.

    ``where`` is what made the runner be chosen, ``why`` says so in words. ``options`` go to the runner as they are.
    ``files`` are the tests, their configuration and data: they are always taken from the pristine copy.
    """

    runner: str
    ecosystem: str
    folder: str = ""
    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    where: tuple[Location, ...] = ()
    why: str = ""
    files: tuple[str, ...] = ()


class CaseResult(Noun):
    """One test by its ID, as the runner names it (``tests/test_a.py::test_b``, ``com.acme.OrderTest#adds``, ``cart > adds``).

    IDs are unique within a result: what a runner names twice is numbered ``[2]``, ``[3]`` in the order of the run.
    """

    id: str
    status: Status
    seconds: float = 0.0
    message: str = ""  # the last lines of a failure, at most 2,000 characters


class SuiteResult(Noun):
    """One run of a suite. ``trouble`` says why it cannot be relied on: nothing ran, it was stopped, its results are broken.

    ``collection_errors`` are files that the runner could not load: no test of theirs is counted anywhere.
    """

    cases: tuple[CaseResult, ...] = ()
    collection_errors: tuple[str, ...] = ()
    exit_code: int = 0
    stopped_by: str = ""
    trouble: str = ""
    seconds: float = 0.0
    last_lines: tuple[str, ...] = ()

    @property
    def passed(self) -> frozenset[str]:
        return frozenset(case.id for case in self.cases if case.status == "passed")

    def count(self, *statuses: Status) -> int:
        return sum(case.status in statuses for case in self.cases)


class SetAside(Noun):
    """A test that the verdict does not count, by name: flaky, slow, or in need of the network or a service."""

    id: str
    why: Literal["flaky", "slow", "network", "service"]
    detail: str = ""


class Baseline(Noun):
    """What holds before any change: the tests that passed in every run. ``runs`` are the repeats, ``orders`` their seeds
    (0: the suite's own order). ``order_dependent`` are those of ``passed`` that hold in the suite's own order alone, in
    which every verdict runs: another test spoils them in another. ``exit_code`` is the command's in the first run; None when
    nothing could be run."""

    suite: Suite
    environment: str  # the key of the recipe
    passed: tuple[str, ...] = ()
    order_dependent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    collection_errors: tuple[str, ...] = ()
    runs: int = 0
    orders: tuple[int, ...] = ()
    exit_code: int | None = None
    trouble: str = ""
    seconds: float = 0.0  # of the slowest run


class FileChange(Noun):
    """One file of a change as text in Latin-1 (each character a byte); ``before`` None for a new file, ``after`` None for a deleted one."""

    path: str
    before: str | None
    after: str | None


class Tampering(Noun):
    """What a change does to the tests, or does that only tests would notice: why it is refused, and where."""

    rule: str
    where: Location
    text: str


class MutantResult(Noun):
    """One small defect put into a changed line, and whether a test noticed: killed, survived, timed out (counts as killed),
    or broken (does not load; not counted)."""

    where: Location
    operator: str
    before: str
    after: str
    status: Literal["killed", "survived", "timed out", "broken", "not run"]
    by: str = ""  # the test that noticed first


class Protection(Noun):
    """Whether a test would notice: changed lines that hold code, those of them that tests run, and mutants of them."""

    changed_lines: int = 0
    covered_lines: int = 0
    uncovered: tuple[Location, ...] = ()
    mutants: tuple[MutantResult, ...] = ()
    note: str = ""  # what could not be measured, and why

    @property
    def killed(self) -> int:
        return sum(mutant.status in ("killed", "timed out") for mutant in self.mutants)

    @property
    def survived(self) -> int:
        return sum(mutant.status == "survived" for mutant in self.mutants)


class Verdict(Noun):
    """What the tests say of a change. ``lost`` are IDs that passed before and do not now, ``missing`` those no longer there.

    The exit codes are those of the test command, None where it was not run.
    """

    label: Label
    reasons: tuple[str, ...] = ()
    passed_before: int = 0
    passed_after: int = 0
    exit_code_before: int | None = None
    exit_code_after: int | None = None
    lost: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    collection_errors: tuple[str, ...] = ()
    tampering: tuple[Tampering, ...] = ()
    protection: Protection = Protection()

    @property
    def accepted(self) -> bool:
        return self.label in ACCEPTED


class SuiteReport(Noun):
    """One suite of a repository: how its environment was made, and what held. ``baseline`` None when nothing could run."""

    suite: Suite
    environment: Environment
    baseline: Baseline | None = None
    failures: tuple[CaseResult, ...] = ()  # of the first run, with their messages
    last_lines: tuple[str, ...] = ()


class RepositoryReport(Noun):
    """All suites of a repository that were tried. ``not_run`` says, first of all, what could not be run and why."""

    name: str
    commit: str
    sandbox: str
    suites: tuple[SuiteReport, ...] = ()
    not_run: tuple[str, ...] = ()
    verdict: Verdict | None = None
