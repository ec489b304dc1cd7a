"""HTML pages and template files: size only; what templates extend and link to is read by `frameworks.templates`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Html"]

MAX_BYTES = 2_000_000


class Html:
    """The `Language` of pages and templates: they have no definitions of their own, and their path is their ID."""

    name = "html"
    suffixes = (
        ".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".djhtml", ".tmpl", ".tpl", ".mako",
        ".html.j2", ".twig", ".ftl", ".vm", ".mustache", ".hbs", ".handlebars", ".ejs", ".njk",
    )  # fmt: skip
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def unit_kind(self) -> str:
        """Templates are no units: boundaries are drawn around code, and a template follows what renders it."""
        return "template"

    def symbol_id(self, module: str, scope: str) -> str:
        """``pages/about.html``, with ``#`` before anything inside it."""
        return f"{module}#{scope}" if scope else module

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """The number of lines; there is no tree, frameworks read the source."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        return FileFacts(self.name, code_lines=sum(1 for line in source.splitlines() if line.strip())), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A page's ID is its path."""
        return {path: path for path in layout.files(self.name)}

    def resolve_import(
        self,
        imported: Import,  # noqa: ARG002
        path: str,  # noqa: ARG002
        project: Project,  # noqa: ARG002
    ) -> Sequence[tuple[str, str, str]]:
        """Pages import nothing; templates' includes are linked by their framework."""
        return ()

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """None."""
        return {}


LANGUAGE = Html()
