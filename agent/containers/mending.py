"""Repairs by a language model where no rule helps: a failed proof in; the proof that went further, or the old one with what
was tried, out. Code checks each answer before it is built, and only a build that comes further is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Literal

from agent.containers.attempt import Attempt
from agent.containers.dockerfile import DISTRIBUTION_PINS, editable_part, kept_part
from agent.containers.edit_rules import Allowed, check_edit
from agent.containers.instructions import read_instructions, stage_names, without_comments
from agent.containers.mend_task import said_of, task_of, what_failed
from agent.containers.proving import Proved
from agent.domain.container import LEVELS, ModelRound, Proof
from agent.ports import ContainerMender

__all__ = ["Mending", "Standing", "mend", "words_of"]

_MOST_WORDS = 200  # characters
_MOST_CHANGE = 30  # lines
_NO_WORDS = re.compile(r"(?i)://|www\.|hadolint|trivy|checkov|ignore\s*=|syntax\s*=|escape\s*=")


@dataclass(frozen=True)
class Standing:
    """An image and the proofs of what runs on it, its own deployable's first."""

    proved: Proved
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Mending:
    """``apply`` makes an answer's blocks into a file's new text, or says what is wrong with them; ``lint`` says what linters
    find in a file; both take its path and text. ``rounds`` is how often the model is asked for one image."""

    mender: ContainerMender
    apply: Callable[[str, str, str], tuple[str, tuple[str, ...]]]
    lint: Callable[[str, str], frozenset[str]]
    allowed: Allowed
    rounds: int = 2


def mend(
    mending: Mending, standing: Standing, entry: tuple[str, str], prove: Callable[[Attempt], Standing],
    say: Callable[[str], None] = lambda _: None,
) -> Standing:  # fmt: skip
    """``entry`` is the path and text of the file that is started; ``prove`` builds, starts and tests an attempt."""
    best = standing
    tried: list[ModelRound] = []
    seen: set[str] = set()
    for number in range(1, mending.rounds + 1):
        if not what_failed(best.proofs[0]):
            break
        told = [_told(one) for one in tried if one.outcome != "kept"]
        task = task_of(best.proved.attempt, best.proofs[0], entry, mending.allowed.bases, told)
        answer = mending.mender.propose(task)
        if not answer.strip():
            break
        image = best.proved.attempt.image
        edited, complaints = _edited(mending, task.path, best.proved.attempt, answer)
        if not complaints and edited in seen:
            complaints = ("it was tried already",)
        seen.add(edited)
        words = words_of(answer)
        change = _diff(editable_part(image), edited)
        note = ModelRound(
            number=number, model=mending.mender.name, prompt=mending.mender.prompt, outcome="refused", words=words,
            change=change, reasons=complaints,
        )  # fmt: skip
        if not complaints:
            say(f"{image.name}: as {mending.mender.name} changed it")
            latest = prove(_attempt(best.proved.attempt, edited, mending.mender.name, words))
            note = _weighed(note, best, latest)
            best = _joined(best, latest) if note.outcome == "kept" else best
        mending.mender.judge(
            "accepted" if note.outcome == "kept" else f"{note.outcome}: {'; '.join(note.reasons)[:300]}"
        )
        tried.append(note)
    own = best.proofs[0].model_copy(update={"model_rounds": (*standing.proofs[0].model_rounds, *tried)})
    return Standing(best.proved, (own, *best.proofs[1:]))


def words_of(answer: str) -> str:
    """What an answer says before its first block: the beginning on one line, empty when it holds what a comment must not."""
    before = re.split(r"(?m)^<{5,9} ?SEARCH", answer, maxsplit=1)[0].rstrip().split("\n")
    lines = [line for line in before[:-1] if not line.lstrip().startswith(("```", "~~~"))]
    flat = " ".join("".join(c if c.isprintable() else " " for c in " ".join(lines)).split())
    if _NO_WORDS.search(flat):
        return ""
    return flat if len(flat) <= _MOST_WORDS else flat[: _MOST_WORDS - 3].rsplit(" ", 1)[0] + "..."


