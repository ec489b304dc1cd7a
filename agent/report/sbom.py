"""Declared components -> a CycloneDX 1.6 bill of materials as JSON; versions and licences that nobody declared stay unknown."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

from agent import __version__
from agent.domain.inventory import Component, Inventory

__all__ = ["write_sbom"]

_TYPES = {
    "pypi": "pypi",
    "maven": "maven",
    "npm": "npm",
    "packagist": "composer",
    "nuget": "nuget",
    "rubygems": "gem",
    "go": "golang",
}


def write_sbom(inventory: Inventory, as_of: date) -> str:
    """One component for each name and version; where it is declared is in its evidence. The date is that of the run's
    judgement, the serial number a hash of the content: the same repository gives the same bytes."""
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component as Part
    from cyclonedx.model.component import ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    parts: dict[tuple[str, str, str], list[Component]] = {}
    for component in inventory.components:
        parts.setdefault((component.ecosystem, component.name, _version(component.version)), []).append(component)
    made = [_part(*key, uses) for key, uses in sorted(parts.items())]
    root = Part(
        name=inventory.name, type=ComponentType.APPLICATION, version=inventory.commit or None, bom_ref="repository"
    )
    tool = Part(name="figwright", version=__version__, type=ComponentType.APPLICATION, bom_ref="figwright")
    metadata = BomMetaData(
        component=root, tools=_tools(tool), timestamp=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    )
    content = "\n".join(sorted(str(p.purl) for p in made)) + inventory.commit + inventory.name
    bom = Bom(components=made, metadata=metadata, serial_number=uuid.uuid5(uuid.NAMESPACE_OID, content))
    bom.register_dependency(root, made)
    return str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"


def _tools(tool: Any) -> Any:
    from cyclonedx.model.tool import ToolRepository

    return ToolRepository(components=[tool])


def _version(written: str) -> str:
    """An exact version; "" for ranges and names of properties."""
    found = re.fullmatch(r"(?:===?\s*)?v?(\d+(?:\.\d+)*(?:[-.+]?[A-Za-z][\w.+-]*)?)", written.strip())
    return found.group(1) if found else ""


def _part(ecosystem: str, name: str, version: str, uses: list[Component]) -> Any:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component as Part
    from cyclonedx.model.component import ComponentScope, ComponentType
    from packageurl import PackageURL

    namespace, _, last = name.replace(":", "/", 1).rpartition("/")
    purl = PackageURL(
        type=_TYPES.get(ecosystem, "generic"), namespace=namespace or None, name=last, version=version or None
    )
    properties = [Property(name="figwright:declared", value=str(c.evidence)) for c in uses]
    properties += [Property(name="figwright:range", value=c.version) for c in uses if c.version and not version]
    return Part(
        name=last, group=namespace or None, version=version or None, type=ComponentType.LIBRARY, purl=purl, bom_ref=str(purl),
        scope=ComponentScope.OPTIONAL if all(c.development for c in uses) else ComponentScope.REQUIRED, properties=properties,
    )  # fmt: skip
