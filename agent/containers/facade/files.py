"""The facade's files as text, and one change of a canary: the stored files in, the changed ones and the difference out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from pydantic import ValidationError

from agent.containers.facade.envoy import write_envoy
from agent.containers.facade.nginx import write_nginx
from agent.containers.facade.state import FacadeState, changed, first_state, is_sealed, read_state
from agent.containers.facade.table import RouteTable
from agent.errors import InputError

__all__ = ["FACADE_FILES", "facade_files", "rollback_note", "turn"]

FACADE_FILES = ("routes.json", "canary.json", "envoy.yaml", "nginx.conf")
_GENERATED = ("envoy.yaml", "nginx.conf")


def facade_files(table: RouteTable, state: FacadeState | None = None) -> dict[str, str]:
    """Name -> text of what lies in ``facade/``; empty when there is nothing that answers HTTP."""
    if not table.fronts:
        return {}
    state = state or first_state(table)
    return {
        "routes.json": table.model_dump_json(indent=1) + "\n",
        "canary.json": state.model_dump_json(indent=1) + "\n",
        "envoy.yaml": write_envoy(table, state),
        "nginx.conf": write_nginx(table, state),
    }


def turn(
    stored: Mapping[str, str],
    service: str,
    *,
    reads: int | None = None,
    writes: int | None = None,
    mirror: bool | None = None,
    testers: bool | None = None,
    address: str | None = None,
    rollback: bool = False,
) -> tuple[dict[str, str], str, FacadeState]:
    """(files that change, unified difference, the state before). ``stored`` is ``facade/`` by name.

    Raises InputError when a stored file is missing, damaged or edited, or the change cannot be made.
    """
    table = _table(stored)
    if "canary.json" not in stored:
        raise InputError("facade/canary.json is missing: write the facade anew with containerize.")
    state = read_state(stored["canary.json"], table)
    for name in _GENERATED:
        if name in stored and not is_sealed(stored[name]):
            raise InputError(
                f"facade/{name} was edited by hand and would be overwritten: move it away, then run this again."
            )
    after = changed(
        state, service, reads=reads, writes=writes, mirror=mirror, testers=testers, address=address, rollback=rollback
    )
    files = {n: t for n, t in facade_files(table, after).items() if n != "routes.json" and stored.get(n) != t}
    shown = [_difference(name, stored.get(name, ""), files[name]) for name in FACADE_FILES if name in files]
    return files, "".join(shown), state


def rollback_note(service: str, before: FacadeState, stored: Mapping[str, str]) -> str:
    """What a rollback did, and what it cannot do."""
    canary = before.services[service]
    owned = _table(stored).owns.get(service, ())
    tables = f" (its tables: {', '.join(owned)})" if owned else ""
    restored = f"Restored: routing; every request of {service} goes to the monolith again."
    if canary.writes:
        share = "all" if canary.writes == 100 else f"{canary.writes} % of the keys'"
        lost = f"The service took {share} writes: what it stored since{tables} is not in the monolith unless something copies it"
    else:
        lost = f"The canary sent the service no writes; what testers wrote through it{tables} stays there"
    return f"{restored} Not restored: data. {lost}; nothing here does.\n"


def _table(stored: Mapping[str, str]) -> RouteTable:
    if "routes.json" not in stored:
        raise InputError("there is no facade in this folder: give the --out folder of containerize.")
    try:
        return RouteTable.model_validate_json(stored["routes.json"])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"facade/routes.json cannot be used ({where}: {first['msg']}): write the facade anew with containerize."
        ) from None


def _difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"a/facade/{name}" if before else "/dev/null",
        f"b/facade/{name}",
        n=1,
        lineterm="",
    )
    return "".join(line + "\n" for line in lines)
