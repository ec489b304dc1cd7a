"""Plans an environment of a newer Python for code that was written for an older one: what it declares in, a Plan out.

Pins are let go, since most were made when the new Python did not exist. What has no version is resolved as of some
months after that Python came out: by then libraries ran on it, and had not yet dropped what old code calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from agent.domain.environment import Need, Reason
from agent.errors import EnvironmentUnmakeableError
from agent.ports import Toolchains
from agent.validation.ecosystems.python_versions import RELEASED

__all__ = ["lowest_python", "resolved_as_of", "without_pins"]

_SETTLING = timedelta(days=92)
# Part of Python 3's own library, or breaking it: backports that a Python 2 program declares.
_BACKPORTS = frozenset(
    """argparse asyncio backports-abc backports-functools-lru-cache backports-ssl-match-hostname configparser contextlib2
contextvars dataclasses enum34 funcsigs functools32 futures hashlib importlib ipaddress mock-backport ordereddict pathlib
pysqlite singledispatch ssl statistics subprocess32 trollius typing unittest2 uuid wsgiref""".split()
)
# What the maintainers of a library call it since it runs on Python 3.
_RENAMED = {
    "mysql-python": "mysqlclient",
    "pil": "Pillow",
    "pycrypto": "pycryptodome",
    "suds": "suds-community",
    "nose": "pynose",
    "python-openid": "python3-openid",
    "python-saml": "python3-saml",
    "pyxmpp": "pyxmpp2",
    "xlrd": "xlrd<2",
    "pydns": "py3dns",
    "dnspython3": "dnspython",
    "pylibmc-py2": "pylibmc",
    "sphinx-testing": "sphinx-testing",
    "beautifulsoup": "beautifulsoup4",
}


def lowest_python(toolchains: Toolchains, runs_on: Sequence[Need]) -> str:
    """The lowest installed minor version that will do: the smallest step. Raises EnvironmentUnmakeableError without one."""
    versions = next((need.versions for need in runs_on if need.name == "python"), "")
    wanted = SpecifierSet(versions)
    found = [tool.version for tool in toolchains.all("python") if wanted.contains(tool.version, prereleases=True)]
    if not found:
        there = ", ".join(tool.version for tool in toolchains.all("python")) or "none"
        raise EnvironmentUnmakeableError(
            f"the patches need python {versions} to run on, and this machine has {there}: install one and try again."
        )
    return ".".join(min(found, key=Version).split(".")[:2])


def resolved_as_of(minor: str) -> str:
    """The date as of which libraries are resolved; empty (today) for a Python that is not in the table."""
    released = RELEASED.get(minor)
    return (date.fromisoformat(released) + _SETTLING).isoformat() if released else ""


def without_pins(wanted: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Requirements that leave the version open (a lower bound stays), and why each is other than declared."""
    loose: dict[str, str] = {}
    reasons: list[Reason] = []
    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"python_version": "3.11", "extra": ""}):
            continue
        if name in _BACKPORTS:
            reasons.append(Reason(text=f"{requirement.name} is left out: Python 3 has it of its own"))
            continue
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        floors = sorted(str(one) for one in requirement.specifier if one.operator in (">=", ">"))
        open_one = _RENAMED.get(name) or f"{requirement.name}{extras}{','.join(floors)}"
        loose.setdefault(canonicalize_name(re.split(r"[<>=\[]", open_one)[0]), open_one)
        if open_one != text.replace(" ", ""):
            reasons.append(Reason(text=f"{open_one} for {text}: the pin is older than this Python"))
    return tuple(loose.values()), tuple(reasons)
