"""Where knowledge of the code thins out: each file's main author's share and silence in; findings by service out, without names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.domain.boundary import SHARED, Unit
from agent.domain.finding import Finding, Quantity, Rule
from agent.domain.inventory import FileHistory

__all__ = ["KNOWLEDGE_RULES", "knowledge"]

KNOWLEDGE_RULES = (
    Rule(
        id="skills.one-author", lens="skills", severity="low", title="One person made nearly all changes",
        matches="Services (or the whole, when nothing is split) of 300 lines or more, half of whose lines lie in files with at least 90 % of three or "
        "more commits by one author, where the history has several authors.",
        why="When that person is ill or leaves, nobody else has changed it before.",
        remedy="Let somebody else make the next changes with that person watching; write characterization tests together.",
    ),
    Rule(
        id="skills.author-gone", lens="skills", severity="medium", title="Whoever knew it has gone quiet",
        matches="The same, by lines in files whose main author (half of the commits or more) committed nothing anywhere in the last year of a "
        "history that spans two years or more.",
        why="Reasons that are not written down are gone; tests are the only ones left to ask.",
        remedy="Ask them while they can be found; else read it in pairs, and record characterization tests before anything moves.",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in KNOWLEDGE_RULES}

LEAST_LINES = 300
LEAST_COMMITS = 3
ALONE = 0.9
MOST = 0.5


def knowledge(case: Case) -> Iterator[Finding]:
    """Rules skills.one-author and skills.author-gone."""
    history = case.inventory.history
    files = {f.path: f for f in history.files}
    lines = {f.path: f.code_lines for f in case.inventory.files if f.role == "code"}
    several = any(f.authors > 1 for f in history.files)
    long = bool(history.first and history.last) and int(history.last[:4]) - int(history.first[:4]) >= 2
    for name, units in _homes(case).items():
        known = [u for u in units if u.path in lines]
        total = sum(lines[u.path] for u in known)
        if total < LEAST_LINES:
            continue
        gone = [u for u in known if long and _quiet(files.get(u.path))]
        alone = [u for u in known if several and _alone(files.get(u.path)) and u not in gone]
        for rule, some in (("skills.author-gone", gone), ("skills.one-author", alone)):
            if sum(lines[u.path] for u in some) >= MOST * total:
                yield _found(case, rule, name, some, lines, total)


def _homes(case: Case) -> dict[str, list[Unit]]:
    """Units by service, a file once; all as one where nothing is to be split."""
    found: dict[str, list[Unit]] = defaultdict(list)
    seen: set[str] = set()
    for unit in sorted(case.boundaries.units, key=lambda u: (u.path, u.line, u.id)):
        if unit.path not in seen:
            seen.add(unit.path)
            found["" if case.boundaries.verdict == "do not split" else unit.service].append(unit)
    return dict(sorted(found.items()))


def _quiet(file: FileHistory | None) -> bool:
    return file is not None and file.main_quiet and file.main_share >= MOST


def _alone(file: FileHistory | None) -> bool:
    return file is not None and file.commits >= LEAST_COMMITS and file.main_share >= ALONE


def _found(case: Case, rule: str, name: str, some: list[Unit], lines: dict[str, int], total: int) -> Finding:
    some = sorted(some, key=lambda u: (-lines[u.path], u.path))
    sizes = sum(lines[u.path] for u in some)
    share = Quantity(
        name="share of the lines", low=round(sizes / total, 3), high=round(sizes / total, 3), unit="0 to 1", formula="lines in such files / lines of code",
        inputs=(f"{sizes} lines in {len(some)} files", f"{total} lines of code"),
    )  # fmt: skip
    what = {"": "the system", SHARED: "shared code"}.get(name, name)
    says = "its main author has gone quiet" if rule == "skills.author-gone" else "one person made nearly all changes"
    return report(
        case, BY_ID[rule], name, [evidence(u.path, u.line or 1, f"{lines[u.path]:,} lines: {says}", "inferred") for u in some], services=(name,),
        title=f"{sizes / total:.0%} of {what}: {says}", quantities=(share,),
    )  # fmt: skip
