"""A model's advice in Markdown, all of it marked as the model's: plan in; a section of lines and decision records out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.domain.advice import Proposal, Sentence, Words
from agent.domain.plan import Plan
from agent.report.links import SourceLinks, source_links
from agent.report.markdown_text import code, link, prose
from agent.report.number_format import count, decimal, plural
from agent.report.visible_text import cut_path

__all__ = ["write_advice", "write_decisions"]

_SERVICES, _PROPOSALS, _RELATIONS, _STEPS, _QUESTIONS = 12, 10, 8, 12, 5
_PARTS = ("context", "decision", "consequences")


def write_advice(plan: Plan, links: SourceLinks) -> list[str]:
    """Nothing when no model was asked."""
    advice = plan.advice
    if not advice.model:
        return []
    model = code(advice.model, 60)
    lines = [
        "## What the model wrote",
        "",
        f"Every sentence of this section is by {model}; code has checked that the places exist and that the proposals can "
        "stand, not that the sentences are true.",
    ]
    if advice.note:
        lines += ["", f"**{prose(advice.note, 300)}**"]
    lines += _block("Proposals", [_proposal(p, links) for p in advice.proposals if p.kind != "keep"], _PROPOSALS)
    titles = {w.subject: w.sentences[0].text for w in advice.words if w.kind == "title"}
    lines += _block("Services", [f"- {code(w.subject)}, {prose(titles.get(w.subject, ''), 100)}: {_said(w.sentences, links)}"
                                 for w in advice.words if w.kind == "description"], _SERVICES)  # fmt: skip
    lines += _block("Context map", [f"- {code(w.subject)}: {prose(w.part, 60)}. {_said(w.sentences, links)}"
                                    for w in advice.words if w.kind == "relation"], _RELATIONS)  # fmt: skip
    lines += _block("Why the steps", [f"- {code(w.subject)}: {_said(w.sentences, links)}"
                                      for w in advice.words if w.kind == "rationale"], _STEPS)  # fmt: skip
    lines += _block("Questions for people", [f"- {_said(w.sentences, links)}"
                                             for w in advice.words if w.kind == "question"], _QUESTIONS)  # fmt: skip
    usage = advice.usage
    cost = "price unknown" if usage.cost is None else f"about ${usage.cost:.4f}"
    dropped = "; ".join(f"{number} dropped: {prose(why, 120)}" for why, number in usage.dropped[:4])
    lines += [
        "",
        f"{count(usage.accepted)} of {plural(usage.questions, 'answer')} used, {count(usage.input_tokens)} tokens in, "
        f"{count(usage.output_tokens)} out, {cost}"
        + (f"; {dropped}" if dropped else "")
        + ". Each call is in `advisor.jsonl`.",
    ]
    return lines


def write_decisions(plan: Plan) -> dict[str, str]:
    """File name -> one decision record an extraction, drafted by the model and marked so."""
    links = source_links(plan.repository)
    found: dict[str, str] = {}
    records: dict[str, dict[str, Words]] = {}
    for words in plan.advice.words:
        if words.kind == "decision":
            records.setdefault(words.subject, {})[words.part] = words
    for number, (service, parts) in enumerate(records.items(), start=1):
        safe = re.sub(r"[^a-z0-9-]+", "-", service.lower()).strip("-")[:60] or "service"
        lines = [f"# {number}. Extract {prose(service, 80)}", "", "Status: proposed", ""]
        lines += [f"Drafted by {code(plan.advice.model, 60)}; the cited places were checked, the judgement was not."]
        for part in _PARTS:
            if part in parts:
                lines += ["", f"## {part.capitalize()}", "", _said(parts[part].sentences, links)]
        found[f"decision-{number:02d}-extract-{safe}.md"] = "\n".join(lines) + "\n"
    return found


def _block(heading: str, rows: Sequence[str], most: int) -> list[str]:
    if not rows:
        return []
    more = [f"- and {len(rows) - most:,} more, see `plan.html`"] if len(rows) > most else []
    return ["", f"### {heading}", "", *rows[:most], *more]


def _proposal(proposal: Proposal, links: SourceLinks) -> str:
    moved = ", ".join(
        f"{p.measure} {decimal(p.before)} to {decimal(p.after)}" for p in proposal.price if p.before != p.after
    )
    price = f" Price: {moved}." if moved else ""
    subjects = ", ".join(code(subject) for subject in proposal.subjects)
    return (
        f"- **{proposal.outcome}**: {proposal.kind} {subjects}, to {code(proposal.target)}: {prose(proposal.reason, 160)}. "
        f"{_said(proposal.why, links)}{price}"
    )


def _said(sentences: Sequence[Sentence], links: SourceLinks) -> str:
    shown = []
    for sentence in sentences:
        places = ", ".join(
            link(code(cut_path(str(e.location), 70), 78), links.url(e.location)) for e in sentence.evidence
        )
        shown.append(prose(sentence.text, 300) + (f" ({places})" if places else ""))
    return " ".join(shown)
