"""PHP text with everything that is no code blanked out: a file's text in, a mask of the same length out.

Rules look for patterns in the mask, where nothing in a string, a remark or HTML can match, and edit the text at the same
offsets. Strings keep their quotes in the mask; what is in them becomes ``_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.patches.edits import MOST_BYTES, Lines
from agent.ports import Codebase

__all__ = ["PhpSource", "php_sources", "read_php"]

SUFFIXES = (".php", ".inc", ".php3", ".php4", ".php5", ".phtml")
_OPEN = re.compile(r"<\?(?:php\b|=)?", re.IGNORECASE)
_TOKEN = re.compile(r"\?>|/\*|//|#(?!\[)|'|\"|`|<<<[ \t]*(?:'(?P<now>\w+)'|\"(?P<quoted>\w+)\"|(?P<here>\w+))\r?\n")
_LINE_END = re.compile(r"\r\n|\r|\n|\?>")


class PhpSource:
    """One file; ``mask`` has its length."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.mask = _mask(text)
        self.lines = Lines(text)

    def literal(self, start: int, end: int) -> str | None:
        """The value of a string between these offsets when it is one whole literal without escapes or variables."""
        said = self.text[start:end].strip()
        if len(said) < 2 or said[0] not in "'\"" or said[-1] != said[0]:
            return None
        inner = said[1:-1]
        if said[0] in inner or "\\" in inner or (said[0] == '"' and "$" in inner):
            return None
        return inner

    def arguments(self, opening: int) -> list[tuple[int, int]] | None:
        """The spans between the commas of the parenthesis that opens there; None when it does not close."""
        spans: list[tuple[int, int]] = []
        depth, start = 0, opening + 1
        for at in range(opening, min(len(self.mask), opening + 20_000)):
            mark = self.mask[at]
            if mark in "([{":
                depth += 1
            elif mark in ")]}":
                depth -= 1
                if depth == 0:
                    if self.mask[start:at].strip() or spans:
                        spans.append((start, at))
                    return spans
            elif mark == "," and depth == 1:
                spans.append((start, at))
                start = at + 1
        return None


def read_php(path: str, text: str | None) -> PhpSource | None:
    if text is None or len(text) > MOST_BYTES or "<?" not in text:
        return None
    return PhpSource(path, text)


def php_sources(code: Codebase) -> Iterator[PhpSource]:
    for path in code.paths(*SUFFIXES):
        source = None if code.is_test(path) else read_php(path, code.text(path))
        if source is not None:
            yield source


def _mask(text: str) -> str:
    pieces: list[str] = []
    at = 0
    while True:
        opened = _OPEN.search(text, at)
        if opened is None:
            pieces.append(_blank(text[at:]))
            return "".join(pieces)
        pieces += [_blank(text[at : opened.start()]), _blank(opened[0])]
        at = _code(text, opened.end(), pieces)
        if at >= len(text):
            return "".join(pieces)


def _code(text: str, at: int, pieces: list[str]) -> int:
    """Mask code up to ``?>`` or the end; the offset behind it."""
    while True:
        found = _TOKEN.search(text, at)
        if found is None:
            pieces.append(text[at:])
            return len(text)
        pieces.append(text[at : found.start()])
        mark = found[0]
        if mark == "?>":
            pieces.append(";" + " ")
            return found.end()
        if mark == "/*":
            end = text.find("*/", found.end())
            end = len(text) if end < 0 else end + 2
            pieces.append(_blank(text[found.start() : end]))
        elif mark in ("//", "#"):
            closed = _LINE_END.search(text, found.end())
            end = closed.start() if closed else len(text)
            pieces.append(_blank(text[found.start() : end]))
        elif mark in ("'", '"', "`"):
            end = _string_end(text, found.end(), mark)
            inner = text[found.end() : max(found.end(), end - 1)]
            pieces.append((mark + re.sub(r"[^\r\n]", "_", inner) + mark)[: end - found.start()])
        else:
            name = found["now"] or found["quoted"] or found["here"]
            closed = re.compile(rf"^[ \t]*{name}\b", re.MULTILINE).search(text, found.end())
            end = closed.end() if closed else len(text)
            pieces.append(re.sub(r"[^\r\n]", "_", text[found.start() : end]))
        at = end


def _string_end(text: str, at: int, quote: str) -> int:
    found = re.compile(rf"(?:[^\\{quote}]|\\.)*+{quote}", re.DOTALL).match(text, at)
    return found.end() if found else len(text)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)
