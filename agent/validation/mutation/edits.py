"""What a change did, token by token, and which of its edits are themselves what a mutator does: two versions in, edits out.

If the tests pass with and without such an edit, they cannot tell the two apart, so they protect nothing there. Edits that
cannot change what runs (a local variable renamed throughout, an expression named first, exchanged branches under the
opposite condition) are recognised and are no mutants.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from agent.validation.syntax import FUNCTIONS, Syntax, Token

__all__ = ["Edit", "edits", "small_edits"]

NAMES = frozenset({"identifier", "property_identifier", "name", "variable_name", "shorthand_property_identifier",
                   "type_identifier", "field_identifier"})  # fmt: skip
WORDS = frozenset("not and or in is pass break continue return None True False true false null undefined NULL "
                  "TRUE FALSE await yield raise throw instanceof".split())  # fmt: skip
LITERALS = re.compile(r"^(integer|float|number|string|regex|true|false|none|null|undefined|boolean|\w+_literal)$")
OPPOSITE = {"==": "!=", "!=": "==", "<>": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in",
            "===": "!==", "!==": "==="}  # fmt: skip
SIMPLE = frozenset({"expression_statement", "pass_statement", "break_statement", "continue_statement", "return_statement",
                    "raise_statement", "throw_statement", "delete_statement", "print_statement", "assert_statement",
                    "empty_statement", "echo_statement", "yield_statement"})  # fmt: skip
SMALL = 2
MOST_PAIRS = 40_000


@dataclass(frozen=True)
class Edit:
    """One statement changed, added or dropped. ``old`` and ``new`` run from the first to the last token that differs,
    ``parts`` are the runs of them that do. ``start``/``end`` is the place in the new text, ``old_start``/``old_end`` in
    the old one; ``line`` is in the new text."""

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    parts: tuple[tuple[tuple[Token, ...], tuple[Token, ...]], ...]
    same_kind: bool
    old_start: int
    old_end: int
    start: int
    end: int
    line: int

    def undone(self, before: str, after: str) -> str:
        """The new text with the old tokens back in this place."""
        return after[: self.start] + before[self.old_start : self.old_end] + after[self.end :]


Span = tuple[int, int]
Keys = tuple[tuple[str, str], ...]


def edits(before: Syntax, after: Syntax) -> tuple[Edit, ...]:
    """What differs, outside local names that were renamed throughout their function."""
    old_keys, new_keys = [t.key for t in before.tokens], [t.key for t in after.tokens]
    pairs = list(_paired_rows(before, after, old_keys, new_keys))
    back = _renamed(before, after, pairs)
    if back:
        new_keys = [
            (token.kind, back.get((token.function, token.text), token.text)) if token.kind in NAMES else token.key
            for token in after.tokens
        ]
        pairs = list(_paired_rows(before, after, old_keys, new_keys))
    return tuple(
        _edit(before, after, old, new, old_keys, new_keys, rewritten=rewritten, beside=beside)
        for old, new, rewritten, beside in pairs
    )


def small_edits(before: Syntax, after: Syntax) -> tuple[Edit, ...]:
    """Those edits that a mutator could have made: see `_is_small`."""
    found = edits(before, after)
    if not found:
        return ()
    excused = _exchanged_branches(before, after, found) | _named_expressions(found) | _moved(found)
    added = _bound_names(after) - {token.text for token in before.tokens if token.kind in NAMES}
    return tuple(e for n, e in enumerate(found) if n not in excused and _is_small(e, added))


def _is_small(edit: Edit, added: Collection[str]) -> bool:
    """An operator, literal, keyword or name exchanged, added or dropped; a part of an expression dropped; an expression
    replaced by a constant or by something that was there before; a statement dropped. A name that the change itself
    brings (``added``) is no mutator's work."""
    return edit.same_kind and all(_is_small_part(old, new, added) for old, new in edit.parts)


