"""Examples in docstrings, which doctest runs.

Before:

    >>> print total([1, 2]), {u"a": 1L}.keys()
    3 [u'a']

After:

    >>> print(total([1, 2]), list({"a": 1}.keys()))
    3 ['a']

Why: doctest runs an example as it stands, and compares what it prints: Python 3 writes text without a `u` and long
numbers without an `L`.

When not: examples that both versions read, and whose answers neither writes differently, are left as they are. Examples in
text files are left to people.
"""

from __future__ import annotations

import ast
import doctest
import re
import tokenize

from agent.patches.python_source.fixers import old_tokens, refactor
from agent.patches.python_source.project import Project, SourceText
from agent.patches.python_source.rules import TextRule

__all__ = ["RULES"]

_STATEMENTS = ("except", "exec", "ne", "numliterals", "paren", "print", "raise", "repr", "throw", "tuple_params")
_NAMES = ("has_key", "xrange", "unicode", "basestring", "long", "raw_input", "imports", "reduce", "itertools")
_LISTS = ("dict", "map", "filter", "zip")
_OLD_NAME = re.compile(
    r"\b(?:has_key|xrange|unicode|basestring|long|raw_input|unichr|iteritems|itervalues|iterkeys|urllib2|StringIO)\b"
)
_OLD_TEXT = re.compile(r"(?<![\w'\"\\])[uU](?=['\"])")
_LONG = re.compile(r"(?<![\w.])(\d+)L\b")
_PARSER = doctest.DocTestParser()


def _rewrite(source: SourceText, project: Project) -> str:  # noqa: ARG001 - every rule takes the same
    if ">>>" not in source.text:
        return source.text
    lines = source.text.split("\n")
    for token in reversed(old_tokens(source.text)):
        if token.type == tokenize.STRING and ">>>" in token.string:
            _examples(lines, token)
    return "\n".join(lines)


def _examples(lines: list[str], token: tokenize.TokenInfo) -> None:
    """The examples of one string, from the last to the first, so that line numbers before them hold."""
    try:
        examples = _PARSER.get_examples(token.string)
    except ValueError:  # not an example after all
        return
    for example in reversed(examples):
        first = token.start[0] - 1 + example.lineno
        asked = example.source.count("\n")
        answered = example.want.count("\n")
        indent = lines[first][: lines[first].index(">>>")] if ">>>" in lines[first] else None
        if indent is None:
            continue
        end = "\r" if lines[first].endswith("\r") else ""
        shown = lines[first + asked : first + asked + answered]
        answer = [_LONG.sub(r"\1", _OLD_TEXT.sub("", line)) for line in shown]
        question = _question(example.source.replace("\r", ""), answer != shown, example.want.lstrip())
        if question is not None:
            prompts = [
                f"{indent}{'... ' if number else '>>> '}{line}".rstrip() + end
                for number, line in enumerate(question.split("\n")[:-1])
            ]
            lines[first : first + asked + answered] = [*prompts, *answer]
        elif answer != shown:
            lines[first + asked : first + asked + answered] = answer


def _question(source: str, old_answer: bool, want: str) -> str | None:
    """What is asked, in Python 3; None when it can stay as it is."""
    new = source
    if not _reads(source):
        new = refactor(source, _STATEMENTS)
        if not _reads(new):
            return None
    if new != source or old_answer or _OLD_NAME.search(source):
        new = refactor(new, _NAMES, old=False)
    if "[" in want and not want.startswith("Traceback"):
        new = refactor(new, _LISTS, old=False)
    return new if new != source else None


def _reads(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


RULES = (
    TextRule(
        id="python3-docstrings",
        title="Write the examples in docstrings for Python 3",
        why="doctest runs them as they stand, and compares what they print to the letter.",
        rewrite=_rewrite,
    ),
)
