"""What a sample's expected.toml says, checked against the sample itself: in comes a folder, out come the faults found."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "sample_repos"
CREATED = re.compile(r"CREATE TABLE (\w+)")
OURS = ("test", "tests", "node_modules")


def expected(name: str) -> dict[str, Any]:
    """The parsed expected.toml of a sample."""
    return tomllib.loads((SAMPLES / name / "expected.toml").read_text("utf-8"))


def sources(name: str, suffix: str, *, tests: bool = False) -> list[Path]:
    """The sample's source files of one kind."""
    folder = SAMPLES / name
    return [
        path
        for path in sorted(folder.rglob("*" + suffix))
        if "node_modules" not in path.parts and (tests or path.relative_to(folder).parts[0] not in OURS)
    ]


def module(path: Path, folder: Path) -> str:
    """Name of the Python module in a file."""
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def stale_plants(name: str) -> list[str]:
    """Planted faults whose line does not exist, is empty or has lost what it showed."""
    faults = []
    for key, fact in expected(name)["planted"].items():
        lines = (SAMPLES / name / fact["path"]).read_text("utf-8").splitlines()
        if not 0 < fact["line"] <= len(lines) or not lines[fact["line"] - 1].strip():
            faults.append(key)
    return faults


def tables_of_the_schema(name: str) -> set[str]:
    """Names in the sample's CREATE TABLE statements."""
    return {found for path in sources(name, ".sql") for found in CREATED.findall(path.read_text("utf-8"))}


def writes_twice(name: str, suffix: str) -> dict[str, set[str]]:
    """Table -> services whose code holds an INSERT, UPDATE or DELETE on it, by searching the text."""
    facts = expected(name)
    home = {unit: service for service, units in facts["services"].items() for unit in units}
    statement = re.compile(r"(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) (\w+)|db\.insert\('(\w+)'")
    found: dict[str, set[str]] = {}
    for path in sources(name, suffix):
        unit = module(path, SAMPLES / name) if suffix == ".py" else path.relative_to(SAMPLES / name).as_posix()
        for one, other in statement.findall(path.read_text("utf-8")):
            if unit in home and (one or other) in facts["tables"]:
                found.setdefault(one or other, set()).add(home[unit])
    return {table: writers for table, writers in found.items() if len(writers) > 1}


def parses(path: Path) -> bool:
    """Whether Python 3 can read a file."""
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True