def _is_small_part(old_tokens: Sequence[Token], new_tokens: Sequence[Token], added: Collection[str]) -> bool:
    old = [t for t in old_tokens if t.kind != "mark"]
    new = [t for t in new_tokens if t.kind != "mark"]
    if not old and not new:
        return False  # indentation alone: whole statements under another condition, which mutants of them tell
    if not new or all(_is_value(t) for t in (*old, *new)):
        return True
    if not old and len(new) > 1 and new[0].kind in NAMES and new[1].text == "(":
        return False  # wrapped in a call
    if any(t.kind in NAMES and t.text in added for t in new):
        return False
    if len(old) <= SMALL and len(new) <= SMALL:
        return True
    if old and all(_is_value(t) or t.text in "()[]{}" for t in new) and any(_is_constant(t) for t in new):
        return True
    return len(new) == 1 and new[0].kind in NAMES


def _is_constant(token: Token) -> bool:
    return token.text in WORDS or token.text in "()[]{}" or bool(LITERALS.search(token.kind))


def _is_value(token: Token) -> bool:
    if token.text in WORDS or LITERALS.search(token.kind):
        return True
    return token.kind not in NAMES and not token.text[:1].isalpha() and token.text not in ("{", "}", ";", "@")


def _bound_names(syntax: Syntax) -> frozenset[str]:
    """Names that something in the file gives a meaning: assigned, imported, defined, declared."""
    bound: set[str] = set()
    tokens = syntax.tokens
    for number, token in enumerate(tokens):
        if token.kind not in NAMES:
            continue
        following = tokens[number + 1].text if number + 1 < len(tokens) else ""
        preceding = tokens[number - 1].text if number else ""
        if (
            following in ("=", ":=", "in", "of")
            or preceding in BINDING_WORDS
            or "import" in token.parent
            or token.parent in BINDING_PARENTS
            or "import" in syntax.statements[token.statement].kind
        ):
            bound.add(token.text)
    return frozenset(bound)


BINDING_WORDS = frozenset("for as const let var def class function import use".split())
BINDING_PARENTS = frozenset({"variable_declarator", "pattern_list", "tuple_pattern", "as_pattern_target", "parameters",
                             "formal_parameter", "formal_parameters", "simple_parameter", "lambda_parameters",
                             "local_variable_declaration", "method_declaration", "method_definition"})  # fmt: skip


def _paired_rows(
    before: Syntax, after: Syntax, old_keys: Sequence[tuple[str, str]], new_keys: Sequence[tuple[str, str]]
) -> Iterator[tuple[Span, Span, bool, frozenset[str]]]:
    """Statements that differ, each with the one that it became: token spans, one of them empty where nothing
    matches; whether it is an unmatched part of something larger that was written anew; and what stands in the new statements beside it."""
    olds, news = _rows(before.tokens), _rows(after.tokens)
    old_rows = [tuple(old_keys[a:b]) for a, b in olds]
    new_rows = [tuple(new_keys[a:b]) for a, b in news]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_rows, new_rows, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        at_old, at_new = (
            (olds[i1][0] if i1 < len(olds) else len(old_keys)),
            (news[j1][0] if j1 < len(news) else len(new_keys)),
        )
        one_for_one = i2 - i1 == j2 - j1 == 1
        pairs = [(0, 0)] if one_for_one else _most_alike(old_rows[i1:i2], new_rows[j1:j2])
        beside = frozenset(text for i, j in pairs if i is None and j is not None for _, text in new_rows[j1 + j])
        for i, j in pairs:
            old = olds[i1 + i] if i is not None else (at_old, at_old)
            new = news[j1 + j] if j is not None else (at_new, at_new)
            at_old, at_new = old[1], new[1]
            yield old, new, tag == "replace" and (i is None or j is None), beside


def _rows(tokens: Sequence[Token]) -> list[Span]:
    starts = [0, *(n for n in range(1, len(tokens)) if tokens[n].statement != tokens[n - 1].statement), len(tokens)]
    return [(a, b) for a, b in pairwise(starts) if b > a]


