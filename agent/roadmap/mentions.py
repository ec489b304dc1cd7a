"""What the repository's own texts name: quoted texts, words of configuration and pages, relative links; tests and comments left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from agent.roadmap.ground import Ground

__all__ = ["Mentions", "quoted", "tails"]

_QUOTED = re.compile(r"""(["'`])([^"'`\s]{1,180})\1""")
_PADDED = re.compile(r"""(["'])([\w$#@-]{1,30}) {1,80}\1""")  # fixed fields are filled up with blanks
_PATH = re.compile(r"""["'`](/[\w./-]{1,150})(?=[^\w./"'`-])""")
_RELATIVE = re.compile(
    r"""(?:\b(?:href|src|action|formaction)\s*=\s*|\bfetch\s*\(\s*|\$\.(?:get|post|getJSON|ajax)\s*\(\s*"""
    r"""|\baxios(?:\.\w+)?\s*\(\s*|\.open\s*\(\s*["'][A-Z]+["']\s*,\s*)["'`](?:\./|\.\./){0,4}([A-Za-z_][\w./-]{0,150})"""
)
_WORD = re.compile(r"[\w./-]{2,160}")
_DOTTED = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*){1,12}")
_TAIL = re.compile(r"[\w-]+$")
_MARKUP_COMMENT = re.compile(r"<!--.{0,20000}?-->", re.S)
_COMMENT_LINE = re.compile(r"(?m)^\s*(?:#|//|\*|--).*$")
_LARGEST_DOCUMENT = 500_000
_MOST_GLOBS = 200


class Mentions:
    """Of one ground. ``counts`` are quoted texts without a space, ``config`` words of configuration and pages, ``names`` the
    last parts of quoted paths, ``haystack`` the quoted paths, a line each time."""

    def __init__(self, ground: Ground) -> None:
        found: list[str] = []
        starred: set[str] = set()
        self._ground = ground
        self.config: set[str] = set()
        self.tails: Counter[str] = Counter()
        self.names: set[str] = set()
        for path, text in ground.texts.items():
            role = ground.roles[path]
            plain = _MARKUP_COMMENT.sub("", text) if "<!--" in text else text
            if role == "config":
                starred.update(text for text in quoted(plain) if "*" in text)
                if not path.endswith(".toml") or path.endswith("pyproject.toml"):
                    self.config.update(_WORD.findall(_COMMENT_LINE.sub("", plain)))
                continue  # a mapping to a route is where it is defined, not a link to it
            found += quoted(plain)
            found += [f"/{relative}" for relative in _RELATIVE.findall(plain)]
            if role == "template":  # attributes without quotes, expressions
                words = _WORD.findall(plain)
                self.config.update(words)
                found += [word for word in words if "/" in word or "." in word]
        self.counts = Counter(found)
        self._starred = starred | {text for text in self.counts if "*" in text}
        for text, number in self.counts.items():
            self.tails.update(tails([text], number))
            self.names.add(text.rpartition("/")[2])
        self.folders = [text for text in self.counts if text.endswith("/")]
        self.haystack = "\n".join(text for text, n in self.counts.items() if "/" in text for _ in range(n))

    @cached_property
    def dotted(self) -> frozenset[str]:
        """Dotted names in quoted texts: modules that are loaded by name, or packages that they are looked for in."""
        return frozenset(name for text in self.counts if "." in text for name in _DOTTED.findall(text))

    @cached_property
    def globs(self) -> tuple[re.Pattern[str], ...]:
        """Patterns of paths, as bundlers are told them: ``core/static/**/*.js``."""
        found = sorted(text for text in self._starred if "/" in text and len(text) < 120)
        return tuple(re.compile(_glob(text)) for text in found[:_MOST_GLOBS])

    @cached_property
    def documents(self) -> str:
        """What people outside are told: the paths that documents name, a line each."""
        lines: set[str] = set()
        for file in self._ground.inventory.files:
            if file.role == "document" and file.bytes <= _LARGEST_DOCUMENT and self._ground.read is not None:
                try:
                    text = self._ground.read(file.path).decode("utf-8", "replace")
                except (OSError, KeyError):
                    continue
                lines.update(word for word in _WORD.findall(text) if "/" in word)
        return "\n".join(sorted(lines))


def _glob(text: str) -> str:
    parts = re.split(r"(\*+/?)", text.lstrip("./!"))
    return "".join(
        ("(?:[^/]+/)*" if p == "**/" else ".*" if p == "**" else "[^/]*" + p.lstrip("*")) if "*" in p else re.escape(p)
        for p in parts
    )


def quoted(text: str) -> list[str]:
    """Quoted texts without a space, and paths that a quotation begins with (``"/orders/<?= $id ?>"``)."""
    return [found for _, found in (*_QUOTED.findall(text), *_PADDED.findall(text))] + _PATH.findall(text)


def tails(texts: Iterable[str], number: int = 1) -> Counter[str]:
    """The names of endpoints: ``detail`` of ``orders.detail``."""
    found = (_TAIL.search(text) for text in texts if "/" not in text)
    return Counter({tail[0]: number for tail in found if tail})
