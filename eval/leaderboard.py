"""Advisors side by side over the same tasks: recorded results in, one row each out, with no advisor as the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from eval.task import Column, Value

__all__ = ["LEADERBOARD", "leaderboard_rows"]

LEADERBOARD = (
    Column("advisor", "Advisor"),
    Column("naming", "Names like people's"),
    Column("asking", "Answers that cite the place"),
    Column("repairing", "Programs repaired"),
    Column("ari", "ARI, contested systems", 3),
    Column("worst", "ARI, worst repeat", 3),
    Column("accepted", "Answers code accepted"),
    Column("tokens", "Tokens"),
    Column("seconds", "Seconds"),
    Column("recorded", "Recorded"),
)


def leaderboard_rows(
    results: Sequence[Mapping[str, Any]], boundaries: Mapping[str, Any] | None
) -> tuple[list[Mapping[str, Value]], str]:
    """(rows, what to know of them). ``boundaries`` gives the agreement without an advisor when no model was run."""
    runs = [result for result in results if result["rows"]]
    without = [row["ari_without"] for result in runs for row in result["rows"] if row.get("ari_without") is not None]
    note = (
        "Each model answered the same questions; ARI is the mean over systems with contested units, with advice taken. "
        "How each figure comes about: [advisor](#advisor)."
    )
    if not runs:
        note = (
            "No model has been run yet: the advisor is tested against a scripted server only. The ARI of the one row is "
            "that of the proposed services over all systems of [boundaries](#boundaries)."
        )
        without = [row["ari"] for row in (boundaries or {"rows": ()})["rows"] if row["method"] == "figwright"]
    first: dict[str, Value] = dict.fromkeys((column.key for column in LEADERBOARD), None)
    first |= {"advisor": "none", "ari": round(mean(without), 4) if without else None, "tokens": 0, "seconds": 0}
    return [first, *(_row(result) for result in runs)], note


def _row(result: Mapping[str, Any]) -> Mapping[str, Value]:
    rows = result["rows"]
    placed = [row for row in rows if row.get("ari_with") is not None]
    return {
        "advisor": str(result.get("variant", "")) or "a model",
        "naming": _share(rows, "naming"),
        "asking": _share(rows, "answers"),
        "repairing": _share([row for row in rows if row["app"] == "small programs"], ""),
        "ari": round(mean(row["ari_with"] for row in placed), 4) if placed else None,
        "worst": round(mean(row["ari_worst"] for row in placed), 4) if placed else None,
        "accepted": _part(sum(row["accepted"] or 0 for row in rows), sum(row["asked"] or 0 for row in rows)),
        "tokens": sum((row["tokens_in"] or 0) + (row["tokens_out"] or 0) for row in rows),
        "seconds": round(sum(row["seconds"] or 0 for row in rows)),
        "recorded": result["recorded"],
    }


def _share(rows: Sequence[Mapping[str, Any]], start: str) -> str | None:
    """Right of asked, over the rows whose kind starts so."""
    wanted = [row for row in rows if row["kind"].startswith(start) and row["right"] is not None]
    return _part(sum(row["right"] for row in wanted), sum(row["asked"] for row in wanted)) if wanted else None


def _part(some: int, of: int) -> str:
    return f"{some} of {of}"
