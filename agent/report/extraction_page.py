"""An extraction's evidence as one HTML file: evidence in, page out; no request leaves it, and it reads the same with scripts off."""

from __future__ import annotations

from dataclasses import dataclass

from agent.domain import evidence as facts
from agent.domain.extraction import Evidence, Measured, Residual, Rung
from agent.report.extraction_matrix import matrix
from agent.report.file_names import file_names
from agent.report.links import SourceLinks
from agent.report.number_format import figure
from agent.report.pictures.extraction_ladder import draw_ladder
from agent.report.templating import make_environment, resource, script_hash, trusted
from agent.report.visible_text import PROSE_LIMIT
from agent.report.wording import as_sentence

__all__ = ["parity_file", "write_extraction_page"]

_CONTENTS = (
    ("not-shown", "What was not shown"),
    ("ladder", "The ladder"),
    ("requests", "Requests by route"),
    ("ownership", "Who changes which table"),
    ("defects", "Would a mistake be noticed?"),
    ("live", "The repository's tests, live"),
    ("drills", "Drills"),
    ("lines", "Lines kept"),
    ("parity", "Parity ledger"),
)
_ORDER = ("no", "stays", "dropped", "replayed")


@dataclass(frozen=True)
class Limits:
    """How many rows of each list the page prints; ``gap`` items of a gap are open, ``gap_items`` listed."""

    gap: int = 4
    gap_items: int = 60
    notes: int = 12
    routes: int = 120
    causes: int = 60
    tables: int = 120
    columns: int = 14
    survivors: int = 80
    failures: int = 60
    parity: int = 200


def parity_file(service: str) -> str:
    """The name of the ledger beside the evidence."""
    return f"parity-{file_names([service])[service]}.csv"


def write_extraction_page(evidence: Evidence) -> str:
    """One self-contained page; the same evidence gives the same bytes."""

    def sentence(text: str, limit: int = PROSE_LIMIT) -> str:
        return as_sentence(text, {evidence.service, *(one.table for one in evidence.ownership)}, limit)

    environment = make_environment(SourceLinks(""), sentence)
    environment.filters["figure"] = figure
    script = resource("report.js")
    return environment.get_template("extraction.html").render(
        evidence=evidence,
        contents=_CONTENTS,
        limits=Limits(),
        style=trusted(resource("report.css") + resource("extraction.css")),
        script=trusted(script),
        script_hash=script_hash(script),
        headline=facts.verdict_line(evidence),
        oracle=facts.oracle(evidence),
        control=facts.control_rung(evidence),
        service=facts.service_rung(evidence),
        mutants=next((one.mutants for one in evidence.rungs if one.mutants is not None and one.mutants.tried), None),
        kept=facts.kept_rung(evidence),
        gaps=facts.gaps(evidence),
        ladder=draw_ladder(evidence),
        masks=[(one.level, name, count) for one in evidence.rungs for name, count in one.tally.masks],
        residual=_residual(evidence),
        upstreams=[_answered(one) for one in evidence.rungs if one.upstreams],
        matrix=matrix(evidence),
        tallies=[one for one in evidence.rungs if one.mutants is not None],
        survivors=[each for one in evidence.rungs if one.mutants is not None for each in one.mutants.survivors],
        live=[one for one in evidence.rungs if one.live is not None],
        drilled=[one for one in evidence.rungs if one.drills],
        sized=[one for one in evidence.rungs if one.lines is not None and one.lines_of],
        packed=[(one, facts.said_of_container(one.container)) for one in evidence.rungs if one.container is not None],
        parity=_open_first(evidence),
        parity_counts=facts.parity_counts(evidence),
        parity_file=parity_file(evidence.service),
        unshown=facts.unshown(evidence),
    )


def _residual(evidence: Evidence) -> list[tuple[int, Residual]]:
    return [(one.level, each) for one in evidence.rungs for each in one.residual]


def _answered(rung: Rung) -> tuple[int, int, list[tuple[str, int]]]:
    """(level, answers of the monolith, (who else, answers))."""
    return (
        rung.level,
        dict(rung.upstreams).get(facts.MONOLITH, 0),
        [one for one in rung.upstreams if one[0] != facts.MONOLITH],
    )


def _open_first(evidence: Evidence) -> list[Measured]:
    return sorted(evidence.parity, key=lambda one: _ORDER.index(one.shown))
