"""Names that outside formats allow: a service's name in, a DNS label, an HCL or a Rego identifier out."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["dns_label", "dns_labels", "identifier"]


def dns_label(name: str) -> str:
    """Lower-case letters, digits and dashes, at most 40, a letter first."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return plain if plain[:1].isalpha() else f"s-{plain}".strip("-")


def dns_labels(names: Iterable[str]) -> dict[str, str]:
    """Name -> label, no label twice."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        label, number = dns_label(name), 1
        while label in taken:
            number += 1
            label = f"{dns_label(name)[:36]}-{number}"
        taken.add(label)
        found[name] = label
    return found


def identifier(name: str) -> str:
    """Letters, digits and underscores, a letter first."""
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    return plain if plain[:1].isalpha() else f"s_{plain}"
