"""Section 8: systems of others: SOAP, file transfer, EDI, queues, webhooks; their contract, allow-lists and notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write"]

KINDS = (
    ("ftp", "file transfer", "the partner's allow-list knows the old machine's address"),
    ("drop", "file drop", "the folder is mounted on one machine, and a file may be picked up half written"),
    ("soap", "SOAP", "the WSDL is the contract; a recorded envelope of each call is its test"),
    ("edi", "EDI", "message types and partner identifiers are agreed, not free"),
    ("queue", "queue", "two consumers share the messages, so only one side may listen at a time"),
    ("webhook", "webhook", "the partner calls an address that must answer on the day of the cutover"),
)


def write(view: View) -> Sequence[Statement]:
    """What its code and its jobs speak with; the configuration that names it counts as its own."""
    found = [*_kinds(view), *_systems(view)]
    if found:
        return found
    outside = [s for s in view.ground.inventory.external_systems if s.evidence]
    elsewhere = f"; elsewhere {listed([f'{s.kind} {s.name}' for s in outside], 3)}" if outside else ""
    return [
        view.open(
            "partners.others", "partners", f"no partner's system is spoken to by {view.name}{elsewhere}",
            "Which partners use the system in a way that no code shows (allow-lists, shared logins, screens they scrape)?", "partner manager",
            "each gets a notice before the address changes", [Evidence(location=s.evidence[0], text=f"{s.kind}: {s.name}", resolution=s.resolution) for s in outside[:2]] or view.homes,
        )
    ]  # fmt: skip


def _reach(view: View) -> frozenset[str]:
    jobs = {p for j in view.own_jobs if view.name in j.services for p in (j.name, j.evidence.location.path)}
    return view.paths | jobs


def _kinds(view: View) -> Iterator[Statement]:
    """A setting in shared configuration is a partner of the service when the service's code reads it."""
    paths = _reach(view)
    shared = {e.location.path for kind, _, _ in KINDS for e in view.signals.of(kind)} - view.ground.paths_of.keys()
    text = "\n".join(view.ground.texts.get(p, "") for p in sorted(paths))
    for kind, title, why in KINDS:
        places = view.signals.of(kind, paths)
        for place in view.signals.of(kind, shared):
            name = place.text.partition("=")[0].strip().strip("'\"$").split(" ")[-1].split(":")[0]
            if place.location.path not in paths and len(name) > 3 and name in text:
                places.append(place)
        if not places:
            continue
        yield view.open(
            f"partner.{view.name}.{kind}", "partners", f"{title} in {counted(len(places), 'place')} ({listed([str(e.location) for e in places], 3)}): {why}",
            f"Who is at the other end of the {title} of {view.name}, what is agreed in writing, and how long is the notice?", "partner manager",
            f"the earliest day of {view.step.id}, and contract tests with the partner's own files or messages", places,
        )  # fmt: skip


def _systems(view: View) -> Iterator[Statement]:
    paths = _reach(view)
    for system in view.ground.inventory.external_systems:
        places = [p for p in system.evidence if p.path in paths]
        if places and system.kind in ("http", "mail", "directory", "payment"):
            evidence = [
                Evidence(location=p, text=f"{system.kind}: {system.name}", resolution=system.resolution) for p in places
            ]
            yield view.fact(
                f"{system.kind} {system.name} is called from here: its credentials and its allow-list are needed on the new side too",
                evidence,
            )
