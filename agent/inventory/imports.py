"""Reads which libraries a file imports: bytes in, dotted names with their lines out; for recognition, not resolution.

The graph resolves imports by a syntax tree; this is a fast look at every file's import lines, including languages that
figwright does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["imports_of", "prefixes"]

_PYTHON = re.compile(
    rb"(?m)^[ \t]*(?:from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+\(?([^\n#]{0,200})|import[ \t]+([\w., \t]{1,200}))"
)
_JAVA = re.compile(rb"(?m)^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]{1,200})")
_SCRIPT = re.compile(
    rb"(?:\bfrom[ \t]{0,8}|\brequire[ \t]{0,4}\([ \t]{0,4}|\bimport[ \t]{0,4}\(?[ \t]{0,4})([\"'])([^\"'\n]{1,200})\1"
)
_CSHARP = re.compile(rb"(?m)^[ \t]*(?:using|Imports)[ \t]+([\w.]{1,200})")
_PATTERNS = {"java": _JAVA, "kotlin": _JAVA, "scala": _JAVA, "groovy": _JAVA, "csharp": _CSHARP, "vb.net": _CSHARP}
_FAMILY = {
    "typescript": "javascript",
    "vue": "javascript",
    "svelte": "javascript",
    "kotlin": "java",
    "scala": "java",
    "groovy": "java",
    "vb.net": "csharp",
}


def imports_of(language: str, data: bytes) -> Iterator[tuple[str, str, int]]:
    """(family of languages, dotted name or package, offset). Relative imports are left out."""
    family = _FAMILY.get(language, language)
    if language == "python":
        for found in _PYTHON.finditer(data):
            module, names, plain = found.groups()
            if plain is not None:
                for name in plain.split(b","):
                    words = name.split()
                    if words:
                        yield family, words[0].decode("utf-8", "replace"), found.start(3)
            elif not module.startswith(b"."):
                first = re.match(rb"\w{1,80}", names)
                dotted = module + b"." + first.group() if first else module
                yield family, dotted.decode("utf-8", "replace"), found.start(1)
    elif family == "javascript":
        for found in _SCRIPT.finditer(data):
            name = found.group(2).decode("utf-8", "replace")
            if not name.startswith((".", "/")):
                yield family, name.removeprefix("node:"), found.start(2)
    elif language in _PATTERNS:
        for found in _PATTERNS[language].finditer(data):
            yield family, found.group(1).decode("utf-8", "replace"), found.start(1)


def prefixes(family: str, name: str) -> Iterator[str]:
    """The name and what contains it, longest first: a.b.C, a.b, a; for scripts @scope/name/file, @scope/name."""
    separator = "/" if family == "javascript" else "."
    while name:
        yield name
        name = name.rpartition(separator)[0]
