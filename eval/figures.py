"""The README's table of figures: recorded results in, Markdown out, each figure with the command that makes it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from eval.recording import read_result, read_variants

__all__ = ["BEGIN", "END", "figures", "readme_path", "with_figures"]

BEGIN = "<!-- figures: written by `python -m eval table`, from eval/results -->"
END = "<!-- end of figures -->"
Rows = Sequence[Mapping[str, Any]]


def readme_path() -> Path:
    """The README of this checkout."""
    return Path(__file__).resolve().parent.parent / "README.md"


def with_figures(readme: str, folder: Path) -> str:
    """The README's text with its table as the results have it. Raises ValueError when the marks are gone."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README lacks its marks {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{figures(folder)}{END}{after}"


def figures(folder: Path) -> str:
    """The table."""
    lines = ["| what | figure | measured on | again by |", "|---|---|---|---|"]
    for task, arguments, row in _TABLE:
        result = read_result(folder, task)
        if result is not None:
            lines += [f"| {' | '.join(cells)} | `python -m eval {task}{arguments}` |" for cells in row(result["rows"])]
    models = [str(result["variant"]) for result in read_variants(folder, "advisor") if result["rows"]]
    told = f"{', '.join(models)}: see the page" if models else "no model was run yet, only a scripted server"
    lines.append(f"| advice of a language model | {told} | – | `python -m eval advisor` |")
    return "\n".join(lines) + "\n"


def _cost(rows: Rows) -> Iterator[Sequence[str]]:
    largest = max(rows, key=lambda row: row["cold_cpu_seconds"])
    for row in (next(row for row in rows if row["repository"] == "orderdesk"), largest):
        yield (
            "a plan, and the next one from the cache",
            f"{row['cold_cpu_seconds']:.1f} and {row['warm_cpu_seconds']:.1f} CPU seconds, {row['cold_memory_mb']:.0f} MB",
            f"{row['repository']}" + (", the largest so far" if row is largest else ", the sample"),
        )


def _services(rows: Rows) -> Iterator[Sequence[str]]:
    outside = [row for row in rows if row["quality"] in ("A", "B")]
    systems = {row["app"] for row in outside if row["method"] == "Leiden on structure"}
    if not systems:
        return
    of = {
        method: mean(row["ari"] for row in outside if row["method"] == method and row["app"] in systems)
        for method in ("figwright", "Leiden on structure", "folders")
    }
    yield (
        "services like those that people drew (adjusted Rand index, 1 is equal)",
        f"{of['figwright']:.2f}; plain clustering {of['Leiden on structure']:.2f}, folders {of['folders']:.2f}",
        f"{len(systems)} small systems that others decomposed",
    )


def _graph(rows: Rows) -> Iterator[Sequence[str]]:
    for case in ("Python imports, django",):
        row = next((row for row in rows if row["case"] == case and row["method"] == "figwright"), None)
        if row is not None:
            yield (
                "imports found, and found rightly",
                f"recall {row['recall']:.3f}, precision {row['precision']:.3f}",
                f"{row['truth']} of django, by grimp",
            )


def _retrieval(rows: Rows) -> Iterator[Sequence[str]]:
    cases = {row["case"] for row in rows}  # django's questions chose the weights, so another one's count
    case = "spring-core" if "spring-core" in cases else max(rows, key=lambda row: row["queries"])["case"]
    of = {row["method"]: row["mrr"] for row in rows if row["case"] == case}
    plain = max(value for method, value in of.items() if not method.startswith("figwright"))
    yield (
        "`ask` finds the documented function (mean reciprocal rank)",
        f"{of['figwright']:.2f}; plain BM25 {plain:.2f}",
        f"{next(row['queries'] for row in rows if row['case'] == case)} functions of {case}",
    )


def _patches(rows: Rows) -> Iterator[Sequence[str]]:
    whole = next((row for row in rows if row["repository"] == "all" and str(row["python"]) == ""), None)
    if whole is not None:
        count = sum(1 for row in rows if str(row["python"]).startswith("python 2") and row["repository"] != "stockroom")
        yield (
            "tests that pass after Python 2 to 3",
            f"{whole['ours']} of {whole['baseline']}; untouched {whole['unconverted']}, 2to3 {whole['fissix']}",
            f"{count} public repositories",
        )


def _verdicts(rows: Rows) -> Iterator[Sequence[str]]:
    bad = [row for row in rows if row["changes"].startswith("bad")]
    good = next(row for row in rows if row["changes"] == "good")
    yield (
        "bad changes that were accepted, good ones that were",
        f"{sum(row['accepted'] for row in bad)} of {sum(row['count'] for row in bad)}, {good['accepted']} of {good['count']}",
        "one Python sample",
    )


def _containers(rows: Rows) -> Iterator[Sequence[str]]:
    levels = Counter(str(row["level"]) for row in rows)
    told = {"tested": "every test passes inside", "healthy": "started and healthy", "refused": "nothing to deploy"}
    yield (
        "how far containers come by themselves",
        ", ".join(f"{levels[level]} {words}" for level, words in told.items() if levels[level])
        + (f", {less} less" if (less := len(rows) - sum(levels[level] for level in told)) else ""),
        f"{len(rows)} repositories, ours among them",
    )


def _planted(rows: Rows) -> Iterator[Sequence[str]]:
    whole = next(row for row in rows if row["lens"] == "all")
    yield (
        "planted defects that the lenses found at first sight, and after the rules were mended",
        f"{whole['first_recall']:.0%}, {whole['recall']:.0%}",
        f"{whole['planted']} in copies of the samples",
    )


def _labelled(rows: Rows) -> Iterator[Sequence[str]]:
    whole = next(row for row in rows if row["lens"] == "all")
    yield (
        "findings that were right when they were read: first round, second round",
        f"{whole['first_precision']:.0%}, {whole['later_precision']:.0%}",
        f"{whole['labelled']} findings in samples and five public systems",
    )


def _extraction(rows: Rows) -> Iterator[Sequence[str]]:
    held = [row for row in rows if str(row["rung"])[:1] in "234"]
    noticed, tried = (sum(row[name] or 0 for row in held) for name in ("killed", "mutants"))
    yield (
        "services that ran as a slice of the code and answered as the monolith did; defects put into them that were noticed",
        f"{len(held)} of {len(rows)} services ({sum(row['identical'] or 0 for row in held)} recorded requests); {noticed} of {tried}",
        f"{len({row['repository'] for row in rows})} repositories, ours among them",
    )


_TABLE: tuple[tuple[str, str, Callable[[Rows], Iterator[Sequence[str]]]], ...] = (
    ("plan_time", " --sources DIR", _cost),
    ("boundaries", " --dataset DIR --sources DIR", _services),
    ("graph", " --sources DIR", _graph),
    ("retrieval", " --sources DIR", _retrieval),
    ("refactor", " --dataset DIR", _patches),
    ("validation", "", _verdicts),
    ("containers", " --sources DIR", _containers),
    ("extraction", " --sources DIR", _extraction),
    ("planted", "", _planted),
    ("labelled", " --sources DIR", _labelled),
)
