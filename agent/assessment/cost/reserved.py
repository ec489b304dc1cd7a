"""What settings reserve and what is paid by the call, from the repository alone: a case in, findings out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.cost.sizes import Reserved, reserved_memory
from agent.assessment.governance.models import model_calls
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.wording import counted, listed

__all__ = ["RESERVED_RULES", "paid_calls", "reserved"]

RESERVED_RULES = (
    Rule(
        id="cost.reserved", lens="cost", severity="info", title="Settings say how large machines have to be",
        matches="Heaps, memory limits and requests, processors and replicas in start scripts, Compose and Kubernetes files and images, and machine types in Terraform.",
        why="What is reserved is paid for, used or not; it is the first size that a target is ordered in.",
        remedy="Measure the peak over a month (`workload.memory_mb`, `workload.cpu_cores` in figwright.toml) before sizes are carried over.",
        step="Size by measurement",
    ),
    Rule(
        id="cost.paid-calls", lens="cost", severity="low", title="Calls of models are paid by the token",
        matches="Calls of models and addresses of their providers, with the model's name where the code has it.",
        why="The bill grows with traffic and with the length of texts, and a loop can spend a month's budget in an hour.",
        remedy="State volumes (`workload.models` in figwright.toml) for a number; set a limit a day with the provider, bound the output, and record tokens by use case.",
        step="Size by measurement",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RESERVED_RULES}

_SIZES = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?[\"']?(?P<key>replicas|cpus?|cpu_count|memory|mem_reservation|instance_type|machine_type|vm_size|node_type|instance_class|sku_name|desired_count|min_size|minReplicas|shm_size)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[\w.]{1,40})[\"']?[ \t]*(?:#.*)?$"
)
_MODEL = re.compile(
    r"(?i)\b((?:gpt-[\w.]+|o[134](?:-\w+)?|chatgpt-[\w.-]+|claude-[\w.-]+|gemini-[\w.-]+|mistral-[\w.-]+|command-r[\w-]*|text-embedding-[\w-]+|dall-e-\d|whisper-1|deepseek-[\w-]+|llama-?\d[\w.-]*)(?:-[\w.]+)*)"
)


def reserved(case: Case) -> Iterator[Finding]:
    """Rule cost.reserved, one finding a file."""
    found: dict[str, dict[int, Evidence]] = defaultdict(dict)
    memory: dict[str, list[Reserved]] = defaultdict(list)
    for one in reserved_memory(case):
        found[one.place.location.path][one.place.location.line] = one.place
        memory[one.place.location.path].append(one)
    for source in case.sources:
        for place in _sizes(source):
            found[source.path].setdefault(place.location.line, place)
    for path, places in sorted(found.items()):
        shown = [places[line] for line in sorted(places)]
        yield report(
            case, BY_ID["cost.reserved"], f"{path} {' '.join(e.text for e in shown)}", shown, quantities=tuple(_memory(memory[path])),
            title=f"{BY_ID['cost.reserved'].title}: {path}", detail=f"{listed([e.text for e in shown], 6)}. {BY_ID['cost.reserved'].why}",
        )  # fmt: skip


def _sizes(source: Source) -> Iterator[Evidence]:
    """Sizes in manifests; a key of another meaning has no number beside it."""
    if source.language not in ("yaml", "yml", "terraform") or len(source.text) > 200_000:
        return
    if source.language != "terraform" and not re.search(
        r"(?m)^(?:kind|services|version)[ \t]*:|\bcontainers[ \t]*:", source.text
    ):
        return
    for m in _SIZES.finditer(source.plain):
        named = m["key"] in ("instance_type", "machine_type", "vm_size", "node_type", "instance_class", "sku_name")
        if named or (re.match(r"\d", m["value"]) and not (m["value"] == "1" and m["key"] in _COUNTS)):
            yield evidence(source.path, source.line(m.start("key")), f"{m['key']} {m['value']}")


_COUNTS = frozenset({"replicas", "desired_count", "min_size", "minReplicas"})


def _memory(some: list[Reserved]) -> Iterator[Quantity]:
    if some:
        yield Quantity(
            name="memory reserved", low=round(max(r.low for r in some), 1), high=round(sum(r.high for r in some), 1), unit="MB a replica",
            formula="largest of what settings reserve, up to the sum of all of them", inputs=tuple(f"{r.what} ({r.place.location})" for r in some),
        )  # fmt: skip


def paid_calls(case: Case) -> Iterator[Finding]:
    """Rule cost.paid-calls, one finding a file. Local servers of models are not paid by the token."""
    found: dict[str, dict[int, Evidence]] = defaultdict(dict)
    for call in model_calls(case):
        if "11434" in call.text:
            continue
        source, block = call.source, call.block
        start, end = (block.head, block.end) if block else source.statement(call.offset)
        named = [(start + m.start(), m.group(1)) for m in _MODEL.finditer(source.text[start:end])]
        names = sorted({name for _, name in named})
        line = source.line(call.offset)
        found[source.path].setdefault(
            line, evidence(source.path, line, f"{call.text}{': ' if names else ''}{listed(names, 3)}")
        )
        for at, name in named:
            found[source.path].setdefault(source.line(at), evidence(source.path, source.line(at), f"model {name}"))
    for path, places in sorted(found.items()):
        shown = [places[line] for line in sorted(places)]
        yield report(
            case, BY_ID["cost.paid-calls"], f"{path} {' '.join(e.text for e in shown)}", shown,
            title=f"{BY_ID['cost.paid-calls'].title}: {path}", detail=f"{counted(len(shown), 'place')}. {BY_ID['cost.paid-calls'].why}",
        )  # fmt: skip
