"""Python 2 syntax that Python 3 does not read.

Before:

    print >>log, "total", `total`
    try: work()
    except IOError, e: raise Failed, "no file"
    mode = 0644; pattern = ur"\\d+"

After:

    print("total", repr(total), file=log)
    try: work()
    except IOError as e: raise Failed("no file")
    mode = 0o644; pattern = r"\\d+"

Why: a module with one such line cannot be loaded at all. The fixers of fissix do the statements; on top come `ur` strings,
`\\u` in byte strings (which meant a backslash), mixed tabs and spaces, `async` and `await` as names and assignments to
`True` and `False`.

When not: a program that has to run under Python 2 as well.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import io
import re
import tokenize

from agent.patches.python_source.fixers import old_tokens, refactor
from agent.patches.python_source.module import parse
from agent.patches.python_source.project import Project, SourceText
from agent.patches.python_source.rules import TextRule

__all__ = ["RULES"]

_FIXERS = (
    "agent.patches.python_source.fixes.fix_lambda_tuples",
    "except",
    "exec",
    "ne",
    "numliterals",
    "paren",
    "print",
    "raise",
    "repr",
    "throw",
    "tuple_params",
)
_PREFIX = re.compile(r"^([A-Za-z]*)('''|\"\"\"|'|\")")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _rewrite(source: SourceText, project: Project) -> str:
    text = _literals(source.text)
    text = _true_is_a_keyword(text)
    text = _reserved_names(text)
    if parse(source.path, text) is None:
        fixed = refactor(text, _FIXERS)
        if parse(source.path, fixed) is None:
            fixed = refactor(_indentation(text), _FIXERS)
        text = fixed if parse(source.path, fixed) is not None else refactor(text, _FIXERS)
    elif "print" in text or "<>" in text:
        text = _print_as_tuple(source.path, text)
    return text


def _print_as_tuple(path: str, text: str) -> str:
    """A file that both versions read may still print with a statement: ``print ("a")``, ``print "x" % (y)`` does not."""
    module = parse(path, text)
    if module is None or re.search(r"^from __future__ import .*print_function", text, re.MULTILINE):
        return text
    old = any(
        isinstance(node.value, ast.Name | ast.Tuple | ast.BinOp | ast.Attribute) and "print" in module.source(node)
        for node in module.of(ast.Expr)
    )
    return refactor(text, ("print",)) if old else text


def _literals(text: str) -> str:
    """``ur`` strings, and ``\\u``, ``\\U``, ``\\N`` in strings that were bytes."""
    if "\\u" not in text and "\\U" not in text and "\\N" not in text and not re.search(r"\b[uU][rR]['\"]", text):
        return text
    future = "unicode_literals" in text
    spans: list[tuple[tuple[int, int], tuple[int, int], str]] = []
    previous: tokenize.TokenInfo | None = None
    for token in old_tokens(text):
        if token.type == tokenize.STRING:
            found = _PREFIX.match(token.string)
            prefix = found.group(1).lower() if found else ""
            joined = previous is not None and previous.end == token.start and previous.type == tokenize.NAME
            if previous is not None and joined and previous.string.lower() == "ur":
                body = token.string
                if re.search(r"\\u[0-9a-fA-F]{4}", body):
                    new = re.sub(r"\\(?!u[0-9a-fA-F]{4})", r"\\\\", body)
                    spans.append((previous.start, token.end, new))
                else:
                    spans.append((previous.start, token.end, "r" + body))
            elif prefix == "" and not future:
                new = _ESCAPE.sub(lambda m: "\\\\" + m.group(1) if m.group(1) in "uUN" else m.group(), token.string)
                if new != token.string:
                    spans.append((token.start, token.end, new))
        previous = token
    return _replaced(text, spans)


def _replaced(text: str, spans: list[tuple[tuple[int, int], tuple[int, int], str]]) -> str:
    starts = [0]
    for line in io.StringIO(text):
        starts.append(starts[-1] + len(line))
    for start, end, new in reversed(spans):
        first, last = starts[start[0] - 1] + start[1], starts[end[0] - 1] + end[1]
        text = text[:first] + new + text[last:]
    return text


_TRUE = re.compile(
    r"^(?P<in>[ \t]*)try:[ \t]*\r?\n?[ \t]+(?:True(?:[ \t]*[,;][ \t]*False)?|bool|False)[ \t]*\r?\n"
    r"(?P=in)except[ \t]*(?:NameError)?[ \t]*:[^\n]*\n(?:(?P=in)[ \t]+[^\n]*\n|[ \t]*\n(?=(?P=in)[ \t]))+",
    re.MULTILINE,
)
_TRUE_ASSIGNED = re.compile(
    r"^(?P<in>[ \t]*)(?:(?:True[ \t]*,[ \t]*False|\(True[ \t]*,[ \t]*False\))[ \t]*=[^=\n][^\n]*|(?:True|False)[ \t]*=[^=\n][^\n,]*)\n",
    re.MULTILINE,
)


def _true_is_a_keyword(text: str) -> str:
    """Programs for Python 2.2 and older define ``True`` and ``False`` where they are missing."""
    if not _TRUE_ASSIGNED.search(text):
        return text
    text = _TRUE.sub("", text)
    return _TRUE_ASSIGNED.sub(lambda found: f"{found['in']}pass\n", text)


def _reserved_names(text: str) -> str:
    """``async`` and ``await`` as names get an underscore; ``async def`` itself is none of Python 2."""
    if not re.search(r"\b(?:async|await|nonlocal)\b", text) or re.search(r"\basync\s+(?:def|for|with)\b", text):
        return text
    spans = [
        (token.start, token.end, token.string + "_")
        for token in old_tokens(text)
        if token.type == tokenize.NAME and token.string in {"async", "await", "nonlocal"}
    ]
    return _replaced(text, spans)


def _indentation(text: str) -> str:
    """Tabs in indentation as Python 2 counted them: to the next multiple of eight."""
    inside: set[int] = set()
    for token in old_tokens(text):
        if token.type == tokenize.STRING and token.end[0] > token.start[0]:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        body = line.lstrip(" \t\f")
        blank = line[: len(line) - len(body)]
        if "\t" in blank and number not in inside:
            lines[number - 1] = blank.expandtabs(8) + body
    return "".join(lines)


RULES = (
    TextRule(
        id="python3-syntax",
        title="Write the syntax of Python 3",
        why="A module that uses the statements of Python 2 cannot be loaded by Python 3 at all.",
        rewrite=_rewrite,
    ),
)
