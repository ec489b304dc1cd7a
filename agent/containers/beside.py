"""Starts the services that an application needs beside it, for the time of a trial: backing services in, a network to join out.

They share one network namespace that leads nowhere, so each is reached at the loopback address.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.backing_images import BackingImage, image_of, known_image
from agent.containers.wiring import wire
from agent.domain.container import Backing
from agent.domain.execution import Limits
from agent.errors import ContainerError
from agent.ports import ImageBuilder

__all__ = ["beside", "needed", "with_services"]

_HERE = "127.0.0.1"
_SECONDS = 90.0
_NO_ANSWER = re.compile(
    r"(?i)connection refused|ECONNREFUSED|could not translate host name|name or service not known|ENOTFOUND|EAI_AGAIN"
    r"|temporary failure in name resolution|nodename nor servname|UnknownHostException|communications link failure"
    r"|can't connect to (?:local |\w+ )?(?:mysql|mariadb|server)|could not connect to (?:server|redis)|failed to resolve host"
    r"|php_network_getaddresses|SQLSTATE\[(?:HY000|08006)\] \[?(?:2002|7)\]?|connection is bad|network is unreachable"
)


def needed(attempt: Attempt, failure: Failure, backings: Sequence[Backing]) -> tuple[Backing, ...]:
    """The services that it tried to reach and that do not run yet; none when what it printed speaks of no such thing."""
    if failure.stage == "build" or attempt.beside or not _NO_ANSWER.search(failure.said):
        return ()
    return tuple(one for one in backings if one.name in attempt.app.backing and known_image(one))


def with_services(
    attempt: Attempt, wanted: Sequence[Backing], builder: ImageBuilder, *, pull: bool
) -> tuple[Repair | None, str]:
    """The next attempt, with those of the services that are here, and a sentence about those that are not."""
    here = [one for one in wanted if pull or builder.has(image_of(one)[0])]
    absent = [f"{one.name} ({image_of(one)[0]})" for one in wanted if one not in here]
    said = f"it was tried without {', '.join(absent)}: the image is not here" if absent else ""
    if not here:
        return None, said
    password = secrets.token_hex(16)
    near = [one.model_copy(update={"name": _HERE}) for one in here]
    plain, secret = wire(attempt.app.model_copy(update={"backing": (_HERE,)}), near)
    env = {variable.name: value for variable, value, why in plain if value and why}
    env |= {variable.name: value.replace("PASSWORD", password) or password for variable, value, why in secret if why}
    names = ", ".join(one.name for one in here)
    change = f"started with {names} beside it"
    next_try = replace(attempt, env={**attempt.env, **env}, beside=tuple(here), password=password)
    return Repair(next_try, f"it asks for {names}, which did not run", change), said


@contextmanager
def beside(builder: ImageBuilder, attempt: Attempt, work: Path, *, pull: bool = False) -> Iterator[str]:
    """The services while the block lasts; yields what the application joins, empty when it needs none.

    ``work`` is a folder for the files that they are derived from. Raises ContainerError when one does not get ready.
    """
    running: list[str] = []
    try:
        for service in attempt.beside:
            running.append(_started(builder, attempt, service, work, running[0] if running else "", pull=pull))
        yield running[0] if running else ""
    finally:
        for name in reversed(running):
            with suppress(ContainerError):
                builder.stop(name, 3)


def _started(builder: ImageBuilder, attempt: Attempt, service: Backing, work: Path, network: str, *, pull: bool) -> str:
    image = known_image(service)
    assert image is not None
    tag = f"{attempt.image.name}-beside-{service.name}"
    folder = work / tag
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(f"FROM {image_of(service)[0]}\nUSER {image.user}\n", "utf-8")
    done = builder.build(folder, folder / "Dockerfile", tag, Limits(wall_seconds=600), pull=pull)
    if done.exit_code:
        raise ContainerError(f"{service.name}: {done.stderr.decode('utf-8', 'replace')[-300:].strip()}")
    running = builder.start(tag, (), _environment(image, attempt.password), Limits(), beside=network)
    end = time.monotonic() + _SECONDS
    while builder.execute(running, image.check, 10).exit_code:
        if builder.ended(running) is not None or time.monotonic() > end:
            said = builder.printed(running)[-600:].strip()
            with suppress(ContainerError):
                builder.stop(running, 1)
            raise ContainerError(f"{service.name} does not get ready: {said}")
        time.sleep(0.5)
    return running


def _environment(image: BackingImage, password: str) -> dict[str, str]:
    names = (*(name.removesuffix("_FILE") for name in image.secrets), *image.secret_variables)
    return {**dict(image.environment), **dict.fromkeys(names, password)}
