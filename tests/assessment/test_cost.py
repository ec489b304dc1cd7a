"""What a month costs: numbers from measurements and prices alone, each with its formula, and none where something is missing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.assessment import Case, assess, lens_named
from agent.assessment.cost.monthly import HOURS, months_of
from agent.assessment.cost.prices import cheapest, model_price, offers, table_problem
from agent.assessment.cost.sizes import SYSTEM, deployables, need_of, reserved_memory
from agent.domain.assumptions import Assumptions
from agent.domain.bill import UseCase
from agent.domain.finding import Finding
from agent.domain.inventory import Location
from agent.domain.workload import Budget, InstancePrice, ModelTokenPrice, Prices, Workload
from agent.settings import Settings, with_repository
from tests.assessment.shop import SHOP
from tests.assessment.test_rules import case_of
from tests.systems import graph_of

SIZES = (
    InstancePrice(name="small", cores=1, memory_gb=2, hourly=0.05),
    InstancePrice(name="free", cores=8, memory_gb=64, hourly=0),
    InstancePrice(name="large", cores=2, memory_gb=4, hourly=0.1),
)
PLAIN = {"app.py": "import sqlite3\ndef main(db):\n    return db.execute('SELECT name FROM people')\n"}
GRAPH = graph_of(PLAIN)


def told(files: dict[str, str] | None = None, **more: Any) -> Case:
    files = {**PLAIN, **(files or {})}
    case = case_of(files, GRAPH)
    listed = tuple(
        f.model_copy(update={"language": "yaml", "role": "config"}) if f.path.endswith((".yml", ".yaml")) else f
        for f in case.inventory.files
    )
    inventory = case.inventory.model_copy(update={"files": listed})
    return Case(inventory, case.graph, case.boundaries, case.as_of, case.read, Assumptions(**more))


def found(case: Case) -> dict[str, Finding]:
    lens = lens_named("cost")
    assert lens is not None
    return {f.rule: f for f in assess(case, lenses=[lens])}


def quantity(finding: Finding, name: str) -> tuple[float, float]:
    return next((q.low, q.high) for q in finding.quantities if q.name == name)


def test_without_measurements_there_is_no_number() -> None:
    findings = found(told())
    assert set(findings) == {"cost.not-measured"}
    assert not findings["cost.not-measured"].quantities
    assert "workload.memory_mb.system" in findings["cost.not-measured"].detail
    assert findings["cost.not-measured"].evidence[0].location.path == "app.py"


MEASURED = Workload(memory_mb={SYSTEM: 3000}, cpu_cores={SYSTEM: 1.2})


def test_a_measured_system_costs_its_size_times_the_hours() -> None:
    monthly = found(told(workload=MEASURED, prices=Prices(instances=SIZES)))["cost.monthly"]
    assert quantity(monthly, "instances of system") == (73.0, 146.0)
    one = Workload(**{**MEASURED.model_dump(), "replicas": {SYSTEM: 3}})
    assert quantity(
        found(told(workload=one, prices=Prices(instances=SIZES)))["cost.monthly"], "the system as it is"
    ) == (219.0, 219.0)


def test_a_price_of_zero_is_unknown() -> None:
    assert [o.name for o in offers(Prices(instances=SIZES))] == ["small", "large"]
    assert cheapest(offers(Prices(instances=SIZES)), 4, 4) is None
    assert model_price("m", Prices(models={"m": ModelTokenPrice(input=0, output=1)})) is None
    lines = months_of(told(workload=MEASURED, prices=Prices(instances=(SIZES[1],))), split=False)
    assert lines[0].quantity is None
    assert lines[0].missing


def test_the_bundled_table_is_dated_and_leaves_out_what_has_no_price() -> None:
    known = offers(Prices(table="us-east-1"))
    assert known
    assert all(o.hourly > 0 and o.cores > 0 and "apache-libcloud's table of 2" in o.source for o in known)
    assert "nowhere" in table_problem(Prices(table="nowhere"))
    assert offers(Prices(table="nowhere")) == ()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM a\nCMD java -Xmx512m -jar a.jar\n", (512, 768)),
        ("docker-compose.yml", "services:\n  app:\n    mem_limit: 1g\n  db:\n    mem_limit: 8g\n", (1024, 1024)),
        ("k8s.yaml", "spec:\n  resources:\n    requests:\n      memory: 64Mi\n    limits:\n      memory: \"256Mi\"\n", (256, 256)),
    ],
)  # fmt: skip
def test_settings_stand_in_for_a_measure(path: str, text: str, expected: tuple[float, float]) -> None:
    case = told({path: text})
    assert need_of(case, SYSTEM).memory_mb == expected
    assert path in need_of(case, SYSTEM).inputs[0]
    assert need_of(case, SYSTEM).cores is None


def test_what_is_no_limit_reserves_nothing() -> None:
    assert reserved_memory(told({"a.yml": "cache:\n  memory: 512\nquota:\n  memory: 1g\n"})) == ()


def test_reserving_twice_the_peak_is_found() -> None:
    case = told(
        {"docker-compose.yml": "services:\n  app:\n    mem_limit: 4g\n"}, workload=Workload(memory_mb={SYSTEM: 800})
    )
    oversized = found(case)["cost.oversized"]
    assert oversized.evidence[0].location == Location(path="docker-compose.yml", line=3)
    assert quantity(oversized, "memory to give back") == (3096, 3096)
    enough = told(
        {"docker-compose.yml": "services:\n  app:\n    mem_limit: 1g\n"}, workload=Workload(memory_mb={SYSTEM: 800})
    )
    assert "cost.oversized" not in found(enough)


def test_models_reservations_off_hours_and_budget() -> None:
    work = Workload(
        **{**MEASURED.model_dump(), "non_production": 2, "office_hours_per_month": 182.5, "replicas": {SYSTEM: 1},
           "models": {"m": {"calls_per_month": 1000, "input_tokens": 1000, "output_tokens": 100}}}
    )  # fmt: skip
    prices = Prices(instances=SIZES, reserved_discount=0.5, models={"m": ModelTokenPrice(input=2, output=10)})
    findings = found(told(workload=work, prices=prices, budget=Budget(monthly=70)))
    assert quantity(findings["cost.monthly"], "calls of m") == (3.0, 3.0)
    assert quantity(findings["cost.monthly"], "instances of system, reserved") == (36.5, 36.5)
    assert quantity(findings["cost.off-hours"], "saved by schedules") == (109.5, 109.5)
    assert quantity(findings["cost.over-budget"], "over the budget: the system as it is") == (6.0, 6.0)
    assert findings["cost.over-budget"].severity == "medium"
    assert "cost.over-budget" not in found(told(workload=work, prices=prices, budget=Budget(monthly=76)))


@pytest.fixture(scope="module")
def shop() -> Case:
    """A system that is split, with one use case over two services."""
    graph = graph_of(SHOP)
    case = case_of(SHOP, graph)
    names = [s.name for s in case.boundaries.services]
    place = case.boundaries.units[0]
    use = UseCase(
        name="GET /x", service=names[0], location=Location(path=place.path, line=1), calls=3, hops=2, services=tuple(names[:2]),
        chain=(_seen(place.path),), foreign_tables=(), resolution="exact", requests=10,
    )  # fmt: skip
    services = tuple(s.model_copy(update={"verdict": "extract first"}) for s in case.boundaries.services)
    bill = case.boundaries.bill.model_copy(update={"use_cases": (use,)})
    boundaries = case.boundaries.model_copy(update={"verdict": "split", "services": services, "bill": bill})
    work = Workload(
        memory_mb={SYSTEM: 1000}, cpu_cores={SYSTEM: 1}, requests_per_month=1e6, kilobytes_per_call=10, round_trip_ms=2,
        database_gb=10, database_cores=1, database_memory_gb=1,
    )  # fmt: skip
    prices = Prices(instances=SIZES, transfer_between_gb=0.02, databases=SIZES, database_gb_month=0.1)
    return Case(case.inventory, graph, boundaries, case.as_of, case.read, Assumptions(workload=work, prices=prices))


def _seen(path: str) -> Any:
    from agent.assessment.case import evidence

    return evidence(path, 1, "a calls b")


def test_a_split_pays_for_each_service_and_for_its_calls(shop: Case) -> None:
    names = deployables(shop)
    assert len(names) >= 3
    findings = found(shop)
    split = findings["cost.split-adds"]
    assert quantity(split, "traffic that the split adds") == (0.6, 0.6)  # 1e6 × 3 calls × 10 kB = 30 GB
    assert quantity(split, f"instances of {names[0]}") == (0.05 * HOURS, 0.05 * HOURS * 2)
    low, high = quantity(split, "the services after the split")
    assert low == round(len(names) * 36.5 + 37.5 + 0.6, 2)
    assert high == round(len(names) * 73 + 75 + 0.6, 2)
    assert quantity(split, "all services on shared machines")[0] == 36.5


def test_round_trips_are_calls_times_the_distance(shop: Case) -> None:
    latency = found(shop)["cost.latency"]
    assert quantity(latency, "waiting in GET /x") == (4, 6)


def test_every_number_has_a_formula_and_every_finding_a_place(shop: Case) -> None:
    for finding in found(shop).values():
        assert finding.evidence
        assert all(e.location.path for e in finding.evidence)
        assert all(q.formula and q.inputs and q.low <= q.high for q in finding.quantities)


def test_the_repository_may_tell_measurements_and_bad_ones_are_refused() -> None:
    from agent.errors import SettingsError

    text = b'[workload]\nmemory_mb = {system = 700}\n[prices]\ntable = "us-east-1"\n[budget]\nmonthly = 10\n'
    read = with_repository(Settings(), lambda name: text if name == "figwright.toml" else None)
    assert read.assumptions.workload.memory_mb == {"system": 700}
    for bad in (
        b"[budget]\nmonthly = -1\n",
        b"[workload]\nmemory_mb = {a = -1}\n",
        b"[prices]\nreserved_discount = 2\n",
        b"[workload]\nx = 1\n",
    ):
        with pytest.raises(SettingsError):
            with_repository(Settings(), lambda name, bad=bad: bad if name == "figwright.toml" else None)  # type: ignore[misc]
