"""A model as the editor of the patch stage: a task in, its answer of search/replace blocks out; whether it holds, tests say.

A model that cannot call tools rarely writes such blocks: for small files it is asked for the files themselves, and the blocks
are made from those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.advisor.asking import Session
from agent.advisor.evidence import withheld
from agent.advisor.failures import AskError, find_failure
from agent.advisor.ledger import CURRENT, Asked
from agent.advisor.redaction import Redactor
from agent.domain.patch import EditTask, Shown
from agent.prompting import load_prompt

__all__ = ["ModelEditor", "read_files"]

_BLOCKS, _FILES = "advisor/edit_code", "advisor/rewrite_files"
_MOST_TOKENS = 4000
_WHOLE_LINES, _WHOLE_TEXT = 120, 8_000  # of all files together, to be written anew whole
_CODE = re.compile(r"^[ \t]*```[^\n]*\n(.*?\n)[ \t]*```", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*</?data [0-9a-f]{1,16}>[ \t]*$")
_HEAD = re.compile(
    r"^(?:#|//|/\*|--|<!--)?[ \t]*[\w./-]+\.\w+(?: \(from line \d+\))?[ \t]*(?:\*/|-->)?$"
)  # a path alone
_MARKS = re.compile(r"^(?:<{5,9} ?SEARCH|={5,9}[ \t]*$|>{5,9} ?REPLACE)", re.MULTILINE)
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
        whole = self._whole(shown)
        asked = Asked(load_prompt(_FILES if whole else _BLOCKS).render(values), task.goal[:80])
        token = CURRENT.set(asked)
        try:
            return self._rewrite(asked, shown) if whole else self._say(asked)
        except Exception as error:  # noqa: BLE001 - the client wraps in its own types whatever the wire raises
            failure = find_failure(error) or AskError(f"{type(error).__name__}: {str(error)[:160]}")
            if failure.final:
                self._session.stopped = str(failure)
            self._session.endpoint.ledger.close(asked, str(failure))
            return ""
        finally:
            CURRENT.reset(token)

    def _whole(self, shown: Sequence[Shown]) -> bool:
        """Whether to ask for whole files: a model without tools, and all of each file is shown, and short."""
        endpoint = self._session.endpoint
        try:
            mode = endpoint.abilities().mode
        except AskError:
            return False  # the question itself will say why it cannot be asked
        text = "\n".join(file.text for file in shown)
        short = text.count("\n") <= _WHOLE_LINES and len(text) <= _WHOLE_TEXT and not _MARKS.search(text)
        whole = mode == "questions" and short and all(file.first_line == 1 for file in shown)
        # What is hidden from the model could not be written back by it
        return whole and Redactor().clean_text(text)[1] == 0

    def _say(self, asked: Asked) -> str:
        endpoint = self._session.endpoint
        model = endpoint.model(endpoint.abilities(), _MOST_TOKENS)
        said = model.invoke([("system", asked.prompt.system), ("user", asked.prompt.user)])
        endpoint.ledger.close(asked, "accepted")  # that it was received; the patch's own verdict says what it was worth
        return said.content if isinstance(said.content, str) else str(said.text)

    def _rewrite(self, asked: Asked, shown: Sequence[Shown]) -> str:
        """The files that came back, each as one block that replaces what was shown; none when one of them cannot be told."""
        endpoint = self._session.endpoint
        texts = {file.path: file.text for file in shown}
        model = endpoint.model(endpoint.abilities(), _MOST_TOKENS)
        said = model.invoke([("system", asked.prompt.system), ("user", asked.prompt.user)])
        found, why = read_files(said.content if isinstance(said.content, str) else str(said.text), tuple(texts))
        endpoint.ledger.close(asked, f"refused: {why}" if why else "accepted")
        return "" if why else "\n".join(_block(path, texts[path], text) for path, text in sorted(found.items()))


def read_files(answer: str, paths: Sequence[str]) -> tuple[dict[str, str], str]:
    """(the files that an answer's code blocks hold, what is wrong with it). A block belongs to the path that stands last before
    it, or at its head; with one file shown, to that one."""
    found: dict[str, str] = {}
    for match in _CODE.finditer(answer):
        lines = [line for line in match[1].split("\n")[:-1] if not _FENCED.match(line)]
        before = answer[: match.start()].rstrip().rpartition("\n")[2]
        named = [path for path in paths if path in before] or [path for path in paths if path in "".join(lines[:1])]
        if not named and len(paths) > 1:
            return {}, "a code block does not say which file it is"
        if lines and _HEAD.match(lines[0]):
            del lines[0]
        path, text = max(named, key=len) if named else paths[0], "".join(f"{line}\n" for line in lines)
        if path in found and text.strip() and text.strip() != found[path].strip():
            return {}, "two code blocks are for one file"
        if text.strip():
            found.setdefault(path, text)
    if not found:
        return {}, "the answer holds no code block"
    if any(_MARKS.search(text) for text in found.values()):
        return {}, "it holds the marks of a block"
    return found, ""


def _block(path: str, before: str, after: str) -> str:
    """One block for the whole file: the change is what differs, however much of it is shown here."""
    return "\n".join([path, "<<<<<<< SEARCH", *_lines(before), "=======", *_lines(after), ">>>>>>> REPLACE", ""])


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")
