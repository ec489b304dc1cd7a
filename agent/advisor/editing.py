"""A model as the editor of the patch stage: a task in, its answer of search/replace blocks out; whether it holds, tests say."""

from __future__ import annotations

from collections.abc import Sequence

from agent.advisor.asking import Session
from agent.advisor.evidence import withheld
from agent.advisor.failures import AskError, find_failure
from agent.advisor.ledger import CURRENT, Asked
from agent.domain.patch import EditTask
from agent.prompting import load_prompt

__all__ = ["ModelEditor"]

_PROMPT = "advisor/edit_code"
_MOST_TOKENS = 4000
_LEFT, _REFUSED, _TEXT = 20, 3, 60_000


class ModelEditor:
    """Edits by asking the session's endpoint, within the same budget and through the same way out as everything else."""

    def __init__(self, session: Session, never_send: Sequence[str]) -> None:
        self._session = session
        self._never_send = never_send
        self.name = session.endpoint.settings.model

    def propose_edit(self, task: EditTask) -> str:
        """The answer as it came; empty when there is none, for whatever reason (the ledger has it)."""
        if self._session.stopped or not task.files:
            return ""
        shown = [file for file in task.files if not withheld(file.path, self._never_send)]
        if not shown:
            return ""
        values = {
            "goal": task.goal,
            "files": "\n\n".join(f"{file.path} (from line {file.first_line})\n{file.text[:_TEXT]}" for file in shown),
            "left": "\n".join(
                f"{left.where}: {left.text}"
                for left in task.left[:_LEFT]
                if not withheld(left.where.path, self._never_send)
            ),
            "failures": "\n\n".join(task.failures),
            "refused": "\n".join(task.refused[-_REFUSED:]),
        }
        asked = Asked(load_prompt(_PROMPT).render(values), task.goal[:80])
        token = CURRENT.set(asked)
        try:
            return self._say(asked)
        except Exception as error:  # noqa: BLE001 - the client wraps in its own types whatever the wire raises
            failure = find_failure(error) or AskError(f"{type(error).__name__}: {str(error)[:160]}")
            if failure.final:
                self._session.stopped = str(failure)
            self._session.endpoint.ledger.close(asked, str(failure))
            return ""
        finally:
            CURRENT.reset(token)

    def _say(self, asked: Asked) -> str:
        endpoint = self._session.endpoint
        model = endpoint.model(endpoint.abilities(), _MOST_TOKENS)
        said = model.invoke([("system", asked.prompt.system), ("user", asked.prompt.user)])
        endpoint.ledger.close(asked, "accepted")  # that it was received; the patch's own verdict says what it was worth
        return said.content if isinstance(said.content, str) else str(said.text)
