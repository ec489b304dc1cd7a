"""The plan as Markdown for a pull request: plan in, short text out; whatever is long is cut here and whole in plan.html.

The order is the page's: what to do first, then what was not understood, then everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.finding import SEVERITIES, Evidence
from agent.domain.inventory import Location
from agent.domain.plan import Phase, Plan, Step
from agent.report.links import SourceLinks, source_links
from agent.report.markdown_advice import write_advice
from agent.report.markdown_bill import write_bill, write_matrix, write_traffic
from agent.report.markdown_files import runbook_links, write_files_beside
from agent.report.markdown_handover import write_dispositions, write_questions, write_teams
from agent.report.markdown_text import cell, code, link, prose
from agent.report.mermaid import MOST_EDGES, draw_mermaid
from agent.report.number_format import count, decimal, percent, plural
from agent.report.visible_text import cut_middle, cut_path
from agent.report.wording import Sentences, headline

__all__ = ["write_markdown"]

_SERVICES, _FINDINGS, _TABLES, _STEPS, _PHASES = 20, 15, 12, 22, 10
_CLOSE = 5  # findings, and rows of other lists, where the dispositions come first
_CLOSING = (
    "---\n\n`plan.html` shows all of this with pictures, `plan.json` holds every claim with its evidence, and "
    "`boundaries.toml` is where a unit is moved to another service. What is not here, `figwright plan` writes anew."
)


def write_markdown(plan: Plan, beside: Collection[str] = ()) -> str:
    """Under 400 lines whatever the size of the system; a model's advice adds at most a hundred.

    ``beside`` are the paths of the files that stand beside it: those for people are linked.
    """
    links = source_links(plan.repository)
    sentence = Sentences(plan)
    sections = (
        _heading(plan, sentence),
        _first_actions(plan, links, sentence),
        _not_understood(plan, links, sentence),
        write_dispositions(plan, links),
        write_questions(plan, links),
        write_teams(plan),
        _glance(plan, links),
        _verdict(plan, sentence),
        _services(plan, links),
        [*_data(plan, links), *write_matrix(plan)],
        write_traffic(plan),
        write_bill(plan, links),
        _contested(plan, links),
        _hotspots(plan, links),
        _roadmap(plan, links, sentence, runbook_links(plan.handover.runbooks, beside)),
        _findings(plan, links),
        write_advice(plan, links),
        write_files_beside(beside),
        [_CLOSING],
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _at(location: Location, links: SourceLinks, limit: int = 80) -> str:
    return link(code(cut_path(str(location), limit), limit + 8), links.url(location))


def _proof(evidence: Sequence[Evidence], links: SourceLinks, most: int = 2, total: int = 0) -> str:
    """The first places, marked where they are not exact, and how many more there are."""
    marks = {"exact": "", "inferred": " (inferred)", "ambiguous": " (ambiguous)"}
    shown = [f"{_at(item.location, links)}{marks[item.resolution]}" for item in evidence[:most]]
    rest = max(total, len(evidence)) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest and shown else "")


def _names(names: Iterable[str], most: int = 4, limit: int = 40) -> str:
    listed = list(names)
    shown = ", ".join(_service(name, limit) for name in listed[:most])
    return shown + (f" and {len(listed) - most:,} more" if len(listed) > most else "")


def _service(name: str, limit: int = 40) -> str:
    return "shared code" if name == SHARED else code(name, limit) if name else "none"


def _more(total: int, shown: int, what: str) -> list[str]:
    return (
        ["", f"Not listed here: {total - shown:,} of the {total:,} {what}, see `plan.html`."] if total > shown else []
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A head with a colon on the left is set to the right, as numbers are."""
    rule = ["---:" if head.startswith(":") else "---" for head in heads]
    return [cell(*(head.lstrip(":") for head in heads)), cell(*rule), *(cell(*row) for row in rows)]


def _heading(plan: Plan, sentence: Sentences) -> list[str]:
    repository, proposal = plan.repository, plan.boundaries
    reasons = proposal.verdict_reasons
    why = prose(sentence(reasons[-1 if proposal.verdict == "modularize" else 0])) if reasons else ""
    facts = [f"Commit {code(repository.commit[:12])}" if repository.commit else "Not a git repository"]
    if repository.dirty:
        facts.append(f"{plural(repository.dirty_files, 'uncommitted file')}, so lines may differ from the commit's")
    facts += [f"end of life judged as of {prose(repository.as_of)}", f"figwright {code(plan.figwright)}"]
    return [
        f"# Modernization plan: {prose(cut_middle(repository.name, 60))}",
        "",
        f"**{headline(plan)}.** {why}".rstrip(),
        "",
        "; ".join(facts) + ".",
    ]