def _most_alike(olds: Sequence[Keys], news: Sequence[Keys]) -> list[tuple[int | None, int | None]]:
    """An alignment in order that pairs what has most in common; ``None`` where there is no partner."""
    if len(olds) * len(news) > MOST_PAIRS or not olds or not news:
        # Too much at once for statement by statement: dropped and added
        return [*((n, None) for n in range(len(olds))), *((None, n) for n in range(len(news)))]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    alike = [[_alike(old, new) for new in news] for old in olds]
    for i in range(len(olds) - 1, -1, -1):
        for j in range(len(news) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0)
    path: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(olds) and j < len(news):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            path.append((i, None))
            i += 1
        else:
            path.append((None, j))
            j += 1
    return [*path, *((n, None) for n in range(i, len(olds))), *((None, n) for n in range(j, len(news)))]


def _alike(old: Keys, new: Keys) -> float:
    """Dice coefficient of the two bags of tokens; 0 below one third."""
    common = sum((Counter(old) & Counter(new)).values())
    share = 2 * common / (len(old) + len(new))
    return share if share >= 1 / 3 else 0.0


def _edit(
    before: Syntax, after: Syntax, old: Span, new: Span, old_keys: Sequence[tuple[str, str]],
    new_keys: Sequence[tuple[str, str]], *, rewritten: bool, beside: frozenset[str],
) -> Edit:  # fmt: skip
    a, b = old_keys[old[0] : old[1]], new_keys[new[0] : new[1]]
    codes = [code for code in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if code[0] != "equal"]
    parts = tuple(
        (before.tokens[old[0] + i1 : old[0] + i2], after.tokens[new[0] + j1 : new[0] + j2])
        for _, i1, i2, j1, j2 in codes
    )
    i1, i2 = old[0] + codes[0][1], old[0] + codes[-1][2]
    j1, j2 = new[0] + codes[0][3], new[0] + codes[-1][4]
    old_start, old_end = _text_span(before, i1, i2)
    start, end = _text_span(after, j1, j2)
    shown = next((t for t in after.tokens[j1:j2] if t.kind != "mark"), None)
    line = shown.line if shown else after.line_at(min(start, max(0, len(after.text) - 1)))
    same = not a or not b or _kind(before, old) == _kind(after, new)
    # A statement that is only added is no small edit, whatever it is
    same = same and bool(a) and not rewritten and not _kept_beside(parts, beside)
    return Edit(before.tokens[i1:i2], after.tokens[j1:j2], parts, same, old_start, old_end, start, end, line)


def _kept_beside(parts: Sequence[tuple[tuple[Token, ...], tuple[Token, ...]]], beside: frozenset[str]) -> bool:
    """Whether all that a statement lost says again in a new one next to it: then it was moved there, not dropped."""
    lost = [t.key[1] for old, new in parts if not new for t in old if t.kind in NAMES or LITERALS.search(t.kind)]
    return len(lost) > 1 and beside.issuperset(lost)


def _kind(syntax: Syntax, span: Span) -> str:
    kind = syntax.statements[syntax.tokens[span[0]].statement].kind
    return "simple" if kind in SIMPLE else kind


def _text_span(syntax: Syntax, first: int, last: int) -> Span:
    """The text of tokens ``first`` to ``last``, with the gap before them, so that putting it elsewhere keeps them apart."""
    tokens = syntax.tokens
    start = tokens[first - 1].end if first else 0
    if first == last:
        return start, start
    return start, max(start, tokens[last - 1].end)


def _renamed(
    before: Syntax, after: Syntax, rows: Sequence[tuple[Span, Span, bool, frozenset[str]]]
) -> Mapping[tuple[int, str], str]:
    """(function in the new text, new name) -> old name, for local variables that were renamed wherever they stand."""
    pairs: dict[int, set[tuple[str, str, int]]] = {}
    for (i1, i2), (j1, j2), *_ in rows:
        if i2 - i1 != j2 - j1:
            continue
        for old, new in zip(before.tokens[i1:i2], after.tokens[j1:j2], strict=True):
            if old.kind == new.kind and old.kind in ("identifier", "variable_name") and old.text != new.text:
                pairs.setdefault(new.function, set()).add((old.text, new.text, old.function))
    back: dict[tuple[int, str], str] = {}
    for function, found in sorted(pairs.items()):
        names, olds = Counter(new for _, new, _ in found), Counter(old for old, _, _ in found)
        for old_name, new_name, old_function in sorted(found):
            one_for_one = names[new_name] == 1 and olds[old_name] == 1
            if one_for_one and _is_local_rename(before, after, old_name, new_name, old_function, function):
                back[function, new_name] = old_name
    return back


