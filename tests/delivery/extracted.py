"""An extraction as ``extract`` leaves it, for the small shop: what the tests of its stack run on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.adapters.output_folder import checksums
from agent.delivery import Extraction
from agent.domain.extraction import Drill, Evidence, Measured, MutantTally, Residual, Rung, Tally
from agent.domain.handover import ParityRow
from agent.domain.inventory import Location
from agent.patches.mailbox import mailed
from tests.delivery.shop import edited

SLICE_VERDICT = "12 of 12 answers are the monolith's; the slice has 20 of 80 lines"
CONTROL_VERDICT = "12 of 12 answers through the facade (the same code on both sides: a control)"
SEAM = mailed("Call stock through a seam", "", [edited("shop/orders.py", ("line_3 = 3", "line_3 = 33"))], "2020-01-01")
DELETION = mailed("Delete stock", "", [edited("shop/stock.py", ("item_9 = 9\n", ""))], "2020-01-01")
FILES = {
    "slice/shop/stock.py": b"item_1 = 1\n",
    "slice/logo.png": b"\x89PNG\xff\x00\n",
    "containers/compose.yaml": b"services: {}\n",
    "containers/kubernetes/base/stock.yaml": b"kind: Deployment\n",
    "facade/nginx.conf": b"pid {{work}}/nginx.pid;\n",
    "own-schema/0001-split.sql": b"CREATE SCHEMA stock;\n",
    "patches/0001-seam.patch": SEAM,
    "patches/0002-delete-old-code.patch": DELETION,
    "extraction.md": b"# stock out of shop\n",
    "slice.json": b"{}\n",
}


def rung(level: int, name: str, *, passed: bool = True, verdict: str = "", drills: tuple[Drill, ...] = ()) -> Rung:
    tally = Tally(recorded=12, identical=12) if level < 3 else Tally()
    return Rung(level=level, name=name, passed=passed, verdict=verdict or f"{name} was shown", control=level == 1, tally=tally, drills=drills)  # fmt: skip


def measured(kind: str, name: str, shown: str, line: int = 1) -> Measured:
    row = ParityRow.model_validate({"kind": kind, "name": name, "location": Location(path="shop/stock.py", line=line), "service": "stock", "status": "tested"})  # fmt: skip
    return Measured.model_validate({"row": row, "shown": shown, "why": "" if shown == "replayed" else "no test asks for it"})  # fmt: skip


def evidence(commit: str, **changes: object) -> Evidence:
    """A climb to the top, with the ledger whole."""
    cut = rung(2, "slice", verdict=SLICE_VERDICT).model_copy(update={"mutants": MutantTally(tried=10, by_recorded=9)})
    rungs = (
        rung(0, "oracle").model_copy(update={"residual": (Residual(verdict="vacuous", cause="answered 302 where 500 was recorded", requests=(3,)),)}),
        rung(1, "restricted copy", verdict=CONTROL_VERDICT).model_copy(update={"upstreams": (("monolith", 40), ("service", 12))}),
        cut,
        rung(3, "own schema", drills=(Drill(name="writes under load", passed=True, verdict="none lost", figures=(("writes", 10_000),)),)),
        rung(4, "branch by abstraction"),
    )  # fmt: skip
    parity = (measured("route", "GET /stock", "replayed"), measured("job", "nightly.py", "stays", line=3))
    made = Evidence(name="shop", commit=commit, service="stock", sandbox="bubblewrap", tests=9, rungs=rungs, parity=parity)  # fmt: skip
    return made.model_copy(update=changes)


def extraction(commit: str, files: Mapping[str, bytes] = FILES, taken: frozenset[str] = frozenset(), **changes: object) -> Extraction:  # fmt: skip
    return Extraction(evidence(commit, **changes), files, "out", "2" * 64, taken, "2020-01-01T12:00:00+00:00")


def write_extraction(folder: Path, found: Extraction) -> Path:
    """As the command writes it."""
    texts = {name: content.decode("utf-8", "surrogateescape") for name, content in found.files.items()}
    texts["extraction.json"] = found.evidence.model_dump_json(indent=1) + "\n"
    for name, text in {**texts, "SHA256SUMS": checksums(texts)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder
