"""A model that repairs Dockerfiles: a failed one in, its answer of search/replace blocks out; code checks it, and a build tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.advisor.asking import Session
from agent.advisor.evidence import withheld
from agent.advisor.failures import AskError, NotSentError, find_failure
from agent.advisor.ledger import CURRENT, Asked
from agent.advisor.redaction import count_secrets
from agent.domain.container import MendTask
from agent.prompting import load_prompt

__all__ = ["ModelMender"]

_PROMPT = "containers/repair_dockerfile"
_MOST_TOKENS = 1500
_FILE, _FACTS, _SAID, _REFUSED = 20_000, 6_000, 6_000, 6_000  # characters
_PATH = re.compile(r"[\w@.+-]+(?:/[\w@.+-]+)*")


class ModelMender:
    """Asks the session's endpoint, within the same budget and through the same way out as everything else."""

    def __init__(self, session: Session, never_send: Sequence[str]) -> None:
        self._session = session
        self._never_send = never_send
        self._pending: Asked | None = None
        self.name = session.endpoint.settings.model
        self.prompt = f"{_PROMPT}@{load_prompt(_PROMPT).version}"

    def propose(self, task: MendTask) -> str:
        """The answer as it came; empty when there is none, for whatever reason (the ledger has it)."""
        self.judge("nobody judged it")
        if self._session.stopped:
            return ""
        asked = Asked(load_prompt(_PROMPT).render(self._values(task)), task.path)
        token = CURRENT.set(asked)
        try:
            answer = self._say(asked)
        except Exception as error:  # noqa: BLE001 - the client wraps in its own types whatever the wire raises
            failure = find_failure(error) or AskError(f"{type(error).__name__}: {str(error)[:160]}")
            if failure.final:
                self._session.stopped = str(failure)
            if not isinstance(failure, NotSentError):
                self._session.endpoint.ledger.close(asked, str(failure))
            return ""
        finally:
            CURRENT.reset(token)
        self._pending = asked
        if not answer.strip():
            self.judge("the answer was empty")
        return answer

    def judge(self, outcome: str) -> None:
        """Write the last answer's line of the ledger, unless it is there already."""
        if self._pending is not None:
            self._session.endpoint.ledger.close(self._pending, outcome)
            self._pending = None

    def secrets_in(self, text: str) -> int:
        return count_secrets(text)

    def _values(self, task: MendTask) -> dict[str, object]:
        hidden = not task.entry or withheld(task.entry_path, self._never_send)
        entry = "" if hidden else f"{task.entry_path}\n{task.entry}"
        return {
            "failed": task.failed,
            "facts": self._shown("\n".join(task.facts))[:_FACTS],
            "file": f"{task.path}\n{self._shown(task.text)[:_FILE]}",
            "entry": entry,
            "said": self._shown("\n".join(task.said))[-_SAID:],
            "refused": self._shown("\n\n".join(task.refused))[-_REFUSED:],
        }

    def _shown(self, text: str) -> str:
        """Without the names of files that must not be sent."""
        return _PATH.sub(lambda found: "[withheld]" if withheld(found[0], self._never_send) else found[0], text)

    def _say(self, asked: Asked) -> str:
        endpoint = self._session.endpoint
        model = endpoint.model(endpoint.abilities(), _MOST_TOKENS)
        said = model.invoke([("system", asked.prompt.system), ("user", asked.prompt.user)])
        return said.content if isinstance(said.content, str) else str(said.text)
