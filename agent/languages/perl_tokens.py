"""Perl source to tokens: words, variables, literals and punctuation out, with line numbers; POD, comments and here-documents apart.

Only perl can parse Perl; this tells code from quotes by what stands before, as perl's own lexer does, in one pass.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Token", "tokens_of"]

MAX_TOKENS = 1_500_000
MAX_MISSING = 40  # quotes without an end; each is looked for through the rest of the file
TOKEN = re.compile(
    r"(?P<space>[ \t\r\f]+)|(?P<line>\n)|(?P<comment>\#[^\n]*)"
    r"|(?P<variable>[$@%&]\#?(?:\{\^?\w{1,80}\}|\^\w|(?:::)?[A-Za-z_]\w*(?:(?:::|')[A-Za-z_]\w*)*|\d+)|\$\#?(?=[{$])|\$[^\w\s{}()]|\$\#|@(?=[{$]))"
    r"|(?P<word>(?:::)?[A-Za-z_]\w*(?:::\w+|'[A-Za-z_]\w*)*(?:::)?)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<here><<~?(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'|[A-Za-z_]\w{0,80}))"
    r"|(?P<quote>[\"'`])|(?P<arrow>->)|(?P<fat>=>)|(?P<other>\*\*|\|\||&&|//|==|=~|!~|<=|>=|::|[^\n])"
)
POD = re.compile(r"=[A-Za-z]")
CUT = re.compile(r"(?m)^=cut\b[^\n]*\n?")
QUOTES = {"q": 1, "qq": 1, "qw": 1, "qr": 1, "qx": 1, "m": 1, "s": 2, "tr": 2, "y": 2}
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
# Words behind which a slash begins a pattern: what they take is a term.
OPERATORS = frozenset(
    "and or not xor if unless while until return split grep map join push unshift x lt gt le ge eq ne cmp when print".split()
)
SUBSTITUTE = re.compile(r"[\\]")


class Token(NamedTuple):
    """``kind``: word | variable | literal (its content) | words (of qw, by blanks) | arrow | fat | other."""

    kind: str
    text: str
    line: int
    start: int


class _Scanner:
    """One file's position, line and open here-documents."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.tokens: list[Token] = []
        self.comments: dict[int, str] = {}
        self.pod: dict[int, str] = {}  # line behind a block -> its last heading or item with text
        self.waiting: list[tuple[str, bool]] = []
        self.missing: list[int] = []  # lines at which something began that never ends

    def run(self) -> None:
        text, end = self.text, len(self.text)
        if POD.match(text):
            self.skip_pod()
        while self.at < end and len(self.tokens) < MAX_TOKENS:
            found = TOKEN.match(text, self.at)
            if found is None:  # pragma: no cover - the last alternative takes any character
                break
            kind = found.lastgroup or "other"
            if kind == "space":
                self.at = found.end()
            elif kind == "line":
                self.at = found.end()
                self.line += 1
                self.after_line()
            elif kind == "comment":
                self.comments[self.line] = found[0]
                self.at = found.end()
            elif kind == "word":
                if self.word(found[0], found.end()):
                    break
            elif kind == "here" and self.wants_term(found[0]):
                self.here(found[0])
                self.at = found.end()
            elif kind == "quote":
                self.literal(found[0], found.end(), "literal")
            elif kind == "other" and found[0][0] in "/?" and self.wants_term("/") and found[0][0] == "/":
                self.literal("/", self.at + 1, "pattern")
            elif kind == "here":
                self.push("other", "<<", self.at + 2)
            else:
                self.push(kind, found[0], found.end())

    def push(self, kind: str, text: str, end: int) -> None:
        self.tokens.append(Token(kind, text, self.line, self.at))
        self.at = end

    def wants_term(self, written: str) -> bool:
        """Whether perl expects a value here: a slash is then a pattern, ``<<X`` a here-document."""
        if not self.tokens:
            return True
        last = self.tokens[-1]
        if last.kind == "word":
            return last.text in OPERATORS or (written.startswith("<<") and not last.text[:1].isdigit())
        if last.kind in ("variable", "number", "literal", "words", "pattern"):
            return False
        return last.text not in (")", "]", "}") or (written.startswith("<<") and '"' in written)

    def word(self, word: str, end: int) -> bool:
        """A word, or a quote that a word begins; True at the end of the code."""
        before = self.tokens[-1] if self.tokens else None
        if word in ("__END__", "__DATA__"):
            return True
        named = before is not None and (before.kind == "arrow" or before.text in ("sub", "package", "use"))
        if word in QUOTES and not named:
            place = end
            while place < len(self.text) and self.text[place] in " \t":
                place += 1
            mark = self.text[place : place + 1]
            braced = before is not None and before.text == "{" and self.text[place : place + 1] == "}"
            fat = self.text.startswith("=>", place)
            plain = (
                mark
                and mark not in "\n\r,;)"
                and not mark.isalnum()
                and mark != "_"
                and (mark != "=" or word in ("s", "y", "tr"))
            )
            if plain and not fat and not braced and (mark != "#" or place == end) and not (mark == "=" and place > end):
                self.quoted(word, mark, place + 1)
                return False
        self.push("word", word, end)
        return False

    def quoted(self, word: str, mark: str, place: int) -> None:
        start, line = self.at, self.line
        body, after = self.until(mark, place)
        self.tokens.append(
            Token(
                "words" if word == "qw" else "literal" if word[0] == "q" and word != "qr" else "pattern",
                body,
                line,
                start,
            )
        )
        if QUOTES[word] == 2:
            if mark in CLOSING:
                while after < len(self.text) and self.text[after].isspace():
                    self.line += self.text[after] == "\n"
                    after += 1
                mark = self.text[after : after + 1] or mark
                after += 1
            _, after = self.until(mark, after)
        self.at = after
        if word in ("m", "qr", "s", "tr", "y"):
            while self.at < len(self.text) and self.text[self.at].isalpha():
                self.at += 1

    def literal(self, mark: str, place: int, kind: str) -> None:
        start, line = self.at, self.line
        body, self.at = self.until(mark, place)
        self.tokens.append(Token(kind, body, line, start))
        if kind == "pattern":
            while self.at < len(self.text) and self.text[self.at].isalpha():
                self.at += 1

    def until(self, mark: str, place: int) -> tuple[str, int]:
        """(what lies before the closing mark, the position behind it); counts lines on the way."""
        close = CLOSING.get(mark, mark)
        stops = _stops(mark, close)
        depth, at = 1, place
        while True:
            found = stops.search(self.text, at) if len(self.missing) < MAX_MISSING else None
            if found is None:
                self.missing.append(self.line)
                if close != mark or mark in "/?" or len(self.missing) >= MAX_MISSING:  # not a quote after all
                    return "", place
                self.line += self.text.count("\n", place)
                return self.text[place:], len(self.text)
            at = found.end()
            if found[0][0] == "\\":
                continue
            depth += 1 if found[0] == mark and close != mark else -1
            if depth == 0:
                if mark == "/" and self.text.count("\n", place, at) > 60:
                    return "", place
                self.line += self.text.count("\n", place, at)
                return self.text[place : at - 1], at

    def here(self, written: str) -> None:
        tag = written.lstrip("<")
        indented = tag.startswith("~")
        self.waiting.append((tag.lstrip("~").strip("\"'"), indented))
        self.tokens.append(Token("literal", "", self.line, self.at))

    def after_line(self) -> None:
        """At the start of a line: bodies of here-documents, then POD."""
        for tag, indented in self.waiting:
            blanks = r"[ \t]*" if indented else ""
            ending = re.compile(rf"(?m)^{blanks}{re.escape(tag)}[ \t]*\r?$")
            found = ending.search(self.text, self.at) if len(self.missing) < MAX_MISSING else None
            if found is None:
                self.missing.append(self.line)
                continue
            self.line += self.text.count("\n", self.at, found.end())
            self.at = found.end()
            if self.text[self.at : self.at + 1] == "\n":
                self.at += 1
                self.line += 1
        self.waiting.clear()
        if POD.match(self.text, self.at):
            self.skip_pod()

    def skip_pod(self) -> None:
        found = CUT.search(self.text, self.at)
        end = found.end() if found is not None else len(self.text)
        block = self.text[self.at : end]
        self.line += block.count("\n")
        paragraphs = [p for p in re.split(r"\n\s*\n", block[-4000:]) if p.strip() and not p.lstrip().startswith("=")]
        if paragraphs and not paragraphs[0][:1].isspace():
            self.pod[self.line] = paragraphs[0]
        self.at = end


_STOPS: dict[tuple[str, str], re.Pattern[str]] = {}


def _stops(mark: str, close: str) -> re.Pattern[str]:
    key = (mark, close)
    if key not in _STOPS and len(_STOPS) < 200:
        _STOPS[key] = re.compile(rf"\\.|{re.escape(mark)}|{re.escape(close)}", re.DOTALL)
    return _STOPS.get(key) or re.compile(rf"\\.|{re.escape(mark)}|{re.escape(close)}", re.DOTALL)


def tokens_of(text: str) -> tuple[list[Token], dict[int, str], list[int]]:
    """(tokens, comments by line, lines where a quote begins that never ends)."""
    scanner = _Scanner(text)
    scanner.run()
    return scanner.tokens, scanner.comments, scanner.missing
