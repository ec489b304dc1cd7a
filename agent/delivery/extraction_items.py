"""An extraction with its evidence -> a stack of items, each on the one before: service, facade, seam, data, deletion.

Nothing is an item whose rung does not hold. What old code may be deleted is decided by the parity ledger alone: until it is
whole, the patch that deletes it is held back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence

from agent.delivery.extraction_parts import Made, of_files, of_patches
from agent.delivery.extraction_text import left_open, of_facade, of_rung, of_service, repeated
from agent.delivery.grouping import slug
from agent.delivery.patch_text import PatchText
from agent.delivery.results import Extraction
from agent.delivery.steps import extraction_step
from agent.domain.delivery import EXTRACTION_PREFIX, Delivery, Item
from agent.domain.evidence import RUNGS, unshown
from agent.domain.extraction import Evidence, Rung
from agent.domain.plan import Plan
from agent.domain.wording import counted, listed
from agent.errors import InputError

__all__ = ["PARTS", "add_extraction", "refuse_moved"]

PARTS = ("service", "facade", "seam", "data", "deletion")
"""In the order in which they stand on each other."""
SLICE, SCHEMA, BRANCH = 2, 3, 4
_DELETES = ("delet", "remov")  # in the name of the patch that takes the old code out


def add_extraction(delivery: Delivery | None, extraction: Extraction, plan: Plan | None = None) -> Delivery:
    """The delivery with the extraction's stack right behind the plan; without one, the stack alone.

    Raises InputError when the evidence is of another commit, of no commit at all, or its slice does not hold.
    """
    evidence = extraction.evidence
    _refuse(evidence, delivery, extraction.place)
    name = _name(evidence.service)
    made = Made(evidence, extraction.files, _folder(name, extraction.taken), f"{EXTRACTION_PREFIX}{name}-")
    items, held = _stack(made)
    step = extraction_step(plan, evidence.service) if plan else None
    if step:
        items = [item.model_copy(update={"step": step.id, "step_title": step.title}) for item in items]
    ids = tuple(made.prefix + part for part in PARTS)
    if delivery is None:
        return Delivery(
            name=evidence.name, commit=evidence.commit, committed_on=extraction.committed_on, plan=extraction.digest[:12],
            items=tuple(items), held_back=tuple(held), planned=False, extraction=ids,
        )  # fmt: skip
    first = sum(item.kind == "plan" for item in delivery.items)
    both = (*delivery.items[:first], *items, *delivery.items[first:])
    return delivery.model_copy(update={"items": both, "held_back": (*delivery.held_back, *held), "extraction": ids})


def refuse_moved(delivery: Delivery, changed: Collection[str], base: str) -> None:
    """``changed`` are the repository's paths in which the base differs from the evidence's commit. Raises InputError when
    one of them is none of the delivery's own: the service was cut from other code than the base holds now."""
    own = frozenset(path for item in delivery.items for path in item.paths)
    others = sorted(set(changed) - own)
    if others:
        raise InputError(
            f"the evidence is of commit {delivery.commit[:12]}, and {base} has changed {listed(others, 2)} since: run figwright "
            f"extract again on a current {base}."
        )


def _refuse(evidence: Evidence, delivery: Delivery | None, place: str) -> None:
    again = "run figwright extract again"
    if not evidence.commit:
        raise InputError(f"the evidence in {place} is of no git repository: only commits can become branches.")
    if evidence.dirty_files:
        raise InputError(
            f"the evidence in {place} was made of a work tree with {counted(evidence.dirty_files, 'uncommitted change')}, which no "
            f"branch would have: commit or stash them, then {again}."
        )
    if delivery is not None and delivery.commit != evidence.commit:
        raise InputError(
            f"the evidence in {place} is of commit {evidence.commit[:12]} and the plan of {delivery.commit[:12]}: run plan, refactor "
            "and extract on the same commit."
        )
    rung = next((one for one in evidence.rungs if one.level == SLICE), None)
    if rung is None:
        why = f" ({evidence.stopped})" if evidence.stopped else ""
        raise InputError(f"the evidence in {place} does not go up to rung 2, the slice{why}: nothing of {evidence.service} can be delivered.")  # fmt: skip
    if not rung.passed:
        raise InputError(f"rung 2 (slice) of {evidence.service} does not hold ({rung.verdict}): nothing of it is delivered.")  # fmt: skip


def _name(service: str) -> str:
    """The service in IDs and paths; what a slug loses is told by a digest."""
    short = slug(service, 30) or "service"
    same = short == service.lower().replace("_", "-")
    return short if same else f"{short}-{hashlib.sha256(service.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"


def _folder(name: str, taken: Collection[str]) -> str:
    """A folder that the judged commit does not have: nobody's file is ever overwritten."""
    number, folder = 2, f"services/{name}"
    while any(path == folder or path.startswith(f"{folder}/") for path in taken):
        folder, number = f"services/{name}-{number}", number + 1
    return folder


def _stack(made: Made) -> tuple[list[Item], list[str]]:
    """(items, each needing the one before; why the rest is held back)."""
    items: list[Item] = []
    held: list[str] = []
    parts: tuple[Callable[[Made], Item | str], ...] = (_service, _facade, _seam, _data, _deletion)
    for part in parts:
        found = part(made)
        if isinstance(found, str):
            held += [found] if found else []
            continue
        items.append(found.model_copy(update={"needs": (items[-1].id,)}) if items else found)
    return items, held


