"""What the code already does with models and GPUs: a case in; rules ai.model-call, ai.personal-data and ai.gpu out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.governance.models import ModelCall, model_calls
from agent.assessment.privacy import kind_of
from agent.domain.finding import Evidence, Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["USE_RULES", "gpu_places", "uses_of_models"]

USE_RULES = (
    Rule(
        id="ai.model-call", lens="ai", severity="info", title="The code asks a model",
        matches="Calls of libraries that ask models, and addresses of providers, with the function that they stand in.",
        why="Each is an integration point: it needs a time-out, a fallback, a budget, an evaluation, and an owner.",
        remedy="Put all of them behind one interface of your own, which records model, version and latency, and can be switched off or pointed at a model beside the data.",
        questions=("Which provider and region answers, and does a contract cover what is sent?",),
    ),
    Rule(
        id="ai.personal-data", lens="ai", severity="high", title="Personal data goes to a model",
        matches="Functions that ask a model and name fields whose names say contact, name, birth, identity, payment or health.",
        why="What is sent leaves the process, often the company and the country; it may be kept, and answers may repeat it.",
        remedy="Send identifiers or redacted text; else name the processor, region and purpose, and ask data protection before it goes on.",
        step="Gate: AI workloads are approved before they see data", references=("CWE-359", "CWE-201"),
        questions=("GDPR: is the provider a processor under contract, where does it store what it gets, and for how long?",),
    ),
    Rule(
        id="ai.gpu", lens="ai", severity="info", title="The code asks for a GPU",
        matches="CUDA and GPU devices in code, `nvidia.com/gpu` in manifests, CUDA base images and runtimes.",
        why="A GPU is the dearest machine in a bill, and not every region has it.",
        remedy="Begin with inference; fall back to the processor in code; scale by queue length and to zero; measure utilisation before more are bought.",
        questions=("Which GPU has to be on offer in the region where the data stays, and is a quota granted?",),
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in USE_RULES}

_GPU = re.compile(
    r"\btorch\.device\s*\(\s*[\"']cuda|\.to\s*\(\s*[\"']cuda|\.cuda\s*\(|\btorch\.cuda\.|\blist_physical_devices\s*\(\s*[\"']GPU|/(?:device:)?GPU:\d|"
    r"\bCUDA_VISIBLE_DEVICES\b|\bdevice\s*=\s*[\"']cuda|\bdevice_map\s*=|\btree_method\s*=\s*[\"']gpu_hist|\bcupy\b|\bnumba\.cuda\b"
)
_GPU_SETTING = re.compile(
    r"(?im)^[^#\n]*(?:\bnvidia\.com/gpu\b|\bamd\.com/gpu\b|^[ \t]*runtime[ \t]*:[ \t]*nvidia\b|\bcapabilities[ \t]*:[ \t]*\[[^\]\n]*gpu|^FROM[ \t]+\S*(?:nvidia/cuda|pytorch/pytorch|tensorflow\S*-gpu)\S*|\baccelerator_?type\b|--gpus\b)"
)
_NAMED = re.compile(r"(?<![\w$])\$?[A-Za-z_]\w*(?:(?:\.|->)\w+|\[\s*[\"']\w+[\"']\s*\])+")
MOST = 6000  # characters on either side of a call
_KINDS = frozenset({"contact", "name", "birth", "identity", "payment", "health", "card code"})


def uses_of_models(case: Case) -> Iterator[Finding]:
    """One finding a file and rule."""
    calls: dict[str, list[ModelCall]] = defaultdict(list)
    for call in model_calls(case):
        calls[call.source.path].append(call)
    for path, some in sorted(calls.items()):
        places = [evidence(path, c.source.line(c.offset), f"{c.text}{_inside(c)}") for c in some]
        key = " ".join(sorted(e.text for e in places))
        yield report(
            case, BY_ID["ai.model-call"], f"{path} {key}", places, title=f"The code asks a model in {counted(len(places), 'place')}: {path}"
        )  # fmt: skip
        yield from _personal(case, path, some)
    yield from _gpus(case)


def _inside(call: ModelCall) -> str:
    return f" in {call.block.name}" if call.block and call.block.name else ""


def _personal(case: Case, path: str, some: list[ModelCall]) -> Iterator[Finding]:
    found: dict[int, Evidence] = {}
    for call in some:
        names = sorted(_personal_names(call))
        if names:
            line = call.source.line(call.offset)
            found.setdefault(
                line, evidence(path, line, f"{call.text}; the function names {listed(names, 4)}", "inferred")
            )
    if found:
        key = " ".join(e.text for e in found.values())
        yield report(
            case, BY_ID["ai.personal-data"], f"{path} {key}", list(found.values()), title=f"Personal data goes to a model: {path}"
        )  # fmt: skip


def _personal_names(call: ModelCall) -> set[str]:
    """Fields of the function whose last word says personal data; what stands only in strings counts where it is filled in."""
    if call.block is None:
        return set()
    text = call.source.plain[max(call.block.head, call.offset - MOST) : min(call.block.end, call.offset + MOST)]
    named = {name.rstrip() for name in _NAMED.findall(text)}
    return {n for n in named if kind_of(re.split(r"\.|->|\[", n)[-1].strip("\"'] $")) in _KINDS}


def gpu_places(case: Case) -> list[Evidence]:
    """Where code, manifests and images ask for a GPU."""
    found: dict[tuple[str, int], Evidence] = {}
    for source in case.sources:
        if source.role == "code" and source.language in ("python", "javascript", "typescript", "java", "c++", "shell"):
            pattern = _GPU
        elif source.language in ("yaml", "dockerfile", "terraform"):
            pattern = _GPU_SETTING
        else:
            continue
        text = source.plain if pattern is _GPU else source.text
        for m in pattern.finditer(text):
            line = source.line(m.end() - 1)
            found.setdefault(
                (source.path, line), evidence(source.path, line, f"asks for a GPU: {source.shown(m.end() - 1)}")
            )
    return [found[key] for key in sorted(found)]


def _gpus(case: Case) -> Iterator[Finding]:
    places = gpu_places(case)
    if places:
        files = sorted({e.location.path for e in places})
        yield report(
            case, BY_ID["ai.gpu"], "\n".join(e.text for e in places), places, title=f"The code asks for a GPU in {counted(len(files), 'file')}"
        )  # fmt: skip
