"""Which paragraphs of a COBOL program control can reach: a program in, names out.

The states are (paragraph, end of the PERFORM that is being carried out): control that comes to that end goes back, any other
falls into the next paragraph. Conditions are not looked at, so that what is not reached is not reached at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.patches.cobol_source import CobolProgram, Paragraph

__all__ = ["performs", "reached"]

_ENDS = (["STOP", "RUN"], ["GOBACK"], ["EXIT", "PROGRAM"])


def performs(paragraph: Paragraph, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(first, last) of each PERFORM of paragraphs, and of a SORT's or MERGE's procedures."""
    words = [w.text for w in paragraph.words]
    known = set(names)
    for at, word in enumerate(words):
        behind = words[at + 1 : at + 5]
        if word == "PERFORM" and behind and behind[0] in known:
            last = behind[2] if len(behind) > 2 and behind[1] in ("THRU", "THROUGH") else behind[0]
            yield behind[0], last
        elif word == "PROCEDURE":
            held = behind[1:] if behind[:1] == ["IS"] else behind
            if held and held[0] in known:
                yield held[0], held[2] if len(held) > 2 and held[1] in ("THRU", "THROUGH") else held[0]


def reached(program: CobolProgram) -> frozenset[str]:
    """Names of paragraphs and sections that control may come to."""
    paragraphs = program.paragraphs
    names = [p.name for p in paragraphs]
    index = {name: at for at, name in enumerate(names)}
    last_of = {p.name: _section_end(paragraphs, at) for at, p in enumerate(paragraphs)}
    seen: set[tuple[int, int]] = set()
    pending: list[tuple[int, int]] = [(0, -1)] if paragraphs else []
    while pending:
        state = pending.pop()
        if state in seen:
            continue
        seen.add(state)
        at, end = state
        paragraph = paragraphs[at]
        for first, last in performs(paragraph, names):
            if last in index:
                pending.append((index[first], last_of[last]))
        for name in _named(paragraph, index):  # GO TO, labels of EXEC, and whatever else may lead there
            pending.append((index[name], end))
            pending.append((index[name], last_of[name]))
        if at != end and at + 1 < len(paragraphs) and not _never_falls(paragraph):
            pending.append((at + 1, end))
    return frozenset(paragraphs[at].name for at, _ in seen)


def _section_end(paragraphs: Sequence[Paragraph], at: int) -> int:
    """A section ends with its last paragraph, a paragraph with itself."""
    if not paragraphs[at].is_section:
        return at
    end = at
    while end + 1 < len(paragraphs) and not paragraphs[end + 1].is_section:
        end += 1
    return end


def _named(paragraph: Paragraph, index: dict[str, int]) -> Iterator[str]:
    words = [w.text for w in paragraph.words]
    for at, word in enumerate(words):
        if word in index and word and not (at and words[at - 1] in ("PERFORM", "THRU", "THROUGH")):
            yield word


def _never_falls(paragraph: Paragraph) -> bool:
    """Whether its last sentence leaves for good, with nothing around it that might not be carried out."""
    sentences = paragraph.sentences
    if not sentences:
        return False
    last = sentences[-1]
    return last in _ENDS or (last[:2] == ["GO", "TO"] and len(last) == 3) or (last[:1] == ["GO"] and len(last) == 2)
