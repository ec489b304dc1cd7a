"""The canary's numbers, kept as ``facade/canary.json``: one value in and out, and the rules by which it may change.

Reads are GET and HEAD. A share of them goes to the service by the hash of a sticky key, the same key always the same way.
Writes follow the same hash, and never without a key; so ``writes`` may not exceed ``reads``: whoever writes to the service
must also read from it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from agent.containers.facade.table import HOME, Front, RouteTable
from agent.domain.inventory import Noun
from agent.errors import InputError

__all__ = [
    "Canary",
    "FacadeState",
    "changed",
    "first_state",
    "home_name",
    "is_sealed",
    "kept_state",
    "read_state",
    "sealed",
    "upstream_name",
]

SERVICE_PORT = 8000
_SEAL = re.compile(r"\A# figwright: unedited ([0-9a-f]{16})\n")
_TOKEN = r"^[A-Za-z0-9-]{1,60}$"  # noqa: S105 - an HTTP header's name


class Canary(Noun):
    """One service's share. ``address`` is where it listens. ``testers``: the override header alone leads to it."""

    address: str = Field(pattern=r"^[A-Za-z0-9.-]{1,120}:[0-9]{1,5}$")
    reads: int = Field(default=0, ge=0, le=100)
    writes: int = Field(default=0, ge=0, le=100)
    mirror: bool = False
    testers: bool = False

    @model_validator(mode="after")
    def _whoever_writes_reads(self) -> Self:
        if self.writes > self.reads:
            raise ValueError("writes may not exceed reads: who writes to the service must read from it too")
        return self

    @property
    def active(self) -> bool:
        """Whether any request may reach the service."""
        return bool(self.reads or self.writes or self.mirror or self.testers)


class FacadeState(Noun):
    """All services' shares and what they have in common. ``header`` carries a tenant or a user; the facade sets ``cookie``
    for who has none."""

    version: Literal[1] = 1
    header: str = Field(default="X-Tenant", pattern=_TOKEN)
    cookie: str = Field(default="figwright_key", pattern=r"^[A-Za-z0-9_]{1,60}$")
    override: str = Field(default="X-Figwright-Route", pattern=_TOKEN)
    timeout_seconds: int = Field(default=60, ge=1, le=3600)
    connect_seconds: int = Field(default=2, ge=1, le=60)
    ready_port: int = Field(default=8079, ge=1, le=65535)
    admin_port: int = Field(default=9901, ge=1, le=65535)
    services: dict[str, Canary] = Field(default={})


def first_state(table: RouteTable) -> FacadeState:
    """Everything to the monolith."""
    services = {name: Canary(address=f"{upstream_name(name)}:{SERVICE_PORT}") for name in table.services}
    return FacadeState(services=services)


def changed(
    state: FacadeState,
    service: str,
    *,
    reads: int | None = None,
    writes: int | None = None,
    mirror: bool | None = None,
    testers: bool | None = None,
    address: str | None = None,
    rollback: bool = False,
) -> FacadeState:
    """The state with one service's numbers changed. Raises InputError: no such service, a number that cannot be."""
    before = state.services.get(service)
    if before is None:
        known = ", ".join(sorted(state.services)) or "none"
        raise InputError(f"the facade has no service {service!r}: use one of {known}.")
    given = {"reads": reads, "writes": writes, "mirror": mirror, "testers": testers, "address": address}
    update: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    if rollback:
        if set(update) - {"address"}:
            raise InputError("--rollback takes everything back to the monolith: give no number with it.")
        update |= {"reads": 0, "writes": 0, "mirror": False, "testers": False}
    if not update:
        raise InputError(f"nothing to change for {service}: give --reads, --writes, --mirror, --testers or --rollback.")
    for name, number in (("--reads", reads), ("--writes", writes)):
        if number is not None and not 0 <= number <= 100:
            raise InputError(f"{name} {number} is no percentage: give 0 to 100.")
    try:
        after = Canary.model_validate(before.model_dump() | update)
    except ValidationError as error:
        raise InputError(f"{service}: {_reason(error)}.") from None
    return state.model_copy(update={"services": {**state.services, service: after}})


def read_state(text: str, table: RouteTable) -> FacadeState:
    """The state as it was stored. Raises InputError with the first thing that is wrong."""
    state = _parsed(text)
    unknown = sorted(set(state.services) ^ set(table.services))
    if unknown:
        raise InputError(
            f"facade/canary.json and facade/routes.json disagree about {', '.join(unknown)}: write both anew with containerize."
        )
    return state


def kept_state(text: str, table: RouteTable) -> FacadeState:
    """A stored state for a table that was made anew: services keep their numbers, new ones start at nothing."""
    state = _parsed(text)
    services = {name: state.services.get(name, fresh) for name, fresh in first_state(table).services.items()}
    return state.model_copy(update={"services": services})


def _parsed(text: str) -> FacadeState:
    try:
        return FacadeState.model_validate_json(text)
    except ValidationError as error:
        raise InputError(
            f"facade/canary.json cannot be used ({_reason(error)}): put it right, or move it away and run containerize."
        ) from None


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def upstream_name(service: str) -> str:
    """A service's name as a DNS label and as the name of its upstream."""
    label = re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-")[:40].strip("-") or "service"
    return f"{label}-service" if label.startswith(HOME) or label[0].isdigit() else label


def home_name(table: RouteTable, front: Front) -> str:
    """What the upstream behind a front is called: the monolith, or one of several."""
    return HOME if len(table.fronts) == 1 else f"{HOME}-{front.name}"


def sealed(text: str) -> str:
    """The text after a first line from which `is_sealed` sees whether anybody changed it since."""
    return f"# figwright: unedited {_digest(text)}\n{text}"


def is_sealed(text: str) -> bool:
    """Whether `sealed` wrote the text and nobody changed it since."""
    match = _SEAL.match(text)
    return match is not None and _digest(text[match.end() :]) == match[1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
