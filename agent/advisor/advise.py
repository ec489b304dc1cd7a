"""The story of advice: a plan in; questions asked, answers checked and re-scored; the plan with what stands out.

Placements come first, because every later stage rests on them: those that code does not refuse are taken, and the plan is
made again. Then the words are written about the plan as it then is. A system's verdict is code's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from agent.advisor.asking import Question, Session
from agent.advisor.checking import Names, to_sentences
from agent.advisor.evidence import Sendable
from agent.advisor.questions import Asked, Writer
from agent.advisor.rescoring import Scales
from agent.advisor.tools import Toolbox
from agent.boundaries.system import see_system
from agent.domain.advice import Advice, Proposal, Sentence, Words
from agent.domain.code import DependencyGraph
from agent.domain.plan import Plan
from agent.errors import BoundariesError
from agent.ports import CodeIndex
from agent.prompting import load_prompt

__all__ = ["PlanAdvisor", "Replan"]

Replan = Callable[[Mapping[str, str]], Plan]


class PlanAdvisor:
    """Advises on one plan. ``session`` asks, ``never_send`` are patterns of paths, ``index`` is opened for tools only."""

    def __init__(
        self, session: Session, never_send: Sequence[str], read: Callable[[str], bytes], index: Callable[[], CodeIndex]
    ) -> None:
        self._session = session
        self._read, self._index = read, index
        self._never_send = never_send
        self._model = session.endpoint.settings.model

    def improve(self, plan: Plan, graph: DependencyGraph, fixed: frozenset[str], replan: Replan) -> Plan:
        """The plan with advice; ``fixed`` units stay where they are, ``replan`` makes the plan anew with units placed."""
        words: list[Words] = []
        proposals: list[Proposal] = []
        sendable = Sendable(plan.inventory, self._never_send, graph)
        system = see_system(graph, [(e.kind, e.name, e.evidence.path) for e in plan.inventory.entry_points])

        def toolbox() -> Toolbox:
            scales = Scales(plan, system, fixed)
            return Toolbox(graph, plan.inventory, sendable, self._read, self._index().search, scales)

        if self._session.open(toolbox):
            names = Names(graph, (s.name for s in plan.boundaries.services))
            writer, scales = Writer(plan, system, sendable, names), Scales(plan, system, fixed)
            plan, placed = self._place(plan, writer, scales, replan)
            writer = Writer(plan, system, sendable, names)
            proposals = [*placed, *self._judge(writer, Scales(plan, system, fixed))]
            words = self._write(writer)
        ledger = self._session.endpoint.ledger
        advice = Advice(
            model=self._model,
            mode=self._session.mode,  # type: ignore[arg-type]
            words=tuple(words),
            proposals=tuple(proposals),
            usage=ledger.usage(),
            note=f"The model could not be asked to the end: {self._session.stopped}." if self._session.stopped else "",
        )
        return plan.model_copy(update={"advice": advice})

    # ------------------------------------------------------------ placements

    def _place(self, plan: Plan, writer: Writer, scales: Scales, replan: Replan) -> tuple[Plan, list[Proposal]]:
        """Contested units go where the model says, if nothing that code knows forbids it and no verdict changes."""
        proposals: list[Proposal] = []
        taken: dict[str, str] = {}
        for asked, answer in self._answers(writer.placements()):
            unit, home = asked.question.subject, str(answer.home)
            if home == scales.homes[unit]:
                why = self._sentences([answer.why], asked.question)
                proposals.append(self._proposal("keep", (unit,), home, "taken", "it stays where it is", why, asked))
                continue
            tied = any(asked.sides.get(handle) == home for handle in answer.why.cites)
            reason = "" if tied else f"nothing that it cites ties {unit} to {home}"
            reason = reason or scales.veto({**taken, unit: home})
            if not reason:
                taken[unit] = home
            why = self._sentences([answer.why], asked.question)
            outcome = "refused" if reason else "taken"
            reason = reason or "it cites what ties them, and no pin, coverage or sole writer speaks against it"
            price = scales.price({unit: home})
            proposals.append(self._proposal("place", (unit,), home, outcome, reason, why, asked, price))
        plan, kept = _take(plan, taken, replan, self._model)
        return plan, [_left_to_people(p) if p.kind == "place" and p.outcome == "taken" and p.subjects[0] not in kept
                      else p for p in proposals]  # fmt: skip

    def _judge(self, writer: Writer, scales: Scales) -> list[Proposal]:
        """Merges and splits are priced and left to people; what is forbidden is shown as refused."""
        found: list[Proposal] = []
        for asked, answer in self._answers(writer.verdicts()):
            service, kind = asked.question.subject, str(answer.verdict)
            why = self._sentences([answer.why], asked.question)
            if kind == "keep":
                found.append(self._proposal("keep", (service,), service, "taken", "nothing changes", why, asked))
                continue
            members = [unit for unit, home in sorted(scales.homes.items()) if home == service]
            if kind == "merge":
                target = str(answer.neighbour)
                moved = dict.fromkeys(members, target)
                tied = any(asked.sides.get(handle) == target for handle in answer.why.cites)
                reason = "it names no neighbour" if target == "none" else ""
                reason = reason or ("" if tied else f"nothing that it cites ties {service} to {target}")
            else:
                target, reason = f"{len(asked.groups)} parts", ""
                moved = {u: f"{service}-{n}" for n, group in enumerate(asked.groups, 1) for u in group}
            reason = reason or scales.veto(moved, whole=True)
            price = scales.price(moved) if target != "none" else ()
            outcome = "refused" if reason else "for people"
            reason = reason or "move the units in boundaries.toml to take it"
            found.append(self._proposal(kind, (service,), target, outcome, reason, why, asked, price))
        return found

    def _proposal(
        self, kind: str, subjects: tuple[str, ...], target: str, outcome: str, reason: str,
        why: tuple[Sentence, ...], asked: Asked, price: tuple[Any, ...] = (),
    ) -> Proposal:  # fmt: skip
        return Proposal(
            kind=kind, subjects=subjects, target=target, outcome=outcome, reason=reason, why=why,  # type: ignore[arg-type]
            price=price, model=self._model, prompt=_version(asked.question.prompt),
        )  # fmt: skip

    # ------------------------------------------------------------ words

    def _write(self, writer: Writer) -> list[Words]:
        found: list[Words] = []
        for asked, answer in self._answers(writer.descriptions()):
            title = Sentence(text=f"{answer.title} ({answer.name})", evidence=())
            found.append(self._words("title", asked, (title,)))
            found.append(self._words("description", asked, self._sentences(answer.sentences, asked.question)))
        for asked, answer in self._answers(writer.relations()):
            part = f"{answer.relation}, {answer.style}"
            found.append(self._words("relation", asked, self._sentences([answer.why], asked.question), part))
        for asked, answer in self._answers(writer.rationales()):
            found.append(self._words("rationale", asked, self._sentences(answer.sentences, asked.question)))
        for asked, answer in self._answers(writer.decisions()):
            for part in ("context", "decision", "consequences"):
                said = self._sentences(getattr(answer, part), asked.question)
                found.append(self._words("decision", asked, said, part))
        for asked, answer in self._answers(writer.questions()):
            found += [self._words("question", asked, (s,)) for s in self._sentences(answer.questions, asked.question)]
        return found

    def _words(self, kind: str, asked: Asked, sentences: tuple[Sentence, ...], part: str = "") -> Words:
        question = asked.question
        return Words(
            kind=kind, subject=question.subject, part=part, sentences=sentences,  # type: ignore[arg-type]
            model=self._model, prompt=_version(question.prompt),
        )  # fmt: skip

    def _sentences(self, found: Sequence[Any], question: Question) -> tuple[Sentence, ...]:
        return to_sentences(found, question.book)

    def _answers(self, asked: Sequence[Asked]) -> Iterable[tuple[Asked, Any]]:
        """Each question with its accepted answer; those without one are left to the plan's own words."""
        answers: list[BaseModel | None] = self._session.ask_all([one.question for one in asked])
        return [(one, answer) for one, answer in zip(asked, answers, strict=True) if answer is not None]


