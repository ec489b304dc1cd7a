"""Explanations and comparisons as plain text for a terminal; the same values print as JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from agent.domain.boundary import SHARED, Change, Comparison, Explanation, Pull
from agent.domain.finding import Evidence
from agent.domain.wording import counted, listed

__all__ = ["tell_comparison", "tell_explanation"]

_MOST = 30


def tell_explanation(found: Explanation) -> str:
    """Home and reason first, then what pulls where, what else was possible, and the lines behind it."""
    home = {SHARED: "set apart as shared code", "": "without an owner"}.get(found.service, f"in {found.service}")
    head = f"{found.subject} ({found.location})"
    lines = [f"{head} is {home}{', placed by the user' if found.pinned else ''}." if found.kind != "service" else head]
    lines.append(f"  why: {found.reason}")
    if found.members:
        lines.append(f"  holds {counted(len(found.members), 'unit')}: {listed(found.members, 12)}")
    if found.tables:
        lines.append(f"  owns {listed(found.tables, 12)}")
    if found.used_by:
        lines.append(f"  used by: {listed([_called(name) for name in found.used_by], 12)}")
    lines += _pulls(found.pulls)
    if found.granularities:
        homes = [f"{h.granularity}: {_called(h.service)}{' (chosen)' if h.chosen else ''}" for h in found.granularities]
        lines.append(f"  at each granularity: {'; '.join(homes)}")
    if found.moves:
        lines.append("  what another home would change (modularity and SM: higher is better; ICP: lower is better):")
        lines += [
            f"    {m.service}: modularity {m.modularity:+.4f}, ICP {m.icp:+.4f}, SM {m.sm:+.4f}" for m in found.moves
        ]
    if found.entry_points:
        lines.append(
            f"  reached from {counted(len(found.entry_points), 'entry point')}: {listed(found.entry_points, 8)}"
        )
    lines += [f"  {_line(evidence)}" for evidence in found.evidence]
    return "\n".join(lines) + "\n"


def _pulls(pulls: Sequence[Pull]) -> list[str]:
    """By service, its layers below it; shared code pulls nobody and is left out."""
    by_service: dict[str, list[Pull]] = defaultdict(list)
    for pull in pulls:
        if pull.service != SHARED:
            by_service[pull.service].append(pull)
    total = {service: sum(pull.share for pull in found) for service, found in by_service.items()}
    lines = []
    for service in sorted(by_service, key=lambda name: (-total[name], name)):
        lines.append(f"  {total[service]:.0%} of its ties lead to {_called(service)}:")
        for pull in by_service[service]:
            lines.append(f"    {pull.layer} {pull.share:.0%}, most to {listed(pull.partners, 3)}")
            lines += [f"      {_line(evidence)}" for evidence in pull.evidence[:3]]
    return lines


def _line(evidence: Evidence) -> str:
    sure = "" if evidence.resolution == "exact" else f" ({evidence.resolution})"
    return f"{evidence.location}: {evidence.text}{sure}"


def _called(service: str) -> str:
    return {SHARED: "shared code", "": "nobody"}.get(service, service)


def tell_comparison(found: Comparison) -> str:
    """What moved first, then what it does."""
    lines = [
        f"verdict: {found.verdict[0]}" + (f" -> {found.verdict[1]}" if len(set(found.verdict)) > 1 else ", unchanged")
    ]
    if not (found.moved_units or found.moved_tables or found.services_added or found.services_removed):
        lines.append("The file says what figwright proposes: nothing is moved.")
    lines += _changes("units moved", found.moved_units)
    lines += _changes("tables with another owner", found.moved_tables)
    for word, names in (("new services", found.services_added), ("services gone", found.services_removed)):
        if names:
            lines.append(f"{word}: {listed(names, 12)}")
    lines.append("metrics:")
    lines += [f"  {change.what}: {change.before} -> {change.after}, {change.note}" for change in found.metrics]
    lines.append(f"dependencies that cross services: {found.crossings[0]:,} -> {found.crossings[1]:,}")
    lines += [f"  {line}" for line in _changes("between", found.crossings_by_pair)]
    before, after = (set(tables) for tables in found.conflicts)
    lines.append(f"tables with more than one writer: {len(before)} -> {len(after)}")
    lines += [f"  settled: {table}" for table in sorted(before - after)]
    lines += [f"  new: {table}" for table in sorted(after - before)]
    lines += _changes("verdicts on services", found.service_verdicts)
    return "\n".join(lines) + "\n"


def _changes(title: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    lines = [f"{title}: {len(changes):,}"]
    lines += [f"  {change.what}: {_called(change.before)} -> {_called(change.after)}" for change in changes[:_MOST]]
    if len(changes) > _MOST:
        lines.append(f"  ... and {len(changes) - _MOST:,} more (--format json has all)")
    return lines
