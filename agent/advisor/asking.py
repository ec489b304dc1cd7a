"""Questions and how they are asked: a question in, an answer that code accepts (or none and the reason) out.

A refused answer is sent back with the exact complaint, twice at most; then the question is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from agent.advisor.answers import answer_type, schema_of
from agent.advisor.endpoint import Abilities, Endpoint
from agent.advisor.evidence import EvidenceBook
from agent.advisor.failures import AskError, NotSentError, RefusedError, find_failure
from agent.advisor.ledger import CURRENT, Asked
from agent.advisor.tools import Toolbox
from agent.prompting import load_prompt

__all__ = ["REPAIRS", "Asker", "Question", "Session", "StructuredAsker", "read_answer_text"]

REPAIRS = 2
Check = Callable[[BaseModel], Sequence[str]]


@dataclass(frozen=True)
class Question:
    """What is asked about one thing. ``check`` gives complaints about a well-formed answer; none accepts it."""

    prompt: str
    subject: str
    values: Mapping[str, object]
    book: EvidenceBook
    check: Check
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Asker(Protocol):
    """One of the two modes."""

    def converse(self, question: Question, asked: Asked) -> BaseModel:
        """The accepted answer. Raises AskError."""
        ...


class StructuredAsker:
    """The fixed mode: one strict json_schema question, for models that cannot call tools."""

    def __init__(self, endpoint: Endpoint, abilities: Abilities) -> None:
        self._model = endpoint.model(abilities)

    def converse(self, question: Question, asked: Asked) -> BaseModel:
        """Ask, check, and send back what is wrong."""
        kind = answer_type(load_prompt(question.prompt).answer, question.book.handles, question.choices)
        form = {
            "type": "json_schema",
            "json_schema": {"name": kind.__name__, "schema": schema_of(kind), "strict": True},
        }
        messages: list[tuple[str, str]] = [("system", asked.prompt.system), ("user", asked.prompt.user)]
        for round_ in range(REPAIRS + 1):
            text = self._say(messages, form)
            answer, complaints = read_answer_text(text, kind, question.check)
            if answer is not None:
                return answer
            asked.calls[-1].outcome = f"refused: {complaints[0]}"
            if round_ < REPAIRS:
                messages += [("assistant", text[:4000]), ("user", _complain(complaints))]
        raise AskError(f"refused after {REPAIRS} repairs: {_kind_of(complaints[0])}")

    def _say(self, messages: list[tuple[str, str]], form: dict[str, Any]) -> str:
        from openai import LengthFinishReasonError

        try:
            said = self._model.invoke(messages, response_format=form)
        except LengthFinishReasonError as error:
            return str(error.completion.choices[0].message.content or "")
        return said.content if isinstance(said.content, str) else str(said.text)


def read_answer_text(text: str, kind: type[BaseModel], check: Check) -> tuple[BaseModel | None, Sequence[str]]:
    """(the answer, nothing) or (None, complaints)."""
    try:
        answer = kind.model_validate_json(text)
    except ValidationError as error:
        return None, [_plain(e) for e in error.errors(include_url=False)[:5]]
    complaints = check(answer)
    return (None, complaints) if complaints else (answer, ())


def _plain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else f"{error['msg']}"[:200]


def _complain(complaints: Sequence[str]) -> str:
    rendered = load_prompt("advisor/repair_answer").render({"complaints": "\n".join(f"- {c}" for c in complaints)})
    return rendered.user


def _kind_of(complaint: str) -> str:
    """The complaint without what is particular to one answer, so that the report can count by reason."""
    return complaint.partition(":")[0][:80] if "no evidence" not in complaint else "it cites what was not shown"


class Session:
    """All questions of a run; after a failure that the next question would meet too, nothing more is asked."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.stopped = ""
        self.mode = ""
        self._asker: Asker | None = None

    def open(self, toolbox: Callable[[], Toolbox]) -> bool:
        """Find out what the endpoint can do; ``toolbox`` is made only for a model that can call tools.

        False, with the reason in ``stopped``, when the endpoint cannot be used.
        """
        try:
            abilities = self.endpoint.abilities()
        except AskError as error:
            self.stopped = str(error)
            return False
        self.mode = abilities.mode
        if abilities.mode == "tools":
            from agent.advisor.agent_mode import AgentAsker  # langchain's agents cost seconds to import

            self._asker = AgentAsker(self.endpoint, abilities, toolbox())
        else:
            self._asker = StructuredAsker(self.endpoint, abilities)
        return True

    def ask_all(self, questions: Sequence[Question]) -> list[BaseModel | None]:
        """The accepted answers, in order; None where there is none."""
        if len(questions) < 2 or self.endpoint.settings.parallel == 1:
            return [self.ask(question) for question in questions]
        with ThreadPoolExecutor(self.endpoint.settings.parallel) as pool:
            return list(pool.map(self.ask, questions))

    def ask(self, question: Question) -> BaseModel | None:
        """One question; whatever goes wrong becomes a line of the ledger."""
        if self.stopped or self._asker is None:
            return None
        rendered = load_prompt(question.prompt).render(question.values)
        asked = Asked(rendered, question.subject)
        token = CURRENT.set(asked)
        try:
            answer = self._asker.converse(question, asked)
        except Exception as error:  # noqa: BLE001 - the client wraps in its own types whatever the wire raises
            failure = find_failure(error) or AskError(f"{type(error).__name__}: {json.dumps(str(error)[:160])}")
            if failure.final:
                self.stopped = str(failure)
            if not isinstance(failure, NotSentError):
                self.endpoint.ledger.close(asked, _reason(failure))
            return None
        finally:
            CURRENT.reset(token)
        self.endpoint.ledger.close(asked, "accepted")
        return answer


def _reason(failure: AskError) -> str:
    return f"the endpoint refused it: {failure}" if isinstance(failure, RefusedError) else str(failure)
