"""The rows of the evaluation of containers: what is refused, and that the worst application counts."""

from __future__ import annotations

from agent.domain.container import ContainerReport, Proof, Round
from eval.tasks.containers import CONTAINERS, row_of

WEB = Proof(
    name="shop", kind="web", dockerfile="shop/Dockerfile", level="healthy", first="built", image_bytes=336_000_000
)
ROUNDS = (
    Round(number=1, reached="built", failed="it did not start", repair="libpq5 installed"),
    Round(number=2, reached="healthy"),
)


def test_a_library_is_refused_with_its_reason() -> None:
    row = row_of("dates", ContainerReport(name="dates", commit="", nothing="nothing to deploy: a library."))
    assert (row["first"], row["level"], row["note"]) == ("refused", "refused", "nothing to deploy: a library.")


def test_the_application_that_got_least_far_counts_and_jobs_are_told_apart() -> None:
    better = WEB.model_copy(update={"name": "desk", "level": "tested"})
    job = Proof(name="nightly", kind="job", dockerfile="shop/Dockerfile", level="started")
    main = WEB.model_copy(update={"rounds": ROUNDS})
    row = row_of("shop", ContainerReport(name="shop", commit="", deployables=(better, main, job)))
    assert (row["first"], row["level"], row["rounds"], row["megabytes"]) == ("built", "healthy", 2, 336.0)
    assert row["others"] == "1 started, 1 tested"
    assert "libpq5 installed" in str(row["note"])


def test_a_system_of_workers_alone_is_not_refused() -> None:
    worker = WEB.model_copy(update={"kind": "worker", "level": "tested"})
    row = row_of("statistics", ContainerReport(name="statistics", commit="", deployables=(worker,)))
    assert (row["level"], row["others"]) == ("tested", "")


def test_every_column_is_filled() -> None:
    row = row_of("shop", ContainerReport(name="shop", commit="", deployables=(WEB,)))
    assert set(row) == {column.key for column in CONTAINERS.columns}
