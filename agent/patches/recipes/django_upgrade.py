"""Rewrite what Django has deprecated, up to the version that the repository declares; django-upgrade does it.

Before
------
    from django.conf.urls import url

    urlpatterns = [
        url(r"^orders/$", views.orders),
    ]

After
-----
    from django.urls import path

    urlpatterns = [
        path("orders/", views.orders),
    ]

Why
---
What one release deprecates, the next but one removes. Rewritten in the version that is in use, each change can be tested
today, and the step to the next version is only a number. One fixer of django-upgrade is one patch.

When not
--------
When the code has to run under older versions of Django than the one that is declared. Tests are left as they are.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from agent.domain.patch import Proposal
from agent.domain.verdict import FileChange
from agent.patches.declared_version import declared
from agent.patches.edits import MOST_BYTES, change
from agent.patches.python_tree import parse_python
from agent.ports import Codebase

__all__ = ["RECIPE"]


class DjangoUpgrade:
    """One patch a fixer, each made from what the ones before it left."""

    id = "django-upgrade"
    title = "Rewrite what Django has deprecated"
    languages = frozenset({"python"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        version = declared(code, "django")
        if version is None:
            return ()
        texts = _texts(code)
        engine = _Engine(version)
        texts = {path: text for path, text in texts.items() if engine.fixed(text, path, None) != text}
        found: list[Proposal] = []
        for fixer in engine.fixers if texts else ():
            changes: list[FileChange] = []
            for path in sorted(texts):
                after = engine.fixed(texts[path], path, fixer)
                if after != texts[path] and parse_python(path, after) is not None:
                    changes.append(change(path, texts[path], after))
                    texts[path] = after
            if changes:
                found.append(self._proposal(fixer, version, tuple(changes)))
        return found

    def _proposal(self, fixer: str, version: tuple[int, int], changes: tuple[FileChange, ...]) -> Proposal:
        said = fixer.replace("_", " ")
        return Proposal(
            recipe=self.id,
            title=f"Write {said} as Django {version[0]}.{version[1]} wants it"[:72],
            why=f"django-upgrade's fixer {fixer}: what is rewritten is deprecated in the Django that is declared, or gone.",
            changes=changes,
        )


def _texts(code: Codebase) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in code.paths(".py"):
        text = code.text(path)
        if (
            text is not None
            and not code.is_test(path)
            and len(text) < MOST_BYTES
            and "django" in text
            and parse_python(path, text)
        ):
            found[path] = text
    return found


class _Engine:
    """django-upgrade as a library, on texts of bytes."""

    def __init__(self, version: tuple[int, int]) -> None:
        self.data: Any = importlib.import_module("django_upgrade.data")
        self.main: Any = importlib.import_module("django_upgrade.main")
        known = sorted(self.main.SUPPORTED_TARGET_VERSIONS)
        self.version = max((v for v in known if v <= version), default=known[0])
        self.fixers: Sequence[str] = sorted(self.data.FIXERS)

    def fixed(self, text: str, path: str, fixer: str | None) -> str:
        """The text after one fixer, or all; as it was when the engine cannot read it."""
        settings = self.data.Settings(self.version, only_fixers={fixer} if fixer else None)
        try:
            said = text.encode("latin-1").decode("utf-8")
            end = "\r\n" if "\r\n" in said else "\n"
            after = self.main.apply_fixers(said.replace("\r\n", "\n"), settings, path)
            return str(after).replace("\n", end).encode("utf-8").decode("latin-1")
        except Exception:  # noqa: BLE001 (whatever the engine stumbles over, the file stays)
            return text


RECIPE = DjangoUpgrade()
