"""Scores of a small system against files that expect this and that; every figure is counted by hand."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.composition import workbench
from agent.domain.boundary import SHARED
from agent.errors import InputError
from agent.pipeline import Run, make_case
from agent.scoring import Found, read_expected, score_plan, tell_score
from agent.scoring.units import pattern_of
from agent.settings import Settings
from tests.program import ORDERDESK, SHOP, figwright, write_repository

PINNED = {"pins": {"shop.orders": "sales", "shop.tax": "sales", "shop.stock": "stock", "shop.db": "stock"}}
FILES = {
    **SHOP,
    "app.py": (
        "from flask import Flask\nfrom shop.orders import place\n\napp = Flask(__name__)\n\n\n"
        "@app.route('/orders')\ndef orders():\n    return place('a', 1)\n\n\n"
        "@app.route('/stock')\ndef stock():\n    return 'x'\n"
    ),
    "figwright.toml": '[pins]\n"shop.orders" = "sales"\n"shop.tax" = "sales"\n"shop.stock" = "stock"\n"shop.db" = "stock"\n',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    base = tmp_path_factory.mktemp("scored")
    folder = write_repository(base / "shop", FILES)
    settings = Settings(cache_dir=base / "cache")
    from agent.settings import with_repository

    with workbench(str(folder), settings, None, "shop") as bench:
        told = with_repository(settings, lambda name: bench.snapshot.read(name) if name == "figwright.toml" else None)
        case = make_case(bench, Run(), told.assumptions)
    return Found(case.graph, case.inventory, case.boundaries, ())


def scored(found, text):
    return score_plan(read_expected(text, "expected.toml"), found)


def test_the_pins_make_the_truth_known(found):
    homes = {unit.id: unit.service for unit in found.boundaries.units}
    assert {key: homes[key] for key in PINNED["pins"]} == PINNED["pins"]


def test_full_agreement_under_other_names(found):
    part = scored(found, '[services]\na = ["shop.orders", "shop/tax.py"]\nb = ["shop.stock", "shop.db"]\n').services
    assert (part.scored, part.coverage, part.ari, part.f1, part.mojofm) == (4, 1.0, 1.0, 1.0, 100.0)
    assert part.matches == (("a", "sales"), ("b", "stock"))
    assert part.differs == ()


def test_one_unit_elsewhere_costs_what_the_formulas_say(found):
    part = scored(found, '[services]\na = ["shop.orders", "shop.tax", "shop.db"]\nb = ["shop.stock"]\n').services
    # pairs together: expected 3, found 2, both 1 -> F1 2/5; chance 3*2/6 = 1, ARI (1 - 1) / (2.5 - 1) = 0
    assert (part.f1, part.ari) == (0.4, 0.0)
    assert [(d.subject, d.expected, d.found) for d in part.differs] == [("shop.db", "a", "stock")]


def test_a_unit_that_the_plan_does_not_have_is_a_service_of_its_own(found):
    part = scored(found, '[services]\na = ["shop.orders", "shop.gone"]\n').services
    assert part.coverage == 0.5
    assert part.f1 == 0.0
    assert [(d.subject, d.found) for d in part.differs] == [("shop.gone", "")]
    assert "shop.gone: expected a, found nowhere" in tell_score(scored(found, '[services]\na = ["shop.gone"]\n'))


def test_patterns_take_what_no_name_takes(found):
    part = scored(found, '[services]\na = ["shop/*.py"]\nb = ["shop.stock", "shop/db.py"]\n').services
    assert part.scored == 4 + ("shop" in {unit.id for unit in found.boundaries.units})
    assert {"shop.stock", "shop/db.py", "shop.orders", "shop.tax"} <= {
        *(d.subject for d in part.differs),
        "shop.stock", "shop/db.py", "shop.orders", "shop.tax",
    }  # fmt: skip
    lost = scored(found, '[services]\na = ["nowhere/**"]\n').services
    assert (lost.coverage, lost.differs[0].subject) == (0.0, "nowhere/**")


def test_shared_units_are_left_out(found):
    part = scored(found, '[services]\na = ["shop.orders"]\n[shared]\nmodules = ["shop.db"]\n').services
    assert part.scored == 1


def test_services_that_are_not_told_apart_are_said(found):
    text = tell_score(scored(found, '[services]\na = ["shop.orders"]\nb = ["shop.tax"]\n'))
    assert "not told apart: a, b are together in sales" in text


def test_tables_are_compared_by_owner(found):
    part = scored(found, '[tables]\norders = "x"\nstock = "y"\nlog = "shared"\n').tables
    owners = {table.table: table.owner for table in found.boundaries.tables}
    assert part.scored == 2  # a shared one has no owner to compare
    assert part.coverage == sum(bool(owners.get(name)) for name in ("orders", "stock")) / 2
    assert read_expected('[services]\nshared = ["a"]\n[tables]\nt = "shared"\n', "f").tables == {"t": "shared"}
    assert read_expected('[tables]\nt = "shared"\n', "f").tables == {"t": SHARED}


def test_entry_points_have_recall_and_precision(found):
    text = '[[entry_points]]\nkind = "route"\nname = "GET /orders"\n[[entry_points]]\nkind = "route"\nname = "GET /nowhere"\n'
    hits = scored(found, text).entry_points
    assert (hits.expected, hits.hit, hits.recall) == (2, 1, 0.5)
    assert (hits.counted, hits.precision) == (2, 0.5)
    assert hits.missed == ("route GET /nowhere",)
    assert hits.unexpected == ("route GET /stock app.py",)
    open_ended = scored(found, '[[entry_points]]\nname = "GET /orders"\n').entry_points
    assert (open_ended.recall, open_ended.precision) == (1.0, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[services\n", "cannot be read as TOML"),
        ("services = 3\n", "services is not a table"),
        ('[services]\na = "x"\n', "'a' is not a list"),
        ('[services]\na = ["x"]\nb = ["x"]\n', "'x' is in 'a' and in 'b'"),
        ("[tables]\nt = 3\n", "the owner of the table 't'"),
        ('[entry_points]\nname = "x"\n', "write [[entry_points]]"),
        ("[[entry_points]]\nkind = 'x'\n", "number 1 of entry_points: name"),
        ("[[findings]]\nline = 3\n", "name a rule, a path, or both"),
        ("[[findings]]\nrule = 'a'\nseverity = 'high'\n", "number 1 of findings: severity"),
        ("[other]\n", "expects nothing that can be scored"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name_and_place(text, said):
    with pytest.raises(InputError) as error:
        read_expected(text, "mine.toml")
    assert said in str(error.value)
    assert "mine.toml" in str(error.value)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        read_expected(text, "x.toml")
    except InputError:
        return
    tomllib.loads(text)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("src/*.py", "src/a.py", "src/b/a.py"),
        ("src/**", "src/b/a.py", "srcs/a.py"),
        ("**/a.py", "a.py", "b/aa.py"),
        ("a?c", "abc", "a/c"),
        ("a.c*", "a.cd", "abcd"),
    ],
)
def test_patterns(pattern, yes, no):
    assert pattern_of(pattern).match(yes)
    assert not pattern_of(pattern).match(no)


# ---------------------------------------------------------------- the command


def test_the_command_scores_a_sample_as_the_evaluation_does(tmp_path):
    expected = tmp_path / "mine.toml"
    expected.write_text(
        (ORDERDESK / "expected.toml").read_text("utf-8")
        + '\n[[findings]]\npath = "orderdesk/auth.py"\nline = 22\nwhat = "md5"\n[[findings]]\nrule = "no.such-rule"\n'
    )
    done = figwright(
        "score", ORDERDESK, "--expected", expected, "--format", "json", "--fail-under", "0.99", cache=tmp_path / "cache"
    )
    assert done.returncode == 1, done.stderr
    assert "below 0.99" in done.stderr
    told = json.loads(done.stdout)
    result = json.loads((ORDERDESK.parents[1] / "eval/results/boundaries.json").read_text("utf-8"))
    recorded = next(row for row in result["rows"] if row["app"] == "orderdesk" and row["method"] == "figwright")
    assert told["services"]["ari"] == pytest.approx(recorded["ari"], abs=0.0001)
    assert told["services"]["f1"] == pytest.approx(recorded["f1"], abs=0.0001)
    assert told["findings"]["expected"] == 2
    assert told["findings"]["missed"] == ["no.such-rule"]
    assert told["not_scored"] == ["planted", "split", "writers"]


def test_the_command_refuses_a_file_that_is_not_there(tmp_path):
    done = figwright("score", ORDERDESK, "--expected", tmp_path / "none.toml", cache=tmp_path / "cache")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr
