"""Names in strings: which module, template or file a text means, and which names a template writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import MODULE_SETTINGS

__all__ = ["named_files", "named_modules", "named_templates", "template_words"]

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,9}(?::[A-Za-z_]\w*)?\Z")
_TAKES_MODULE = frozenset(
    {"include", "import_module", "__import__", "from_object", "setdefault", "import_string", "Flask", *MODULE_SETTINGS}
)
_HOLE = re.compile(r"%\(\w{1,60}\)[sd]|%[sd]|\{[^{}]{0,60}\}")
_TAG = re.compile(rb"\{[{%]((?:[^%}]|%(?!\})|\}(?!\})){0,4000})[%}]\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_TEXT = re.compile(r"\"([^\"\n]{1,300})\"|'([^'\n]{1,300})'")
_LOAD = re.compile(r"load\s+((?:[\w.]+\s+){0,40}[\w.]+)\s*\Z")
_FILE = re.compile(r"[\w.\-/]{1,200}\.[A-Za-z0-9]{1,6}")


def named_modules(program: Program, text: str, taker: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A module by its dotted name, or something in one (``shop.settings``, ``shop.auth.Login``, ``shop.wsgi:app``)."""
    if not _DOTTED.match(text):
        return
    dotted, _, attribute = text.partition(":")
    call = taker.partition(":")[0]
    if "." not in text and not attribute and call not in _TAKES_MODULE:
        return
    rest: tuple[str, ...] = (attribute,) if attribute else ()
    while dotted:
        if dotted in program.modules:
            if call != "Flask" and (rest or dotted == text or attribute):
                yield dotted, rest
            return
        dotted, _, last = dotted.rpartition(".")
        rest = (last, *rest)


def named_templates(program: Program, text: str) -> Sequence[str]:
    """The template of that name; those that a pattern may mean; those that only a language keeps from being it."""
    templates = program.templates
    if text in templates:
        return [text]
    if not 4 <= len(text) <= 200 or any(c in text for c in "\n<>"):
        return []
    if _HOLE.search(text):
        parts = _HOLE.split(text)
        if "." not in text or max(len(p.strip("./_- ")) for p in parts[:-1]) < 3:
            return []
        pattern = re.compile("[^/]{1,100}".join(map(re.escape, parts)) + r"\Z")
        return [name for name in sorted(templates) if pattern.match(name)]
    return program.template_stems.get(text, ())


def named_files(program: Program, text: str) -> list[str]:
    """Files of the repository, no templates and no code, whose path ends with that text."""
    name = text.partition("?")[0].lstrip("/").removeprefix("./")
    if "." not in name or not 4 <= len(name) <= 200 or any(c in name for c in " \n<>{}%"):
        return []
    ends = (name, name.partition("/")[2]) if name.startswith("static/") else (name,)
    known = program.file_names.get(name.rpartition("/")[2], ())
    return [p for p in known if any(e and (p == e or p.endswith("/" + e)) for e in ends)]


def template_words(source: bytes) -> tuple[set[str], set[str], set[str]]:
    """Identifiers in a template's tags, texts that may name files or templates, and tag libraries that it loads."""
    words: set[str] = set()
    strings: set[str] = set()
    libraries: set[str] = set()
    for found in _TAG.finditer(source[:5_000_000]):
        inside = found.group(1).decode("utf-8", "replace")
        words.update(_WORD.findall(inside))
        strings.update(a or b for a, b in _TEXT.findall(inside))
        loaded = _LOAD.search(inside.strip(" -"))
        if loaded is not None:
            names = loaded.group(1).split()
            libraries.update([names[-1]] if "from" in names else names)
    strings.update(_FILE.findall(source[:5_000_000].decode("utf-8", "replace")))
    return words, strings, libraries
