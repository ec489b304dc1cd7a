"""The tool-calling mode: langchain's agent over our tools, for models that can call them.

The loop ends with an answer, at the cap of steps, tokens, time or money, or when it makes no progress: the same call
again, or a tool asked for after it was told to answer. What a tool returns can be cited like what the question showed.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, hook_config
from langchain.agents.structured_output import StructuredOutputError, ToolStrategy
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from pydantic import BaseModel

from agent.advisor.answers import answer_type
from agent.advisor.asking import REPAIRS, Question
from agent.advisor.endpoint import Abilities, Endpoint
from agent.advisor.failures import AskError
from agent.advisor.ledger import Asked
from agent.advisor.tools import Desk, Toolbox
from agent.prompting import load_prompt

__all__ = ["AgentAsker"]

_LOOSE = "sources"  # the variable of a question that holds repository text rather than names
_ARGUMENT = 200


class AgentAsker:
    """Asks by an agent; each question has a desk of its own."""

    def __init__(self, endpoint: Endpoint, abilities: Abilities, box: Toolbox) -> None:
        self._model = endpoint.model(abilities)
        self._steps = endpoint.settings.max_steps
        self._box = box
        # These libraries silence their own deprecations by warnings.catch_warnings, which threads undo for each other:
        # where warnings are errors (python -W error), now and then one of several questions was lost
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="lang(chain|graph)|pydantic")

    def converse(self, question: Question, asked: Asked) -> BaseModel:
        """Run the agent to an answer; a refused one goes back with the exact complaint, twice at most."""
        shown = "\n".join(str(value) for name, value in question.values.items() if name != _LOOSE)
        desk = Desk(self._box, question.book, shown, str(question.values.get(_LOOSE, "")))
        kind = answer_type(load_prompt(question.prompt).answer, None, question.choices)
        caps = _Caps(self._steps)
        agent = create_agent(
            self._model,
            [_as_tool(function) for function in desk.functions()],
            system_prompt=f"{asked.prompt.system}\n{load_prompt('advisor/use_tools').render({}).system}",
            middleware=[caps],
            response_format=ToolStrategy(kind, handle_errors=False),
        )
        messages: list[Any] = [HumanMessage(asked.prompt.user)]
        complaints: Sequence[str] = ()
        for _ in range(REPAIRS + 1):
            answer, complaints, messages = self._run(agent, messages, caps, question)
            if answer is not None:
                return answer
            asked.calls[-1].outcome = f"refused: {complaints[0]}"
            text = load_prompt("advisor/repair_answer").render({"complaints": "\n".join(f"- {c}" for c in complaints)})
            messages = [*messages, HumanMessage(text.user)]
        raise AskError(f"refused after {REPAIRS} repairs: {complaints[0].partition(':')[0][:80]}")

    def _run(
        self, agent: Any, messages: list[Any], caps: _Caps, question: Question
    ) -> tuple[BaseModel | None, Sequence[str], list[Any]]:
        """(answer, complaints, the conversation so far)."""
        try:
            state = agent.invoke({"messages": messages}, {"recursion_limit": 6 * self._steps + 10})
        except StructuredOutputError as error:
            return None, [f"the form: {' '.join(str(error).split())[:300]}"], messages
        if caps.ended:
            raise AskError(caps.ended)
        answer = state.get("structured_response")
        conversation = _closed(state["messages"])
        if answer is None:
            return None, ["answer by calling the tool of the answer's name, not in words"], conversation
        complaints = question.check(answer)
        return (None, complaints, conversation) if complaints else (answer, (), conversation)


class _Caps(AgentMiddleware[Any, Any, Any]):
    """Ends a loop that goes on for too long or nowhere; ``ended`` says why."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._calls = 0
        self._seen: Counter[str] = Counter()
        self.ended = ""

    @hook_config(can_jump_to=["end"])
    def before_model(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        """Count the calls of the model."""
        del state, runtime
        self._calls += 1
        if self._calls > self._most:
            self.ended = f"it was still looking things up after {self._most} steps"
            return {"jump_to": "end"}
        return None

    @hook_config(can_jump_to=["end"])
    def after_model(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        """The same call for the third time is no progress; the second is answered with what it already has."""
        del runtime
        last = state["messages"][-1]
        for call in last.tool_calls if isinstance(last, AIMessage) else ():
            self._seen[json.dumps([call["name"], call["args"]], sort_keys=True, default=str)] += 1
        if self._seen and max(self._seen.values()) > 2:
            self.ended = "it made the same call again and again"
            return {"jump_to": "end"}
        return None


def _as_tool(function: Callable[..., str]) -> Any:
    """The function as a tool; its arguments are short, and nothing that it raises reaches the loop as an exception."""

    def run(**arguments: Any) -> str:
        short = {name: str(value)[:_ARGUMENT] for name, value in arguments.items()}
        try:
            return function(**short)
        except (OSError, KeyError, ValueError) as error:
            return f"nothing found ({type(error).__name__})"

    made = StructuredTool.from_function(function)
    return StructuredTool(name=made.name, description=made.description, args_schema=made.args_schema, func=run)


def _closed(messages: Sequence[Any]) -> list[Any]:
    """The conversation with every call answered, as the protocol demands before it may go on."""
    answered = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    found: list[Any] = []
    for message in messages:
        found.append(message)
        for call in message.tool_calls if isinstance(message, AIMessage) else ():
            if call["id"] not in answered:
                found.append(ToolMessage("not run", tool_call_id=call["id"]))
    return found
