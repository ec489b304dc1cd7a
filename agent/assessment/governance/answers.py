"""What a model answers, kept or done without a look: a case in, findings of rule governance.unchecked-answer out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.governance.models import ModelCall, model_calls
from agent.domain.finding import Evidence, Finding, Rule

__all__ = ["ANSWER_RULES", "unchecked_answers"]

ANSWER_RULES = (
    Rule(
        id="governance.unchecked-answer", lens="governance", severity="medium", title="What a model answers takes effect without a check",
        matches="Functions that ask a model and afterwards write to a database, send, or run something, with no condition, validation or review in between.",
        why="Answers are wrong sometimes, and whoever writes the input can steer them.",
        remedy="Ask for a fixed format and validate it, bound what may change, and let a person confirm what cannot be taken back; record model, input and answer.",
        step="Gate: AI workloads are approved before they see data", references=("CWE-1426", "ASVS 5.1.3"),
    ),
)  # fmt: skip

_EFFECT = re.compile(
    r"(?i)\.(?:commit|save|saveAll|persist|merge|insert\w*|update\w*|delete\w*|bulk_create|execute\w*|send_?mail|send_?message|sendmail)\s*\(|"
    r"(?<![\w.])(?:eval|exec|system|shell_exec|send_mail|sendmail|mail|db_exec|db_query)\s*\(|\bdb\.(?:run|exec|query)\s*\(|\bos\.system\s*\(|\bsubprocess\.\w+\s*\("
)
_LOOK = re.compile(
    r"(?i)\b(?:if|assert|switch|match|unless|raise|throw)\b|valid|schema|parse_obj|pydantic|sanitiz|review|approv|confirm|draft|pending|moderat|clamp|\bmin\s*\(|\bmax\s*\(|allow(?:ed|list)"
)


MOST = 6000  # characters after a call: further away it is about something else


def unchecked_answers(case: Case) -> Iterator[Finding]:
    """One finding for each file."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for call in model_calls(case):
        effect = _effect(call)
        if effect is not None:
            source = call.source
            line = source.line(effect)
            found[source.path].append(
                evidence(source.path, line, f"after {call.text} in line {source.line(call.offset)}: {source.shown(effect)}", "inferred")
            )  # fmt: skip
    for path, places in sorted(found.items()):
        rule = ANSWER_RULES[0]
        texts = " ".join(sorted(e.text for e in places))
        yield report(case, rule, f"{path} {texts}", places, title=f"{rule.title}: {path}")


def _effect(call: ModelCall) -> int | None:
    """Where the first effect after a call stands in its function; None when something looks at the answer first."""
    if call.block is None:
        return None
    code = call.source.code
    end = min(call.block.end, call.offset + MOST)
    m = _EFFECT.search(code, call.offset + 1, end)
    while m is not None and m.start() < call.offset + 60 and "completions" in code[call.offset : m.end()]:
        m = _EFFECT.search(code, m.end(), end)
    if m is None or _LOOK.search(code, call.offset, m.start()):
        return None
    return m.start()
