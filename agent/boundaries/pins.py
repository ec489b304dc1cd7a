"""boundaries.toml: the proposal as a file that people edit, and their edits read back as pins.

Reading refuses what contradicts itself or the code, naming the line. What the file says about a unit holds wherever
it differs from the proposal; what it does not mention is placed as before.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import tomlkit
from tomlkit.exceptions import TOMLKitError

from agent.domain.boundary import SHARED, Boundaries
from agent.errors import BoundariesError

__all__ = ["BoundariesFile", "print_boundaries", "read_boundaries", "read_pins"]

KEYS = frozenset({"version", "services", "shared", "apart"})
SERVICE_KEYS = frozenset({"title", "units", "tables", "routes"})
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True)
class BoundariesFile:
    """What a boundaries file says: unit and table to service, titles, pairs that must not share a service, and lines.

    ``routes`` are (``GET /orders`` -> service) of handlers that leave the service of their unit.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)


def print_boundaries(boundaries: Boundaries, commit: str) -> str:
    """The proposal as TOML with comments; deterministic."""
    document = tomlkit.document()
    read_at = f" of {commit[:12]}" if commit else ""
    for line in (
        f"Service boundaries proposed for the code{read_at}. Edit this file and run",
        "    figwright plan REPO --boundaries boundaries.toml",
        "Move a unit or a table to another service, rename a service, add or remove one; what you leave out is placed",
        "by figwright. `apart` lists pairs of units that must never share a service.",
    ):
        document.add(tomlkit.comment(line))
    document.add("version", tomlkit.item(1))
    document.add("apart", tomlkit.array())
    services = tomlkit.table(is_super_table=True)
    for service in boundaries.services:
        table = tomlkit.table()
        table.comment(f"{service.code_lines} lines; {service.verdict}")
        table.add("title", service.title)
        table.add("units", _array(service.units))
        table.add("tables", _array(service.owned_tables))
        if routes := [route for route, home in boundaries.routes if home == service.name]:
            table.add("routes", _array(routes))
        services.add(service.name, table)
    document.add("services", services)
    shared = tomlkit.table()
    shared.add("units", _array(unit.unit for unit in boundaries.shared))
    document.add("shared", shared)
    return tomlkit.dumps(document)


