"""The loop that builds, starts, tests and repairs containers: what is to be written in; proofs, and what the repairs left, out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.containerizing.copying import copy_tree
from agent.containerizing.mending import mend_image
from agent.containerizing.planning import Containers
from agent.containerizing.site import Site, prove
from agent.containerizing.suites import Outside, run_outside
from agent.containers.attempt import Attempt, first_attempt
from agent.containers.images import dockerfile_of
from agent.containers.watching import Bounds
from agent.domain.code import DependencyGraph
from agent.domain.container import ContainerReport, Proof
from agent.domain.inventory import Inventory
from agent.ports import ContainerLinter, ContainerMender, ImageBuilder
from agent.validation import Workplace

__all__ = ["containerize"]


def containerize(
    containers: Containers, inventory: Inventory, graph: DependencyGraph | None, builder: ImageBuilder | None, place: Workplace | None,
    work: Path, *, run: bool, test: bool, pull: bool = False, bounds: Bounds | None = None, say: Callable[[str], None] = lambda _: None,
    mender: ContainerMender | None = None, linters: Sequence[ContainerLinter] = (),
) -> tuple[ContainerReport, Containers]:  # fmt: skip
    """The report, and the containers as the repairs left them. ``builder`` None: nothing is built, and the level is 'written'.

    ``place`` holds the pristine copy that images are built from; ``work`` is an empty folder for build contexts. ``mender`` is a
    language model that is asked where no rule helps; ``linters`` look at what it writes.
    """
    bounds = bounds or Bounds()
    proofs: dict[str, Proof] = {}
    attempts: dict[str, Attempt] = {}
    outside: tuple[Outside, ...] = ()
    not_run: tuple[str, ...] = ()
    if test and builder is not None and place is not None and containers.images:
        outside, not_run = run_outside(place, inventory, say)
    for image in containers.images:
        app = next(app for app in containers.deployables if app.name == image.name)
        if builder is None or place is None:
            for each in containers.on(image):
                proofs[each.name] = Proof(
                    name=each.name, kind=each.kind, dockerfile=dockerfile_of(each), level="written"
                )
            continue
        context = work / image.name
        copy_tree(place.pristine / image.folder, context)
        site = Site(containers, graph, builder, place, work, bounds, outside, run, pull, say)
        standing = prove(site, first_attempt(image, app), context)
        if mender is not None:
            standing = mend_image(site, standing, context, mender, linters)
        attempts[image.name] = standing.proved.attempt
        for proof in standing.proofs:
            proofs[proof.name] = proof
        shutil.rmtree(context, ignore_errors=True)
    report = ContainerReport(
        name=inventory.name, commit=inventory.commit, nothing=containers.nothing,
        deployables=tuple(proofs[app.name] for app in containers.deployables), not_run=tuple(dict.fromkeys(not_run)),
    )  # fmt: skip
    return report, _repaired(containers, attempts)


def _repaired(containers: Containers, attempts: Mapping[str, Attempt]) -> Containers:
    apps = tuple(attempts[app.name].app if app.name in attempts else app for app in containers.deployables)
    images = tuple(attempts[image.name].image if image.name in attempts else image for image in containers.images)
    return replace(containers, deployables=apps, images=images)
