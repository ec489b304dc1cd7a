"""Column names as SQL takes them: words of the language and odd characters in double quotes."""

from __future__ import annotations

__all__ = ["quoted"]

WORDS = frozenset(
    "order group user table index key values start end date time type primary check default references desc from to by at".split()
)


def quoted(name: str) -> str:
    """The name, quoted where it has to be."""
    plain = name.isidentifier() and name.lower() not in WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
