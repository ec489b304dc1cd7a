"""Section 7: session store, SSO or directory, roles, CSRF, logout across the facade; a bridge first, tokens later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write"]


def write(view: View) -> Sequence[Statement]:
    """What is found of each, and the question where it matters."""
    found = [*_sessions(view), *_directory(view), *_roles(view), *_forms(view), *_logout(view)]
    return found or [
        view.open(
            "identity.session", "identity", f"no session, role or login was found in {counted(len(view.paths), 'file')} of {view.name}",
            "Who may use the system, and what checks it?", "security officer", "whether the facade has to ask for an identity at all", view.homes,
        )
    ]  # fmt: skip


def _sessions(view: View) -> Iterator[Statement]:
    here = view.signals.of("session", view.paths)
    memory = [e for f in view.ground.rule("performance.local-session") for e in f.evidence] + view.signals.of(
        "session-memory"
    )
    memory = sorted(
        {(str(e.location)): e for e in memory}.values(),
        key=lambda e: (e.location.path not in view.paths, e.location.path, e.location.line),
    )
    if memory:
        places = listed([str(e.location) for e in memory], 3)
        yield view.fact(
            f"state of users lives in the memory of one process ({places}): the service cannot see it, and a second replica forgets it; it moves to a shared store before any weight is raised",
            memory,
        )
    if here:
        files = sorted({e.location.path for e in here})
        yield view.open(
            "identity.session", "identity", f"{counted(len(here), 'line')} in {listed(files, 3)} for the session, read or written: bridge first, the facade hands the monolith's session on as a signed header; tokens are exchanged later",
            "Where are sessions kept, and may a second program read them?", "security officer", "the bridge: a shared session store, or a header that the facade signs", here,
        )  # fmt: skip
    elif not memory:
        everywhere = view.signals.of("session")
        if everywhere:
            yield view.fact(
                f"no line of {view.name} touches a session; {counted(len(everywhere), 'line')} elsewhere do, so it needs only who asks",
                [*everywhere[:2], *view.homes],
            )


def _directory(view: View) -> Iterator[Statement]:
    places = view.signals.of("sso", view.paths) or view.signals.of("sso")
    if places:
        yield view.fact(
            f"SSO or a directory is spoken to at {listed([str(e.location) for e in places], 3)}: the service trusts the same one",
            places,
        )
        return
    own = view.signals.of("authentication")
    if own:
        yield view.fact(
            f"logins are checked by own code ({listed(sorted({e.location.path for e in own}), 3)}); the service takes over no password, it trusts the bridge",
            own,
        )


def _roles(view: View) -> Iterator[Statement]:
    places = view.signals.of("roles", view.paths)
    if places:
        yield view.fact(
            f"{counted(len(places), 'check')} of roles in its code {'moves' if len(places) == 1 else 'move'} with it; the roles' names are part of the contract",
            places,
        )
    else:
        routes = view.ground.routes_of(view.name)
        if routes:
            yield view.open(
                f"roles.{view.name}", "identity", f"no check of a role stands in {view.name}: {counted(len(routes), 'way')} in rely on something before them",
                f"Who may use {view.name}, and where is that checked today?", "security officer", "a check that sits in a filter of the monolith has to be in front of the service too",
                [Evidence(location=r.location, text=r.route) for r in routes],
            )  # fmt: skip


def _forms(view: View) -> Iterator[Statement]:
    places = view.signals.of("csrf")
    writes = [r for r in view.ground.routes_of(view.name) if view.ground.changes_data(r)]
    if places and writes:
        yield view.fact(
            f"forms carry a token ({places[0].location}): both sides must accept the same, or a form that was opened before the cutover is refused",
            places,
        )
    elif writes and view.ground.http_routes:
        yield view.fact(
            f"{counted(len(writes), 'route')} of it change data and no anti-CSRF token was found: the facade is the place to add one",
            [Evidence(location=r.location, text=r.route) for r in writes],
        )


def _logout(view: View) -> Iterator[Statement]:
    places = [e for e in view.signals.of("logout") if view.ground.roles.get(e.location.path) == "code"]
    if places:
        yield view.fact(
            f"logout ends the session at {listed([str(e.location) for e in places], 2)} only: across the facade it has to end both",
            places,
        )
