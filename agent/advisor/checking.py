"""An answer held against the graph: a well-formed answer in, exact complaints out; none means that it may be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from agent.advisor.answers import Cited
from agent.advisor.evidence import EvidenceBook
from agent.domain.advice import Sentence
from agent.domain.code import DependencyGraph

__all__ = ["Names", "check_sentences", "sentences_in", "to_sentences"]

_TICKED = re.compile(r"`([^`]{1,200})`")
_CAMEL = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+\b")
_SNAKE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
_PLACE = re.compile(r"\b[\w./-]+\.(?:py|java|js|ts|php|cs|cbl|sql|xml|html|jsp|go|rb|pl|vb|c)(?::\d+)?\b")
_LINK = re.compile(r"https?:|www\.|\]\(|<[a-zA-Z/!]")
_HANDLE = re.compile(r"\bE\d{1,3}\b")
_JOINTS = re.compile(r"[^A-Za-z0-9]+")
_PARTS = re.compile(r"[^A-Za-z0-9_]+")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = frozenset(
    "the a an of is are it its to and in by for from that this which with as on be not no or at has have can will would "
    "should must may one only each all any into than more they them there when what how does do".split()
)
# proper names of the trade that look like identifiers; not names of any system under study
_TRADE = frozenset(
    "JavaScript TypeScript GraphQL OpenAPI PostgreSQL MySQL SQLite MongoDB RabbitMQ RESTful GitHub GitLab DevOps "
    "WebSocket CamelCase JavaServer JavaBeans SpringBoot MyBatis FastAPI SQLAlchemy".split()
)


class Names:
    """Every name of a system, whole and in parts: what a sentence may call by name, however it spells case and joints."""

    def __init__(self, graph: DependencyGraph, services: Iterable[str]) -> None:
        self._known: set[str] = {_squeezed(name) for name in _TRADE}
        for text in (*services, *(s.id for s in graph.symbols), *(s.path for s in graph.symbols)):
            self._known |= _spellings(text)

    def unknown(self, text: str, shown: str = "") -> list[str]:
        """What the text calls by name and neither the system nor the evidence that was ``shown`` has."""
        also = {_squeezed(part) for part in _PARTS.split(shown)}
        wanted = [*_TICKED.findall(text), *_CAMEL.findall(text), *_SNAKE.findall(text), *_PLACE.findall(text)]
        missing = []
        for name in dict.fromkeys(wanted):
            parts = [_squeezed(part) for part in _PARTS.split(name) if part and not part.isdigit()]
            if _squeezed(name) not in self._known and not all(part in self._known or part in also for part in parts):
                missing.append(name)
        return missing


def _spellings(text: str) -> set[str]:
    return {
        _squeezed(text),
        _squeezed(text.rpartition("/")[2]),
        *(_squeezed(part) for part in _PARTS.split(text) if part),
    }


def _squeezed(name: str) -> str:
    """``OrderDesk``, ``order_desk`` and ``orderdesk`` are one name to a reader."""
    return _JOINTS.sub("", name).lower()


def sentences_in(answer: BaseModel) -> list[Cited]:
    """Every sentence of an answer, in the order of its fields."""
    found: list[Cited] = []
    for name in type(answer).model_fields:
        value = getattr(answer, name)
        found += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Cited)]
    return found


def check_sentences(answer: BaseModel, book: EvidenceBook, names: Names, *, bare: bool = False) -> list[str]:
    """What is wrong with the sentences. ``bare``: they may do without a citation (questions for people)."""
    complaints: list[str] = []
    shown = book.lines()
    for sentence in sentences_in(answer):
        missing = [handle for handle in sentence.cites if book.get(handle) is None]
        if missing:
            complaints.append(f"there is no evidence {', '.join(missing)}: cite only handles that were shown")
        if not bare and not sentence.cites:
            complaints.append(f"this sentence cites nothing: {sentence.text[:80]!r}")
        strange = names.unknown(_HANDLE.sub("", sentence.text), shown)
        if strange:
            complaints.append(f"the system has no {', '.join(repr(s) for s in strange[:3])}: name only what was shown")
        if _LINK.search(sentence.text):
            complaints.append("no links and no markup: write plain sentences")
        if not is_english(sentence.text):
            complaints.append("answer in English")
    return list(dict.fromkeys(complaints))[:5]


def is_english(text: str) -> bool:
    """A rough test that only long enough text can fail: foreign letters, or none of English's commonest words."""
    letters = [c for c in text if c.isalpha()]
    if sum(1 for c in letters if ord(c) > 0x24F) > 0.2 * max(1, len(letters)):
        return False
    words = [word.lower() for word in _WORD.findall(_TICKED.sub(" ", text))]
    return len(words) < 6 or sum(word in _COMMON for word in words) >= max(1, len(words) // 12)


def to_sentences(found: Sequence[Cited], book: EvidenceBook) -> tuple[Sentence, ...]:
    """Checked sentences with their evidence in place of handles, which the text does not need any more."""
    return tuple(
        Sentence(
            text=_tidy(item.text), evidence=tuple(e for e in (book.get(h) for h in dict.fromkeys(item.cites)) if e)
        )
        for item in found
    )


def _tidy(text: str) -> str:
    bare = re.sub(r"\s*[\[(]\s*E\d{1,3}(?:\s*,\s*E\d{1,3})*\s*[\])]", "", text)
    return " ".join(bare.split())
