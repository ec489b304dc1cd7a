"""What commits say about each file: a list of commits in; change entropy, fixes and who knows the file out.

Time counts back from the newest commit, never from a clock. Change entropy is that of Hassan (ICSE 2009): a quarter in which
changes were scattered over many files says more about each of them; here it decays with the years.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

__all__ = [
    "LARGEST_CHANGE",
    "ChangeMeasures",
    "Changed",
    "is_fix",
    "measure_changes",
    "measure_held_back",
    "quiet_authors",
]

LARGEST_CHANGE = 25
"""A commit that touches more files is a reformatting or an import; it says nothing about any one of them."""

HELD_BACK_DAYS = 365
LEAST_BEFORE = 100  # commits, for a held-back year to teach anything
QUIET_DAYS = 365
QUARTER = 365.25 / 4

_FIX = re.compile(r"(?i)\b(?:fix(?:e[sd]|ing)?|hot-?fix|bug-?fix|bugs?|defects?|regressions?|crash(?:es|ed)?|broken)\b")
_NOT_CODE = re.compile(
    r"(?i)\b(?:typos?|spelling|docs?|documentation|readme|changelog|lint(?:er|ing)?|flake8|format(?:ting)?|whitespace|comments?|ci|build|tests?)\b"
)


@dataclass(frozen=True)
class Changed:
    """One commit: its author, day and subject, the files it touched that are known, and how many it touched in all."""

    author: str
    day: date
    subject: str
    files: tuple[str, ...]
    touched: int


@dataclass
class ChangeMeasures:
    """One file's. ``entropy`` decays by e each year; ``main`` is the author of most commits."""

    entropy: float = 0.0
    fixes: int = 0
    commits: Counter[str] = field(default_factory=Counter)  # author -> commits

    @property
    def main(self) -> str:
        """Who made most of its commits; of equals the first by name."""
        return min(self.commits, key=lambda who: (-self.commits[who], who)) if self.commits else ""

    @property
    def main_share(self) -> float:
        """The main author's share of its commits, 0..1."""
        total = sum(self.commits.values())
        return round(self.commits[self.main] / total, 3) if total else 0.0


def is_fix(subject: str) -> bool:
    """Whether a commit's subject says that it mends code (not documents, tests, style or the build)."""
    subject = subject[:300]
    return bool(_FIX.search(subject)) and not _NOT_CODE.search(subject)


def measure_changes(commits: Iterable[Changed], now: date) -> dict[str, ChangeMeasures]:
    """Measures of each file as of ``now``."""
    found: dict[str, ChangeMeasures] = defaultdict(ChangeMeasures)
    quarters: dict[int, Counter[str]] = defaultdict(Counter)
    for commit in commits:
        mends = commit.touched <= LARGEST_CHANGE and is_fix(commit.subject)
        quarter = int(max(0, (now - commit.day).days) / QUARTER)
        for path in commit.files:
            one = found[path]
            one.commits[commit.author] += 1
            one.fixes += mends
        if commit.touched <= LARGEST_CHANGE:
            quarters[quarter].update(commit.files)
    for quarter, changes in sorted(quarters.items()):
        _add_entropy(found, changes, math.exp(-quarter / 4))
    return dict(found)


def _add_entropy(found: Mapping[str, ChangeMeasures], changes: Counter[str], weight: float) -> None:
    total = sum(changes.values())
    entropy = -math.fsum(n / total * math.log2(n / total) for n in changes.values()) if len(changes) > 1 else 0.0
    for path, n in changes.items():
        found[path].entropy += entropy * n / total * weight


def measure_held_back(commits: Sequence[Changed]) -> tuple[date | None, dict[str, ChangeMeasures], frozenset[str]]:
    """The day a year before the newest commit, the measures as of that day, and the files that were mended after it.

    No day where the year, or what lies before it, is too short to say anything.
    """
    days = [commit.day for commit in commits]
    if not days:
        return None, {}, frozenset()
    cut = max(days) - timedelta(days=HELD_BACK_DAYS)
    before = [commit for commit in commits if commit.day <= cut]
    if len(before) < LEAST_BEFORE:
        return None, {}, frozenset()
    fixed = {
        path
        for commit in commits
        if commit.day > cut and commit.touched <= LARGEST_CHANGE and is_fix(commit.subject)
        for path in commit.files
    }
    measures = measure_changes(before, cut)
    return cut, measures, frozenset(fixed & set(measures))


def quiet_authors(commits: Iterable[Changed]) -> frozenset[str]:
    """Authors who committed nothing in the last year of the history."""
    last: dict[str, date] = {}
    for commit in commits:
        last[commit.author] = max(commit.day, last.get(commit.author, commit.day))
    newest = max(last.values(), default=date.min)
    return frozenset(who for who, day in last.items() if (newest - day).days > QUIET_DAYS)
