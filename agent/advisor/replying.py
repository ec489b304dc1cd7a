"""`figwright ask` with a model: a question and the index's hits in; an answer whose every sentence cites a checked place out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from pydantic import BaseModel

from agent.advisor.asking import Question, Session
from agent.advisor.checking import Names, check_sentences, to_sentences
from agent.advisor.evidence import EvidenceBook, Sendable
from agent.advisor.tools import Toolbox
from agent.domain.advice import Words
from agent.domain.code import DependencyGraph
from agent.domain.finding import Evidence
from agent.domain.inventory import Inventory, Location
from agent.index.answers import Hit
from agent.ports import CodeIndex
from agent.prompting import load_prompt

__all__ = ["Reply", "reply_to"]

_PROMPT = "advisor/answer_question"
_EXCERPTS, _EXCERPT_LINES = 4, 10


class Reply(BaseModel):
    """``words`` is None when there is no answer; ``note`` says why."""

    words: Words | None
    note: str = ""

    def as_text(self) -> str:
        """For people, above the hits."""
        if self.words is None:
            return f"{self.note}\n\n"
        lines = [f"{s.text} [{', '.join(str(e.location) for e in s.evidence)}]" for s in self.words.sentences]
        return (
            "\n".join([f"Words of {self.words.model}; the places are checked, what it makes of them is not:", *lines])
            + "\n\n"
        )

    def as_json(self, hits: str) -> str:
        """The hits' JSON with the answer in it."""
        table = json.loads(hits)
        said = self.words.model_dump(mode="json") if self.words else None
        return json.dumps({**table, "answer": said, "note": self.note}, indent=2, ensure_ascii=False) + "\n"


def reply_to(
    session: Session,
    question: str,
    hits: Sequence[Hit],
    graph: DependencyGraph,
    inventory: Inventory,
    read: Callable[[str], bytes],
    index: CodeIndex,
    never_send: Sequence[str],
) -> Reply:
    """Ask; whatever goes wrong, the hits remain."""
    sendable = Sendable(inventory, never_send, graph)
    book = EvidenceBook(sendable)
    names = Names(graph, ())
    for hit in hits:
        book.offer([Evidence(location=Location(path=hit.path, line=hit.line), text=_about(hit))])
    if not session.open(lambda: Toolbox(graph, inventory, sendable, read, index.search, None)):
        return Reply(words=None, note=f"The model could not be asked: {session.stopped}.")
    if not book.handles:
        return Reply(words=None, note="The model was not asked: nothing was found that it may see.")

    def check(answer: BaseModel) -> list[str]:
        found = bool(getattr(answer, "found", False))
        said = bool(getattr(answer, "sentences", ()))
        if found != said:
            return ["set found to true exactly when you write a sentence"]
        return check_sentences(answer, book, names)

    values = {"question": question[:400], "evidence": book.lines(), "sources": _sources(hits, sendable, read)}
    answer = session.ask(Question(_PROMPT, question[:80], values, book, check))
    model = session.endpoint.settings.model
    if answer is None:
        why = session.stopped or next((c.outcome for c in reversed(session.endpoint.ledger.calls)), "no answer")
        return Reply(words=None, note=f"There is no answer from {model}: {why}.")
    found = to_sentences(getattr(answer, "sentences", ()), book)
    if not found:
        return Reply(words=None, note=f"{model} says that these places do not answer the question.")
    version = f"{_PROMPT}@{load_prompt(_PROMPT).version}"
    return Reply(words=Words(kind="answer", subject=question, sentences=found, model=model, prompt=version))


def _about(hit: Hit) -> str:
    parts = [f"{hit.kind} {hit.id}"]
    parts += [f"{label} {', '.join(names[:3])}" for label, names in
              (("called by", hit.callers), ("reads", hit.reads), ("writes", hit.writes), ("routes", hit.routes)) if names]  # fmt: skip
    return "; ".join(parts)


def _sources(hits: Sequence[Hit], sendable: Sendable, read: Callable[[str], bytes]) -> str:
    shown: list[str] = []
    for hit in hits:
        if len(shown) == _EXCERPTS:
            break
        if not sendable.path(hit.path):
            continue
        lines = read(hit.path).decode("utf-8", "replace").splitlines()[max(0, hit.line - 1) : hit.end_line]
        shown.append("\n".join([f"{hit.path}:{hit.line}", *(line[:160] for line in lines[:_EXCERPT_LINES])]))
    return "\n\n".join(shown) or "(none)"
