"""Container files with their proofs -> items: images and Compose, Kubernetes, the facade; what failed is held back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent.delivery.plain import code, prose
from agent.delivery.results import Results
from agent.domain.container import LEVELS, ContainerReport, Proof
from agent.domain.delivery import Change, Item, Row
from agent.domain.wording import counted, listed

__all__ = ["FOLDER", "container_items"]

_FACADE = re.compile(r"(?<![\w-])\.{1,2}/(?:\.\./)*facade\b")  # a path, not the word
FOLDER = "deploy"
"""Where the files stand in the repository: a folder of their own, so that none of its files is in the way."""
_PARTS = (
    ("facade", "Add the facade that routes to what is extracted", "A gateway in front lets routes move one by one, and back by one number."),
    ("containers", "Put the system into containers as it is", "The same runtime everywhere is what every later step is tested on."),
    ("kubernetes", "Add manifests to run the containers on Kubernetes", "The containers need probes, limits and network rules to run in a cluster."),
)  # fmt: skip


def container_items(results: Results, *, include_unprotected: bool) -> tuple[list[Item], list[str]]:
    """(items, why the rest is held back). An image is proved when it was built, at least, and lost no test."""
    report = results.containers
    if report is None or not results.container_files or not report.deployables:
        return [], []
    red = sorted({proof.name for proof in report.deployables if proof.lost or _failed(proof)})
    if red:
        return [], [
            f"Containers are held back: {listed(red)} failed when built, started or tested; see containers.json."
        ]
    unbuilt = [proof.name for proof in report.deployables if LEVELS.index(proof.level) < LEVELS.index("built")]
    if unbuilt and not include_unprotected:
        return [], [
            f"Container files are held back, as nobody built them ({listed(unbuilt, 3)}): run `figwright containerize REPO "
            "--run`, or take them with --include-unprotected."
        ]
    return _items(report, results.container_files, bool(unbuilt)), []


def _failed(proof: Proof) -> bool:
    """Whether the last attempt failed at what it tried."""
    return bool(proof.rounds) and bool(proof.rounds[-1].failed)


def _items(report: ContainerReport, files: Mapping[str, str], unprotected: bool) -> list[Item]:
    parts: dict[str, dict[str, str]] = {}
    for path, text in sorted(files.items()):
        top = path.split("/")[0]
        parts.setdefault(top if top in ("kubernetes", "facade") else "containers", {})[path] = text
    items: list[Item] = []
    for name, title, why in _PARTS:
        if name not in parts:
            continue
        own = parts[name]
        needs = (
            ("facade",)
            if name != "facade" and "facade" in parts and any(_FACADE.search(text) for text in own.values())
            else ()
        )
        rows = tuple(
            Row(path=f"{FOLDER}/{path}", added=text.count("\n"), removed=0, by="figwright containerize", confidence=_level(path, report))
            for path, text in own.items()
        )  # fmt: skip
        change = Change(subject=title, body=why, files=tuple((f"{FOLDER}/{path}", text) for path, text in own.items()))
        items.append(
            Item(
                id=name,
                kind="containers",
                title=title,
                why=why,
                changes=(change,),
                needs=needs,
                rows=rows,
                unprotected=unprotected,
                caveat="not built" if unprotected else "",
                proof=_proof(report) if name == "containers" else (),
                not_proved=_not_proved(report, name),
                risk="None for what runs today: files are only added, and nothing uses them yet.",
                rollback="Delete the files.",
                hand_lines=sum(row.added for row in rows),
                folded=_folded(report, name),
            )
        )
    return items


def _level(path: str, report: ContainerReport) -> str:
    levels = {proof.level for proof in report.deployables if proof.dockerfile == path.removesuffix(".dockerignore")}
    return min(levels, key=LEVELS.index) if levels else "written"


def _proof(report: ContainerReport) -> tuple[str, ...]:
    lines = []
    for proof in report.deployables[:6]:
        tests = f"; {proof.tests_inside} of {proof.tests_outside} tests pass inside" if proof.tests_outside else ""
        base = f"; base {code(proof.base)}" if proof.base else ""
        lines.append(f"{code(proof.name)} ({proof.kind}): {proof.level}{tests}{base}.")
    if len(report.deployables) > 6:
        lines.append(f"And {counted(len(report.deployables) - 6, 'more deployable')} in `containers.json`.")
    return tuple(lines)


def _not_proved(report: ContainerReport, name: str) -> tuple[str, ...]:
    if name == "kubernetes":
        return ("No cluster ran these manifests; sizes and replicas are defaults to be measured.",)
    if name == "facade":
        return ("No traffic of yours went through it.",)
    unbuilt = [proof.name for proof in report.deployables if LEVELS.index(proof.level) < LEVELS.index("built")]
    lines = (
        [f"Never built: {', '.join(code(each) for each in unbuilt[:4])}{' and more' if len(unbuilt) > 4 else ''}."]
        if unbuilt
        else []
    )
    lines += [f"{prose(text)}." for text in report.not_run[:3]]
    return (*lines, "Your data, your secrets and your partners' systems were not there.")  # fmt: skip


def _folded(report: ContainerReport, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if name != "containers":
        return ()
    lines = [f"`cd {FOLDER} && SOURCE=.. docker compose up --build --wait` builds and starts all of it."]
    findings = [text for proof in report.deployables for text in proof.findings] + list(report.findings)
    lines += [f"linter: {prose(text)}" for text in list(dict.fromkeys(findings))[:6]]
    return (("How to try it", tuple(lines)),)