def _first_actions(plan: Plan, links: SourceLinks, sentence: Sentences) -> list[str]:
    lines = ["## What to do first", ""]
    if not plan.first_actions:
        return [*lines, "Nothing was found to act on."]
    for number, action in enumerate(plan.first_actions[:3], start=1):
        proof = _proof(action.evidence, links)
        lines.append(
            f"{number}. **{prose(action.title, 160)}.** {prose(sentence(action.why))}" + (f" {proof}" if proof else "")
        )
    return lines


def _not_understood(plan: Plan, links: SourceLinks, sentence: Sentences) -> list[str]:
    gap = plan.not_understood
    total = sum(r.exact + r.inferred + r.ambiguous + r.external + r.unresolved for r in gap.resolutions)
    lost = sum(r.unresolved for r in gap.resolutions)
    several = sum(r.ambiguous for r in gap.resolutions)
    lines = ["## What was not understood", ""]
    if total:
        lines.append(
            f"- {count(lost)} of {plural(total, 'reference')} ({percent(lost / total)}) could not be resolved, "
            f"{count(several)} have several possible targets."
        )
        reasons: Counter[str] = Counter()
        for row in gap.resolutions:
            reasons.update(dict(row.reasons))
        ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:4]
        if ranked:
            lines.append("- Why: " + "; ".join(f"{prose(why, 120)} ({number:,})" for why, number in ranked) + ".")
    if gap.unparsed_languages:
        listed = ", ".join(
            f"{prose(name, 40)} ({plural(files, 'file')}, {plural(lines_, 'line')})"
            for name, files, lines_ in gap.unparsed_languages[:6]
        )
        lines.append(f"- No parser: {listed}" + _tail(len(gap.unparsed_languages), 6) + ".")
    if gap.gap_count:
        listed = ", ".join(f"{_at(g.location, links)} ({prose(g.reason, 80)})" for g in gap.gaps[:3])
        lines.append(
            f"- {plural(gap.gap_count, 'file')} not, or only partly, parsed: {listed}" + _tail(gap.gap_count, 3) + "."
        )
    if gap.skipped_files:
        reasons_ = ", ".join(f"{s.files:,} {prose(s.reason, 40)}" for s in plan.inventory.skipped[:6])
        lines.append(f"- {plural(gap.skipped_files, 'file')} skipped" + (f": {reasons_}" if reasons_ else "") + ".")
    lines += [f"- {prose(sentence(note))}" for note in gap.notes[:6]]
    return lines if len(lines) > 2 else [*lines, "Nothing was counted as not understood."]


def _tail(total: int, shown: int) -> str:
    return f" and {total - shown:,} more" if total > shown else ""


def _glance(plan: Plan, links: SourceLinks) -> list[str]:
    system, inventory = plan.system, plan.inventory
    languages = ", ".join(f"{prose(row.language, 40)} {count(row.code_lines)}" for row in inventory.languages[:6])
    rows = [
        ("size", f"{plural(system.code_lines, 'line')} of code, {plural(system.test_lines, 'line')} of tests"),
        (
            "structure",
            f"{plural(system.units, 'unit')}, {plural(system.routes, 'route')}, {plural(system.tables, 'table')}",
        ),
    ]
    if languages:
        rows.append(("lines by language", languages + _tail(len(inventory.languages), 6)))
    if inventory.frameworks:
        used = ", ".join(prose(f"{f.name} {f.version}".strip(), 60) for f in inventory.frameworks[:8])
        rows.append(("frameworks", used + _tail(len(inventory.frameworks), 8)))
    old = [r for r in inventory.runtimes if r.supported is False]
    for runtime in old[:5]:
        text = prose(f"{runtime.name} {runtime.version} since {runtime.end_of_life}", 90)
        rows.append(("**past end of life**", f"{text}, {_at(runtime.evidence, links, 50)}"))
    outside = [
        f"{prose(e.kind, 20)} {code(e.name, 60)}" + (f" {_at(e.evidence[0], links, 50)}" if e.evidence else "")
        for e in inventory.external_systems[:6]
    ]
    if outside:
        rows.append(("external systems", ", ".join(outside) + _tail(len(inventory.external_systems), 6)))
    return ["## The system at a glance", "", *_table(("what", "found"), rows)]


