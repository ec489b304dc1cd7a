"""How a repository words its commits: its last messages in, ours worded the same way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Habits", "read_habits"]

_CONVENTIONAL = re.compile(
    r"(?:feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert)(?:\([\w ./-]+\))?!?: ", re.IGNORECASE
)
_SCOPED = re.compile(r"[\w./-]{1,40}: \S")
_SIGNED = re.compile(r"^Signed-off-by: .+ <.+>$", re.MULTILINE)
_TYPES = {"plan": "docs", "patch": "refactor", "containers": "build", "extraction": "feat"}
_FEWEST = 5  # messages: fewer show no habit


@dataclass(frozen=True)
class Habits:
    """``style``: subjects are ``type: subject`` (conventional), ``folder: subject`` (scoped) or plain. ``signed``: messages end
    with a sign-off (the Developer Certificate of Origin). ``lower``: subjects begin with a small letter. ``stop``: they end
    with a full stop."""

    style: str = "plain"
    signed: bool = False
    lower: bool = False
    stop: bool = False

    def subject(self, text: str, kind: str, paths: Sequence[str] = ()) -> str:
        """A commit's or a request's subject."""
        prefix = ""
        if self.style == "conventional":
            prefix = f"{_TYPES.get(kind, 'chore')}: "
        elif self.style == "scoped":
            prefix = f"{_scope(paths)}: " if _scope(paths) else ""
        if (self.lower or self.style == "conventional") and text[1:2].islower():
            text = text[:1].lower() + text[1:]
        return f"{prefix}{text}{'.' if self.stop and not text.endswith('.') else ''}"

    def message(self, subject: str, body: str, author: str) -> str:
        """The whole message; ``author`` is ``Name <e-mail>``."""
        parts = [subject, body.strip(), f"Signed-off-by: {author}" if self.signed else ""]
        return "\n\n".join(part for part in parts if part) + "\n"


def read_habits(messages: Sequence[str]) -> Habits:
    """``messages`` are the newest first, merges left out. A habit is what at least half of them share."""
    subjects = [message.strip().split("\n", 1)[0] for message in messages if message.strip()]
    if len(subjects) < _FEWEST:
        return Habits()
    conventional = _share(subjects, lambda text: bool(_CONVENTIONAL.match(text)))
    scoped = _share(subjects, lambda text: bool(_SCOPED.match(text)))
    style = "conventional" if conventional >= 0.5 else "scoped" if scoped >= 0.6 else "plain"
    bare = [_SCOPED.sub(lambda found: found.group()[-1], text, count=1) for text in subjects]
    return Habits(
        style=style,
        signed=_share(list(messages), lambda text: bool(_SIGNED.search(text))) >= 0.5,
        lower=_share(bare, lambda text: text[:1].islower()) >= 0.8,
        stop=_share(subjects, lambda text: text.endswith(".")) >= 0.8,
    )


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(holds(text) for text in texts) / len(texts) if texts else 0.0


def _scope(paths: Sequence[str]) -> str:
    """The folder that all paths lie in, by its own name; the file's when there is one."""
    if len(paths) == 1:
        return paths[0].rpartition("/")[2].rpartition(".")[0] or paths[0]
    tops = {path.split("/")[0] for path in paths if "/" in path}
    return tops.pop() if len(tops) == 1 and all("/" in path for path in paths) else ""
