"""``figwright extract --build``: the slice's own image, built, started and asked; the evidence and its files with what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

__all__ = ["Images", "healthy", "opened_builder"]

_SLICE, _CONTAINERS = "slice/", "containers/"


@contextmanager
def opened_builder(name: str) -> Iterator[Any]:
    """Before the climb, which takes minutes: raises ContainerError when nothing here can build."""
    from agent.composition import open_builder

    builder = open_builder(name)
    try:
        yield builder
    finally:
        builder.close()


def healthy(evidence: Any) -> bool:
    """The service's image was built, started, and answered."""
    made = [rung.container for rung in evidence.rungs if rung.container is not None]
    return bool(made) and all(one.level == "healthy" for one in made)


@dataclass(frozen=True)
class Images:
    """What builds, and whether base images may be fetched."""

    builder: Any
    pull: bool

    def prove(
        self, evidence: Any, files: Mapping[str, str], settings: Any, progress: Callable[[str], None]
    ) -> tuple[Any, dict[str, str]]:
        """The same evidence and files, where there is no slice that holds; else its containers as the repairs left them,
        with ``containers/containers.json``."""
        rung = next((one for one in evidence.rungs if one.container is not None and one.passed), None)
        if rung is None:
            return evidence, dict(files)
        with tempfile.TemporaryDirectory(prefix="figwright-") as work:
            tree = Path(work, "slice")
            for path, text in files.items():
                if path.startswith(_SLICE):
                    target = tree / path.removeprefix(_SLICE)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(text, "utf-8", "surrogateescape")
            report, written = self._build(tree, evidence.service, rung.container.health, settings, progress, Path(work))
        apart = {path: text for path, text in files.items() if not path.startswith(_CONTAINERS)}
        made = {**apart, **{_CONTAINERS + path: text for path, text in written.items()}}
        shown = rung.model_copy(update={"container": _outcome(report, rung.container)})
        rungs = tuple(shown if one is rung else one for one in evidence.rungs)
        return evidence.model_copy(update={"rungs": rungs}), made

    def _build(
        self, tree: Path, service: str, health: str, settings: Any, progress: Callable[[str], None], work: Path
    ) -> tuple[Any, dict[str, str]]:
        from agent.composition import open_sandbox, place_for, workbench
        from agent.containerizing import containerize, plan_containers, write_containers, write_report
        from agent.containers.images import design_images
        from agent.pipeline import Run, make_inventory

        contexts = work / "contexts"
        contexts.mkdir()
        with workbench(str(tree), settings, None, service) as bench:
            inventory = make_inventory(bench, Run(progress=progress), None)
            planned = plan_containers(inventory, None, bench.snapshot)
            # What the monolith's code suggests may be a stub in the slice: a recorded address is asked
            apps = tuple(
                app.model_copy(update={"health": health}) if app.kind == "web" else app for app in planned.deployables
            )
            with place_for(bench.snapshot, work / "cache", open_sandbox("none"), progress) as place:
                report, left = containerize(
                    replace(planned, deployables=apps, images=design_images(apps, planned.tree)), inventory, None, self.builder, place, contexts,
                    run=True, test=False, pull=self.pull, say=progress,
                )  # fmt: skip
        return report, {**write_containers(left), "containers.json": write_report(report)}


def _outcome(report: Any, container: Any) -> Any:
    """The furthest that every application got; jobs and workers have no health to be asked for."""
    from agent.domain.container import LEVELS

    proofs = [one for one in report.deployables if one.kind not in ("job", "worker")] or list(report.deployables)
    least = min(proofs, key=lambda one: LEVELS.index(one.level), default=None)
    if least is None:
        return container
    failed = least.rounds[-1].failed if least.rounds and least.level != "healthy" else ""
    return container.model_copy(update={"level": least.level, "failed": failed, "rounds": len(least.rounds)})