def _verdict(plan: Plan, sentence: Sentences) -> list[str]:
    proposal = plan.boundaries
    lines = ["## Verdict", "", f"**{proposal.verdict.capitalize()}.**"]
    if proposal.verdict_reasons:
        lines += ["", *(f"- {prose(sentence(reason))}" for reason in proposal.verdict_reasons[:6])]
    if proposal.alternatives:
        heads = ("partition", ":services", ":SM ↑", ":ICP ↓", ":IFN ↓", ":NED ↓", "why")
        rows = [
            (
                prose(a.name, 40) + (" **(chosen)**" if a.chosen else ""),
                count(a.metrics.services),
                *(decimal(v) for v in (a.metrics.sm, a.metrics.icp, a.metrics.ifn, a.metrics.ned)),
                prose(a.reason, 160),
            )
            for a in proposal.alternatives[:8]
        ]
        lines += ["", *_table(heads, rows), *_more(len(proposal.alternatives), 8, "partitions")]
    return lines


def _services(plan: Plan, links: SourceLinks) -> list[str]:
    services = plan.boundaries.services
    if not services:
        return ["## Services", "", "No service is proposed."]
    heads = ("service", "verdict", ":units", ":lines", ":calls out", ":calls in", ":cohesion", "owns")
    ranked = sorted(services, key=lambda s: (-s.code_lines, s.name))
    rows = [
        (
            code(s.name, 48),
            s.verdict,
            count(len(s.units)),
            count(s.code_lines),
            count(s.calls_out),
            count(s.calls_in),
            percent(s.cohesion),
            _names(s.owned_tables, 3, 32) or "no table",
        )
        for s in ranked[:_SERVICES]
    ]
    lines = ["## Services", "", *_table(heads, rows), *_more(len(services), _SERVICES, "services")]
    diagram = draw_mermaid(plan)
    if diagram and sum(SHARED not in (c.source, c.target) for c in plan.boundaries.crossings) > MOST_EDGES:
        diagram += ["", f"Drawn: the {MOST_EDGES} heaviest crossings."]
    most = _CLOSE if plan.handover.dispositions else 8
    between = [c for c in plan.boundaries.crossings if SHARED not in (c.source, c.target)]
    crossings = [
        f"- {_service(c.source)} needs {_service(c.target)} in {plural(c.weight, 'place')}: {_proof(c.evidence, links)}"
        for c in between[:most]
    ]
    if crossings:
        more = _more(len(between), most, "crossings")
        crossings = ["", "What crosses between services, heaviest first:", "", *crossings, *more]
    return [*lines, *(["", *diagram] if diagram else []), *crossings]


def _data(plan: Plan, links: SourceLinks) -> list[str]:
    tables = plan.boundaries.tables
    disputed = [t for t in tables if len(t.writers) > 1 or not t.owner]
    if not tables:
        return ["## Data", "", "No table was recognised."]
    lines = [
        "## Data",
        "",
        f"Tables that need a decision (several writers, or no owner): {count(len(disputed))} of {count(len(tables))}.",
    ]
    if not disputed:
        return lines
    most = _CLOSE if plan.handover.dispositions else _TABLES
    ranked = sorted(disputed, key=lambda t: (-len(t.writers), t.table))[:most]
    return [
        *lines,
        "",
        *_table(("table", "owner", "writers", "readers", "where"), (_table_row(t, links) for t in ranked)),
        *_more(len(disputed), most, "tables"),
    ]


def _table_row(table: TableOwnership, links: SourceLinks) -> Sequence[str]:
    owner = _service(table.owner) if table.owner else "**undecided**"
    where = _proof(table.evidence, links, 1) or _at(table.location, links, 50)
    return code(table.table, 48), owner, _names(table.writers, 3), _names(table.readers, 3), where


