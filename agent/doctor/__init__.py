"""Looks at this machine: what figwright uses in, how each of it stands out; nothing is changed.

The checks run at the same time, and one that has no answer at the deadline is said to have none.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping

from agent.doctor.check import STATUSES, Diagnosis, Machine, Status
from agent.doctor.checks import CHECKS

__all__ = ["CHECKS", "SECONDS", "STATUSES", "Diagnosis", "Machine", "Status", "examine_machine", "without_secrets"]

SECONDS = 30.0
_LONGEST = 600  # characters of what a program said
_PASSWORD = re.compile(r"(?<=://)[^/\s@]{1,500}@")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH", re.IGNORECASE)


def examine_machine(
    machine: Machine, environment: Mapping[str, str], seconds: float = SECONDS
) -> tuple[Diagnosis, ...]:
    """Every check's answer, in the order of CHECKS. ``environment`` tells what must never be shown."""
    answers: dict[str, Diagnosis | None] = {}

    def answer(name: str) -> None:
        try:
            answers[name] = CHECKS[name](machine)
        except Exception as error:  # noqa: BLE001 - what one check meets must not hide the others
            answers[name] = Diagnosis(
                name=name, status="WARN", found=f"the check itself failed: {error}", costs="not known", fix="tell us"
            )

    threads = {name: threading.Thread(target=answer, args=(name,), daemon=True) for name in CHECKS}
    deadline = time.monotonic() + seconds
    for thread in threads.values():
        thread.start()
    for name, thread in threads.items():
        thread.join(max(0.0, deadline - time.monotonic()))
        answers.setdefault(name, _late(name, seconds))
    done = [answers[name] for name in CHECKS]
    return tuple(_shown(each, environment) for each in done if each is not None)


def _late(name: str, seconds: float) -> Diagnosis:
    return Diagnosis(
        name=name,
        status="WARN",
        found=f"no answer within {seconds:.0f} seconds",
        costs="whatever needs it will wait as long",
        fix="see whether its program hangs when you call it yourself",
    )


def _shown(diagnosis: Diagnosis, environment: Mapping[str, str]) -> Diagnosis:
    words = {key: without_secrets(getattr(diagnosis, key), environment) for key in ("found", "costs", "fix")}
    return diagnosis.model_copy(update=words)


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """One line without passwords in URLs and without the value of any variable that is named like a secret."""
    line = _PASSWORD.sub("", " ".join(text[:20_000].split()))
    for name, value in environment.items():
        if _SECRET_NAME.search(name) and len(value) >= 6:
            line = line.replace(value, "…")
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
