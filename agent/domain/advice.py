"""What a language model added to a plan: its words, each sentence with the evidence it cites, and its proposals with their price.

Nothing here is read from code, and nothing here is believed: code has checked that every cited place exists and that
every proposal can stand; the report marks all of it as the model's.
"""

from __future__ import annotations

from typing import Literal

from agent.domain.finding import Evidence
from agent.domain.inventory import Noun

__all__ = ["Advice", "Price", "Proposal", "Sentence", "Usage", "Words"]


class Sentence(Noun):
    """One sentence and what it rests on; questions for people alone may rest on nothing."""

    text: str
    evidence: tuple[Evidence, ...]


class Words(Noun):
    """What a model wrote about one thing.

    ``kind``: title and description of a service, rationale of a step, decision (context, decision or consequence of an
    extraction; ``part`` says which), relation of two services, question for people, answer.
    """

    kind: Literal["title", "description", "rationale", "decision", "relation", "question", "answer"]
    subject: str  # a service, "a -> b", a step's ID, or what the question is about
    part: str = ""
    sentences: tuple[Sentence, ...]
    model: str
    prompt: str  # name@version


class Price(Noun):
    """What a proposal would do to one measure of the whole partition."""

    measure: str
    before: float
    after: float
    better: Literal["higher", "lower"]


class Proposal(Noun):
    """What a model proposed about boundaries, and what code made of it.

    ``taken``: the plan has it. ``refused``: something that code knows forbids it. ``for people``: it may stand, and is
    shown with its price; only people take it. ``reason`` is code's, ``why`` the model's.
    """

    kind: Literal["place", "merge", "split", "keep"]
    subjects: tuple[str, ...]
    target: str
    outcome: Literal["taken", "refused", "for people"]
    reason: str
    why: tuple[Sentence, ...]
    price: tuple[Price, ...] = ()
    model: str
    prompt: str


class Usage(Noun):
    """What the words cost when they were asked for (a re-run takes them from the cache and pays nothing).

    ``cost`` is in US dollars; None when the model's price is not known.
    """

    questions: int = 0
    accepted: int = 0
    dropped: tuple[tuple[str, int], ...] = ()  # why, how often; most frequent first
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class Advice(Noun):
    """Everything from the model; empty when none was asked. ``note`` is one sentence when it could not (fully) be asked."""

    model: str = ""
    mode: Literal["", "tools", "questions"] = ""
    words: tuple[Words, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    usage: Usage = Usage()
    note: str = ""
