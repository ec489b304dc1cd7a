"""An image and all that runs on it: an attempt in; built, started and tested, with a proof for each deployable, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.containerizing.planning import Containers
from agent.containerizing.suites import Outside, test_inside
from agent.containers.attempt import Attempt
from agent.containers.health import health_candidates
from agent.containers.images import dockerfile_of
from agent.containers.mending import Standing
from agent.containers.proving import Proved, prove_image, prove_job
from agent.containers.watching import Bounds
from agent.domain.code import DependencyGraph
from agent.domain.container import Deployable, Proof
from agent.ports import ImageBuilder
from agent.validation import Workplace

__all__ = ["Site", "prove"]


@dataclass(frozen=True)
class Site:
    """What every proof of a run shares."""

    containers: Containers
    graph: DependencyGraph | None
    builder: ImageBuilder
    place: Workplace
    work: Path
    bounds: Bounds
    outside: tuple[Outside, ...]
    run: bool
    pull: bool
    say: Callable[[str], None]


def prove(site: Site, attempt: Attempt, context: Path) -> Standing:
    """An attempt's image, and all that runs on it."""
    image, app, builder, bounds, say = attempt.image, attempt.app, site.builder, site.bounds, site.say
    candidates = health_candidates(site.graph, image.folder)
    proved = prove_image(
        builder, attempt, context, site.containers.tree, candidates, bounds=bounds, dockerfile=dockerfile_of(app),
        run=site.run, pull=site.pull, backings=site.containers.backing, say=say,
    )  # fmt: skip
    others = [each for each in site.containers.on(image) if each.name != app.name]
    own = [
        proved.proof,
        *(_other(builder, each, proved, site.work, bounds, run=site.run, say=say) for each in others),
    ]
    if site.outside and proved.tag:
        own = test_inside(builder, proved, own, site.outside, context, site.place, bounds, say)
    return Standing(proved, tuple(own))


def _other(
    builder: ImageBuilder,
    job: Deployable,
    host: Proved,
    work: Path,
    bounds: Bounds,
    *,
    run: bool,
    say: Callable[[str], None],
) -> Proof:
    if not run:
        level = host.proof.level
        return Proof(
            name=job.name, kind=job.kind, dockerfile=dockerfile_of(job), level=level, first=level, image_bytes=host.proof.image_bytes,
            base=host.proof.base,
        )  # fmt: skip
    say(f"{job.name} on the image of {host.attempt.app.name}")
    return prove_job(builder, job, host, work, bounds=bounds, dockerfile=dockerfile_of(job))
