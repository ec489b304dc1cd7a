"""No forge: requests are Markdown files in a folder, for people to open by hand wherever they work.

A file's head holds what a forge would know of it. Whether anybody has reviewed a branch cannot be known here, so that
commits are always added and never replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from agent.adapters.output_folder import write_files
from agent.domain.delivery import PREFIX, Dashboard, Request, RequestText

__all__ = ["MarkdownForge"]

_HEAD = re.compile(
    r"\A# (?P<title>[^\n]*)\n\nBranch `(?P<branch>[^`\n]*)` into `(?P<base>[^`\n]*)`\n\n(?P<body>.*)\Z", re.DOTALL
)


class MarkdownForge:
    """`agent.ports.Forge` over a folder of files."""

    name = "the folder of requests"
    noun = "request"
    sign = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def close(self) -> None:
        """Nothing is held open."""

    def requests(self, branch: str) -> Sequence[Request]:
        found = _HEAD.match(self._read(_file(branch)))
        if found is None:
            return ()
        return (self._request(branch, found["base"], found["title"], found["body"]),)

    def open(self, text: RequestText) -> Request:
        return self._write(text.branch, text.base, text.title, text.body)

    def edit(self, request: Request, title: str, body: str, base: str) -> Request:
        return self._write(request.branch, base, title, body)

    def reviewed(self, request: Request) -> bool:  # noqa: ARG002
        return True

    def shown_paths(self, request: Request) -> frozenset[str] | None:  # noqa: ARG002
        return None

    def dashboard(self) -> Dashboard | None:
        text = self._read("dashboard.md")
        return Dashboard(number=0, body=text, url=str(self.folder / "dashboard.md")) if text else None

    def write_dashboard(self, dashboard: Dashboard | None, title: str, body: str) -> Dashboard:  # noqa: ARG002
        write_files(self.folder, {"dashboard.md": body})
        return Dashboard(number=0, body=body, url=str(self.folder / "dashboard.md"))

    def _write(self, branch: str, base: str, title: str, body: str) -> Request:
        text = f"# {title}\n\nBranch `{branch}` into `{base}`\n\n{body.strip()}\n"
        write_files(self.folder, {_file(branch): text})
        return self._request(branch, base, title, body)

    def _request(self, branch: str, base: str, title: str, body: str) -> Request:
        url = str(self.folder / _file(branch))
        return Request(number=0, branch=branch, base=base, title=title, body=body, state="open", url=url)

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_text("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return ""


def _file(branch: str) -> str:
    return branch.removeprefix(PREFIX).replace("/", "-") + ".md"
