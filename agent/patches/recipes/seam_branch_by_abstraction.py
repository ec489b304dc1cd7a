"""Put a seam around a proposed service: an interface, today's code behind it, a flag, and callers that go through it.

Branch by abstraction is how a part is taken out while the system runs: first everybody asks an interface, then another
implementation answers behind it, then today's code goes. This makes the first step for one boundary at a time.

Before
------
    from shop.stock import reserve

    def confirm(order):
        reserve(order.lines)

After
-----
    from shop.stock_seam import stock_service

    def confirm(order):
        stock_service().reserve(order.lines)

    # shop/stock_seam.py
    class StockService(Protocol):
        def reserve(self, lines): ...

    class InProcessStock:
        def reserve(self, lines):
            from shop import stock

            return stock.reserve(lines)

    IMPLEMENTATIONS = {"in-process": InProcessStock}

    def stock_service() -> StockService:
        return IMPLEMENTATIONS[os.environ.get("STOCK_SERVICE", "in-process")]()

Why
---
The calls that cross a boundary become one list that can be read, measured and answered from elsewhere, and nothing else
changes: without the flag today's code answers. Only calls that resolve exactly are moved, at most a dozen operations at a
time; the rest is named as left to do, with types that cross and calls that tests replace.

When not
--------
When the part is not going to be taken out: an interface with one implementation is then only one more place to read. That
is why it is done when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Proposal
from agent.patches.seams import Seam, SeamMaker
from agent.patches.seams_java import JavaSeams
from agent.patches.seams_python import PythonSeams
from agent.ports import Codebase

__all__ = ["RECIPE"]


class BranchByAbstraction:
    """One patch a boundary, each made from what the ones before it left."""

    id = "seam-branch-by-abstraction"
    title = "Put a seam around a boundary"
    languages = frozenset({"python", "java"})
    default = False  # which part is to be taken out is a decision

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        used = {symbol.language for symbol in code.graph.symbols}
        makers: list[SeamMaker] = []
        if "python" in used:
            makers.append(PythonSeams(code))
        if "java" in used:
            makers.append(JavaSeams(code))
        services = code.boundaries.services
        wanted = [s for s in services if s.verdict.startswith("extract")]
        for some in (wanted, [s for s in services if s not in wanted]):
            found = [self._proposal(seam) for service in some for maker in makers for seam in maker.make(service)]
            if found or any(maker.is_there(service) for service in some for maker in makers):
                return found
        return ()

    def _proposal(self, seam: Seam) -> Proposal:
        moved = ", ".join(seam.operations)
        calls = "one call" if seam.calls == 1 else f"each of {seam.calls} calls"
        return Proposal(
            recipe=self.id,
            title=f"Put a seam around {seam.service[:46]}",
            why=f"Branch by abstraction: {calls} from outside {seam.service} now asks an interface ({moved}). "
            f"Without {seam.flag} today's code answers in the same process.",
            changes=seam.changes,
            left=seam.left,
        )


RECIPE = BranchByAbstraction()
