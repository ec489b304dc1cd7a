"""XML: files whose meaning only frameworks know (web.xml, MyBatis mappers, bean definitions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Xml"]

MAX_BYTES = 2_000_000


class Xml:
    """The `Language` of .xml files: no definitions of its own, no names to resolve."""

    name = "xml"
    suffixes = (".xml",)
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Only the size; well-formedness is the reading framework's business."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        return FileFacts(self.name, code_lines=sum(1 for line in source.splitlines() if line.strip())), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file is its path."""
        return {path: path for path in layout.files(self.name)}

    def unit_kind(self) -> str:
        """The file."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``mapper/Order.xml#insert``."""
        return f"{module}#{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """XML imports nothing."""
        return ()

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing."""
        return {}


LANGUAGE = Xml()
