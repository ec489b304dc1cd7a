"""A model's repairs of what tests found, and of a linter's findings: which are kept."""

from __future__ import annotations

from agent.containers.attempt import Attempt
from agent.containers.dockerfile import editable_part
from agent.containers.edit_rules import Allowed
from agent.containers.mending import Mending, Standing, mend
from agent.containers.proving import Proved
from agent.domain.container import Deployable, Image, Level, MendTask, Proof, Round
from agent.patches.search_replace import edit_text

IMAGE = Image(name="shop", family="python", base="python:3.11-slim", command=("python", "shop.py"), port=8000)
APP = Deployable(name="shop", kind="web", why=(), command=("python", "shop.py"), port=8000)
ANSWER = "Tests want a folder.\nshop/Dockerfile\n<<<<<<< SEARCH\nCOPY . .\n=======\nCOPY . .\nRUN mkdir -p /app/more\n>>>>>>> REPLACE\n"


class Told:
    """A mender that always says the same."""

    name, prompt = "told", "containers/repair_dockerfile@1"

    def __init__(self) -> None:
        self.tasks: list[MendTask] = []
        self.outcomes: list[str] = []

    def propose(self, task: MendTask) -> str:
        self.tasks.append(task)
        return ANSWER

    def judge(self, outcome: str) -> None:
        self.outcomes.append(outcome)

    def secrets_in(self, text: str) -> int:
        return 0


def standing(attempt: Attempt, level: Level, lost: tuple[str, ...]) -> Standing:
    proof = Proof(
        name="shop", kind="web", dockerfile="shop/Dockerfile", level=level, first=level, rounds=(Round(number=1, reached="healthy"),),
        tests_outside=3, tests_inside=3 - len(lost), lost=lost, findings=("tests inside: one | OSError: no /app/more",) if lost else (),
    )  # fmt: skip
    return Standing(Proved(attempt, proof, "shop"), (proof,))


def mended(told: Told, after: tuple[Level, tuple[str, ...]], finding: str = "") -> tuple[Proof, Image, int]:
    built = []

    def prove(attempt: Attempt) -> Standing:
        built.append(attempt)
        return standing(attempt, *after)

    def lint(path: str, text: str) -> frozenset[str]:
        return frozenset({"DL0000 old"} | ({finding} if finding and "more" in text else set()))

    mending = Mending(told, edit_text, lint, Allowed(frozenset({IMAGE.base}), frozenset()))
    start = standing(Attempt(IMAGE, APP), "healthy", ("test_a", "test_b"))
    done = mend(mending, start, ("", ""), prove)
    return done.proofs[0], done.proved.attempt.image, len(built)


def test_all_tests_inside_is_further() -> None:
    told = Told()
    proof, image, built = mended(told, ("tested", ()))
    assert (proof.level, proof.first, proof.lost, built) == ("tested", "healthy", (), 1)
    assert "RUN mkdir -p /app/more" in editable_part(image)
    (task,) = told.tasks
    assert task.failed == "2 tests pass outside of the image and not inside"
    assert task.said == ("one", "OSError: no /app/more")
    assert any("test_a, test_b" in fact for fact in task.facts)
    assert told.outcomes == ["accepted"]


def test_fewer_lost_tests_are_not_and_the_same_again_is_not_built() -> None:
    told = Told()
    proof, image, built = mended(told, ("healthy", ("test_a",)))
    assert (proof.lost, built, image) == (("test_a", "test_b"), 1, IMAGE)
    assert [one.outcome for one in proof.model_rounds] == ["no further", "refused"]
    assert proof.model_rounds[1].reasons == ("it was tried already",)
    assert "no /app/more" in told.tasks[1].refused[0]
    assert "+RUN mkdir -p /app/more" in told.tasks[1].refused[0]


def test_what_a_linter_newly_finds_is_refused() -> None:
    proof, _, built = mended(Told(), ("tested", ()), "DL3003 use WORKDIR")
    assert built == 0
    assert proof.model_rounds[0].reasons == ("DL3003 use WORKDIR",)
