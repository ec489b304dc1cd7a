"""File names for services: names in, one safe and unique name each out."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["file_names"]


def file_names(services: Iterable[str]) -> dict[str, str]:
    """Service -> name without a suffix; two that would be equal are numbered."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for service in sorted(set(services)):
        base = re.sub(r"[^A-Za-z0-9_-]+", "-", service).strip("-").lower()[:80] or "service"
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        found[service] = name
    return found