def _contested(plan: Plan, links: SourceLinks) -> list[str]:
    units = plan.boundaries.contested
    if not units:
        return []
    rows = [
        (
            link(code(u.unit, 64), links.url(u.location)),
            f"{_service(u.service)} {percent(u.share)}",
            f"{_service(u.runner_up)} {percent(u.runner_up_share)}",
        )
        for u in units[:6]
    ]
    return [
        "## Contested units",
        "",
        *_table(("unit", "home", "runner-up"), rows),
        *_more(len(units), 6, "contested units"),
    ]


def _hotspots(plan: Plan, links: SourceLinks) -> list[str]:
    spots = plan.system.hotspots
    if not spots:
        return []
    most = _CLOSE if plan.handover.dispositions else 10
    rows = [
        (
            str(place),
            _at(Location(path=s.path), links),
            _service(s.service),
            count(s.commits),
            count(s.complexity),
            decimal(s.score),
        )
        for place, s in enumerate(spots[:most], start=1)
    ]
    heads = (":rank", "file", "service", ":commits", ":complexity", ":score")
    return ["## Hotspots", "", *_table(heads, rows), *_more(len(spots), most, "hotspots")]


def _roadmap(plan: Plan, links: SourceLinks, sentence: Sentences, runbooks: Mapping[str, str]) -> list[str]:
    phases = plan.roadmap.phases
    lines = ["## Roadmap", ""]
    if not phases:
        return [*lines, "There is no step to take."]
    said = [prose(sentence(plan.roadmap.order_reason))] if plan.roadmap.order_reason else []
    said += _effort([step for phase in phases for step in phase.steps])
    lines += [" ".join(said), ""] if said else []
    room = _STEPS
    for number, phase in enumerate(phases[:_PHASES], start=1):
        shown = phase.steps[: max(1, min(room, 8))]  # a phase without a step of its own would say nothing
        room -= len(shown)
        lines += _phase(number, phase, shown, links, sentence, runbooks)
    return [*lines[:-1], *_more(len(phases), _PHASES, "phases")]


def _effort(steps: Sequence[Step]) -> list[str]:
    """One sentence for all of them: sums of percentiles would be no percentiles."""
    efforts = [step.effort for step in steps if step.effort]
    known = sum(effort.low is not None for effort in efforts)
    if not efforts:
        return []
    if not known:
        return [
            "Effort is uncalibrated: `steps.csv` has the sizes, and days once `effort_history` tells of your past work."
        ]
    return [
        f"Effort in days of {known} of {len(efforts)} sized steps, with its basis, is in `steps.csv`; the rest is uncalibrated."
    ]


def _phase(
    number: int, phase: Phase, shown: Sequence[Step], links: SourceLinks, sentence: Sentences, runbooks: Mapping[str, str]
) -> list[str]:  # fmt: skip
    lines = [f"### {number}. {prose(phase.title, 120)}", "", prose(sentence(phase.why)), ""]
    for step in shown:
        lines.append(
            f"- **{prose(step.id, 24)} {prose(step.title, 160)}**"
            + (f" ({proof})" if (proof := _proof(step.evidence, links, 1)) else "")
            + (f", {runbooks[step.id]}" if step.id in runbooks else "")
        )
        for term, criteria in (("done when", step.exit[:3]), ("roll back by", (step.rollback,))):
            text = "; ".join(prose(line, 240) for line in criteria if line)
            if text:
                lines.append(f"  - *{term}:* {text}")
    if len(shown) < len(phase.steps):
        lines.append(f"- and {plural(len(phase.steps) - len(shown), 'more step')}, see `plan.html`")
    return [*lines, ""]


def _findings(plan: Plan, links: SourceLinks) -> list[str]:
    findings = plan.findings
    if not findings:
        return ["## Findings", "", "No finding."]
    counts: Counter[str] = Counter(f.severity for f in findings)
    summary = ", ".join(f"{counts[s]:,} {s}" for s in SEVERITIES if counts[s])
    lines = ["## Findings", "", summary + ".", ""]
    shown = _CLOSE if plan.handover.dispositions else _FINDINGS
    for f in findings[:shown]:
        lines.append(f"- **{f.severity}**: {prose(f.title, 160)}. {_proof(f.evidence, links, 2, f.count)}")
        if f.remedy:
            lines.append(f"  - {prose(f.remedy, 280)}")
    return [*lines, *_more(len(findings), shown, "findings")]
