"""Of findings that somebody read and judged, how many hold, and which of them no longer appear."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.assessment import LENSES, RULES, Case
from agent.composition import workbench
from agent.domain.assumptions import Assumptions
from agent.pipeline import Run, make_case
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

__all__ = ["LABELLED", "Label", "read_labels", "rows_of"]

FOLDER = Path(__file__).resolve().parent.parent / "labels"
Place = tuple[str, str, str, str]
_LENS = {rule.id: rule.lens for rule in RULES}


@dataclass(frozen=True)
class Label:
    """One place of one finding. ``version`` is a commit, or ``sample``; ``drawn`` tells rounds of reading apart.

    ``said`` is what was wrong in the finding's words: a finding at that place that says something else is another one.
    """

    repository: str
    version: str
    rule: str
    file: str
    line: int
    line_hash: str
    holds: bool
    reason: str
    drawn: str = "first"
    said: str = ""

    @property
    def place(self) -> Place:
        """What stays when lines above it come and go."""
        return self.repository, self.rule, self.file, self.line_hash


@dataclass(frozen=True)
class LabelledFindings(Description):
    """One row for each lens, and one for all."""

    def run(self, request: Request) -> Outcome:
        labels = read_labels()
        shown: dict[Place, str] = {}
        skipped: list[Skipped] = []
        asked: list[Label] = []
        for name in sorted({label.repository for label in labels}):
            own = [label for label in labels if label.repository == name]
            place = _place(own[0], request)
            if place is None:
                skipped.append(Skipped(name, "its checkout is not in --sources"))
                continue
            asked += own
            shown.update(_places(name, place, request.work))
        return Outcome(rows_of(asked, shown), tuple(skipped))


def read_labels(folder: Path = FOLDER) -> tuple[Label, ...]:
    """All of them, by file and then as written. Raises TypeError for a key nobody knows."""
    return tuple(
        Label(**item)
        for path in sorted(folder.glob("*.toml"))
        for item in tomllib.loads(path.read_text("utf-8"))["finding"]
    )


def hash_line(text: str) -> str:
    """What identifies a line without its text."""
    return hashlib.sha256(text.strip().encode("utf-8")).hexdigest()[:12]


def _place(label: Label, request: Request) -> Path | None:
    folder = sample_folder() if label.version == "sample" else request.sources
    place = folder / label.repository if folder is not None else None
    return place if place is not None and place.is_dir() else None


def _places(name: str, place: Path, work: Path) -> dict[Place, str]:
    """Places and what is said there, by all findings of a rule."""
    with workbench(str(place), Settings(cache_dir=work / "cache"), None, None) as bench:
        case = make_case(bench, Run(), Assumptions())
        found: dict[Place, str] = {}
        lines: dict[str, list[str]] = {}
        for finding in (f for lens in LENSES for f in lens.look(case)):
            for evidence in finding.evidence:
                at = evidence.location
                text = lines.setdefault(at.path, _lines(case, at.path))
                if at.line <= len(text):
                    key = (name, finding.rule, at.path, hash_line(text[at.line - 1]))
                    found[key] = f"{found.get(key, '')}\n{finding.title}\n{evidence.text}"
        return found


def _lines(case: Case, path: str) -> list[str]:
    data = case.read(path) if case.read is not None else b""
    return data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def rows_of(labels: Sequence[Label], shown: Mapping[Place, str]) -> tuple[Mapping[str, Value], ...]:
    """Precision of each round as it was first measured, and of what appears now of all rounds.

    What held and no longer appears is a loss, and named; what did not hold and no longer appears was mended.
    """
    rows: list[Mapping[str, Value]] = []
    for lens in (*(lens.name for lens in LENSES), "all"):
        own = [label for label in labels if lens in (_LENS.get(label.rule, ""), "all")]
        if not own:
            continue
        first = [label for label in own if label.drawn == "first"]
        now = [label for label in own if label.place in shown and label.said in shown[label.place]]
        gone = [label for label in own if label not in now]
        rows.append(
            {
                "lens": lens,
                "labelled": len(own),
                "first_precision": _share(first),
                "later_precision": _share([label for label in own if label.drawn != "first"]),
                "shown": len(now),
                "precision": _share(now),
                "mended": sum(1 for label in gone if not label.holds),
                "lost": sum(1 for label in gone if label.holds),
                "wrong": " ".join(_name(label) for label in now if not label.holds),
                "gone": " ".join(_name(label) for label in gone),
            }
        )
    return tuple(rows)


def _share(labels: Sequence[Label]) -> float | None:
    return round(sum(1 for label in labels if label.holds) / len(labels), 3) if labels else None


def _name(label: Label) -> str:
    return f"{label.rule}@{label.repository}:{label.file}:{label.line}"


LABELLED = LabelledFindings(
    name="labelled",
    measures="Precision of each lens on findings that were read: as first measured, and of those that appear today; what is gone.",
    truth="Labels of 200 findings drawn at random, and of the findings of rules that came later (`eval/labels/`), each read at its line.",
    baselines="None.",
    limits="One reader. Labels say nothing about what is not found (`planted` does), nor about new findings of old rules.",
    data="samples; jpetstore, daytrader7, babybuddy, ihatemoney and carddemo in --sources, at the commits that the labels name",
    budget=5,
    quick_budget=0.3,
    columns=(
        Column("lens", "Lens", role="name"),
        Column("labelled", "Labelled"),
        Column("first_precision", "At first", 3),
        Column("later_precision", "Second round at first", 3),
        Column("shown", "Appear"),
        Column("precision", "Precision", 3, role="higher"),
        Column("mended", "Wrong ones gone"),
        Column("lost", "Right ones gone", role="lower"),
        Column("wrong", "Wrong ones left"),
    ),
)
