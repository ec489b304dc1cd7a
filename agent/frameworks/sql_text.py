"""Telling SQL statements from other strings."""

from __future__ import annotations

import re

__all__ = ["is_statement"]

STATEMENT = re.compile(
    r"""\A\s*[({]*\s*(?:
        select\s[\s\S]*?\bfrom\b | insert\s+(?:into|ignore|overwrite)\b | update\s+[^\s=]+\s+(?:(?:as\s+)?\w+\s+)?set\b
      | delete\s+from\b | delete\s+\w+\s+where\b | merge\s+into\b | replace\s+into\b | truncate\s+table\b
      | with\s+(?:recursive\s+)?\w+[\s\S]*?\bas\s*\( | create\s+(?:\w+\s+){0,3}(?:table|view|index)\b
      | alter\s+table\b | drop\s+(?:table|view)\b | lock\s+tables?\b | insert\s+\[?\w+\]?\s*\( )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_statement(text: str) -> bool:
    """Whether a string is an SQL statement and not a sentence that begins like one."""
    return STATEMENT.match(text[:20_000]) is not None
