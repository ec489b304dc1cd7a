"""Watches a started container until it is healthy or has failed: a running one in, how far it came and what stopped it out."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from agent.containers.attempt import Attempt, Failure
from agent.containers.health import probe
from agent.containers.images import with_health
from agent.domain.container import Deployable, Level
from agent.domain.execution import Limits, Outcome
from agent.ports import ImageBuilder

__all__ = ["Bounds", "Trial", "text_of", "watch", "watch_other"]

_QUIET = 30.0  # seconds
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_OWN_WORDS = re.compile(
    r"(?m)^DEPRECATED: The legacy builder[^\n]*\n(?:[ \t]+[^\n]*\n){0,3}"
)  # Docker's, of how it is called


@dataclass(frozen=True)
class Bounds:
    """What a trial may use up. ``health_seconds`` is how long it may take to answer."""

    build: Limits = field(default_factory=lambda: Limits(wall_seconds=900, disk_bytes=8 << 30, memory_bytes=4 << 30))
    running: Limits = field(default_factory=lambda: Limits(wall_seconds=300, memory_bytes=2 << 30, processes=512))
    health_seconds: float = 240.0
    job_seconds: float = 60.0


@dataclass
class Trial:
    """One round's outcome: the level, and the failure that stopped it (None: all that was asked holds)."""

    level: Level
    failure: Failure | None = None
    attempt: Attempt | None = None
    stop_seconds: float = 0.0
    note: str = ""


def watch(builder: ImageBuilder, attempt: Attempt, running: str, candidates: Sequence[str], bounds: Bounds) -> Trial:
    """From started to healthy. What is not a web application is healthy when it runs to its end, or still runs."""
    app = attempt.app
    if app.kind != "web":
        return watch_other(builder, app, running, bounds)
    began = heard = time.monotonic()
    printed = ""
    migrated = not app.migrate
    while True:
        now = time.monotonic()
        if (latest := builder.printed(running)) != printed:
            printed, heard = latest, now
        quiet = now - heard > _QUIET  # a slow machine's server is still telling what it loads
        if now - began > bounds.health_seconds * (1 if quiet else 2):
            break
        code = builder.ended(running)
        if code is not None:
            return Trial("built", Failure("start", f"{builder.printed(running)}\nit ended with exit code {code}"))
        if not migrated:
            done = builder.execute(running, app.migrate, 300)
            migrated = True
            if done.exit_code:
                return Trial("started", Failure("health", text_of(done) + builder.printed(running)))
        if builder.execute(running, attempt.image.health, 8).exit_code == 0:
            return Trial("healthy", note=_unreachable(builder, running, app.port))
        if now - began > 6 and app.port in _listening(builder, running):
            other = _other_path(builder, attempt, running, candidates)
            if other is not None:
                return Trial("healthy", attempt=other)
            if now - began > (75 if quiet else bounds.health_seconds):
                break
        time.sleep(1)
    said = builder.printed(running)
    if builder.ended(running) is not None:
        return Trial("built", Failure("start", said))
    said += _asked_by_django(builder, app, running)
    return Trial("started", Failure("health", said, listening=tuple(sorted(_listening(builder, running)))))


_ASK = "from django.test import Client; print(Client().get({path!r}, HTTP_HOST='127.0.0.1').status_code)"


def _asked_by_django(builder: ImageBuilder, app: Deployable, running: str) -> str:
    """Django keeps quiet about errors unless it is set up to tell them: asked inside, it says what went wrong."""
    if app.framework != "Django" or not app.migrate:
        return ""
    words = (*app.migrate[:2], "shell", "-c", _ASK.format(path=app.health))
    return "\n" + text_of(builder.execute(running, words, 60))


def watch_other(builder: ImageBuilder, app: Deployable, running: str, bounds: Bounds) -> Trial:
    began = time.monotonic()
    while time.monotonic() - began < (8 if app.kind == "worker" else bounds.job_seconds):
        code = builder.ended(running)
        if code is not None:
            said = f"{builder.printed(running)}\nit ended with exit code {code}"
            return Trial("healthy") if code == 0 and app.kind != "worker" else Trial("built", Failure("start", said))
        time.sleep(0.5)
    return (
        Trial("healthy")
        if app.kind == "worker"
        else Trial("started", Failure("health", builder.printed(running), "wall time"))
    )


def _other_path(builder: ImageBuilder, attempt: Attempt, running: str, candidates: Sequence[str]) -> Attempt | None:
    """Another path that answers, tried in the container; the image is written anew with it."""
    app = attempt.app
    for path in candidates:
        if path == app.health:
            continue
        command = probe(app.runtime, app.version, app.port or 0, path)
        if builder.execute(running, command, 8).exit_code == 0:
            changed = app.model_copy(update={"health": path})
            change = f"health is asked at {path}: {app.health} does not answer below 400"
            image = attempt.image.model_copy(update={"changes": (*attempt.image.changes, change)})
            return replace(attempt, app=changed, image=with_health(image, changed))
    return None


def _unreachable(builder: ImageBuilder, running: str, port: int | None) -> str:
    """It answers inside, but only there: what listens on the loopback cannot be published."""
    said = builder.execute(running, ("cat", "/proc/net/tcp", "/proc/net/tcp6"), 8).stdout.decode("ascii", "replace")
    rows = [words for line in said.splitlines() if len(words := line.split()) > 3 and words[3] == "0A"]
    places = [words[1].partition(":")[0] for words in rows if words[1].endswith(f":{port or 0:04X}")]
    if places and all(place in ("0100007F", "00000000000000000000000001000000") for place in places):
        return f"it listens on the loopback only: nothing outside of the container reaches port {port}"
    return ""


def _listening(builder: ImageBuilder, running: str) -> set[int]:
    """Ports in state LISTEN, as the kernel tells inside the container."""
    said = builder.execute(running, ("cat", "/proc/net/tcp", "/proc/net/tcp6"), 8).stdout.decode("ascii", "replace")
    ports = set()
    for line in said.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == "0A":
            with suppress(ValueError):
                ports.add(int(words[1].rpartition(":")[2], 16))
    return ports


def text_of(outcome: Outcome) -> str:
    said = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")[-60_000:]
    return _COLOUR.sub("", _OWN_WORDS.sub("", said))
