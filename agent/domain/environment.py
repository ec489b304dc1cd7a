"""How to make what somebody else's tests need: toolchains, steps, variables; recorded so that it can be made again."""

from __future__ import annotations

import hashlib

from pydantic import Field

from agent.domain.inventory import Location, Noun

__all__ = ["Attempt", "Environment", "Need", "Reason", "Recipe", "Step"]


class Need(Noun):
    """A toolchain by name, and the versions that will do as a PEP 440 specifier (``==2.7.*``, ``>=17``; empty for any)."""

    name: str
    versions: str = ""


class Reason(Noun):
    """Why the recipe is as it is, one sentence, and where the repository says so (line 0: the file as a whole)."""

    text: str
    where: tuple[Location, ...] = ()


class Step(Noun):
    """One command of the preparation, run in a sandbox whose ``{env}`` is writable.

    ``needed`` false: its failure is noted and the preparation goes on (a nice-to-have dependency).
    """

    name: str
    run: tuple[str, ...] = Field(min_length=1)
    env: dict[str, str] = Field(default={})
    cwd: str = ""
    network: bool = False
    needed: bool = True
    seconds: float = Field(default=900.0, gt=0)


class Recipe(Noun):
    """An environment as data. No machine path is in it: ``{env}``, ``{repo}`` and ``{toolchain:python}`` stand for them.

    ``variables`` are set when tests run. ``kept`` are paths in the work tree that the steps make and that every later run
    gets back. ``as_of`` is the date (ISO) up to which dependencies without a pin were resolved; empty for today's.
    ``examples`` are variables as a file of the repository (``.env.example``) shows them: set once one is found missing.
    """

    ecosystem: str
    needs: tuple[Need, ...] = ()
    steps: tuple[Step, ...] = ()
    variables: dict[str, str] = Field(default={})
    kept: tuple[str, ...] = ()
    as_of: str = ""
    examples: dict[str, str] = Field(default={})
    reasons: tuple[Reason, ...] = ()

    def key(self, inputs: str = "") -> str:
        """SHA-256 of what the environment depends on: the recipe, and ``inputs`` (toolchain versions, dependency files)."""
        bare = self.model_copy(update={"reasons": ()})
        return hashlib.sha256(f"{bare.model_dump_json()}\n{inputs}".encode()).hexdigest()


class Attempt(Noun):
    """One step as it was tried: what it printed last is kept when it failed."""

    step: str
    command: tuple[str, ...]
    exit_code: int
    seconds: float
    stopped_by: str = ""
    last_lines: tuple[str, ...] = ()


class Environment(Noun):
    """A recipe that was carried out, or how far it came.

    ``failed`` names the step that failed ("" when all needed ones held); ``rounds`` counts the recipes that were tried;
    ``clean``: every test could be loaded in the trial run; otherwise it is tried anew once ``made_by``, the digest of
    figwright's own code, has changed. ``toolchains`` are those that were found, as ``python 2.7.18``; ``amended`` says what was changed, round by round.
    """

    recipe: Recipe
    key: str
    toolchains: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    failed: str = ""
    reason: str = ""
    rounds: int = 1
    amended: tuple[str, ...] = ()
    reused: bool = False
    clean: bool = False
    made_by: str = ""

    @property
    def usable(self) -> bool:
        return not self.failed