def _edited(mending: Mending, path: str, attempt: Attempt, answer: str) -> tuple[str, tuple[str, ...]]:
    """The part up to USER after the answer, and what is against it."""
    before, kept = editable_part(attempt.image), kept_part(attempt.image)
    whole, problems = mending.apply(path, f"{before}\n{kept}\n", answer)
    if problems:
        return before, problems
    if not whole.endswith(f"\n{kept}\n"):
        return before, ("from USER on the file stays as it is: user, port, health and command",)
    after = _with_pins(before, whole.removesuffix(f"\n{kept}\n"))
    complaints = check_edit(before, after, kept, mending.allowed)
    if complaints:
        return after, complaints
    if mending.mender.secrets_in("\n".join(line for line in after.split("\n") if line not in before.split("\n"))):
        return after, ("it holds what looks like a secret",)
    new = mending.lint(path, f"{after}\n{kept}\n") - mending.lint(path, f"{before}\n{kept}\n")
    return after, tuple(sorted(new)[:4])


def _with_pins(before: str, after: str) -> str:
    """Without comments of the model's own; with the one that explains why packages of the distribution have no version."""
    known = frozenset(line.strip() for line in before.split("\n")) | frozenset(DISTRIBUTION_PINS)
    lines: list[str] = []
    for line in without_comments(after, known).split("\n"):
        if re.match(r"(?i)RUN\s+apt-get\b", line) and lines[-1:] != [DISTRIBUTION_PINS[-1]]:
            lines += DISTRIBUTION_PINS
        lines.append(line)
    return "\n".join(lines)


def _attempt(attempt: Attempt, edited: str, model: str, words: str) -> Attempt:
    said = f" Its words, which nobody checked: {words}" if words else ""
    note = f"Changed by {model}, a language model, after a failed try; code checked the change and built it.{said}"
    images = [image for image, _ in stage_names(read_instructions(edited))]
    image = attempt.image.model_copy(
        update={
            "edited": edited,
            "notes": (*attempt.image.notes, note),
            "base": images[-1],
            "build_base": images[0] if len(images) > 1 else "",
        }
    )
    return replace(attempt, image=image)


def _weighed(note: ModelRound, before: Standing, after: Standing) -> ModelRound:
    ranks = [(LEVELS.index(a.level), LEVELS.index(b.level)) for a, b in zip(after.proofs, before.proofs, strict=True)]
    own = after.proofs[0]
    behind = [proof.name for proof, (now, was) in zip(after.proofs, ranks, strict=True) if now < was]
    outcome: Literal["kept", "no further"] = "kept" if ranks[0][0] > ranks[0][1] and not behind else "no further"
    reasons = [] if outcome == "kept" else [what_failed(own) or f"it is {own.level}, as before"]
    reasons += [f"{name} came less far" for name in behind]
    lines = tuple(said_of(own)) if what_failed(own) else ()
    return note.model_copy(
        update={"outcome": outcome, "reached": own.level, "reasons": tuple(reasons), "last_lines": lines}
    )


def _joined(before: Standing, after: Standing) -> Standing:
    """The later proofs, with the rounds and first levels of the earlier ones."""
    proofs = []
    for old, new in zip(before.proofs, after.proofs, strict=True):
        rounds = (*old.rounds, *(one.model_copy(update={"number": one.number + len(old.rounds)}) for one in new.rounds))
        seconds = round(old.seconds + new.seconds, 1)
        proofs.append(new.model_copy(update={"first": old.first, "rounds": rounds, "seconds": seconds}))
    return Standing(after.proved, tuple(proofs))


def _told(note: ModelRound) -> str:
    return "\n".join([*note.reasons, note.change, *note.last_lines[-8:]])


def _diff(before: str, after: str) -> str:
    lines = list(unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0))[2:]
    shown = [line[:300] for line in lines if not line.startswith("@@")]
    return "\n".join([*shown[:_MOST_CHANGE], *(["..."] if len(shown) > _MOST_CHANGE else [])])
