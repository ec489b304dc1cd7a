"""Add ``/healthz``, which answers 200 as long as the process serves, where nothing like it is there.

A platform starts, replaces and restarts processes by what such an address answers. It asks nothing else: no database, no
session, no log-in, so that a slow database does not get every process restarted.

Before
------
    app = express();

After
-----
    app = express();

    app.get('/healthz', function (req, res) {
      res.type('text/plain').send('ok');
    });

Why
---
Flask applications and factories, Django's root URLs, Express applications, Spring Boot (its actuator) and servlets since
3.0 are known. An application that already answers ``/health``, ``/ping`` or the like keeps what it has. What runs before
every request (``before_request``, filters, middleware) runs before this one too: it is named as left to do.

When not
--------
When the program is a library or a tool that serves its users' own paths.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.health_endpoints import Endpoint, is_answered
from agent.patches.health_java import java_endpoints
from agent.patches.health_python import django_endpoints, flask_endpoints
from agent.patches.health_scripts import express_endpoints
from agent.ports import Codebase

__all__ = ["RECIPE"]


class HealthEndpoint:
    """The address, then its test."""

    id = "cloud-health-endpoint"
    title = "Answer /healthz"
    languages = frozenset({"python", "javascript", "java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        if is_answered(code):
            return ()
        found: list[Proposal] = []
        for endpoint in [
            *flask_endpoints(code),
            *django_endpoints(code),
            *express_endpoints(code),
            *java_endpoints(code),
        ]:
            found.extend(self._proposals(endpoint))
        return found

    def _proposals(self, endpoint: Endpoint) -> list[Proposal]:
        made = [self._proposal(endpoint.title, endpoint.changes, endpoint.left)]
        if endpoint.test is not None:
            made.append(self._proposal("Test that /healthz answers", (endpoint.test,), ()))
        return made

    def _proposal(self, title: str, changes: tuple[FileChange, ...], left: Sequence[Left]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=title,
            why="The platform has to see whether the process serves. The address touches nothing else, so that a slow database "
            "does not get every process restarted.",
            changes=changes,
            left=tuple(left),
        )


RECIPE = HealthEndpoint()
