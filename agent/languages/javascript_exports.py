"""Keeps a CommonJS module's variables apart from what it exports under the same name.

``var invoice = require('./invoice'); exports.invoice = function () { invoice.find(); }`` has two things called
``invoice``: the export is the module's symbol, and a bare name is the variable. The variable gets another name in the facts.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from agent.domain.facts import Binding, FileFacts

__all__ = ["apart"]


def apart(facts: FileFacts, exported: Collection[str]) -> FileFacts:
    """The facts with imported variables renamed where an export has their name; the same facts where none has."""
    clash = {i.alias for i in facts.imports if not i.scope and i.alias} & set(exported)
    if not clash:
        return facts
    local = {(binding.scope, binding.name) for binding in facts.bindings if binding.scope}
    first = re.compile(r"(?:" + "|".join(re.escape(name) for name in sorted(clash)) + r")(?=[.(\[]|\Z)")

    def renamed(chain: str, scope: str) -> str:
        found = first.match(chain)
        if found is None:
            return chain
        while scope:
            if (scope, found.group()) in local:
                return chain
            scope = scope.rpartition(".")[0]
        return f"{found.group()}@local{chain[found.end() :]}"

    def rebound(binding: Binding) -> Binding:
        value = renamed(binding.value, binding.scope)
        return binding if value == binding.value else msgspec.structs.replace(binding, value=value)

    return msgspec.structs.replace(
        facts,
        imports=tuple(
            msgspec.structs.replace(i, alias=f"{i.alias}@local") if i.alias in clash and not i.scope else i
            for i in facts.imports
        ),
        references=tuple(msgspec.structs.replace(r, name=renamed(r.name, r.scope)) for r in facts.references),
        bindings=tuple(rebound(binding) for binding in facts.bindings),
    )