def _is_local_rename(before: Syntax, after: Syntax, old: str, new: str, old_function: int, function: int) -> bool:
    """The name is bound in the function, not by its parameters; the old one is gone from it, the new one was not there."""
    if function < 0 or old_function < 0:
        return False
    old_tokens = _inside(before, old_function)
    new_tokens = _inside(after, function)
    if any(t.text == new for t in old_tokens) or any(t.text == old and t.kind in NAMES for t in new_tokens):
        return False
    if any(t.function != old_function for t in old_tokens if t.text == old):
        return False  # an inner function reads it, or has one of its own
    shadow = {"global", "nonlocal", "locals", "eval", "exec", "vars", "compact", "extract", "$$"}
    if shadow & {t.text for t in old_tokens}:
        return False
    return _binds(new_tokens, new) and _binds(old_tokens, old)


def _inside(syntax: Syntax, function: int) -> list[Token]:
    node = next((n for n in _function_nodes(syntax) if n[0] == function), (function, len(syntax.text)))
    return [
        token for token in syntax.tokens if node[0] <= token.start and token.end <= node[1] and token.kind != "mark"
    ]


def _function_nodes(syntax: Syntax) -> Iterator[tuple[int, int]]:
    todo = [syntax.root]
    while todo:
        node = todo.pop()
        if node.type in FUNCTIONS and node.is_named:
            yield node.start_byte, node.end_byte
        todo.extend(node.children)


def _binds(tokens: Sequence[Token], name: str) -> bool:
    parameters = ("parameters", "formal_parameters", "formal_parameter", "default_parameter", "typed_parameter", "parameter",
                  "simple_parameter", "required_parameter", "lambda_parameters", "keyword_argument", "typed_default_parameter",
                  "list_splat_pattern", "dictionary_splat_pattern", "labeled_statement")  # fmt: skip
    bound = False
    for number, token in enumerate(tokens):
        if token.text != name:
            continue
        if token.parent in parameters:
            return False
        following = tokens[number + 1].text if number + 1 < len(tokens) else ""
        preceding = tokens[number - 1].text if number else ""
        if (following == "=" and token.parent != "keyword_argument") or preceding in (
            "for",
            "as",
            "const",
            "let",
            "var",
        ):
            bound = True
        if following in ("in", "of", ",", ")") and token.parent in ("for_statement", "for_in_clause", "pattern_list"):
            bound = True
        if token.parent in ("variable_declarator", "pattern_list", "tuple_pattern", "as_pattern_target"):
            bound = True
    return bound


def _exchanged_branches(before: Syntax, after: Syntax, found: Sequence[Edit]) -> frozenset[int]:
    """Edits that only turn ``if c: A else: B`` into ``if not c: B else: A``, or back."""
    excused: set[int] = set()
    olds, news = _two_way_branches(before), _two_way_branches(after)
    for new_span, (new_condition, new_then, new_else) in news.items():
        inside = [n for n, e in enumerate(found) if new_span[0] <= e.start and e.end <= new_span[1]]
        if not inside:
            continue
        for old_condition, old_then, old_else in olds.values():
            if (old_then, old_else) != (new_else, new_then) or old_then == old_else:
                continue
            if _opposite(old_condition, new_condition) or _opposite(new_condition, old_condition):
                excused.update(inside)
    return frozenset(excused)


