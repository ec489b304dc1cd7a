"""Section 2: what is promised to whom: routes, operations for neighbours, messages, each with its consumers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.ground import slug
from agent.roadmap.runbook.view import View

__all__ = ["write"]


def write(view: View) -> Sequence[Statement]:
    """Routes, operations, messages."""
    found = [*_routes(view), *_operations(view), *_messages(view)]
    return found or [
        view.open(
            f"contract.{view.name}", "partners", f"nobody was seen to ask {view.name} for anything",
            f"Who asks {view.name} for something, and how?", "architect", "its contract, and whether it is a service at all", view.homes,
        )
    ]  # fmt: skip


def _routes(view: View) -> Iterator[Statement]:
    mine = [c for c in view.contracts if c.service == view.name]
    gone = {d.component for d in view.dispositions if d.action == "retire" and d.decided}
    kept = [c for c in mine if f"{c.method} {c.path}" not in gone]
    if not mine:
        codes = list(view.ground.routes_of(view.name))
        if codes:
            yield view.fact(
                f"{listed([r.route for r in codes], 6)} are started by transaction code; the commarea of each program is the contract, not a URL",
                [Evidence(location=r.location, text=f"{r.route} starts {r.handler}"[:200]) for r in codes],
            )
        return
    inputs = sum(len(c.inputs) for c in kept)
    pages = [c for c in kept if any(m == "text/html" for m, _ in c.answers)]
    data = [c for c in kept if any(m not in ("text/html", "redirect") for m, _ in c.answers)]
    bare = [c for c in kept if not c.answers]
    yield view.fact(
        f"contracts/{slug(view.name)}.openapi.json holds {counted(len(kept), 'operation')} with {counted(inputs, 'input')}: {counted(len(pages), 'page')} for people, "
        f"{len(data)} that {'answers' if len(data) == 1 else 'answer'} data",
        [Evidence(location=c.location, text=f"{c.method} {c.path}") for c in (*data, *pages, *kept)],
    )
    if bare:
        yield view.open(
            f"shape.{view.name}", "partners",
            f"what {listed([f'{c.method} {c.path}' for c in bare], 3)} {'answers' if len(bare) == 1 else 'answer'} is not written in the handler",
            f"What do {counted(len(bare), 'operation')} of {view.name} answer?", "developer",
            "the schemas of the contract; recorded answers would settle it too",
            [Evidence(location=c.location, text=f"{c.method} {c.path}") for c in bare],
        )  # fmt: skip
    seen = view.ground.boundaries.traffic
    if not seen.requests:
        yield view.open(
            "usage.routes", "service levels", f"who calls {counted(len(kept), 'operation')} from outside is in no code",
            f"Which of the {counted(len(view.ground.system.routes_table), 'route')} are used over a business cycle, and by whom?", "operations lead",
            "retirement candidates are confirmed or cleared, and the facade's canary starts where little traffic is; give logs with --runtime or `runtime`",
            [Evidence(location=c.location, text=f"{c.method} {c.path}") for c in kept[:1]], "access logs of a business cycle",
        )  # fmt: skip
    else:
        asked = {r.removeprefix("route:"): n for r, n in seen.routes}
        mine_asked = sorted(
            ((asked[r.route], r) for r in view.ground.routes_of(view.name) if asked.get(r.route)),
            key=lambda p: (-p[0], p[1].route),
        )
        total = sum(n for n, _ in mine_asked)
        top = f"; the most for {mine_asked[0][1].route} ({mine_asked[0][0]:,})" if mine_asked else ""
        yield view.fact(
            f"your logs hold {counted(total, 'request')} for it, of {seen.requests:,}{top}",
            [Evidence(location=r.location, text=r.route) for _, r in mine_asked] or list(view.homes),
        )


def _operations(view: View) -> Iterator[Statement]:
    bill = next((b for b in view.ground.boundaries.bill.services if b.service == view.name), None)
    for op in bill.operations[:8] if bill else ():
        callers = listed([f"{view.label(name)} ({n})" for name, n in op.callers], 4)
        how = "an event could take its place" if op.event else f"stays a call: {op.event_reason}"
        yield view.fact(
            f"{op.symbol} is called by {callers}; {how}",
            (Evidence(location=op.location, text=op.symbol, resolution=op.resolution), *op.evidence),
        )
    if bill and bill.copied_count:
        places = [view.ground.graph.by_id[c] for c in bill.copied if c in view.ground.graph.by_id]
        if places:
            yield view.fact(
                f"{listed(list(bill.copied), 3)} {'touches' if len(bill.copied) == 1 else 'touch'} no table: copied to the callers rather than called over a network",
                [Evidence.model_validate({"location": {"path": s.path, "line": s.line}, "text": s.id}) for s in places],
            )


def _messages(view: View) -> Iterator[Statement]:
    mine = [m for m in view.messages if m.service == view.name]
    for way in ("send", "receive"):
        some = [m for m in mine if m.direction == way]
        named = sorted({m.channel for m in some if m.channel})
        if named:
            yield view.fact(
                f"contracts/{slug(view.name)}.asyncapi.json: {'sends to' if way == 'send' else 'receives from'} {listed(named, 5)}; the queue is intercepted, not the caller",
                [m.evidence for m in some],
            )
        elif some:
            yield view.open(
                f"channel.{view.name}.{way}", "partners",
                f"{counted(len(some), 'place')} {'put a message' if way == 'send' else 'take one'}, and the queue's name is set at run time",
                f"Which queues does {view.name} {way} on, and who is at the other end?", "integration architect",
                "the AsyncAPI contract, and whether messages can be sent to both sides", [m.evidence for m in some],
            )  # fmt: skip
