"""Findings alone, as a table for a terminal, as JSON or as SARIF: findings and the rules that were run in, text out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date

from agent import __version__
from agent.domain.finding import SEVERITIES, Finding, Rule
from agent.domain.wording import counted
from agent.report.sarif import write_sarif

__all__ = ["write_findings"]

SHOWN = 3


def write_findings(form: str, findings: Sequence[Finding], rules: Sequence[Rule], name: str, as_of: date) -> str:
    """``form`` is table, json or sarif."""
    if form == "sarif":
        return write_sarif(findings, rules, __version__)
    if form == "json":
        return _json(findings, rules, name, as_of)
    return _table(findings, rules, name)


def _json(findings: Sequence[Finding], rules: Sequence[Rule], name: str, as_of: date) -> str:
    value = {
        "figwright": __version__,
        "repository": name,
        "as_of": as_of.isoformat(),
        "counts": dict(Counter(f.severity for f in findings)),
        "findings": [f.model_dump(mode="json") for f in findings],
        "rules": [r.model_dump(mode="json") for r in rules],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _table(findings: Sequence[Finding], rules: Sequence[Rule], name: str) -> str:
    counts: Counter[str] = Counter(f.severity for f in findings)
    summary = ", ".join(f"{counts[s]} {s}" for s in SEVERITIES if counts[s]) or "none"
    lines = [f"{name}: {counted(len(findings), 'finding')} of {counted(len(rules), 'rule')} ({summary})"]
    for found in findings:
        lines += ["", f"{found.severity.upper():8} {found.id}", f"  {found.title}"]
        lines += [f"    {e.location}  {e.text}" for e in found.evidence[:SHOWN]]
        if found.count > SHOWN:
            lines.append(f"    and {found.count - min(SHOWN, len(found.evidence))} more")
        for quantity in found.quantities:
            value = f"{quantity.low:g}" if quantity.low == quantity.high else f"{quantity.low:g} to {quantity.high:g}"
            lines.append(
                f"    {quantity.name}: {value} {quantity.unit} = {quantity.formula}; {'; '.join(quantity.inputs)}"
            )
        lines.append(f"  -> {found.remedy}")
        if found.accepted:
            lines.append(f"  accepted: {found.accepted}")
        lines += [f"  ? {question}" for question in found.questions]
        if found.references:
            lines.append(f"  {', '.join(found.references)}")
    return "\n".join(lines) + "\n"
