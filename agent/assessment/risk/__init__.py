"""Risk: which files will break next, from how scattered their changes are, how often they were mended, and their size.

Before: everything is tested evenly, or nothing is. After: characterization tests first where the next fault is likeliest. Why:
faults gather in few files, and history tells which. When not: a file that is to be retired. The ranking is checked on each
repository: with the history up to a year ago it is held against what was mended since, and the area under the curve is printed
beside that of lines of code alone (.5 is a coin, 1 is perfect). Where lines alone do as well, the finding says so. A commit
mends when its subject says so, which not all do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.risk.ranking import WEIGHTS, Check, FileRisk, check_ranking, rank_files
from agent.domain.boundary import SHARED
from agent.domain.code import Symbol
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.wording import counted

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="risk.likely-to-break", lens="risk", severity="medium", title="A file is likely to break next",
        matches="The tenth of the files that rank highest by lines, change entropy (quarters in which changes scattered widely count more, "
        "recent ones most) and past fixes, at most 12, if each was mended at least twice. Needs a history of 20 files or more.",
        why="What was changed and mended again and again goes on to be; an extraction changes it once more.",
        remedy="Record characterization tests of it before anything near it moves, and move it in small steps.",
        step="Protect what is likely to break", references=("CWE-1080", "CWE-1121"),
    ),
    Rule(
        id="risk.many-paths", lens="risk", severity="low", title="A function has more paths than tests can cover",
        matches="Functions of a cyclomatic complexity of 40 or more, the worst 12 of the system, unless a coverage report says that most of their file's lines ran.",
        why="Each branch doubles what may happen; nobody can say what a change to one of them does to the others.",
        remedy="Record characterization tests over its branches first (figwright tests); take branches out one by one, each under those tests, before it moves.",
        step="Protect what is likely to break", references=("CWE-1121",),
    ),
    Rule(
        id="risk.changes-together", lens="risk", severity="low", title="Files of two services change together",
        matches="Pairs of files in different proposed services that at least half of the commits to one of them touch together, five or more, "
        "although neither needs the other in the code.",
        why="Something ties them that no import shows: a format, a copied rule, a shared table. After a split it takes two releases.",
        remedy="Find what they share; give it one owner, or a contract test on both sides; or pin both files to one service.",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

TENTH = 0.9
MOST = 12
LEAST_FIXES = 2
LEAST_TOGETHER = 5
HELD = 0.6  # below that the ranking did not hold on this repository
COVERED = 0.8
MANY_PATHS = 40


def look(case: Case) -> Iterator[Finding]:
    """Rules risk.likely-to-break and risk.changes-together, which need a history, and risk.many-paths, which does not."""
    yield from _likely(case)
    yield from _many_paths(case)
    yield from _together(case)


def _likely(case: Case) -> Iterator[Finding]:
    ranked = [f for f in rank_files(case) if f.share >= TENTH and f.measures["fixes"] >= LEAST_FIXES][:MOST]
    if not ranked:
        return
    check = check_ranking(case)
    functions: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in case.graph.symbols:
        if symbol.kind == "function" and symbol.role == "code":
            functions[symbol.path].append(symbol)
    for file in ranked:
        worst = sorted(functions[file.path], key=lambda s: (-s.complexity, s.line))[:3]
        places = [
            evidence(s.path, s.line, f"{s.name}: complexity {s.complexity}") for s in worst if s.complexity > 1
        ] or [_whole(case, file)]
        yield report(
            case, BY_ID["risk.likely-to-break"], file.path, places, severity=_severity(case, file, check),
            title=f"{file.path} is likely to break next", detail=_detail(case, file, check),
            quantities=tuple(_quantities(case, file, check)),
        )  # fmt: skip


def _many_paths(case: Case) -> Iterator[Finding]:
    worst = [
        s for s in case.graph.symbols
        if s.kind == "function" and s.role == "code" and s.complexity >= MANY_PATHS and not _is_covered(case, s.path)
    ]  # fmt: skip
    worst.sort(key=lambda s: (-s.complexity, s.path, s.line))
    for symbol in worst[:MOST]:
        paths = Quantity(
            name="cyclomatic complexity", low=symbol.complexity, high=symbol.complexity, unit="independent paths",
            formula="1 + branching points of the function", inputs=(f"{symbol.complexity - 1} branching points",),
        )  # fmt: skip
        yield report(
            case, BY_ID["risk.many-paths"], symbol.id,
            [evidence(symbol.path, symbol.line, f"{symbol.name}: complexity {symbol.complexity}, lines {symbol.line} to {symbol.end_line}")],
            title=f"{symbol.name} has {symbol.complexity} independent paths", quantities=(paths,),
        )  # fmt: skip


def _is_covered(case: Case, path: str) -> bool:
    ran, could = case.coverage.get(path, (0, 0))
    return bool(could) and ran / could >= COVERED


def _whole(case: Case, file: FileRisk) -> Evidence:
    line = min((u.line for u in case.boundaries.units if u.path == file.path and u.line), default=1)
    return evidence(file.path, line, f"{file.measures['lines']:,.0f} lines")


def _severity(case: Case, file: FileRisk, check: Check | None) -> str:
    """Low where the ranking is not known to hold, or where most lines are covered by tests."""
    ran, could = case.coverage.get(file.path, (0, 0))
    return "medium" if check and check.auc >= HELD and not (could and ran / could >= COVERED) else "low"


def _detail(case: Case, file: FileRisk, check: Check | None) -> str:
    of = file.measures
    ran, could = case.coverage.get(file.path, (0, 0))
    covered = f" Tests run {ran / could:.0%} of its lines." if could else ""
    facts = (
        f"{counted(int(of['fixes']), 'fix', 'fixes')} in its history, {of['lines']:,.0f} lines, complexity "
        f"{of['complexity']:.0f}, used by {counted(int(of['fan-in']), 'file')}; it ranks above {file.share:.0%} of the files.{covered}"
    )
    return f"{facts} {_held(check)}"


def _held(check: Check | None) -> str:
    if check is None:
        return "Uncalibrated: the history is too short, or says too rarely what mends, to check the ranking on it."
    known = (
        f"With the history up to {check.day} the ranking meets the {check.mended} of {check.files} files that were mended in the year "
        f"after with an area under the curve of {check.auc:.2f}; lines of code alone with {check.auc_lines:.2f}."
    )
    if check.auc < HELD:
        return f"{known} It did not hold here: take it as a hint."
    return f"{known} Lines alone do as well here." if check.auc <= check.auc_lines else known


def _quantities(case: Case, file: FileRisk, check: Check | None) -> Iterator[Quantity]:
    yield Quantity(
        name="rank", low=file.share, high=file.share, unit="share of files that rank below",
        formula="score = " + " + ".join(f"{w:g} × z(ln(1 + {name}))" for name, w in WEIGHTS.items()),
        inputs=(*(f"{name} {file.measures[name]:.4g}" for name in WEIGHTS), f"score {file.score:.3f}"),
    )  # fmt: skip
    if check is not None:
        yield Quantity(
            name="area under the curve of the held-back year", low=check.auc, high=check.auc, unit="0.5 is a coin, 1 is perfect",
            formula="share of pairs (mended file, other file) in which the mended one ranks higher",
            inputs=(f"history up to {check.day}", f"{check.mended} of {check.files} files mended after it", f"lines alone {check.auc_lines:.3f}"),
        )  # fmt: skip
    ran, could = case.coverage.get(file.path, (0, 0))
    if could:
        yield Quantity(
            name="coverage", low=round(ran / could, 4), high=round(ran / could, 4), unit="share of lines",
            formula="lines that ran / lines that could", inputs=(f"ran {ran}", f"could {could}"),
        )  # fmt: skip


def _together(case: Case) -> Iterator[Finding]:
    commits = {f.path: f.commits for f in case.inventory.history.files}
    tied = {frozenset((a, b)) for a, b in _needs(case)}
    for left, right, shared in case.inventory.history.coupling:
        one, other = case.services_of_paths.get(left, ""), case.services_of_paths.get(right, "")
        if not one or not other or one == other or SHARED in (one, other):
            continue
        fewest = min(commits.get(left, 0), commits.get(right, 0))
        if shared < LEAST_TOGETHER or not fewest or shared / fewest < 0.5 or frozenset((left, right)) in tied:
            continue
        share = Quantity(
            name="share of commits", low=round(shared / fewest, 3), high=round(shared / fewest, 3), unit="of the file that changes less",
            formula="commits to both / commits to the one with fewer",
            inputs=(f"both {shared}", f"{left} {commits.get(left, 0)}", f"{right} {commits.get(right, 0)}"),
        )  # fmt: skip
        yield report(
            case, BY_ID["risk.changes-together"], f"{left}|{right}",
            [evidence(left, 1, f"changed together with {right} in {shared} commits", "inferred"),
             evidence(right, 1, f"changed together with {left} in {shared} commits", "inferred")],
            title=f"{left} ({one}) and {right} ({other}) change together",
            detail=f"{shared} commits touch both, of {fewest} that touch the one that changes less. {BY_ID['risk.changes-together'].why}",
            quantities=(share,),
        )  # fmt: skip


def _needs(case: Case) -> Iterator[tuple[str, str]]:
    by_id = case.graph.by_id
    for edge in case.graph.dependencies:
        target = by_id.get(edge.target)
        if target is not None and target.path != edge.path and target.kind != "table":
            yield edge.path, target.path
