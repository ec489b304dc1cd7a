"""Questions for people: asked once each under a stable ID, with what the user answered, and what cannot be used of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.domain.assumptions import Answer
from agent.domain.finding import Evidence
from agent.domain.handover import Question, Unusable
from agent.domain.inventory import Location
from agent.roadmap.ground import Ground

__all__ = ["NO", "YES", "Asker", "place_of"]

YES = frozenset({"yes", "y", "true", "retire", "drop", "1"})
NO = frozenset({"no", "n", "false", "keep", "0"})
TOPICS = (
    "retirement",
    "repurchase",
    "data",
    "service levels",
    "batch",
    "reporting",
    "identity",
    "partners",
    "release",
    "ownership",
)


def place_of(answer: Answer, text: str) -> Evidence:
    """An answer as evidence: the file and line that it stands at."""
    path, _, line = answer.place.rpartition(":")
    known = path and line.isdigit()
    return Evidence(
        location=Location(path=path if known else answer.place or "figwright.toml", line=int(line) if known else 0),
        text=text[:200],
    )


class Asker:
    """Collects questions; lives for one plan."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._asked: dict[str, Question] = {}
        self._blocks: dict[str, list[str]] = {}
        self.unusable: list[Unusable] = []

    def ask(
        self, id_: str, topic: str, ask: str, owner: str, why: str, changes: str, options: str = "",
        evidence: Sequence[Evidence] = (), blocks: Iterable[str] = (),
    ) -> str:  # fmt: skip
        """Register a question once; the answer is its ID."""
        self._blocks.setdefault(id_, []).extend(b for b in blocks if b)
        if id_ not in self._asked:
            told = self.answer(id_)
            self._asked[id_] = Question(
                id=id_, topic=topic, ask=ask, owner=owner, why=why, changes=changes, options=options,
                evidence=tuple(evidence[:4]), answer=told.text if told else "", place=told.place if told else "",
            )  # fmt: skip
        return id_

    def answer(self, id_: str) -> Answer | None:
        """What was said to it, unless it cannot be used."""
        told = self._ground.answer(id_)
        return told if told and not any(u.place == told.place and f"[{id_}]" in u.why for u in self.unusable) else None

    def decided(self, id_: str) -> bool | None:
        """A yes or no; None while it is open. What is neither is unusable."""
        told = self.answer(id_)
        if told is None:
            return None
        word = told.text.strip().lower().split(" ")[0].rstrip(".,;:")
        if word in YES | NO:
            return word in YES
        self.refuse(id_, told, f"{told.text!r} is neither yes nor no")
        return None

    def number(self, id_: str) -> float | None:
        """A number, a percent sign or unit after it allowed."""
        told = self.answer(id_)
        if told is None:
            return None
        try:
            value = float(told.text.strip().split(" ")[0].rstrip("%mshin").replace(",", "."))
        except ValueError:
            self.refuse(id_, told, f"{told.text!r} is not a number")
            return None
        if value < 0 or value != value or value > 1e12:
            self.refuse(id_, told, f"{told.text!r} is not a number that can be held to")
            return None
        return value

    def refuse(self, id_: str, told: Answer, why: str) -> None:
        """Name an answer that cannot be used; the question stays open, the rest goes on."""
        said = Unusable(place=told.place or "figwright.toml", why=f"[{id_}] {why}")
        if said not in self.unusable:
            self.unusable.append(said)

    def close(self) -> tuple[Question, ...]:
        """All questions: open ones first, those that block steps before the others; unknown answers are named."""
        for id_, told in sorted(self._ground.told.answers.items()):
            if id_ not in self._asked:
                self.refuse(id_, told, "this plan asks no such question: compare it with questions.toml")
        refused = {u.why.partition("]")[0][1:] for u in self.unusable}
        found = []
        for id_, question in self._asked.items():
            update: dict[str, object] = {"blocks": tuple(dict.fromkeys(self._blocks[id_]))}
            if id_ in refused:
                update |= {"answer": "", "place": ""}
            found.append(question.model_copy(update=update))
        return tuple(
            sorted(
                found,
                key=lambda q: (bool(q.answer), -min(len(q.blocks), 1), TOPICS.index(q.topic), -len(q.blocks), q.id),
            )
        )
