"""Dispositions, unknowns and the context map for plan.md, and a runbook file for each extraction: plan in, Markdown out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent.domain.boundary import SHARED
from agent.domain.finding import Evidence
from agent.domain.handover import PARITY, Disposition, Question, Runbook, Statement
from agent.domain.plan import Plan, Step
from agent.report.file_names import file_names
from agent.report.links import SourceLinks, source_links
from agent.report.markdown_text import cell, code, link, prose
from agent.report.number_format import count, percent, plural
from agent.report.visible_text import cut_path
from agent.report.wording import Sentences

__all__ = ["context_map", "write_dispositions", "write_questions", "write_runbooks", "write_teams"]

_ROWS, _CANDIDATES, _QUESTIONS = 20, 6, 10
_ORDER = ("deployable", "module", "job", "screen group", "table group", "capability", "route", "table", "file")


def write_dispositions(plan: Plan, links: SourceLinks) -> list[str]:
    """The table of page one: what becomes of each component, and why not otherwise."""
    items = plan.handover.dispositions
    if not items:
        return []
    firm = [d for d in items if not d.candidate and d.kind in _ORDER[:5]]
    firm.sort(key=lambda d: _ORDER.index(d.kind))
    decided = [d for d in items if d.decided and d.kind not in _ORDER[:5]]
    candidates = [d for d in items if d.candidate]
    counts = Counter(d.action for d in firm)
    summary = ", ".join(f"{action} {number}" for action, number in sorted(counts.items(), key=lambda c: (-c[1], c[0])))
    shown = _shown(firm)
    rows = [
        cell(
            d.kind, code(d.component, 48), f"**{d.action}**" + (" (decided)" if d.decided else ""), prose(d.reason, 170), _proof(d.evidence, links),
            "; ".join(f"{r.action}: {prose(r.why, 110)}" for r in d.rejected[:2]) or "none",
        )
        for d in (*shown, *decided[:6])
    ]  # fmt: skip
    lines = [
        "## Dispositions", "", f"{plural(len(firm), 'component')}: {summary}. {plural(len(candidates), 'candidate')} to retire or buy.", "",
        cell("kind", "component", "disposition", "why", "where", "rejected"), cell(*["---"] * 6), *rows,
    ]  # fmt: skip
    rest = len(firm) - len(shown) + max(0, len(decided) - 6)
    if rest:
        lines += [
            "",
            f"Not listed here: {count(rest)} of the {count(len(firm) + len(decided))} dispositions, see `plan.html`.",
        ]
    if candidates:
        lines += ["", "Candidates, until somebody answers:", ""]
        lines += [
            f"- {code(d.component, 60)} ({d.kind}): **{d.action}**? {prose(d.reason, 200)}. {_proof(d.evidence, links)}"
            for d in candidates[:_CANDIDATES]
        ]
        if len(candidates) > _CANDIDATES:
            lines.append(f"- and {len(candidates) - _CANDIDATES:,} more, each with its question in `questions.toml`")
    if plan.handover.not_judged:
        lines += ["", f"Not judged: {prose('; '.join(plan.handover.not_judged), 600)}."]
    return lines


def _shown(firm: Sequence[Disposition]) -> list[Disposition]:
    """Some of each kind, so that no kind pushes another off the page."""
    room = {"deployable": 3, "module": 7, "job": 3, "screen group": 3, "table group": 3}
    found: list[Disposition] = []
    for kind in _ORDER[:5]:
        found += [d for d in firm if d.kind == kind][: room[kind]]
    return found[:_ROWS]


def write_questions(plan: Plan, links: SourceLinks) -> list[str]:
    """Open questions with owner, why, and what changes; and what of the answers could not be used."""
    handover = plan.handover
    if not handover.questions and not handover.unusable:
        return []
    opened = [q for q in handover.questions if not q.answer]
    answered = len(handover.questions) - len(opened)
    blocking = sum(bool(q.blocks) for q in opened)
    lines = [
        "## Unknowns", "",
        f"{plural(len(opened), 'open question')}, {count(blocking)} of them before a step can start; {count(answered)} answered. "
        "Answer them under `[answers]` in figwright.toml (`questions.toml` has them all, ready to copy) and plan again.",
    ]  # fmt: skip
    for item in handover.unusable[:6]:
        lines += ["", f"**Cannot be used**: {code(item.place, 60)}: {prose(item.why, 240)}"]
    if opened:
        lines += ["", cell("question", "who", "why", "what changes", "before"), cell(*["---"] * 5)]
        lines += [
            cell(
                f"{prose(q.ask, 150)} {code(q.id, 60)}",
                prose(q.owner, 30),
                f"{prose(q.why, 130)} {_proof(q.evidence, links)}".rstrip(),
                prose(q.changes, 130),
                ", ".join(q.blocks[:3]) + (" …" if len(q.blocks) > 3 else "") or "none",
            )
            for q in _spread(opened)
        ]
        if len(opened) > _QUESTIONS:
            lines += [
                "",
                f"Not listed here: {len(opened) - _QUESTIONS:,} of the {len(opened):,} open questions, see `questions.toml`.",
            ]
    return lines


def _spread(opened: Sequence[Question]) -> list[Question]:
    """At most three of a topic, then what is left, in their order."""
    found: list[Question] = []
    seen: Counter[str] = Counter()
    for question in opened:
        if seen[question.topic] < 3:
            seen[question.topic] += 1
            found.append(question)
    rest = [q for q in opened if q not in found]
    chosen = (found + rest)[:_QUESTIONS]
    return [q for q in opened if q in chosen]


def write_teams(plan: Plan) -> list[str]:
    """Services that nobody or several groups own, and the parity ledger in one line."""
    rows = plan.handover.parity
    lines: list[str] = []
    if rows:
        counts = Counter(r.status for r in rows)
        told = ", ".join(f"{counts[s]:,} {s}" for s in PARITY if counts[s])
        known = 1 - counts["unknown"] / len(rows)
        lines += [
            "## Feature parity",
            "",
            f"{plural(len(rows), 'function')} of today, {percent(known)} with proof: {told}. One row each in `parity.csv`.",
        ]
    odd = [t for t in plan.handover.teams if t.verdict != "one group"]
    if odd:
        nobody = [t.service for t in odd if t.verdict == "nobody"]
        several = [t.service for t in odd if t.verdict == "several groups"]
        said = [f"without a group in CODEOWNERS: {', '.join(code(n, 40) for n in nobody[:8])}"] if nobody else []
        said += [f"with several: {', '.join(code(n, 40) for n in several[:8])}"] if several else []
        lines += ["", f"Ownership: {'; '.join(said)}."]
    return lines


def write_runbooks(plan: Plan) -> dict[str, str]:
    """``runbooks/<service>.md`` for each extraction."""
    links = source_links(plan.repository)
    sentence = Sentences(plan)
    names = file_names(r.service for r in plan.handover.runbooks)
    steps = {s.id: s for phase in plan.roadmap.phases for s in phase.steps}
    return {
        f"runbooks/{names[r.service]}.md": _runbook(plan, r, steps.get(r.step), links, sentence)
        for r in plan.handover.runbooks
    }


def _runbook(plan: Plan, runbook: Runbook, step: Step | None, links: SourceLinks, sentence: Sentences) -> str:
    opened = {q.id: q for q in plan.handover.questions if not q.answer}
    asked = {s.question for part in runbook.sections for s in part.statements if s.question in opened}
    lines = [
        f"# Runbook: {prose(runbook.title, 80)}", "",
        f"Step {code(runbook.step)} of {prose(plan.repository.name, 60)}"
        + (f", commit {code(plan.repository.commit[:12])}" if plan.repository.commit else "")
        + f". {plural(len(asked), 'question')} of it {'is' if len(asked) == 1 else 'are'} open.",
    ]  # fmt: skip
    if step:
        for term, said in (
            ("Enter when", step.entry),
            ("Done when", step.exit),
            ("Abort when", step.abort),
            ("Roll back", (step.rollback,)),
        ):
            lines += (
                ["", f"**{term}**", "", *(f"- {prose(sentence(text), 600)}" for text in said if text)]
                if any(said)
                else []
            )
    for number, section in enumerate(runbook.sections, 1):
        lines += ["", f"## {number}. {section.title}", ""]
        lines += [f"- {_statement(s, opened, links, sentence)}" for s in section.statements]
    if asked:
        lines += ["", "## Questions", ""]
        lines += [
            f"- {code(i, 100)} ({prose(opened[i].owner, 40)}): {prose(opened[i].ask, 300)} What changes: {prose(opened[i].changes, 300)}."
            for i in sorted(asked)
        ]
    return "\n".join(lines) + "\n"


def _statement(statement: Statement, opened: dict[str, Question], links: SourceLinks, sentence: Sentences) -> str:
    text = prose(sentence(statement.text), 900)
    proof = _proof(statement.evidence, links, 3)
    asked = f" **Open:** {code(statement.question, 100)}" if statement.question in opened else ""
    return f"{text} {proof}".rstrip() + asked


def _proof(evidence: Sequence[Evidence], links: SourceLinks, most: int = 1) -> str:
    marks = {"exact": "", "inferred": " (inferred)", "ambiguous": " (ambiguous)"}
    shown = [
        f"{link(code(cut_path(str(e.location), 80), 90), links.url(e.location))}{marks[e.resolution]}"
        for e in evidence[:most]
    ]
    return ", ".join(shown)


def context_map(plan: Plan) -> list[tuple[str, str, str, int]]:
    """(upstream, relation, downstream, uses) between services, the heaviest first: what the report shows as context map."""
    pairs = {(c.source, c.target): c.weight for c in plan.boundaries.crossings if SHARED not in (c.source, c.target)}
    rows: list[tuple[str, str, str, int]] = []
    for (source, target), weight in sorted(pairs.items(), key=lambda p: (-p[1], p[0])):
        back = pairs.get((target, source), 0)
        if back and (target, source) in {(r[2], r[0]) for r in rows} | {(r[0], r[2]) for r in rows}:
            continue
        relation = "partnership, to be ended" if back else "conformist" if weight <= 3 else "anti-corruption layer"
        rows.append((target, relation, source, weight + back))
    return rows
