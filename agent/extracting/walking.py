"""Requests where no test makes one. Of a repository: its application is started on its own fresh database and walked. Of a service:
they are made from those of the others.

In: the ground, the repository's files, a recording. Out: a recording that says in its notes what of it was generated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from agent.domain.extraction import Answer, RecordedRequest
from agent.errors import ExtractionError
from agent.extracting.generated import Route
from agent.extracting.reached import shape_of_answer
from agent.extracting.stacks import Stack
from agent.extraction import Ground, Recording, Side, compare
from agent.extraction.generating import (
    Known,
    candidates,
    derive,
    find_start,
    from_pages,
    literals,
    once,
    pool_of,
    read_blob,
    read_table,
    settled,
)
from agent.extraction.owning import MONOLITH, Owners
from agent.extraction.staging import BOX_REPO, python_of

__all__ = ["ask_for_service", "generate_recording"]

MOST_ASKED = 200
_NOBODYS = Owners()
_WALK = "import json, sys; from figwright_box import explore; explore.walk(json.loads(sys.argv[1]))"
_MOST_SOURCE = 200_000


def generate_recording(
    ground: Ground, stack: Stack, paths: Sequence[str], read: Callable[[str], bytes], into: Path, *,
    most: int = MOST_ASKED, seed: int = 0, say: Callable[[str], None] = lambda _: None,
) -> Recording:  # fmt: skip
    """Requests without a test: a walk from page to page, then what `agent.extraction.generating` makes of it.

    Raises ExtractionError when nothing is found that makes the application, or it answers nothing.
    """
    start = find_start(paths, read, ground.folder) if stack.ecosystem == "python" else None
    if start is None:
        raise ExtractionError(
            f"{stack.unrecorded}, and nothing was found in the code that makes the application by itself: "
            "requests are generated for Flask (a module's application, or a function without arguments) and Django (manage.py)."
        )
    plan = {
        "framework": start.framework, "makers": start.makers, "settings": start.settings,
        "roots": sorted({BOX_REPO, f"{BOX_REPO}/{ground.folder}".rstrip("/")}),
    }  # fmt: skip
    command = python_of("-c", _WALK, json.dumps(plan), variables={})
    say("no test makes a request: walking the application from page to page")
    walked = stack.record(ground, command, ground.folders.fresh("walked"))
    if not walked.requests:
        raise ExtractionError(
            f"{stack.unrecorded}, and the application, started by itself, answered nothing: "
            f"{walked.trouble or 'it cannot be made without arguments or settings'}."
        )
    recording = _widened(ground, stack, walked, _words(paths, read), into, most, seed)
    say(f"{len(recording.requests)} requests were generated")
    note = f"no test makes a request: {len(recording.requests)} requests were generated"
    return replace(recording, tests=0, notes=(*walked.notes, note))


def ask_for_service(
    ground: Ground, stack: Stack, recorded: Recording, owners: Owners, service: str, paths: Sequence[str],
    read: Callable[[str], bytes], into: Path, *, most: int = MOST_ASKED, seed: int = 0,
) -> Recording:  # fmt: skip
    """The recording with requests to a service that no test asks; the same one when nothing is found that it answers."""
    widened = _widened(ground, stack, recorded, _words(paths, read), into, most, seed, owners, service)
    found = len(widened.requests) - len(recorded.requests)
    if not found:
        return recorded
    note = f"no test asks a route of {service}: {found} requests were generated for it from those that tests make"
    return replace(widened, notes=(*recorded.notes, note))


def _widened(
    ground: Ground, stack: Stack, walked: Recording, words: Sequence[str], into: Path, most: int, seed: int,
    owners: Owners = _NOBODYS, service: str = MONOLITH,
) -> Recording:  # fmt: skip
    """The walked requests, with those to the service made from them that give an answer of another shape twice."""
    alone = (Side("monolith", 0),)
    first = stack.replay_sides(ground, walked, ground.pristine, None, alone, routes=True)
    known = _known(walked, first.routes, words, seed, owners, service)
    pages = list(zip(walked.requests, first.answers, strict=True))
    keys = {(one.method, one.target, one.body, one.headers) for one in walked.requests}
    seen = {shape_of_answer(request, answer) for request, answer in pages}
    made = [
        one
        for one in islice(once(candidates(known, from_pages(known, pages)), set()), most)
        if (one.request.method, one.request.target, one.request.body, one.request.headers) not in keys
        and owners.of_request(one.request) == service
    ]
    made.sort(key=lambda one: (one.request.application, one.request.test))
    last = max(one.number for one in walked.requests)
    batch = [(one.request.model_copy(update={"number": n}), one.body) for n, one in enumerate(made, last + 1)]
    asked = derive(walked, batch, ground.folders.fresh("generated"))
    numbers = [one.number for one, _ in batch]
    answers = stack.replay_sides(ground, asked, ground.pristine, numbers, alone).answers if numbers else ()
    kept: list[tuple[RecordedRequest, bytes]] = []
    held: list[Answer] = []
    for (request, body), answer in zip(batch, answers, strict=True):
        shape = shape_of_answer(request, answer)
        if answer.status and shape not in seen:
            seen.add(shape)
            kept.append((request.model_copy(update={"status": answer.status}), body))
            held.append(answer)
    again = derive(walked, kept, ground.folders.fresh("generated"))
    numbers = [one.number for one, _ in kept]
    second = stack.replay_sides(ground, again, ground.pristine, numbers, alone).answers if numbers else ()
    compared = compare([one for one, _ in kept], held, second)
    steady = [one for one, verdict in zip(kept, compared, strict=True) if verdict.verdict in ("identical", "masked")]
    into.mkdir(parents=True, exist_ok=True)
    return derive(walked, steady, into)


def _known(
    walked: Recording, routes: Sequence[Route], words: Sequence[str], seed: int, owners: Owners, service: str
) -> Known:
    """What requests are made from: of a walk, for every route, since whose it is does not matter yet."""
    table = read_table(routes, owners, service)
    requests = settled(walked.requests)
    return Known(
        requests,
        requests,
        lambda digest: read_blob(walked.folder, digest),
        table,
        pool_of(walked, requests),
        words,
        seed,
    )


def _words(paths: Sequence[str], read: Callable[[str], bytes]) -> tuple[str, ...]:
    code = (path for path in sorted(paths) if path.endswith((".py", ".js", ".ts", ".java")) and "test" not in path)
    return literals(read(path)[:_MOST_SOURCE].decode("utf-8", "replace") for path in islice(code, 200))
