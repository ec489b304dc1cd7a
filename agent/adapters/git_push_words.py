"""What git and a server say of a failed push -> one sentence that says what to do; secrets are taken out."""

from __future__ import annotations

import re

__all__ = ["last_line", "push_trouble", "without_secrets"]

_KNOWN = (
    (r"protected branch|GH006|GH013|repository rule|not allowed to (?:force )?push.*protected|pre-receive hook declined",
     "a rule of the repository protects {branch} or refuses its commits: allow pushes to figwright/* for this token, or exempt it from the rule"),
    (r"stale info|fetch first|non-fast-forward",
     "{branch} was changed by somebody else meanwhile: run the same command again, which will leave their commits alone"),
    (r"GH001|large file|exceeds .*size|pack exceeds",
     "the remote refuses {branch} because a file in it is too large: leave that item out with --only"),
    (r"workflow. scope|without `workflow`",
     "the token may not change files under .github/workflows: give it that permission, or leave the item out with --only"),
    (r"authentication failed|could not read (?:username|password)|terminal prompts disabled|invalid (?:username|credentials)|HTTP Basic: Access denied",
     "the remote does not accept the credentials: set FIGWRIGHT_FORGE_TOKEN or sign in with git's credential helper"),
    (r"403|permission.*denied|denied to|not allowed to push|access denied|permission to",
     "the remote does not let you push {branch}: give the token write access to the repository's contents"),
    (r"repository.*not found|404|does not appear to be a git repository",
     "the remote was not found, or is not shown to you: check its address and the token's access"),
)  # fmt: skip
_PASSING = r"timed? ?out|reset by peer|early EOF|remote end hung up|The requested URL returned error: (?:5\d\d|429)|unexpected disconnect|could not resolve|couldn't connect|failed to connect|connection refused"


def push_trouble(said: str, branch: str) -> str:
    """One sentence. It begins with an ellipsis when the same push may succeed a moment later."""
    passing = re.search(_PASSING, said, re.IGNORECASE)
    for pattern, sentence in () if passing else _KNOWN:
        if re.search(pattern, said, re.IGNORECASE):
            return f"{sentence.format(branch=branch)}."
    refused = re.search(r"^!\t\S+\t(.+)$", said, re.MULTILINE)
    line = refused.group(1) if refused else last_line(said)
    if passing:
        return f"…{branch} could not be pushed ({line}): run the same command again, it goes on from there."
    return f"{branch} could not be pushed ({line}): put that right, then run the same command again."


def last_line(complaint: str) -> str:
    """The line of git's complaint that says most."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))] or lines
    return told[0].removeprefix("fatal: ").removeprefix("error: ") if told else "git gave no reason"


def without_secrets(text: str, *secrets: str) -> str:
    """The text without user names and passwords in URLs, and without these very secrets."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return re.sub(r"(?<=://)[^/\s@]*@", "", text)
