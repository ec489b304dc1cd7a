"""What of one file other files' names may depend on, as a digest: an edit that leaves it alone reaches no other file.

For Python and Java that is what a file defines, imports, inherits and binds outside of functions. What a function binds
inside matters to those alone that looked into it (`inside_of`). Of other languages everything counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from agent.domain.facts import Binding, FileFacts
from agent.graph.catalogue import TYPES

__all__ = ["CERTIFIED", "digest", "inside_of", "outline_of"]

CERTIFIED = frozenset({"python", "java"})  # languages whose resolution is known to read nothing but outlines
encode = msgspec.msgpack.Encoder().encode


def digest(value: object) -> bytes:
    """Eight bytes, enough to tell states of one repository apart."""
    return hashlib.blake2b(encode(value), digest_size=8).digest()


def outline_of(file: FileFacts) -> bytes:
    """The digest of all that matters from outside."""
    if file.language not in CERTIFIED:
        return digest(file)
    types = {"", *(d.name for d in file.definitions if d.kind in TYPES)}
    return digest(
        (
            file.language,
            file.package,
            [(d.name, d.kind, d.returns, d.decorators) for d in file.definitions],
            [(i.module, i.name, i.alias, i.scope) for i in file.imports],
            [(r.scope, r.name) for r in file.references if r.kind == "inherit"],
            [_binding(b) for b in file.bindings if b.scope in types],
        )
    )


def inside_of(bindings: Iterable[Binding]) -> bytes:
    """The digest of what one function binds."""
    return digest([_binding(b) for b in bindings])


def _binding(b: Binding) -> tuple[str, str, str, bool, str]:
    return (b.scope, b.name, b.value, b.declared, b.element)
