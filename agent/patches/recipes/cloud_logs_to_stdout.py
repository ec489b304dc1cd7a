"""Write logs to standard output instead of files: Python's logging, winston, log4j, Logback, Spring Boot.

A container's files go with it, and nobody collects them. The platform collects what processes print.

Before
------
    handler = RotatingFileHandler("/var/log/shop.log", maxBytes=1000000)

After
-----
    handler = logging.StreamHandler(sys.stdout)

Why
---
Formats, levels and loggers stay as they are; only where the lines go changes. Where a console handler stands beside the
file nothing is changed, since every line would come twice, and code that appends to log files by itself is named as left
to do.

When not
--------
When the file is read by somebody (an audit trail, a parser): it is data then, not a log. Where the program still runs on a
server without a log collector, its output has to be redirected before this is deployed.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.log_files import configured_logs, python_logs, script_logs, written_by_hand
from agent.ports import Codebase

__all__ = ["RECIPE"]


class LogsToStdout:
    """One patch a file."""

    id = "cloud-logs-to-stdout"
    title = "Write logs to standard output"
    languages = frozenset({"python", "javascript", "java"})
    default = False  # what reads the files today has to know first

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        left: list[Left] = list(written_by_hand(code))
        changes: list[FileChange] = []
        for changed, todo in [*python_logs(code), *script_logs(code), *configured_logs(code)]:
            left += todo
            if changed is not None:
                changes.append(changed)
        found = [self._proposal((changed,)) for changed in changes]
        if left:
            todo = tuple(sorted(left, key=lambda item: (item.where.path, item.where.line)))
            found.append(Proposal(recipe=self.id, title="Logs in files that only people can move", why=_WHY, left=todo))
        return found

    def _proposal(self, changes: tuple[FileChange, ...]) -> Proposal:
        name = changes[0].path.rpartition("/")[2][:38]
        return Proposal(recipe=self.id, title=f"Write the logs of {name} to standard output", why=_WHY, changes=changes)


_WHY = "What a container writes into files is gone with it; the platform keeps what processes print."
RECIPE = LogsToStdout()
