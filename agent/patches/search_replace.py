"""Edits that a model writes as search/replace blocks: an answer and the code in, a change or the reasons against it out.

A block names a file, lines that stand in it exactly once, and the lines to put in their place::

    shop/orders.py
    <<<<<<< SEARCH
    total = net + tax
    =======
    total = net + tax - discount
    >>>>>>> REPLACE

Where they do not stand there exactly, they may once with other blanks at the ends and another indentation; otherwise the
block is refused: nothing is guessed, and no other place or file is edited instead. No lines to search for make a new file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

from agent.domain.verdict import FileChange
from agent.ports import Codebase, Language

__all__ = ["Block", "Edited", "apply_blocks", "edit_text", "read_answer", "read_blocks", "readable"]

MOST_BLOCKS = 100
MOST_ANSWER = 1_000_000
MOST_ERRORS = 200
_START = re.compile(r"^<{5,9} ?SEARCH\b[ \t]*(.*?)[ \t]*$")
_MIDDLE = re.compile(r"^={5,9}[ \t]*$")
_END = re.compile(r"^>{5,9} ?REPLACE[ \t]*$")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)")
_OUTSIDE = frozenset({".git", ".hg", ".svn", "node_modules", "site-packages", ".venv", "venv"})


@dataclass(frozen=True)
class Block:
    """Lines to look for and lines to put there, each ended by a line feed; ``search`` empty for a new file."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True)
class Edited:
    """What blocks make of the code; none of it is to be taken when anything was refused."""

    changes: tuple[FileChange, ...] = ()
    refused: tuple[str, ...] = ()


def read_answer(code: Codebase, answer: str, languages: Mapping[str, Language]) -> Edited:
    """The change that an answer makes, checked: files of the product alone, and nothing that parsed no longer parses."""
    blocks, problems = read_blocks(answer)
    if problems or not blocks:
        return Edited(refused=problems or ("the answer holds no search/replace block",))
    edited = apply_blocks(code, blocks)
    if edited.refused:
        return edited
    if not edited.changes:
        return Edited(refused=("the blocks change nothing",))
    broken = tuple(reason for change in edited.changes if (reason := _breaks(change, languages)))
    return Edited(refused=broken) if broken else edited