def _two_way_branches(syntax: Syntax) -> Mapping[tuple[int, int], tuple[Keys, Keys, Keys]]:
    found: dict[tuple[int, int], tuple[Keys, Keys, Keys]] = {}
    todo = [syntax.root]
    while todo:
        node = todo.pop()
        todo.extend(node.children)
        if node.type != "if_statement":
            continue
        condition = node.child_by_field_name("condition")
        then = node.child_by_field_name("consequence") or node.child_by_field_name("body")
        other = node.children_by_field_name("alternative")
        if condition is None or then is None or len(other) != 1 or other[0].type not in ("else_clause", "block"):
            continue
        otherwise = other[0]
        body = (
            otherwise.named_children[-1]
            if otherwise.type == "else_clause" and otherwise.named_child_count
            else otherwise
        )
        spans = [(n.start_byte, n.end_byte) for n in (condition, then, body)]
        keys = [
            tuple(t.key for t in syntax.tokens if a <= t.start and t.end <= b and t.kind != "mark") for a, b in spans
        ]
        found[node.start_byte, node.end_byte] = keys[0], keys[1], keys[2]
    return found


def _opposite(plain: Keys, negated: Keys) -> bool:
    one, two = _bare([text for _, text in plain]), _bare([text for _, text in negated])
    if two[:1] in (["not"], ["!"]):
        rest = two[1:]
        # `not a == b` negates the comparison; `!a == b` in C-like languages negates a alone
        if _bare(rest) == one and (two[0] == "not" or len(one) == 1 or rest[:1] == ["("]):
            return not {"and", "or", "if", "&&", "||"} & set(one) or rest[:1] == ["("]
        return False
    joined_one, joined_two = " ".join(one), " ".join(two)
    if {"and", "or", "&&", "||", "if", "not", "!"} & (set(one) | set(two)) - {"not"}:
        return False
    return any(joined_one.replace(f" {a} ", f" {b} ", 1) == joined_two and joined_one.count(f" {a} ") == 1
               for a, b in OPPOSITE.items() if f" {a} " in joined_one)  # fmt: skip


def _bare(words: list[str]) -> list[str]:
    while len(words) > 2 and words[0] == "(" and words[-1] == ")":
        depth = 0
        for number, word in enumerate(words):
            depth += (word == "(") - (word == ")")
            if depth == 0 and number < len(words) - 1:
                return words
        words = words[1:-1]
    return words


def _named_expressions(found: Sequence[Edit]) -> frozenset[int]:
    """Edits that put a new name in an expression's place, where another one gives that name exactly that expression
    (variable extracted), or the reverse (variable inlined)."""
    olds = [_plain(edit.old) for edit in found]
    news = [_plain(edit.new) for edit in found]
    return _named(olds, news) | _named(news, olds)


def _named(olds: Sequence[Sequence[str]], news: Sequence[Sequence[str]]) -> frozenset[int]:
    excused: set[int] = set()
    given: dict[str, tuple[int, Sequence[str]]] = {}
    for number, texts in enumerate(news):
        bare = texts[1:] if texts[:1] in (["const"], ["let"], ["var"]) else texts
        if len(bare) > 2 and bare[1] == "=" and not olds[number]:
            given[bare[0]] = number, bare[2:]
    for number, texts in enumerate(news):
        if len(texts) == 1 and texts[0] in given and olds[number] == given[texts[0]][1]:
            excused |= {number, given[texts[0]][0]}
    return frozenset(excused)


def _plain(tokens: Sequence[Token]) -> list[str]:
    return [t.text for t in tokens if t.kind != "mark" and t.text != ";"]


def _moved(found: Sequence[Edit]) -> frozenset[int]:
    """Statements that one edit takes away and another adds: their order is for tests and mutants to judge."""
    added: dict[tuple[str, ...], list[int]] = {}
    for number, edit in enumerate(found):
        if not edit.old:
            added.setdefault(_words(edit.new), []).append(number)
    excused: set[int] = set()
    for number, edit in enumerate(found):
        words = _words(edit.old)
        if not edit.new and len(words) > SMALL and added.get(words):
            excused |= {number, added[words].pop()}
    return frozenset(excused)


def _words(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(t.text for t in tokens if t.text not in ("END", ";"))
