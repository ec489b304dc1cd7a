"""Files of the tests that the program itself starts with: test settings, and what these name. Modules by role in, names out.

Reusable Django applications have their only settings, and often their only routes, among their tests: without them nothing starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from agent.extraction.slicing.modules import read_module

__all__ = ["started_with"]

_SETTINGS = re.compile(r"^(?:INSTALLED_APPS|ROOT_URLCONF)\s*(?::[^=\n]{1,80})?\+?=", re.M)
_WORD = re.compile(r"[A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80}){0,12}")
_OF_THE_TESTS = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\Z")
_MOST_BYTES = 1_000_000


def started_with(tests: Mapping[str, str], read: Callable[[str], bytes]) -> frozenset[str]:
    """``tests`` are modules of the tests (name -> path); those that settings among them lead to, the settings included."""
    texts = {name: read(path)[:_MOST_BYTES].decode("utf-8", "replace") for name, path in sorted(tests.items())}
    found: set[str] = set()
    pending = [name for name, text in texts.items() if _SETTINGS.search(text)]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        pending.extend(_parents(name, tests))
        pending.extend(_named(name, texts[name], tests))
    return frozenset(found)


def _parents(name: str, tests: Mapping[str, str]) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        if name in tests:
            yield name


def _named(name: str, text: str, tests: Mapping[str, str]) -> Iterator[str]:
    """Modules that it imports or has in a string; of a package that is an application, its modules."""
    module = read_module(name, tests[name], text.encode("utf-8", "replace"), "config")
    imported = {one.module for s in module.statements for one in s.imports}
    imported |= {f"{one.module}.{one.name}" for s in module.statements for one in s.imports if one.name}
    for word in sorted({*imported, *_WORD.findall(text)}):
        while word and word not in tests:
            word = word.rpartition(".")[0]
        if not word or word == name:
            continue
        yield word
        inner = [one for one in tests if one.rpartition(".")[0] == word]
        yield from (one for one in inner if not _OF_THE_TESTS.match(one.rpartition(".")[2]))