def _array(values: Iterable[str]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(_printable(value) for value in values)
    return array.multiline(True)


def _printable(value: str) -> str:
    """TOML is UTF-8: a file name that is not gets its odd bytes escaped."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read_boundaries(
    text: str, name: str, units: Sequence[str], tables: Sequence[str], routes: Sequence[str] = ()
) -> BoundariesFile:
    """Parse and check a boundaries file against the code's units, tables (``table:`` prefix optional) and routes.

    Raises BoundariesError with the file's name and line: not TOML, unknown key, unknown unit, table or route, a unit in two
    services, a bad service name, a service left empty, an `apart` pair pinned together.
    """
    try:
        data = tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        raise BoundariesError(f"{name}: {error}; correct it, or delete the file for a new proposal.") from None
    lines = text.splitlines()
    _check_shape(data, name, lines)
    found_units: dict[str, str] = {}
    found_tables: dict[str, str] = {}
    found_routes: dict[str, str] = {}
    titles: dict[str, str] = {}
    places: dict[str, int] = {}
    groups = [(service, table) for service, table in data.get("services", {}).items()]
    groups.append((SHARED, data.get("shared", {})))
    for service, table in groups:
        for unit in table.get("units", ()):
            line = _line(lines, unit, service)
            _place(unit, service, found_units, units, name, line, "unit")
            places[unit] = line
        for table_name in table.get("tables", ()):
            line = _line(lines, table_name, service)
            known = [t.removeprefix("table:") for t in tables]
            _place(table_name, service, found_tables, known, name, line, "table")
            places[f"table:{table_name}"] = line
        for route in table.get("routes", ()):
            _place(route, service, found_routes, routes, name, _line(lines, route, service), "route")
        if "title" in table:
            titles[service] = str(table["title"])
    apart = tuple((str(a), str(b)) for a, b in data.get("apart", ()))
    _check_apart(apart, found_units, units, name, lines)
    return BoundariesFile(found_units, found_tables, titles, apart, places, found_routes)


def read_pins(pins: Mapping[str, str], units: Sequence[str]) -> dict[str, str]:
    """`pins` of figwright.toml: unit or glob -> service, the longest matching pattern wins."""
    found: dict[str, str] = {}
    for pattern in sorted(pins, key=lambda p: (len(p), p)):
        if not NAME.match(pins[pattern]) and pins[pattern] != SHARED:
            raise BoundariesError(f"pins: {pins[pattern]!r} cannot name a service: use letters, digits, '-' and '_'.")
        matched = fnmatch.filter(units, pattern)
        if not matched:
            raise BoundariesError(f"pins: no unit matches {pattern!r}: see the unit IDs in boundaries.toml.")
        found.update(dict.fromkeys(matched, pins[pattern]))
    return found


def _check_shape(data: object, name: str, lines: Sequence[str]) -> None:
    if not isinstance(data, dict):
        raise BoundariesError(f"{name}:1: a boundaries file is a TOML table.")
    for key in data:
        if key not in KEYS:
            raise BoundariesError(
                f"{name}:{_line(lines, key)}: unknown key {key!r}; known are {', '.join(sorted(KEYS))}."
            )
    if data.get("version", 1) != 1:
        raise BoundariesError(
            f"{name}:{_line(lines, 'version')}: version {data['version']} is not known; this is version 1."
        )
    services = data.get("services", {})
    if not isinstance(services, dict) or not all(isinstance(t, dict) for t in services.values()):
        raise BoundariesError(f"{name}:{_line(lines, 'services')}: services are tables, [services.NAME].")
    for service, table in [*services.items(), ("shared", data.get("shared", {}))]:
        line = _line(lines, f"services.{service}")
        if not NAME.match(service):
            raise BoundariesError(
                f"{name}:{line}: {service!r} cannot name a service: use letters, digits, '-' and '_'."
            )
        for key, value in table.items():
            if key not in SERVICE_KEYS:
                raise BoundariesError(
                    f"{name}:{line}: unknown key {key!r} in {service}; known are title, units, tables, routes."
                )
            if key != "title" and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise BoundariesError(f"{name}:{line}: {key} of {service} is a list of names.")
        if service != "shared" and not table.get("units"):
            raise BoundariesError(
                f"{name}:{line}: service {service!r} is left without a unit: give it one or remove it."
            )
    apart = data.get("apart", [])
    if not isinstance(apart, list) or not all(isinstance(p, list) and len(p) == 2 for p in apart):
        raise BoundariesError(f"{name}:{_line(lines, 'apart')}: apart is a list of pairs of units.")


def _place(
    member: str, service: str, found: dict[str, str], known: Sequence[str], name: str, line: int, what: str
) -> None:
    if member not in known:
        close = [k for k in known if k.rpartition(".")[2] == member.rpartition(".")[2]][:1]
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise BoundariesError(f"{name}:{line}: the code has no {what} {member!r}{hint}: correct or remove it.")
    if member in found and found[member] != service:
        raise BoundariesError(
            f"{name}:{line}: {what} {member!r} is in {found[member]!r} and in {service!r}: keep one of them."
        )
    found[member] = service


def _check_apart(
    apart: Iterable[tuple[str, str]], placed: Mapping[str, str], units: Sequence[str], name: str, lines: Sequence[str]
) -> None:
    for a, b in apart:
        line = _line(lines, a)
        for unit in (a, b):
            if unit not in units:
                raise BoundariesError(f"{name}:{line}: the code has no unit {unit!r}: correct or remove the pair.")
        if a == b or (a in placed and placed[a] != SHARED and placed.get(a) == placed.get(b)):
            raise BoundariesError(
                f"{name}:{line}: {a!r} and {b!r} must be apart, yet both are put into {placed.get(a, a)!r}."
            )


def _line(lines: Sequence[str], text: str, service: str = "") -> int:
    """The line of a name in the file, searched below its service's heading; 1 when it cannot be told."""
    start = 0
    if service:
        heading = "[shared]" if service == SHARED else f"[services.{service}]"
        start = next((n for n, line in enumerate(lines) if _unquoted(line).strip().startswith(heading)), 0)
    for number in range(start, len(lines)):
        if text in lines[number] or text in _unquoted(lines[number]):
            return number + 1
    return start + 1


def _unquoted(line: str) -> str:
    return line.replace('"', "").replace("'", "")