def _version(prompt: str) -> str:
    return f"{prompt}@{load_prompt(prompt).version}"


def _left_to_people(proposal: Proposal) -> Proposal:
    reason = "it would change a verdict, which no model does: move the unit in boundaries.toml to take it"
    return proposal.model_copy(update={"outcome": "for people", "reason": reason})


def _take(plan: Plan, wanted: Mapping[str, str], replan: Replan, model: str) -> tuple[Plan, dict[str, str]]:
    """The plan with the placements that change no verdict: all at once, else one after the other."""
    if not wanted:
        return plan, {}
    whole = _same_verdicts(plan, wanted, replan)
    if whole is not None:
        return _mark(whole, wanted, model), dict(wanted)
    kept: dict[str, str] = {}
    best = plan
    if len(wanted) > 1:
        for unit, home in wanted.items():
            made = _same_verdicts(plan, {**kept, unit: home}, replan)
            if made is not None:
                kept[unit], best = home, made
    return (_mark(best, kept, model) if kept else plan), kept


def _same_verdicts(plan: Plan, placed: Mapping[str, str], replan: Replan) -> Plan | None:
    try:
        made = replan(placed)
    except BoundariesError:
        return None
    return made if _verdicts(made) == _verdicts(plan) else None


def _verdicts(plan: Plan) -> tuple[str, tuple[tuple[str, str], ...]]:
    return plan.boundaries.verdict, tuple((s.name, s.verdict) for s in plan.boundaries.services)


def _mark(plan: Plan, placed: Mapping[str, str], model: str) -> Plan:
    """What the user did not place is not called the user's."""
    units = tuple(
        u.model_copy(update={"pinned": False, "reason": f"contested; placed on the advice of {model}"})
        if placed.get(u.id) == u.service else u
        for u in plan.boundaries.units
    )  # fmt: skip
    own = {f"{unit} belongs to {service}" for unit, service in placed.items()}
    pins = tuple(pin for pin in plan.boundaries.pins if pin.what not in own)
    return plan.model_copy(update={"boundaries": plan.boundaries.model_copy(update={"units": units, "pins": pins})})