def read_blocks(answer: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """(the blocks, what is wrong with the answer). Text around them and code fences do not matter."""
    if len(answer) > MOST_ANSWER:
        return (), (f"the answer is longer than {MOST_ANSWER:,} characters",)
    blocks: list[Block] = []
    path, search, replace = "", [""], [""]
    part = "outside"
    last = ""  # the line before a block, which names its file
    for line in answer.replace("\r\n", "\n").split("\n"):
        start = _START.match(line)
        if part == "outside":
            if start:
                path, search, replace, part = _named(start.group(1) or last), [], [], "search"
            elif line.strip() and not _FENCE.match(line):
                last = line
        elif start:
            return (), (f"a block for {path or 'no file'} is not ended before the next begins",)
        elif part == "search" and _MIDDLE.match(line):
            part = "replace"
        elif part == "replace" and _END.match(line):
            part = "outside"
            blocks.append(Block(path, _joined(search), _joined(replace)))
        else:
            (search if part == "search" else replace).append(line)
    if part != "outside":
        return (), (f"the block for {path or 'no file'} has no end",)
    if len(blocks) > MOST_BLOCKS:
        return (), (f"{len(blocks)} blocks, more than {MOST_BLOCKS}",)
    return tuple(blocks), ()


def apply_blocks(code: Codebase, blocks: Sequence[Block]) -> Edited:
    """The blocks one after the other, each on what the ones before it left."""
    texts: dict[str, str | None] = {}
    refused: list[str] = []
    for number, block in enumerate(blocks, start=1):
        why = _forbidden(code, block.path)
        if why:
            refused.append(f"block {number}: {why}")
            continue
        now = texts[block.path] if block.path in texts else code.text(block.path)
        after, why = _new_file(now, block) if not block.search.strip() else _replaced(now, block)
        if why:
            refused.append(f"block {number}, {block.path}: {why}")
        else:
            texts[block.path] = after
    if refused:
        return Edited(refused=tuple(refused))
    changes = (FileChange(path=path, before=code.text(path), after=text) for path, text in sorted(texts.items()))
    return Edited(tuple(change for change in changes if change.before != change.after))


def edit_text(path: str, text: str, answer: str) -> tuple[str, tuple[str, ...]]:
    """One file's text after an answer that may change nothing else, and what is wrong with the answer."""
    blocks, problems = read_blocks(answer)
    if problems or not blocks:
        return text, problems or ("the answer holds no search/replace block",)
    now = text.encode("utf-8").decode("latin-1")
    for number, block in enumerate(blocks, start=1):
        if block.path not in (path, path.rpartition("/")[2]):
            return text, (
                f"block {number}: only {path} may be changed, not {block.path[:80] or 'a file without a name'}",
            )
        if not block.search.strip():
            return text, (f"block {number}: it has no lines to search for",)
        after, why = _replaced(now, block)
        if why:
            return text, (f"block {number}: {why}",)
        now = after
    after = now.encode("latin-1").decode("utf-8", "replace")
    return after, () if after != text else ("the blocks change nothing",)


def readable(text: str) -> str:
    """A file's bytes (Latin-1 text) as people read them: UTF-8 where it is that, lines ended by line feeds."""
    return _decoded(text)[0].replace("\r\n", "\n")


def _named(text: str) -> str:
    """A path in a line of an answer, without what Markdown puts around it."""
    found = re.sub(r"^(?:#+|[-*]|\d+[.)])[ \t]+", "", text.strip()).strip("`*_:\"' \t")
    return re.sub(r"^(?:[Ff]ile(?:name)?|[Pp]ath):[ \t]*", "", found).strip("`\"' ")


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _forbidden(code: Codebase, path: str) -> str:
    parts = path.split("/")
    if not path:
        return "it does not say which file it is for"
    if path.startswith("/") or "\\" in path or "\0" in path or normpath(path) != path or ".." in parts:
        return f"{path!r} is not a path in the repository"
    if _OUTSIDE & {part.lower() for part in parts}:
        return f"{path} is no file of the product"
    if code.is_test(path):
        return f"{path} belongs to the tests, which judge the change"
    return ""


def _new_file(now: str | None, block: Block) -> tuple[str, str]:
    if now is not None:
        return "", "it has no lines to search for, and the file is there already"
    return block.replace.encode("utf-8", "replace").decode("latin-1"), ""


def _replaced(now: str | None, block: Block) -> tuple[str, str]:
    if now is None:
        return "", "there is no such file"
    text, encoding = _decoded(now)
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    plain = text.replace("\r\n", "\n") if windows else text
    lines = plain.split("\n")
    wanted, new = block.search.split("\n")[:-1], block.replace.split("\n")[:-1]
    places = [at for at in range(len(lines) - len(wanted) + 1) if lines[at : at + len(wanted)] == wanted]
    if not places:
        places = _loosely(lines, wanted)
        if len(places) == 1:
            shifted = _shifted(lines[places[0] : places[0] + len(wanted)], wanted, new)
            if shifted is None:
                return "", "its lines stand there with other indentation that cannot be carried over"
            new = shifted
    if len(places) != 1:
        return (
            "",
            "its lines do not stand in the file" if not places else f"its lines stand in the file {len(places)} times",
        )
    lines[places[0] : places[0] + len(wanted)] = new
    after = "\n".join(lines)
    try:
        return (after.replace("\n", "\r\n") if windows else after).encode(encoding).decode("latin-1"), ""
    except UnicodeEncodeError:
        return "", f"it writes characters that the file's encoding ({encoding}) does not have"


def _loosely(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    bare, sought = [line.strip() for line in lines], [line.strip() for line in wanted]
    if not any(sought):
        return []
    return [at for at in range(len(bare) - len(sought) + 1) if bare[at : at + len(sought)] == sought]


def _shifted(there: Sequence[str], wanted: Sequence[str], new: Sequence[str]) -> list[str] | None:
    """The new lines indented as the file is; None when the lines differ from it in no single way."""
    pairs = {(_indent(one), _indent(other)) for one, other in zip(there, wanted, strict=True) if one.strip()}
    if all(one == other for one, other in pairs):
        return list(new)
    added = {one.removesuffix(other) for one, other in pairs if one.endswith(other)}
    if len(added) == 1 and all(one.endswith(other) for one, other in pairs):
        return [f"{min(added)}{line}" if line.strip() else line for line in new]
    cut = {other.removesuffix(one) for one, other in pairs if other.endswith(one)}
    if len(cut) == 1 and all(other.endswith(one) for one, other in pairs):
        prefix = min(cut)
        if all(line.startswith(prefix) or not line.strip() for line in new):
            return [line.removeprefix(prefix) for line in new]
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _decoded(latin: str) -> tuple[str, str]:
    try:
        return latin.encode("latin-1").decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return latin, "latin-1"


def _breaks(change: FileChange, languages: Mapping[str, Language]) -> str:
    """Why a file that could be parsed no longer can."""
    language = next(
        (found for found in languages.values() if change.path.endswith(tuple(found.suffixes)) and found.suffixes), None
    )
    if language is None or change.after is None:
        return ""
    after, tree = language.extract(change.path, change.after.encode("latin-1"))
    before, old = language.extract(change.path, (change.before or "").encode("latin-1"))
    if after.failure and not before.failure:
        return f"{change.path} can no longer be parsed: {after.failure}"
    lines = after.error_lines or _error_lines(tree)
    if len(lines) > len(before.error_lines or _error_lines(old)):
        return f"{change.path} does not parse at line {', '.join(str(line) for line in lines[:5])}"
    return ""


def _error_lines(root: Any) -> tuple[int, ...]:
    """Lines at which the parser gave up or put in what was missing, as far as the tree says (small ones are not in the facts)."""
    if root is None or not getattr(root, "has_error", False):
        return ()
    found: set[int] = set()
    pending = [root]
    while pending and len(found) < MOST_ERRORS:
        node = pending.pop()
        if node.is_error or node.is_missing:
            found.add(node.start_point[0] + 1)
        pending += [child for child in node.children if child.has_error or child.is_missing]
    return tuple(sorted(found))
