"""Advice on a whole plan: what code takes, refuses and leaves to people, and what the report says of it."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from agent.advisor.rescoring import Scales
from agent.boundaries import propose_boundaries
from agent.boundaries.system import see_system
from agent.composition import open_model, workbench
from agent.domain.assumptions import Assumptions
from agent.domain.inventory import Inventory
from agent.domain.plan import Plan
from agent.pipeline import Run, make_plan
from agent.settings import AdvisorSettings, Settings
from tests.advisor.server import Reply, completion, obedient, sample, schema_asked, serve
from tests.boundaries.test_propose import system
from tests.program import ORDERDESK, commit_all

UNIT = "orderdesk.auth"  # the sample's contested unit


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A copy of orderdesk, its cache, and its plan without advice."""
    base = tmp_path_factory.mktemp("advised")
    shutil.copytree(ORDERDESK, base / "orderdesk", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    commit_all(base / "orderdesk")
    with workbench(str(base / "orderdesk"), Settings(cache_dir=base / "cache")) as bench:
        plain, _, _ = make_plan(bench, Run(), Assumptions())
    return base / "orderdesk", base / "cache", plain


def advise(desk, url, assumptions=None, **options):
    """(files, plan) with advice in the fixed mode."""
    told = {"mode": "questions", "attempts": 2, "backoff": 0.01, **options}
    settings = Settings(cache_dir=desk[1], advisor=AdvisorSettings(model="scripted", base_url=url, **told))
    model = open_model(settings)
    with workbench(str(desk[0]), settings) as bench:
        advisor = model.advisor(bench.snapshot.read, bench.index)
        files, _, _ = make_plan(bench, Run(), assumptions or Assumptions(), advisor=advisor)
    return files, json.loads(files["plan.json"])


def mover(cite_the_new_home=True):
    """Always chooses the other home, citing a tie to it (or to the present one)."""

    def script(request):
        schema = schema_asked(request)
        user = request["messages"][1]["content"]

        def choose(name, options):
            if name == "home":
                return options[1]
            if name == "cites" and "home" in schema["properties"]:
                side = schema["properties"]["home"]["enum"][1 if cite_the_new_home else 0]
                return next(h for h in options if re.search(rf"^{h} .*\({side}\)$", user, re.MULTILINE))
            return options[0]

        return completion(json.dumps(sample(schema, choose)))

    return script


def placed(plan):
    return next(p for p in plan["advice"]["proposals"] if p["subjects"] == [UNIT])


def home(plan):
    return next(u for u in plan["boundaries"]["units"] if u["id"] == UNIT)


def test_a_placement_with_evidence_is_taken_unless_it_changes_a_verdict(desk):
    before = json.loads(desk[2]["plan.json"])
    with serve(mover()) as server:
        _, plan = advise(desk, server.url)
    proposal = placed(plan)
    assert proposal["kind"] == "place"
    assert {p["measure"] for p in proposal["price"]} >= {"modularity", "sm", "icp", "crossings"}
    runner_up = next(c["runner_up"] for c in before["boundaries"]["contested"] if c["unit"] == UNIT)
    assert proposal["target"] == runner_up
    if proposal["outcome"] == "taken":
        assert home(plan)["service"] == runner_up
        assert home(plan)["reason"] == "contested; placed on the advice of scripted"
        assert home(plan)["pinned"] is False
        assert plan["boundaries"]["pins"] == []
    else:
        assert proposal["outcome"] == "for people"
        assert home(plan) == home(before)


def test_a_placement_whose_evidence_speaks_for_the_other_home_is_refused(desk):
    with serve(mover(cite_the_new_home=False)) as server:
        _, plan = advise(desk, server.url)
    assert placed(plan)["outcome"] == "refused"
    assert "nothing that it cites ties" in placed(plan)["reason"]
    assert plan["boundaries"] == json.loads(desk[2]["plan.json"])["boundaries"]


def test_what_the_user_pinned_stays(desk):
    where = home(json.loads(desk[2]["plan.json"]))["service"]
    with serve(mover()) as server:
        _, plan = advise(desk, server.url, Assumptions(pins={"orderdesk.au*": where}))
    assert placed(plan)["outcome"] == "refused"
    assert "placed by the user" in placed(plan)["reason"]


def test_the_plan_without_an_endpoint_is_the_plan_with_one_sentence_more(desk):
    with serve(lambda _: Reply(b"", 500)) as server:
        files, plan = advise(desk, server.url)
    note = "The model could not be asked to the end: the endpoint answered 500 (2 attempts)."
    assert plan["advice"]["note"] == note
    assert note in files["plan.md"].replace("\\", "")
    assert "the endpoint answered 500" in files["plan.html"]
    plain = json.loads(desk[2]["plan.json"])
    assert {**plan, "advice": None} == {**plain, "advice": None}


def test_the_report_marks_the_models_words_and_says_the_same_on_a_rerun(desk):
    with serve(obedient) as server:
        files, plan = advise(desk, server.url)
        before = len(server.requests)
        again, _ = advise(desk, server.url)
        assert len(server.requests) == before, "the second run takes every answer from the cache"
    assert files == again
    Plan.model_validate(plan)
    kinds = {w["kind"] for w in plan["advice"]["words"]}
    assert kinds == {"title", "description", "rationale", "decision", "relation", "question"}
    assert all(w["model"] == "scripted" and "@" in w["prompt"] for w in plan["advice"]["words"])
    assert all(
        s["evidence"] for w in plan["advice"]["words"] if w["kind"] not in ("title", "question") for s in w["sentences"]
    )
    assert "## What the model wrote" in files["plan.md"]
    assert 'id="advice"' in files["plan.html"]
    assert plan["advice"]["usage"]["accepted"] == plan["advice"]["usage"]["questions"] > 20
    records = [name for name in files if name.startswith("decision-")]
    steps = [s for phase in plan["roadmap"]["phases"] for s in phase["steps"] if s["kind"] == "extract"]
    assert len(records) == len(steps) > 0
    assert "Drafted by `scripted`" in files[records[0]]


def test_without_advice_nothing_of_it_is_shown(desk):
    assert "What the model wrote" not in desk[2]["plan.md"] + desk[2]["plan.html"]
    assert json.loads(desk[2]["plan.json"])["advice"]["model"] == ""


# ---------------------------------------------------------------- prices and vetoes


def scales(fixed=()):
    """Two groups, each with a table that only it writes."""
    graph = system({"order": 5, "parcel": 5}, [("app.order0", "app.parcel0")])
    boundaries = propose_boundaries(graph)
    plan = Plan.model_construct(boundaries=boundaries, inventory=Inventory(name="x"))
    return Scales(plan, see_system(graph), frozenset(fixed)), {u.id: u.service for u in boundaries.units}


def test_a_second_writer_is_a_veto():
    made, homes = scales()
    assert homes["app.order0"] != homes["app.parcel0"]
    said = made.veto({"app.order0": homes["app.parcel0"]})
    assert said == "it would give table order_rows one more service that writes it"


def test_a_pin_is_a_veto():
    made, homes = scales(["app.order0"])
    assert made.veto({"app.order0": homes["app.parcel0"]}) == "app.order0 was placed by the user"


def test_coverage_is_a_veto():
    made, homes = scales()
    everything = {unit: homes["app.parcel0"] for unit, service in homes.items() if service == homes["app.order0"]}
    assert "without a unit" in made.veto(everything)
    assert made.veto(everything, whole=True) == "", "a merge may empty a service, and its table keeps one writer"
    assert made.veto({"app.nobody": "order"}) == "the code has no unit app.nobody"


def test_worse_metrics_are_a_price_and_no_veto():
    made, homes = scales()
    everything = {unit: homes["app.parcel0"] for unit, service in homes.items() if service == homes["app.order0"]}
    price = {p.measure: p for p in made.price(everything)}
    assert price["modularity"].after < price["modularity"].before
    assert price["crossings"].after == 0
    assert made.veto(everything, whole=True) == ""
