"""What the system talks to and what keeps it in one place: file shares, mail, local files, several databases.

Before: a nightly file on a mounted share. After: an interface with an owner, a contract and a test. Why: these are what a
cut-over forgets. When not: a partner that will not change keeps its format behind an adapter.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.assessment.case import Case, evidence, finding
from agent.domain.finding import Finding, Rule
from agent.domain.wording import counted

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="integration.external-system", lens="integration", severity="medium", title="The system depends on another one",
        matches="File shares, mail, queues, directories and services that the code or its settings name.",
        why="These are what a cut-over forgets.",
        remedy="Put it behind one adapter with an owner, a contract and a test.",
    ),
)  # fmt: skip

NEEDS = {
    "file share": (
        "medium",
        "Partners and jobs depend on its path, format and time; put it behind one adapter and test the file.",
    ),
    "ftp": (
        "medium",
        "Credentials, allow-lists and notice periods move with it; put it behind one adapter and test the file.",
    ),
    "mail": (
        "low",
        "Send after the transaction has committed, through one place, so that a retry does not mail twice.",
    ),
    "http": ("low", "Give the call a time-out and one owner; it becomes a dependency of the service that makes it."),
    "ldap": (
        "medium",
        "Identity has to work on both sides of the facade; settle sessions and roles before the first route moves.",
    ),
    "queue": ("low", "Name the owner of each queue; a consumer that moves must not run twice."),
    "soap": (
        "medium",
        "The contract is the partner's; keep its client whole in one service behind an anti-corruption layer.",
    ),
}


def look(case: Case) -> Iterator[Finding]:
    """Rule integration.external-system."""
    for system in case.inventory.external_systems:
        need = NEEDS.get(system.kind)
        if need is None:
            continue
        severity, remedy = need
        found = [
            evidence(place.path, place.line, f"{system.kind}: {system.name}", system.resolution)
            for place in system.evidence
        ]
        by_path = {unit.path: unit.service for unit in case.boundaries.units}
        services = case.named(by_path.get(place.path, "") for place in system.evidence)
        users = f", used by {', '.join(services)}" if services else ""
        yield finding(
            "integration.external-system", f"{system.kind} {system.name}", severity,
            f"The system depends on {system.kind} {system.name}",
            f"{counted(len(found), 'place refers', 'places refer')} to it{users}.",
            remedy, services, found,
        )  # fmt: skip
