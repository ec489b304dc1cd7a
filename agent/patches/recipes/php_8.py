"""Rewrite what PHP 8 does not run any more in programs for PHP 5, one concern a patch.

Before
------
    class Mailer {
        function Mailer($host) {
            if (ereg('^[a-z]+$', $host)) {
                $this->initial = $host{0};
            }
        }
    }

After
-----
    class Mailer {
        function __construct($host) {
            if (preg_match('/^[a-z]+$/', $host)) {
                $this->initial = $host[0];
            }
        }
    }

Why
---
PHP 5 gets no fixes since 2018. Each rule changes only code, never what stands in strings, remarks or HTML, and only where
the new form is provably the same: patterns that are literals, loops that only walk. The rest is named as left to do, above
all mysql_*, which needs a decision between mysqli and PDO.

When not
--------
When the program still has to run on PHP 4. With Rector in the project its own rules reach further: they know types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change, left
from agent.patches.php_rules import LEFT, RULES, constructors
from agent.patches.php_source import PhpSource, php_sources, read_php
from agent.ports import Codebase

__all__ = ["RECIPE"]

_MOST_LEFT = 40


class Php8:
    """One patch a rule, each made from what the ones before it left."""

    id = "php-8"
    title = "PHP 5 to 8"
    languages = frozenset({"php"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        sources = {source.path: source for source in php_sources(code)}
        found: list[Proposal] = []
        self._add(
            found,
            sources,
            constructors(sources),
            "Call constructors __construct",
            "A method called as its class is no constructor since PHP 8.",
        )
        for rule in RULES:
            edits = {path: list(rule.edits(source)) for path, source in sources.items()}
            self._add(found, sources, edits, rule.title, rule.why)
        todo = _left(sources)
        if todo:
            found.append(
                Proposal(
                    recipe=self.id,
                    title="What PHP 8 does not run and nobody can replace blindly",
                    why=_WHY,
                    left=tuple(todo),
                )
            )
        return found

    def _add(
        self,
        found: list[Proposal],
        sources: dict[str, PhpSource],
        edits: Mapping[str, Sequence[Edit]],
        title: str,
        why: str,
    ) -> None:
        changes: list[FileChange] = []
        for path in sorted(edits):
            before = sources[path].text
            after = apply_edits(before, edits[path])
            made = read_php(path, after)
            if after != before and made is not None:
                sources[path] = made
                changes.append(change(path, before, after))
        if changes:
            found.append(Proposal(recipe=self.id, title=title, why=why, changes=tuple(changes)))


def _left(sources: Mapping[str, PhpSource]) -> list[Left]:
    found: list[Left] = []
    for path, source in sorted(sources.items()):
        for pattern, text in LEFT:
            places = list(re.finditer(pattern, source.mask, re.IGNORECASE))
            if places:
                more = f" (and {len(places) - 1} more in this file)" if len(places) > 1 else ""
                found.append(left(path, source.lines.number(places[0].start()), text + more))
        for at in _evaluated(source):
            found.append(
                left(
                    path,
                    source.lines.number(at),
                    "the modifier e of preg_replace is gone since PHP 7: preg_replace_callback",
                )
            )
        for at in _nested_ternaries(source):
            found.append(
                left(
                    path, source.lines.number(at), "a ternary in a ternary without parentheses is an error since PHP 8"
                )
            )
    return found[:_MOST_LEFT]


def _evaluated(source: PhpSource) -> list[int]:
    found: list[int] = []
    for call in re.finditer(r"(?<![\w$>:\\])preg_replace\s*\(", source.mask):
        arguments = source.arguments(call.end() - 1)
        said = source.text[slice(*arguments[0])].strip() if arguments else ""
        if re.fullmatch(r"(['\"])([/#~%!@|]).*\2[imsxuADSUXJ]*e[imsxuADSUXJe]*\1", said, re.DOTALL):
            found.append(call.start())
    return found


def _nested_ternaries(source: PhpSource) -> list[int]:
    """``a ? b : c ? d : e`` at one depth of parentheses, in one statement."""
    found: list[int] = []
    stack: list[str] = [""]
    for mark in re.finditer(r"\?\?=?|\?->|\?:|::|[?:;,(){}\[\]]", source.mask):
        said = mark[0]
        if said in "([{":
            stack.append("")
        elif said in ")]}":
            if len(stack) > 1:
                stack.pop()
        elif said in (";", ","):
            stack[-1] = ""
        elif said == "?" and _is_nullable(source.mask, mark.start()):
            continue
        elif said == "?":
            if stack[-1] == "?:":
                found.append(mark.start())
            stack[-1] += "?"
        elif said == ":" and stack[-1].endswith("?"):
            stack[-1] += ":"
    return found


def _is_nullable(mask: str, at: int) -> bool:
    """``?int $n``, ``: ?string``: a type, no question."""
    return re.match(r"\?[A-Za-z_\\]", mask[at : at + 2]) is not None and (
        re.search(r"(?:[(,:|]|\b(?:public|protected|private|static|readonly|var))\s*$", mask[max(0, at - 24) : at])
        is not None
    )


_WHY = "Each needs a decision, or knowledge that the code does not hold."
RECIPE = Php8()