def _service(made: Made) -> Item:
    files = {f"app/{path}": content for path, content in made.below("slice").items()}
    files |= {f"deploy/{path}": content for path, content in made.below("containers").items()}
    if "extraction.md" in made.files:
        files["extraction.md"] = made.files["extraction.md"]
    name = made.evidence.service
    return of_files(
        made, "service", SLICE, files,
        title=f"Add {name} as a service of its own",
        why=f"The code that {name} needs, cut from the monolith, with its own containers. Nothing calls it yet.",
        proof=of_service(made.evidence),
        not_proved=(
            *left_open(made.evidence),
            f"The monolith's own build with {made.folder} beside it: keep the folder out of its packages and its test collection.",
            "Your data, your secrets and your partners' systems were not there.",
        ),
        risk="None for what runs today: files are only added, and no request reaches them.",
        rollback="Delete the folder.",
        folded=(("How to try it", (f"`cd {made.folder}/deploy && SOURCE=../app docker compose up --build --wait`", *repeated(made.evidence))),),
    )  # fmt: skip


def _facade(made: Made) -> Item | str:
    files = {f"facade/{path}": content for path, content in made.below("facade").items()}
    if not files:
        return ""
    name = made.evidence.service
    blanks = any(b"{{" in content for content in files.values())
    filled = "the addresses and `{{work}}` in it" if blanks else "the addresses in it"
    return of_files(
        made, "facade", SLICE, files,
        title=f"Route the requests of {name} through a facade",
        why=f"Routes of {name} go to the service, all others to the monolith; one line moves a route back.",
        proof=of_facade(made.evidence),
        not_proved=("No traffic of yours went through it.", f"It stands as it was judged in the sandbox: put yours for {filled}."),
        risk="It changes who answers as soon as traffic is sent through it; nothing sends traffic through it yet.",
        rollback="Send traffic to the monolith directly, or give its routes the monolith's address.",
    )  # fmt: skip


def _seam(made: Made) -> Item | str:
    patches = [one for one in made.patches if not _deletes(one[0])]
    return _of_rung(
        made, BRANCH, "The seam in the monolith", bool(patches),
        lambda rung: of_patches(
            made, "seam", rung, patches,
            title=f"Call {made.evidence.service} through a seam, behind a flag",
            why="Callers of what moved go through one seam with two implementations, the old code and a client of the service; a flag chooses.",
            risk="With the flag off, the old code answers as before; both positions were replayed.",
            rollback="Turn the flag off; then revert the merge commit.",
        ),
    )  # fmt: skip


def _data(made: Made) -> Item | str:
    files = {f"own-schema/{path}": content for path, content in made.below("own-schema").items()}
    name = made.evidence.service
    return _of_rung(
        made, SCHEMA, "The migration of its data", bool(files),
        lambda rung: of_files(
            made, "data", SCHEMA, files,
            title=f"Give {name} a schema of its own",
            why=f"The scripts that split the tables of {name} off, fill them under load, compare both sides, and lead back.",
            proof=of_rung(rung),
            not_proved=("Your data: the rehearsal ran on data that recorded requests and the drills wrote.", "Your database's version, size, locks and replicas."),
            risk="None until somebody runs them; then it is your data: rehearse on a copy first.",
            rollback="The scripts for the way back are part of it, and were drilled.",
        ),
    )  # fmt: skip


def _deletion(made: Made) -> Item | str:
    name = made.evidence.service
    patches = [one for one in made.patches if _deletes(one[0])]
    start = f"Deleting the old code of {name} is held back: "
    rung = made.held(BRANCH)
    if not patches or rung is None:
        return f"{start}{_lacking(made, BRANCH)}."
    if not made.evidence.parity:
        return f"{start}the plan's parity ledger has no function of it."
    missing = unshown(made.evidence)
    if missing:
        names = [f"{one.row.kind} {one.row.name}" for one in made.evidence.parity if one.shown == "no"]
        return (
            f"{start}the parity ledger is not whole, {missing} of {counted(len(made.evidence.parity), 'function')} "
            f"are not shown ({listed(names, 3)})."
        )
    staying = _staying(made, patches)
    if staying:
        return f"{start}it would change what stays with the monolith ({listed(staying, 3)})."
    return of_patches(
        made, "deletion", rung, patches,
        title=f"Delete the old code of {name}",
        why=f"All {counted(len(made.evidence.parity), 'function')} of the parity ledger are shown on the service, dropped by decision, or stay. Merge it when the flag has been on for long enough.",
        risk="The way back by the flag ends here.",
        rollback="Revert the merge commit, then turn the flag off.",
        draft=True,
    )  # fmt: skip


def _of_rung(made: Made, level: int, what: str, there: bool, make: Callable[[Rung], Item]) -> Item | str:
    """The item of a higher rung, or why there is none; nothing is said of a rung that nobody tried."""
    rung = made.held(level)
    if rung is not None and there:
        return make(rung)
    if made.rung(level) is None and not there:
        return ""
    return f"{what} of {made.evidence.service} is held back: {_lacking(made, level)}."


def _lacking(made: Made, level: int) -> str:
    found = made.rung(level)
    if found is None:
        return f"rung {level} ({RUNGS[level]}) was not tried"
    if not found.passed:
        return f"rung {level} ({found.name}) does not hold: {found.verdict}"
    return f"rung {level} ({found.name}) left no file for it"


def _deletes(name: str) -> bool:
    return any(word in name.lower() for word in _DELETES)


def _staying(made: Made, patches: Sequence[tuple[str, PatchText]]) -> list[str]:
    """Functions that stay with the monolith in files that the patches take away."""
    gone = {file.path for _, text in patches for file in text.files if file.gone}
    lines = {
        (file.path, line)
        for _, text in patches
        for file in text.files
        for hunk in file.hunks
        for line in range(hunk.core[0], hunk.core[1] + 1)
    }
    rows = [one.row for one in made.evidence.parity if one.shown == "stays"]
    return [row.name for row in rows if row.location.path in gone or (row.location.path, row.location.line) in lines]
