"""An item -> the text of its request, for a reviewer: why, what, proof, what is not proved, risk; under 60 lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.delivery.items import DOCUMENTS
from agent.delivery.plain import code, prose
from agent.domain.delivery import Item, Row
from agent.domain.wording import counted

__all__ = ["MOST_LINES", "Surroundings", "request_text", "title_of"]

MOST_LINES = 60
_ROWS = 10


@dataclass(frozen=True)
class Surroundings:
    """What a text says of the world around the item. ``stacked_on`` is how the request below is called (``#12``);
    ``plan_request`` where the plan is; ``notes`` come first: what stands in the way. ``draft``: it is opened as one."""

    base: str
    commit: str
    stacked_on: tuple[str, ...] = ()
    plan_request: str = ""
    notes: tuple[str, ...] = ()
    noun: str = "pull request"


def title_of(item: Item, subject: str) -> str:
    """``subject`` as the repository words subjects, with the item's caveat."""
    return f"{subject.rstrip('.')} [{item.caveat}]" if item.caveat else subject


def request_text(item: Item, around: Surroundings) -> str:
    """Markdown of at most `MOST_LINES` lines."""
    lines = [f"> **{prose(note, 400)}**" for note in around.notes]
    lines += [""] if lines else []
    lines += [prose(item.why, 400), "", *_table(item.rows), ""]
    lines += [f"{_size(item)} {_where(item, around)}".strip(), ""]
    if item.proof:
        lines += ["**Proof**", "", *(f"- {line}" for line in item.proof), ""]
    lines += ["**Not proved**", "", *(f"- {line}" for line in item.not_proved), ""]
    lines += [f"**Risk and rollback**: {item.risk} {_sentence(item.rollback)}", ""]
    controls = (
        f"**Controls**: close this {around.noun} and it stays closed. Push a commit to the branch and figwright leaves it to you. "
        f"Review it and changes come as commits on top. `figwright pr REPO --again {item.id}` asks for it anew."
    )
    folded = _fit(item.folded, MOST_LINES - len(lines) - 8)
    return "\n".join([*lines, *folded, controls]) + "\n"


def _sentence(text: str) -> str:
    text = prose(text)
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "!", "…")) else ".")


def _table(rows: Sequence[Row]) -> list[str]:
    lines = ["| file | change | by | confidence |", "| --- | --- | --- | --- |"]
    shown = rows if len(rows) <= _ROWS else rows[: _ROWS - 1]
    lines += [
        f"| {code(row.path, 100)} | +{row.added:,} −{row.removed:,} | {code(row.by, 60)} | {row.confidence} |"
        for row in shown
    ]
    rest = rows[len(shown) :]
    if rest:
        added, removed = sum(row.added for row in rest), sum(row.removed for row in rest)
        lines.append(f"| and {counted(len(rest), 'more file')} | +{added:,} −{removed:,} | | |")
    return lines


def _size(item: Item) -> str:
    if item.kind == "patch" and item.rule_lines and item.unprotected:
        return f"{counted(item.rule_lines, 'line')} by a deterministic recipe, all of them to be read, as no test would notice a mistake."
    if item.kind == "patch" and item.rule_lines and item.caveat:
        return f"{counted(item.rule_lines, 'line')} by a deterministic recipe: read at least those that no test runs."
    if item.kind == "patch" and item.rule_lines:
        return f"{counted(item.rule_lines, 'line')} by a deterministic recipe: reading samples will do."
    if item.kind == "patch":
        return f"{counted(item.hand_lines, 'line')} to be read by a person."
    if item.kind == "extraction" and any(change.diff for change in item.changes):
        return f"{counted(item.hand_lines, 'line')} in the monolith, to be read by a person."
    if item.kind == "extraction":
        return f"{counted(item.hand_lines, 'line')}, cut from the monolith or generated."
    return f"{counted(item.hand_lines, 'line')}, generated."


def _where(item: Item, around: Surroundings) -> str:
    parts = []
    if item.kind != "plan" and (item.step or item.kind != "extraction"):
        plan = f"`{DOCUMENTS}/plan.md`" + (f" ({around.plan_request})" if around.plan_request else "")
        parts.append(
            f"Plan item: {item.step}, {prose(item.step_title)}, in {plan}."
            if item.step
            else f"No step of {plan} of its own: it makes later steps easier."
        )
    if around.stacked_on:
        parts.append(f"Stacked on {', '.join(around.stacked_on)}: merge that first.")
    parts.append(f"Judged on commit {around.commit[:12]} of {code(around.base)}.")
    return " ".join(parts)


def _fit(folded: Sequence[tuple[str, tuple[str, ...]]], room: int) -> list[str]:
    """As many folded lines as there is room for; the count of what is left out stands there instead."""
    lines: list[str] = []
    for heading, content in folded:
        if room - len(lines) < 8:
            break
        shown = content[: room - len(lines) - 7]
        more = [f"- and {len(content) - len(shown)} more"] if len(content) > len(shown) else []
        lines += [
            f"<details><summary>{heading}</summary>",
            "",
            *(f"- {line}" for line in shown),
            *more,
            "",
            "</details>",
            "",
        ]
    return lines
