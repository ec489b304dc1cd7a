"""What runs in containers: deployables and the services behind them, and how far each was proved to work."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.domain.environment import Reason
from agent.domain.inventory import Location, Noun

__all__ = [
    "LEVELS",
    "Backing",
    "Blocker",
    "ContainerReport",
    "Deployable",
    "DeployableKind",
    "Image",
    "Level",
    "LintFinding",
    "MendTask",
    "ModelRound",
    "Proof",
    "Round",
    "Variable",
]

DeployableKind = Literal["web", "worker", "job", "batch", "cli"]
Level = Literal["written", "linted", "built", "started", "healthy", "tested"]
LEVELS: tuple[Level, ...] = ("written", "linted", "built", "started", "healthy", "tested")


class Variable(Noun):
    """An environment variable that a deployable reads: its harmless default, or a secret, which never gets one."""

    name: str
    value: str = ""
    secret: bool = False
    where: tuple[Location, ...] = ()


class Backing(Noun):
    """A service that deployables need beside them; ``kind`` is what it speaks, ``version`` as declared (empty: unknown)."""

    name: str
    kind: Literal["postgresql", "mysql", "redis", "memcached", "rabbitmq", "mongodb", "mail", "other"]
    version: str = ""
    where: tuple[Location, ...] = ()


class Blocker(Noun):
    """What stands in a container's way: hard-coded hosts and paths, state on local disk, logs in files, sessions and
    timers in the process, licence dongles, fixed ports. ``recipe`` is the patch recipe that fixes it; empty when none does."""

    kind: Literal["host", "path", "local state", "log file", "session", "timer", "licence", "port"]
    text: str
    where: Location
    recipe: str = ""


class Deployable(Noun):
    """One process that is deployed on its own, with the reason why it is thought to be one.

    ``name`` is a DNS label, unique in the repository. ``folder`` is what the image is built from (empty: the repository).
    ``runtime`` and ``version`` are the interpreter or machine (python 2.7). ``command`` is what starts it, ``port`` where it
    listens, ``health`` the path that answers 2xx or 3xx when it is up. ``writes`` are paths that it writes to.
    ``schedule`` is a job's cron expression. ``single`` says why there may only be one replica; empty: there may be more.
    ``gpu`` says why it needs a GPU, with the place; empty: it needs none.
    """

    name: str = Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")
    kind: DeployableKind
    why: tuple[Reason, ...]
    folder: str = ""
    language: str = ""
    runtime: str = ""
    version: str = ""
    framework: str = ""
    command: tuple[str, ...] = ()
    port: int | None = None
    health: str = ""
    migrate: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    backing: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    schedule: str = ""
    single: str = ""
    gpu: str = ""
    blockers: tuple[Blocker, ...] = ()
    image: str = ""  # the deployable whose Dockerfile it runs on: a job on its application's image; empty: its own


class Image(Noun):
    """How one Dockerfile is written: bases, packages, install and build steps, what the last stage holds.

    ``base`` and ``build_base`` are public names with a tag (``python:3.11-slim``); an empty ``build_base`` means one stage.
    ``manifests`` are copied before ``install`` runs, so that dependencies are a layer of their own; ``build`` (commands, or ``WORKDIR /x``) runs once the
    source is there. ``artifacts`` are (path in the build stage, path in the image). ``source`` says whether the image
    holds the repository's own files. ``finish`` runs as root in the last stage, ``after`` once the source is there, ``health`` is a command in exec form.
    ``risk`` says what an end-of-life runtime means, ``upgrade`` what removes it. ``changes`` are repairs that were made.
    ``edited`` are the instructions up to USER as a language model changed them, checked and built: they then stand instead
    of what the other fields say; ``notes`` say so, with its words.
    """

    name: str
    family: str
    folder: str = ""
    base: str
    build_base: str = ""
    packages: tuple[str, ...] = ()
    build_packages: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    install: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    artifacts: tuple[tuple[str, str], ...] = ()
    source: bool = True
    workdir: str = "/app"
    env: tuple[tuple[str, str], ...] = ()
    finish: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    user: str = "10001"
    command: tuple[str, ...] = ()
    port: int | None = None
    health: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    risk: str = ""
    upgrade: str = ""
    reasons: tuple[Reason, ...] = ()
    changes: tuple[str, ...] = ()
    edited: str = ""
    notes: tuple[str, ...] = ()


class Round(Noun):
    """One attempt to build, start or test: what failed, the diagnosis, and the repair for the next round."""

    number: int
    reached: Level
    failed: str = ""
    diagnosis: str = ""
    repair: str = ""
    last_lines: tuple[str, ...] = ()


class MendTask(Noun):
    """What a language model is asked to repair: one Dockerfile that failed. ``facts`` are code's own; ``entry`` (with its
    path) is the file that is started; ``said`` is the end of what was printed, ``refused`` why earlier answers were not taken."""

    path: str
    text: str
    failed: str
    facts: tuple[str, ...] = ()
    entry_path: str = ""
    entry: str = ""
    said: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class ModelRound(Noun):
    """One answer of a language model to a failed proof: ``kept`` when what it wrote was built and went further, ``refused``
    when code did not even build it. ``words`` are its own and unchecked; ``change`` is a diff."""

    number: int
    model: str
    prompt: str
    outcome: Literal["kept", "no further", "refused"]
    words: str = ""
    change: str = ""
    reached: Level | None = None
    reasons: tuple[str, ...] = ()
    last_lines: tuple[str, ...] = ()


class Proof(Noun):
    """How far a deployable was proved. ``first`` is the level of the first try, ``level`` the one after repairs.

    ``base`` is the digest and the account of what stood behind the base image's public name. ``tests`` are (passing
    outside, passing inside, IDs that pass outside and not inside). ``model_rounds`` are what a language model tried after
    the rules gave up.
    """

    name: str
    kind: DeployableKind
    dockerfile: str
    level: Level
    first: Level = "written"
    rounds: tuple[Round, ...] = ()
    model_rounds: tuple[ModelRound, ...] = ()
    image_bytes: int = 0
    base: str = ""
    seconds: float = 0.0
    tests_outside: int = 0
    tests_inside: int = 0
    lost: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()  # of linters, with what they are about


class LintFinding(Noun):
    """What a linter says of a written file; ``path`` is relative to the output folder, line 0 means the file as a whole."""

    tool: str
    path: str
    line: int = 0
    rule: str = ""
    severity: Literal["critical", "high", "error", "warning", "info"]
    text: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.severity}: {self.text} ({self.tool}{f' {self.rule}' if self.rule else ''})"


class ContainerReport(Noun):
    """All deployables of a repository. ``nothing`` says why there are none; ``not_run`` what was not tried, and why."""

    name: str
    commit: str
    deployables: tuple[Proof, ...] = ()
    nothing: str = ""
    findings: tuple[str, ...] = ()  # of linters, in files that belong to no single deployable
    not_run: tuple[str, ...] = ()
