"""An advisor from settings: what composition builds, with a ledger, a store of answers and the one way out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from agent.advisor.advise import PlanAdvisor
from agent.advisor.answer_store import AnswerStore
from agent.advisor.asking import Session
from agent.advisor.budget import Budget
from agent.advisor.editing import ModelEditor
from agent.advisor.endpoint import Endpoint, check_url, find_key
from agent.advisor.ledger import Ledger
from agent.advisor.mending import ModelMender
from agent.advisor.prices import price_of
from agent.advisor.replying import Reply, reply_to
from agent.advisor.wire import Outgoing, Planned, Wire
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Inventory
from agent.errors import SettingsError
from agent.index.answers import Hit
from agent.ports import CodeIndex
from agent.settings import AdvisorSettings

__all__ = ["Opened", "open_session"]


@dataclass(frozen=True)
class Opened:
    """A session and what it leaves behind."""

    session: Session
    ledger: Ledger
    wire: Wire
    price_known: bool

    def advisor(self, read: Callable[[str], bytes], index: Callable[[], CodeIndex]) -> PlanAdvisor:
        """For a plan; ``read`` gives a file of the snapshot, ``index`` is opened when tools need it."""
        return PlanAdvisor(self.session, self._never_send, read, index)

    def editor(self) -> ModelEditor:
        """For patches that no recipe makes, and for mending those that tests refused."""
        return ModelEditor(self.session, self._never_send)

    def mender(self) -> ModelMender:
        """For Dockerfiles that failed and that no rule repairs."""
        return ModelMender(self.session, self._never_send)

    def reply(
        self,
        question: str,
        hits: Sequence[Hit],
        graph: DependencyGraph,
        inventory: Inventory,
        read: Callable[[str], bytes],
        index: CodeIndex,
    ) -> Reply:
        """For ``figwright ask``."""
        return reply_to(self.session, question, hits, graph, inventory, read, index, self._never_send)

    @property
    def _never_send(self) -> tuple[str, ...]:
        return self.session.endpoint.settings.never_send

    def planned(self) -> str:
        """What a dry run found: one line a question, and the sum."""
        return plan_text(self.wire.planned, self.session.endpoint.settings.model)


def open_session(
    settings: AdvisorSettings,
    folder: Path,
    *,
    dry: bool = False,
    show_outgoing: Path | None = None,
    environment: Mapping[str, str] | None = None,
    inner: httpx2.BaseTransport | None = None,
) -> Opened:
    """``folder`` is the cache's. Raises SettingsError: no key, no URL, a limit in money for a model without a price."""
    url = check_url(settings.base_url)
    price = price_of(settings.model, url, settings.prices)
    if settings.max_cost is not None and price is None:
        raise SettingsError(
            f"the price of {settings.model!r} at this endpoint is not known, so --max-cost cannot be kept: set "
            f'[advisor.prices."{settings.model}"] with input and output in dollars per million tokens, or use --max-tokens.'
        )
    key = "none" if dry else find_key(url, os.environ if environment is None else environment)
    wire = Wire(settings, Budget(settings, price), AnswerStore(folder / "answers"), Outgoing(show_outgoing), dry)
    if inner is not None:
        wire.inner = inner
    ledger = Ledger(None if dry else folder / "ledger.jsonl")
    endpoint = Endpoint(settings, wire, ledger, key)
    return Opened(Session(endpoint), ledger, wire, price is not None)


def plan_text(planned: list[Planned], model: str) -> str:
    """The questions that a run would send, at most how many tokens each, and what all of it would cost."""
    ranked = sorted(planned, key=lambda p: (p.prompt, p.subject))
    rows = [f"{p.prompt}  {p.subject}  at most {p.tokens:,} tokens" for p in ranked]
    tokens = sum(p.tokens for p in ranked)
    costs = [p.cost for p in ranked if p.cost is not None]
    price = (
        f"at most ${sum(costs):.4f}" if ranked and len(costs) == len(ranked) else "the price of this model is not known"
    )
    rows.append(
        f"{len(ranked)} questions to {model}, at most {tokens:,} tokens without repairs; {price}. Nothing was sent."
    )
    return "\n".join(rows) + "\n"
