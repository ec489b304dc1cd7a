"""An item of an extraction's stack from files or patches that were judged: paths in the repository, commits, and the rung's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.delivery.extraction_text import left_open, of_rung
from agent.delivery.patch_text import PatchText, read_diff_or_mail
from agent.domain.delivery import Change, Item, Row
from agent.domain.extraction import Evidence, Rung

__all__ = ["Made", "of_files", "of_patches"]


@dataclass(frozen=True)
class Made:
    """What the parts are made from. ``folder`` is where the service's files stand in the repository."""

    evidence: Evidence
    files: Mapping[str, bytes]
    folder: str
    prefix: str

    def rung(self, level: int) -> Rung | None:
        return next((one for one in self.evidence.rungs if one.level == level), None)

    def held(self, level: int) -> Rung | None:
        found = self.rung(level)
        return found if found and found.passed else None

    def below(self, top: str) -> dict[str, bytes]:
        """The files below a folder of the extraction, by their paths in it."""
        return {path.removeprefix(f"{top}/"): content for path, content in self.files.items() if path.startswith(f"{top}/")}  # fmt: skip

    @property
    def patches(self) -> list[tuple[str, PatchText]]:
        """In the order of their names."""
        named = {name: content for name, content in self.below("patches").items() if name.endswith(".patch")}
        return [(name, read_diff_or_mail(content, f"patches/{name}")) for name, content in sorted(named.items())]


def of_files(
    made: Made, part: str, level: int, files: Mapping[str, bytes], *, title: str, why: str, proof: tuple[str, ...],
    not_proved: tuple[str, ...], risk: str, rollback: str, folded: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> Item:  # fmt: skip
    written = tuple((f"{made.folder}/{path}", content.decode("utf-8", "surrogateescape")) for path, content in sorted(files.items()))  # fmt: skip
    rows = tuple(Row(path=path, added=text.count("\n"), removed=0, by="figwright extract", confidence=f"rung {level}") for path, text in written)  # fmt: skip
    return Item(
        id=made.prefix + part, kind="extraction", title=title[:100], why=why, rows=rows, proof=proof, not_proved=not_proved,
        changes=(Change(subject=title, body=f"{why}\n\n{_evidence_line(made)}", files=written),),
        risk=risk, rollback=rollback, folded=folded, hand_lines=sum(row.added for row in rows),
    )  # fmt: skip


def of_patches(
    made: Made, part: str, rung: Rung, patches: Sequence[tuple[str, PatchText]], *, title: str, why: str, risk: str, rollback: str,
    draft: bool = False,
) -> Item:  # fmt: skip
    counts: dict[str, tuple[int, int]] = {}
    for _, text in patches:
        for file in text.files:
            added, removed = counts.get(file.path, (0, 0))
            counts[file.path] = (added + file.added, removed + file.removed)
    rows = tuple(
        Row(path=path, added=added, removed=removed, by="figwright extract", confidence=f"rung {rung.level}")
        for path, (added, removed) in sorted(counts.items())
    )
    own = f"{why}\n\n{_evidence_line(made)}"  # the deletion's patch says of itself that it is held back
    changes = tuple(
        Change(subject=text.subject or title, body=own if draft or not text.body else text.body, diff=text.diff)
        for _, text in patches
    )
    return Item(
        id=made.prefix + part, kind="extraction", title=title[:100], why=why, rows=rows, proof=of_rung(rung), changes=changes,
        not_proved=(*left_open(made.evidence), "What no recorded request asks may behave differently."), risk=risk, rollback=rollback,
        draft=draft, hand_lines=sum(row.added + row.removed for row in rows),
    )  # fmt: skip


def _evidence_line(made: Made) -> str:
    return f"Shown on commit {made.evidence.commit[:12]}; the evidence is in {made.folder}/extraction.md."
