"""Identifiers and prose cut into the same words: camelCase and snake_case split, lower case, singular.

In goes source text or a question, out come tokens; documents and queries pass through the same function, which is what
makes ``getTaxRate`` answer "how are taxes rated?". Words are matched by their stem and have their meaning as words.
"""

from __future__ import annotations

import re

__all__ = ["VERSION", "stem", "words"]

VERSION = 1
WORD = re.compile(r"[^\W\d][\w$]*")
PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
LETTERS = re.compile(r"[^\W\d_]+")  # words beyond ASCII are not split by case
VOWEL = re.compile("[aeiouy]")
MAX_WORD = 120
STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "is",
        "are",
        "was",
        "be",
        "been",
        "being",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "not",
        "for",
        "with",
        "as",
        "at",
        "by",
        "from",
        "on",
        "into",
        "if",
        "then",
        "else",
        "than",
        "but",
        "so",
        "such",
        "do",
        "does",
        "did",
        "done",
        "can",
        "could",
        "should",
        "would",
        "will",
        "shall",
        "may",
        "might",
        "must",
        "have",
        "has",
        "had",
        "he",
        "she",
        "they",
        "them",
        "their",
        "we",
        "our",
        "us",
        "you",
        "your",
        "i",
        "me",
        "my",
        "which",
        "who",
        "whom",
        "what",
        "when",
        "where",
        "why",
        "how",
        "there",
        "here",
        "all",
        "any",
        "each",
        "both",
        "only",
        "same",
        "own",
        "about",
        "via",
        "per",
        "up",
        "out",
        "down",
        "over",
        "under",
        "again",
        "also",
        "just",
        "very",
        "self",
        "cls",
        "def",
        "return",
        "none",
        "true",
        "false",
        "null",
        "var",
        "let",
        "const",
        "new",
        "void",
        "public",
        "private",
        "protected",
        "static",
        "final",
        "class",
        "import",
        "package",
        "function",
        "elif",
        "except",
        "lambda",
        "yield",
        "pass",
        "while",
        "raise",
        "throw",
        "throws",
        "int",
        "str",
        "string",
        "bool",
        "boolean",
    ]
)
ENDINGS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
)
_known: dict[str, tuple[str, ...]] = {}


def words(text: str) -> list[str]:
    """Tokens in order, stop words left out."""
    found: list[str] = []
    for written in WORD.findall(text):
        tokens = _known.get(written)
        if tokens is None:
            tokens = _split(written)
            if len(_known) < 400_000:
                _known[written] = tokens
        found += tokens
    return found


def _split(written: str) -> tuple[str, ...]:
    pattern = PART if written.isascii() else LETTERS
    parts = [part.lower() for part in pattern.findall(written[:MAX_WORD])]
    return tuple(_singular(part) for part in parts if len(part) > 1 and part not in STOP)


def _singular(word: str) -> str:
    if len(word) > 3:
        for ending, instead in ENDINGS:
            if word.endswith(ending):
                return word[: len(word) - len(ending)] + instead
    return word


def stem(word: str) -> str:
    """What a word's forms share: tax, taxed and taxing are tax; rate and rated are rat. Not always a word itself."""
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and VOWEL.search(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
