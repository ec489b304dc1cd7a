"""Changes that recipes or a model propose, and what came of each: from `Proposal` to `Patch`."""

from __future__ import annotations

from pydantic import Field

from agent.domain.environment import Need, Recipe
from agent.domain.inventory import Location, Noun
from agent.domain.verdict import FileChange, SetAside, Suite, Verdict

__all__ = ["Count", "EditTask", "Left", "Patch", "Proposal", "RefactorReport", "Rewritten", "Shown", "Tested"]


class Left(Noun):
    """A place that a recipe saw and did not change, and why: what people still have to look at."""

    where: Location
    text: str


class Proposal(Noun):
    """One concern's change to the code as it stands, not judged yet.

    ``title`` is the commit's subject (imperative, at most 72 characters), ``why`` its body. ``needs`` are the IDs of recipes
    whose patches must be there first. ``series`` names a chain that only makes sense whole and is judged as a whole (the
    way to Python 3): its steps run with ``runs_on`` and are kept when no test that passed is lost by them. ``fixer`` says
    that a deterministic program wrote it, which alone may touch the syntax of tests. ``model`` names the model that wrote it,
    or that ``edited`` these files of what a program wrote.
    A ``guess`` is a step of a series that may be wrong: it is kept only when more tests pass with it.
    A proposal without changes carries what was ``left`` only.
    """

    recipe: str
    title: str = Field(max_length=100)
    why: str
    changes: tuple[FileChange, ...] = ()
    left: tuple[Left, ...] = ()
    needs: tuple[str, ...] = ()
    series: str = ""
    runs_on: tuple[Need, ...] = ()
    fixer: bool = True
    guess: bool = False
    model: str = ""
    edited: tuple[str, ...] = ()

    def by_fixer(self, path: str) -> bool:
        """Whether a deterministic program alone wrote what the file becomes."""
        return self.fixer and path not in self.edited


class Count(Noun):
    """Baseline tests that pass before and after one step of a series, in the environment that the step runs on."""

    before: int
    after: int
    baseline: int


class Patch(Noun):
    """A proposal with its verdict. ``file`` is its name in the output folder; empty when it was refused.

    ``counts`` are there for a step of a series. ``dropped`` are the files whose part of the change made things worse and
    was taken out of it. ``environment`` is the key of the environment in which the tests ran with the change (see `Tested`);
    ``attempts`` is what was tried before it and why that was refused.
    """

    number: int
    file: str = ""
    proposal: Proposal
    verdict: Verdict
    counts: Count | None = None
    dropped: tuple[Left, ...] = ()
    environment: str = ""
    attempts: tuple[str, ...] = ()


class Tested(Noun):
    """A suite in one environment, and the tests that passed there before the first patch (``passed``) or, of an environment
    that patches brought (``brought_by``, a patch's number), with that patch in. ``trouble`` says why nothing could be run;
    ``failures`` are the first tests that were lost there, with what they printed last."""

    suite: Suite
    environment: str
    recipe: Recipe
    toolchains: tuple[str, ...] = ()
    amended: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    trouble: str = ""
    failures: tuple[str, ...] = ()
    brought_by: int = 0


class RefactorReport(Noun):
    """All that was proposed for a repository: what held, what was refused and why, what was not tried.

    The tests that pass with a patch are those of `Tested.passed` without the verdict's ``lost`` and ``missing``, and with
    its ``gained``.
    """

    name: str
    commit: str
    sandbox: str
    tested: tuple[Tested, ...] = ()
    patches: tuple[Patch, ...] = ()
    left: tuple[Left, ...] = ()
    not_tried: tuple[str, ...] = ()


class Shown(Noun):
    """A file, or a part of it, as a model is shown it: text as people read it, lines counted from ``first_line``."""

    path: str
    text: str
    first_line: int = 1


class EditTask(Noun):
    """What a model is asked to change. ``failures`` is what failing tests printed, located and shortened; ``refused`` why
    each earlier answer was not taken, the latest last. Nothing in it is to be believed by whoever reads the answer."""

    goal: str
    files: tuple[Shown, ...] = ()
    left: tuple[Left, ...] = ()
    failures: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class Rewritten(Noun):
    """What a program that rewrites source made of the code; ``failed`` says why it made nothing, with its last lines."""

    changes: tuple[FileChange, ...] = ()
    failed: str = ""
    last_lines: tuple[str, ...] = ()
