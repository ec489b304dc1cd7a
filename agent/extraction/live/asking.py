"""One run of a test command in a box whose requests go through a facade: the command in, its outcome and what each test asked out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from agent.domain.execution import OUT, Command, Outcome
from agent.extraction.ground import Ground
from agent.extraction.staging import BOX_REPO, WORK, in_box, python_of, search_path, stage_box

__all__ = ["LIVE_PORTS", "Asked", "ask_live", "opened_up", "plan_of", "read_notes"]

LIVE_PORTS = ("{{facade}}", "{{monolith}}", "{{service}}")
"""In a facade's configuration, in the place of its ports: each application gets some of its own."""
_T = TypeVar("_T")
_START = "import sys; from figwright_box import live_run; live_run.main(sys.argv[1:])"
_SECONDS = 1800.0
_MOST_LINES, _MOST_LINE = 500_000, 1 << 16


@dataclass
class Asked:
    """What the tests of one run asked. ``by``: test -> who answered -> requests. ``cannot``: test -> why it cannot be run so.

    ``perhaps`` are causes that only count when the test fails with everything on the monolith. ``failures``: a server that
    could not be started -> the end of what it said.
    """

    by: dict[str, Counter[str]] = field(default_factory=dict)
    cannot: dict[str, list[str]] = field(default_factory=dict)
    perhaps: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def tests(self) -> frozenset[str]:
        """Those that made a request at all."""
        return frozenset((*self.by, *self.cannot, *self.perhaps)) - {""}


def ask_live(
    ground: Ground, command: Command, facade: str, service: Path | None, read: Callable[[Outcome, Path], _T], *, carry: bool = False
) -> tuple[_T, Asked]:  # fmt: skip
    """Run the suite's command; ``facade`` is nginx's configuration with LIVE_PORTS. ``service`` is the folder of the service's code.

    ``carry``: what one side keeps in its memory is given to the other, too, as if they were one process.
    """
    box = stage_box(ground, recorder=True)
    repo = ground.folders.copy(ground.pristine, "repo")
    out = ground.folders.fresh("live")
    show: tuple[Path, ...] = (box,)
    tree = ground.folders.copy(service, "service") if service else None
    try:
        if tree:
            show = (box, tree)
            opened_up(tree)
        plan = plan_of(ground, box, facade, tree, carry)
        (out / "plan.json").write_text(
            json.dumps({**plan, "tests_folder": f"{BOX_REPO}/{command.cwd}".rstrip("/")}), "utf-8"
        )
        variables = {**ground.variables, **command.env, "PYTHONPATH": search_path(ground, box)}
        driver = python_of("-c", _START, f"{OUT}/plan.json", *command.argv, variables=variables)
        outcome = in_box(ground, driver, repo, out, show, _SECONDS)
        return read(outcome, out), read_notes(out)
    finally:
        for folder in (box, repo, out, *([tree] if tree else ())):
            ground.folders.drop(folder)


def opened_up(tree: Path) -> None:
    """Readable to the box's user, who is another one."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)


def plan_of(ground: Ground, box: Path, facade: str, tree: Path | None, carry: bool) -> dict[str, Any]:
    """What the driver is told, as it is in a box."""
    service = [{"name": "service", "tree": str(tree)}] if tree else []
    return {
        "repository": BOX_REPO,
        "folder": f"{BOX_REPO}/{ground.folder}".rstrip("/"),
        "server": str(box / "server"),
        "box": str(box),
        "work": WORK,
        "out": "/out",
        "sides": [{"name": "monolith"}, *service],
        "facade": facade,
        "tests": sorted(ground.test_files),
        "carry": carry,
    }


def read_notes(out: Path) -> Asked:
    """What the tests' processes wrote; what cannot be read is left out, so that its test counts as not asked."""
    asked = Asked()
    for path in sorted(out.glob("live-*.jsonl")):
        if path.is_file() and not path.is_symlink():
            for line in _lines(path):
                _note(asked, line)
    return asked


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open("rb") as lines:
        for line in islice(lines, _MOST_LINES):
            try:
                found = json.loads(line) if len(line) < _MOST_LINE else None
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict) and isinstance(found.get("test"), str):
                yield found


def _note(asked: Asked, line: Mapping[str, Any]) -> None:
    test = line["test"]
    if isinstance(line.get("failure"), str):
        asked.failures.setdefault(str(line.get("server")), line["failure"][-4000:])
    elif isinstance(line.get("by"), str):
        asked.by.setdefault(test, Counter())[line["by"]] += 1
    elif isinstance(line.get("cannot"), str):
        causes = asked.cannot if line.get("hard") else asked.perhaps
        if line["cannot"] not in causes.setdefault(test, []):
            causes[test].append(line["cannot"])
