"""Moves patches to where they are applied: those that were made on other code, and those in folders of their own."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.patch import Left, Patch, Proposal
from agent.patches.codebase import OverlaidCode
from agent.patches.rebasing import moved

__all__ = ["rebased", "restacked"]


def restacked(patches: Sequence[Patch], code: OverlaidCode) -> list[Patch]:
    """The patches, those in a folder of their own moved to where they are applied: onto all that held, one after the
    other. A file of which that is impossible is taken out and named; a patch of which nothing is left is not written."""
    found: list[Patch] = []
    grounds: dict[str, OverlaidCode] = {}
    for patch in patches:
        folder = patch.file.rpartition("/")[0]
        if not folder:
            found.append(patch)
            continue
        ground = grounds.get(folder, code)
        changes, conflicts = moved(patch.proposal.changes, ground.text)
        grounds[folder] = ground.changed(changes)
        update: dict[str, object] = {
            "proposal": patch.proposal.model_copy(update={"changes": changes}),
            "dropped": (*patch.dropped, *conflicts),
        }
        found.append(patch.model_copy(update=update if changes else {"file": "", "dropped": update["dropped"]}))
    return found


def rebased(code: OverlaidCode, proposal: Proposal) -> tuple[Proposal, tuple[Left, ...]]:
    """A proposal that was made on other code, moved to the code as it stands; files where that is impossible are left."""
    changes, conflicts = moved(proposal.changes, code.text)
    return proposal.model_copy(update={"changes": changes}), conflicts
