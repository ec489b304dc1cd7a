"""String constants of Java files, kept so that other frameworks can finish routes and statements made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import outline_of

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "JavaConstants"]

MAX_LENGTH = 4000


class JavaConstants:
    """A wiring ``java/constant`` for each constant; scope ``Type.NAME``, argument its text."""

    name = "java"
    languages = frozenset({"java"})
    markers = (b"String ",)

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with the constants."""
        outline = outline_of(root, source)
        found = tuple(
            Wiring(self.name, "constant", key, line, (outline.constants[key],))
            for key, line in sorted(outline.constant_lines.items())
            if len(outline.constants[key]) <= MAX_LENGTH
        )
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:  # noqa: ARG002
        """Nothing of its own."""
        return Linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Nothing of its own."""
        return ""


FRAMEWORK = JavaConstants()
