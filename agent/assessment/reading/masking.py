"""One file's text in views of equal length: as written, without comments, and without comments and strings.

Equal length means that an offset found in one view is a place in all of them. Each language family has one regular
expression that finds its comments and strings; alternatives are disjoint by their first characters and bounded by what
ends them, so that it runs in linear time on any text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["MOST_BYTES", "Source", "read_source"]

MOST_BYTES = 2_000_000  # a source file above that is data or generated

_DOUBLE = r'"(?:[^"\\\n]|\\.)*"?'
_SINGLE = r"'(?:[^'\\\n]|\\.)*'?"
_DOUBLE_LONG = r'"(?:[^"\\]|\\.)*"?'
_SINGLE_LONG = r"'(?:[^'\\]|\\.)*'?"
_BACKTICK = r"`(?:[^`\\]|\\.)*`?"
_BLOCK = r"/\*.*?(?:\*/|\Z)"
_HTML = r"<!--.*?(?:-->|\Z)"

# A `/` starts a regular expression only after what cannot end an operand.
_JS_REGEX = r"(?<=[=(,:;!&|?{}\[])[ \t]?/(?![*/ ])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"


def _family(comment: str, string: str) -> re.Pattern[str]:
    return re.compile(f"(?P<comment>{comment})|(?P<string>{string})", re.DOTALL)


_C_LIKE = _family(rf"//[^\n]*|{_BLOCK}", rf'"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)|{_DOUBLE}|{_SINGLE}')
_JAVASCRIPT = _family(rf"//[^\n]*|{_BLOCK}", rf"{_DOUBLE}|{_SINGLE}|{_BACKTICK}|{_JS_REGEX}")
_GO = _family(rf"//[^\n]*|{_BLOCK}", rf"{_DOUBLE}|{_SINGLE}|`[^`]*`?")
_CSHARP = _family(rf"//[^\n]*|{_BLOCK}", rf'@\$?"(?:[^"]|"")*"?|{_DOUBLE}|{_SINGLE}')
_PHP = _family(
    # What stands outside of <?php ... ?> is text for the browser.
    rf"\?>.*?(?:<\?(?:php|=)?|\Z)|//(?:[^\n?]|\?(?!>))*|\#(?!\[)(?:[^\n?]|\?(?!>))*|{_BLOCK}",
    rf"<<<[ \t]*[\"']?(?P<here>\w+)[\"']?\r?\n.*?\n[ \t]*(?P=here)\b|{_DOUBLE_LONG}|{_SINGLE_LONG}",
)
_PYTHON = _family(
    r"\#[^\n]*",
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)|' + r"'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)|" + rf"{_DOUBLE}|{_SINGLE}",
)
_SCRIPT = _family(r"(?:(?<=\s)|^)\#[^\n]*", rf"{_DOUBLE_LONG}|{_SINGLE_LONG}")
_SQL = _family(rf"--[^\n]*|{_BLOCK}", r"'(?:[^']|'')*'?")
_VB = _family(r"'[^\n]*", r'"(?:[^"\n]|"")*"?')
_MARKUP = _family(rf"{_HTML}|<%--.*?(?:--%>|\Z)|\{{\#.*?(?:\#\}}|\Z)", r"(?!)")
_SETTINGS = _family(r"^[ \t]*[#;!][^\n]*|[ \t]\#[^\n]*", r"(?!)")
_HASH = _family(r"(?:(?<=\s)|^)\#[^\n]*|^[ \t]*//[^\n]*", rf"{_DOUBLE}|{_SINGLE}")

_FAMILIES = {
    "java": _C_LIKE, "c": _C_LIKE, "c++": _C_LIKE, "csharp": _CSHARP, "go": _GO, "kotlin": _C_LIKE, "scala": _C_LIKE,
    "groovy": _C_LIKE, "javascript": _JAVASCRIPT, "typescript": _JAVASCRIPT, "php": _PHP, "python": _PYTHON,
    "ruby": _SCRIPT, "perl": _SCRIPT, "shell": _SCRIPT, "sql": _SQL, "vb.net": _VB, "visual basic 6": _VB, "vbscript": _VB, "html": _MARKUP,
    "jsp": _MARKUP, "xml": _MARKUP, "yaml": _SETTINGS, "properties": _SETTINGS, "ini": _SETTINGS, "terraform": _HASH,
    "toml": _SETTINGS, "env": _SETTINGS,
}  # fmt: skip

_SPACES = re.compile(r"[^\n]")


@dataclass(frozen=True)
class Source:
    """One file that a lens reads. ``text``, ``plain`` (comments blanked) and ``code`` (strings blanked as well, their
    quotes kept) have the same length; ``strings`` are the (start, end) of string literals with their quotes."""

    path: str
    language: str
    role: str
    text: str
    plain: str
    code: str
    strings: tuple[tuple[int, int], ...] = field(repr=False, default=())

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def line(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        return bisect_right(self._starts, offset)

    def line_span(self, line: int) -> tuple[int, int]:
        """Start and end of a line."""
        if not 0 < line <= len(self._starts):
            return 0, 0
        start = self._starts[line - 1]
        return start, (self._starts[line] - 1 if line < len(self._starts) else len(self.text))

    def statement(self, offset: int) -> tuple[int, int]:
        """The line that holds the offset, or what is near where a line is very long: what stands around a match."""
        start, end = self.line_span(self.line(offset))
        return max(start, offset - 1000), min(end, offset + 2000)

    def shown(self, offset: int, most: int = 100) -> str:
        """The line at an offset as evidence: comments gone and what strings hold replaced, since it may be a secret."""
        start, end = self.statement(offset)
        if self.language in ("xml", "html", "jsp", "yaml", "properties", "ini", "toml", "env") or "config" in self.role:
            name = re.match(r"[ \t]*(?:-[ \t])?[<\"']?[\w.:-]{1,60}", self.plain[start:end])
            return f"{name.group().strip(' <')} ..." if name else "setting"
        text = " ".join(_COLLAPSE.sub(r"\1...\1", self.code[start : min(end, start + 4000)]).split())
        return text if len(text) <= most else f"{text[: most - 3]}..."

    def string_at(self, start: int) -> str:
        """The literal that starts at an offset, quotes and prefixes gone."""
        for a, b in self.strings:
            if a == start:
                return self.text[a:b].strip("\"'`")
        return ""


_COLLAPSE = re.compile(r"([\"'`])[ ]+\1")


def read_source(path: str, language: str, role: str, data: bytes) -> Source:
    """The views of one file; never fails on any bytes."""
    text = data.decode("utf-8", "replace").replace("\r\n", " \n").replace("\r", "\n").replace("\0", " ")
    family = _FAMILIES.get(language)
    if family is None:
        return Source(path, language, role, text, text, text)
    plain: list[str] = []
    code: list[str] = []
    strings: list[tuple[int, int]] = []
    at = 0
    if language == "php":
        opened = re.search(r"<\?(?:php|=)?", text)
        at = opened.end() if opened else len(text)
        blank = _SPACES.sub(" ", text[:at])
        plain.append(blank)
        code.append(blank)
    for found in family.finditer(text, at):
        start, end = found.span()
        gap = text[at:start]
        if found["comment"] is not None:
            blank = _SPACES.sub(" ", text[start:end])
            plain += (gap, blank)
            code += (gap, blank)
        else:
            strings.append((start, end))
            plain.append(text[at:end])
            code += (gap, _blanked(text, start, end))
        at = end
    plain.append(text[at:])
    code.append(text[at:])
    return Source(path, language, role, text, "".join(plain), "".join(code), tuple(strings))


def _blanked(text: str, start: int, end: int) -> str:
    """A string with its first and last character kept, so that `"x" + y` still reads as one operand."""
    if end - start < 2:
        return text[start:end]
    inner = text[start + 1 : end - 1]
    blank = " " * len(inner) if "\n" not in inner else _SPACES.sub(" ", inner)
    return text[start] + blank + text[end - 1]
