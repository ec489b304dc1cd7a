"""Reads what a Makefile's target runs, for repositories whose tests are called by ``make test``: text in, shell text out.

Only plain rules and variables are understood; anything cleverer (functions, patterns, includes) gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["commands_of"]

_LARGEST = 500_000
_DEEPEST = 8
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][\w-]*)\s*(\?|:|::|\+)?=\s*(.*)")
_RULE = re.compile(r"([^\s:=#][^:=#]*)::?(?!=)\s*([^#=]*)(?:#.*)?")
_REFERENCE = re.compile(r"\$[({]([A-Za-z_][\w-]*)[)}]")


def commands_of(makefile: str, target: str) -> str:
    """The commands of a target and of what it depends on, as ``a && b``; empty when they cannot be told."""
    if len(makefile) > _LARGEST:
        return ""
    variables, rules = _read(makefile.replace("\r\n", "\n").replace("\\\n", " "))
    commands: list[str] = []
    if not _collect(target, variables, rules, commands, set(), 0):
        return ""
    return " && ".join(commands)


def _read(text: str) -> tuple[dict[str, str], dict[str, tuple[list[str], list[str]]]]:
    """Variables, and rules as target -> (prerequisites, commands)."""
    variables: dict[str, str] = {"MAKE": "make", "SHELL": "sh", "CURDIR": "."}
    rules: dict[str, tuple[list[str], list[str]]] = {}
    current: list[str] = []
    for line in text.split("\n"):
        if line.startswith("\t"):
            for name in current:
                if line.strip():
                    rules[name][1].append(line.strip())
            continue
        if (assignment := _ASSIGNMENT.fullmatch(line.strip())) is not None:
            name, kind, value = assignment.groups()
            if kind == "+":
                value = f"{variables.get(name, '')} {value}".strip()
            if kind != "?" or name not in variables:
                variables[name] = value.strip()
        elif (rule := _RULE.fullmatch(line.rstrip())) is not None:
            current = rule[1].split()
            for name in current:
                known = rules.setdefault(name, ([], []))
                known[0].extend(rule[2].partition(";")[0].split())
        elif line.strip() and not line.lstrip().startswith("#"):
            current = []
    return variables, rules


def _collect(
    target: str,
    variables: Mapping[str, str],
    rules: Mapping[str, tuple[list[str], list[str]]],
    commands: list[str],
    seen: set[str],
    depth: int,
) -> bool:
    if target in seen:
        return True
    if depth > _DEEPEST or target not in rules:
        return depth > 0 and not target.startswith("$")  # a file that is simply there
    seen.add(target)
    needs, own = rules[target]
    for need in needs:
        for name in (_expand(need, variables) or need).split():
            if not _collect(name, variables, rules, commands, seen, depth + 1):
                return False
    for command in own:
        text = _expand(command.lstrip("@-+ "), variables)
        if text is None:
            return False
        if (called := re.fullmatch(r"make(?:\s+--?\w[\w-]*)*\s+([\w.-]+)", text)) is not None:
            if not _collect(called[1], variables, rules, commands, seen, depth + 1):
                return False
        else:
            commands.append(text)
    return True


def _expand(text: str, variables: Mapping[str, str]) -> str | None:
    """The text with variables put in; None when something else of make's is in it."""
    for _ in range(_DEEPEST):
        if "$" not in text:
            return text
        text = _REFERENCE.sub(lambda match: variables.get(match[1], ""), text)
        if len(text) > 20_000:
            return None
    text = text.replace("$$", "\0")
    return None if "$" in text else text.replace("\0", "$")
