"""A type test and the cast after it become one pattern, where the build compiles for Java 17.

Before
------
    if (value instanceof Date) {
        stamp(((Date) value).getTime());
    }

After
-----
    if (value instanceof Date date) {
        stamp(date.getTime());
    }

Why
---
The cast can no longer name another type than the test does, and the reader sees one name for one thing. OpenRewrite does it
(static-analysis 1.21.1), with the types of everything known.

When not
--------
While the build compiles for less than Java 17: then it proposes nothing; ``java-17`` comes first. Tests are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.domain.patch import Proposal
from agent.patches.java_rewriting import rewritten_sources
from agent.patches.java_series import lowest_level
from agent.patches.openrewrite import Chosen
from agent.ports import Codebase

__all__ = ["RECIPE", "Java17Syntax"]

_CHOSEN = (Chosen("org.openrewrite.staticanalysis.InstanceOfPatternMatch"),)
_SPEAKS = re.compile(r"\binstanceof\s{1,9}[\w.]{1,100}(?:<[^>\n]{0,50}>)?\s*[)&|?;]")


class Java17Syntax:
    """One proposal a file."""

    id = "java-17-syntax"
    title = "Use patterns of instanceof"
    languages = frozenset({"java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        if lowest_level(code) < 17:
            return ()
        why = "A test of a type and the cast to it are one pattern since Java 16."
        return rewritten_sources(code, self.id, "Use patterns of instanceof", why, _CHOSEN, _SPEAKS)


RECIPE = Java17Syntax()
