"""What people expect of a plan: the text of their TOML file in, checked nouns out.

```toml
[services]                       # units by ID, by path, by path::Name, or by a pattern with * or **
orders = ["shop.orders", "src/quotes/**"]
[shared]                         # left out of the score
modules = ["shop.db"]
[tables]                         # table = owner
orders = "orders"
[[entry_points]]                 # a route, or what the plan's entry points are called
kind = "route"
name = "GET /orders"
[[findings]]                     # at least one of rule and path
rule = "security.sql-injection"
path = "shop/orders.py"
line = 12
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from agent.domain.boundary import SHARED
from agent.errors import InputError

__all__ = ["Expected", "ExpectedEntry", "ExpectedFinding", "read_expected", "read_members"]

SECTIONS = ("services", "shared", "tables", "entry_points", "findings")


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ExpectedEntry(_Noun):
    """Where control enters: ``kind`` as in the plan (web, cli, job, batch, main, worker, listener) or ``route``."""

    name: str
    kind: str = ""
    path: str = ""


class ExpectedFinding(_Noun):
    """``line`` 0 is any line of the file; ``rule`` empty is any finding at that place."""

    rule: str = ""
    path: str = ""
    line: int = 0
    what: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> ExpectedFinding:
        if not self.rule and not self.path:
            raise ValueError("name a rule, a path, or both")
        return self


class Expected(_Noun):
    """``units`` maps a key to its service or ``__shared__``; None is a section that the file does not have.

    ``not_scored`` names sections that the file has and that mean nothing here.
    """

    units: dict[str, str] | None = None
    tables: dict[str, str] | None = None
    entry_points: tuple[ExpectedEntry, ...] | None = None
    findings: tuple[ExpectedFinding, ...] | None = None
    not_scored: tuple[str, ...] = ()


def read_members(entry: object) -> list[str]:
    """A list of units, or a table whose lists are units (``modules = [...]``)."""
    if isinstance(entry, Mapping):
        return [unit for value in entry.values() for unit in read_members(value)]
    return [str(unit) for unit in entry] if isinstance(entry, list) else []


def read_expected(text: str, name: str) -> Expected:
    """The file's text as it was given. Raises InputError naming the file and what is wrong in it."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} cannot be read as TOML ({error}): correct it.") from None
    services, tables = table.get("services"), table.get("tables")
    for section, value in (("services", services), ("tables", tables)):
        if value is not None and not isinstance(value, dict):
            raise InputError(f"{name}: {section} is not a table: write [{section}].")
    expected = Expected(
        units=_units(services, table.get("shared", []), name) if services is not None else None,
        tables=_owners(tables, services or {}, name) if tables is not None else None,
        entry_points=_entries(ExpectedEntry, table, "entry_points", name),
        findings=_entries(ExpectedFinding, table, "findings", name),
        not_scored=tuple(sorted(set(table) - set(SECTIONS))),
    )
    if all(part is None for part in (expected.units, expected.tables, expected.entry_points, expected.findings)):
        raise InputError(
            f"{name} expects nothing that can be scored: give it [services], [tables], [[entry_points]] or [[findings]]."
        )
    return expected


def _units(services: Mapping[str, Any], shared: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for service, entry in [*services.items(), (SHARED, shared)]:
        if not isinstance(entry, list | dict):
            raise InputError(f"{name}: the service {service!r} is not a list of units.")
        for unit in read_members(entry):
            if found.setdefault(unit, service) != service:
                raise InputError(f"{name}: {unit!r} is in {found[unit]!r} and in {service!r}: leave one of them.")
    return found


def _owners(tables: Mapping[str, Any], services: Mapping[str, Any], name: str) -> dict[str, str]:
    """Owner of each table; ``shared`` means that none is expected, unless a service is called so."""
    owners: dict[str, str] = {}
    for table, owner in tables.items():
        if not isinstance(owner, str):
            raise InputError(f"{name}: the owner of the table {table!r} is not a name.")
        owners[table] = SHARED if owner == "shared" and "shared" not in services else owner
    return owners


def _entries(kind: Any, table: Mapping[str, Any], section: str, name: str) -> Any:
    given = table.get(section)
    if given is None:
        return None
    if not isinstance(given, list):
        raise InputError(f"{name}: {section} is not a list: write [[{section}]] before each of them.")
    found = []
    for number, entry in enumerate(given, 1):
        try:
            found.append(kind.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            said = first["msg"].removeprefix("Value error, ")
            raise InputError(f"{name}: number {number} of {section}: {key + ': ' if key else ''}{said}.") from None
    return tuple(found)
