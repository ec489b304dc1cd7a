"""What serving a model takes: stated volumes in; tokens, bandwidth, GPUs, power and index sizes as ranges with their formula out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.domain.finding import Finding, Quantity, Rule

__all__ = ["NEED_RULES", "index_size", "needs"]

NEED_RULES = (
    Rule(
        id="ai.needs", lens="ai", severity="info", title="What the planned model calls take",
        matches="Calls of models that figwright.toml plans (`workload.models`), with `peak_factor`, `gpu_tokens_per_second` and `gpu_watts` where told.",
        why="Bandwidth, GPUs and power decide whether a model runs with a provider, in the cloud, or beside data that has to stay.",
        remedy="Begin with a provider or one GPU and inference only; scale by queue length and GPU utilisation; measure tokens a second of your model before buying.",
        questions=(
            "Is the GPU that you measured on offered in the region where the data has to stay, and how many of them?",
            "Who pays for GPUs that idle at night: can the work wait for a batch?",
        ),
    ),
)  # fmt: skip

SECONDS = 730 * 3600
BYTES_A_TOKEN = (3, 6)  # of text in languages with Latin letters, with JSON around it
DIMENSIONS = (384, 3072)  # of the vectors of common embedding models
CHUNKS = (1, 4)  # a text of up to four passages
FLOAT = 4


def index_size(case: Case, table: str, columns: int) -> Iterator[Quantity]:
    """The vectors of a table's texts, where the user stated its rows."""
    rows = case.assumptions.workload.rows.get(table)
    if not rows:
        return
    low, high = (rows * columns * CHUNKS[at] * DIMENSIONS[at] * FLOAT / 1e9 for at in (0, 1))
    yield Quantity(
        name=f"vector index of {table}", low=round(low, 3), high=round(high, 3), unit="GB", formula="rows × text columns × passages × dimensions × 4 bytes",
        inputs=(f"{rows} rows (workload.rows.{table})", f"{columns} text columns", f"{CHUNKS[0]} to {CHUNKS[1]} passages a text (assumed)",
                f"{DIMENSIONS[0]} to {DIMENSIONS[1]} dimensions (assumed)"),
    )  # fmt: skip


def needs(case: Case) -> Iterator[Finding]:
    """Rule ai.needs: one finding a model."""
    units = sorted(case.boundaries.units, key=lambda u: (-u.code_lines, u.id))
    for model in sorted(case.assumptions.workload.models) if units else ():
        place = evidence(
            units[0].path, units[0].line or 1, "largest unit, stands for the system that would call it", "inferred"
        )
        yield report(
            case, NEED_RULES[0], model, [place], services=(), title=f"What calls of {model} take", quantities=tuple(_numbers(case, model)),
        )  # fmt: skip


def _numbers(case: Case, model: str) -> Iterator[Quantity]:
    told = case.assumptions.workload
    calls = told.models[model]
    peak = told.peak_factor or 1.0
    tokens = calls.input_tokens + calls.output_tokens
    inputs = (
        f"{calls.calls_per_month:g} calls a month, {calls.input_tokens:g} tokens in, {calls.output_tokens:g} out (workload.models)",
    )
    peaks = (
        (f"peak {peak:g} × the mean (workload.peak_factor)",)
        if told.peak_factor
        else ("no peak was told: the mean only",)
    )
    bandwidth = [calls.calls_per_month * tokens * size * 8 / SECONDS / 1e6 for size in BYTES_A_TOKEN]
    yield Quantity(
        name="bandwidth", low=round(bandwidth[0], 6), high=round(bandwidth[1] * peak, 6), unit="Mbit/s",
        formula="calls × tokens × bytes a token × 8 / seconds a month, up to that × peak",
        inputs=(*inputs, f"{BYTES_A_TOKEN[0]} to {BYTES_A_TOKEN[1]} bytes a token (assumed)", *peaks),
    )  # fmt: skip
    mean = calls.calls_per_month * calls.output_tokens / SECONDS
    yield Quantity(
        name="tokens to generate", low=round(mean, 4), high=round(mean * peak, 4), unit="a second",
        formula="calls × tokens out / seconds a month, up to that × peak", inputs=(*inputs, *peaks),
    )  # fmt: skip
    if not told.gpu_tokens_per_second:
        return
    gpus = [max(1, math.ceil(mean * factor / told.gpu_tokens_per_second)) for factor in (1.0, peak)]
    measured = f"{told.gpu_tokens_per_second:g} tokens a second and GPU (workload.gpu_tokens_per_second)"
    yield Quantity(
        name="GPUs", low=gpus[0], high=gpus[1], unit="GPUs", formula="tokens a second / tokens a second of one GPU, rounded up",
        inputs=(*inputs, *peaks, measured),
    )  # fmt: skip
    if told.gpu_watts:
        power = [n * told.gpu_watts * 730 / 1000 for n in gpus]
        yield Quantity(
            name="power", low=round(power[0], 1), high=round(power[1], 1), unit="kWh a month, without cooling", formula="GPUs × watts × 730 h / 1000",
            inputs=(*inputs, *peaks, measured, f"{told.gpu_watts:g} W (workload.gpu_watts)"),
        )  # fmt: skip
