"""Read hosts, addresses, folders and credentials from the environment; today's value stays the default.

One image has to run in every environment. What differs between them comes from environment variables; a value that stands
in the code, or in a file that is packed with it, needs another image.

Before
------
    SMTP_HOST = "mail.example.com"
    SMTP_PORT = 25

After
-----
    SMTP_HOST = os.environ.get("SMTP_HOST", "mail.example.com")
    SMTP_PORT = int(os.environ.get("SMTP_PORT", "25"))

Why
---
Nothing changes until somebody sets the variable. Settings in Python modules, configuration classes and ``app.config``, in
JavaScript configuration objects, calls that open connections, Java classes that hand out ``Properties`` and private constants are read. Name and value have to agree: a URL
in a constant that names no address stays. A credential is named as left to do: its default has to go once the real value
comes from a secret store, and it has to be changed, since it is in the history for good.

When not
--------
When the code is a library whose users configure it in another way, or the values are deployed by a configuration
management that replaces the file. Spring Boot properties are left alone: Spring reads the environment for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.connections import java_constants
from agent.patches.environment import Changed, credential, from_environment
from agent.patches.java_properties import properties_from_environment
from agent.patches.setting_values import CONFIGURED
from agent.ports import Codebase

__all__ = ["RECIPE"]


class ConfigFromEnvironment:
    """One patch a file."""

    id = "cloud-config-from-environment"
    title = "Read configuration from the environment"
    languages = frozenset({"python", "javascript", "java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found = from_environment(code, CONFIGURED) + properties_from_environment(code) + _constants(code)
        return [self._proposal(change, names, left) for change, names, left in found]

    def _proposal(self, change: FileChange, names: Sequence[str], left: Sequence[Left]) -> Proposal:
        listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        return Proposal(
            recipe=self.id,
            title=f"Read settings of {change.path.rpartition('/')[2][:38]} from the environment",
            why="An image that runs in every environment takes what differs from environment variables. Without them every "
            f"value is what it was. Read: {listed}.",
            changes=(change,),
            left=tuple(left),
        )


def _constants(code: Codebase) -> list[Changed]:
    return [
        (made, names, [credential(made.path, line, name) for line, name in secrets])
        for made, names, secrets in java_constants(code)
    ]


RECIPE = ConfigFromEnvironment()
