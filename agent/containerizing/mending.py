"""A language model where no rule helps: a failed standing in; with the model's repairs, or why it was not asked, out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from agent.containerizing.planning import Containers, bases_of
from agent.containerizing.site import Site, prove
from agent.containers.attempt import first_attempt
from agent.containers.edit_rules import Allowed
from agent.containers.images import dockerfile_of
from agent.containers.mend_task import declared_packages, entry_of, task_of, what_failed
from agent.containers.mending import Mending, Standing, mend
from agent.domain.container import Proof, Round
from agent.patches.search_replace import edit_text
from agent.ports import ContainerLinter, ContainerMender

__all__ = ["foresee_repairs", "mend_image"]


def mend_image(
    site: Site, standing: Standing, context: Path, mender: ContainerMender, linters: Sequence[ContainerLinter]
) -> Standing:
    """With a model's repairs, where something failed that a changed file could mend."""
    proof, image = standing.proofs[0], standing.proved.attempt.image
    why = ""
    if proof.rounds[-1].failed.endswith("used up"):
        why = "a bound was reached, which no change of the file explains"
    absent = [base for base in (image.build_base, image.base) if base and not site.pull and not site.builder.has(base)]
    if absent:
        why = f"{absent[0]} is not here"
    if why and what_failed(proof):
        told = proof.model_copy(
            update={"findings": (*proof.findings, f"{mender.name} was not asked for a repair: {why}")}
        )
        return Standing(standing.proved, (told, *standing.proofs[1:]))
    usable = [linter for linter in linters if not linter.unusable()]

    def lint(path: str, text: str) -> frozenset[str]:
        folder = site.work / "linted"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
        found = [one for linter in usable if linter.wants([path]) for one in linter.lint(folder)]
        shutil.rmtree(folder)
        return frozenset(f"{one.rule} {one.text}".strip() for one in found if one.severity != "info")

    tree = site.containers.tree
    allowed = Allowed(
        bases_of(site.containers) | {image.base, image.build_base} - {""}, declared_packages(tree, image.folder)
    )
    mending = Mending(mender, edit_text, lint, allowed)
    entry = entry_of(standing.proved.attempt, tree)
    return mend(mending, standing, entry, lambda attempt: prove(site, attempt, context), site.say)


def foresee_repairs(containers: Containers, mender: ContainerMender) -> None:
    """Ask for a repair of each image as if its first build had failed: for a dry run, which shows what would be sent."""
    bases = bases_of(containers)
    for image in containers.images:
        app = next(app for app in containers.deployables if app.name == image.name)
        attempt = first_attempt(image, app)
        proof = Proof(
            name=app.name, kind=app.kind, dockerfile=dockerfile_of(app), level="written",
            rounds=(Round(number=1, reached="written", failed="the build failed", last_lines=("(what the build prints)",)),),
        )  # fmt: skip
        mender.propose(task_of(attempt, proof, entry_of(attempt, containers.tree), bases, ()))
