"""A request as it should read, given the item, what became of its neighbours, and what people wrote into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.delivery.block import Block, compose_body, digest, read_block, title_to_write
from agent.delivery.body import Surroundings, request_text, title_of
from agent.delivery.ground import At, Wanted, Workshop
from agent.delivery.items import change_digest
from agent.domain.delivery import Delivery, Item, Request, RequestText
from agent.ports import Forge

__all__ = ["Texts"]


@dataclass(frozen=True)
class Texts:
    """Of one delivery to one forge."""

    delivery: Delivery
    workshop: Workshop
    forge: Forge
    draft: bool

    def title(self, item: Item) -> str:
        """What figwright calls the item."""
        return title_of(item, self.workshop.subject(item))

    def request(
        self,
        item: Item,
        wanted: Wanted,
        pushed: tuple[str, ...],
        at: Mapping[str, At],
        request: Request | None = None,
        notes: tuple[str, ...] = (),
    ) -> RequestText:
        """``pushed`` are the commits that its branch may stand at, ``request`` what there is already, ``notes`` what stands in the way."""
        title = self.title(item)
        body = request.body if request else ""
        block = Block(
            item=item.id, plan=self.delivery.plan, change=change_digest(item), pushed=pushed, title=digest(title)
        )
        return RequestText(
            branch=item.branch,
            base=wanted.base,
            title=title_to_write(request.title, title, read_block(body)) if request else title,
            body=compose_body(body, request_text(item, self._around(item, wanted, at, notes)), block),
            draft=self.draft or item.draft,
        )

    def _around(self, item: Item, wanted: Wanted, at: Mapping[str, At], notes: tuple[str, ...]) -> Surroundings:
        sign = self.forge.sign
        plan = at["plan"].number if item.kind != "plan" and "plan" in at else 0
        stacked = tuple(f"{sign}{at[name].number}" if at[name].number else name for name in wanted.stacked_on)
        return Surroundings(
            base=self.workshop.branches.base,
            commit=self.delivery.commit,
            stacked_on=stacked,
            plan_request=f"{sign}{plan}" if plan else "",
            notes=notes,
            noun=self.forge.noun,
        )
