"""The bill of splitting, on systems small enough that its every line is known."""

from __future__ import annotations

import itertools
import random
import tomllib
from pathlib import Path

import pytest

from agent.boundaries.bill import make_out_bill
from agent.boundaries.cycles import lightest_cuts
from agent.boundaries.ownership import own_tables
from agent.boundaries.services import cross
from agent.boundaries.system import see_system
from agent.boundaries.verbs import named_as
from agent.composition import workbench
from agent.domain.boundary import SHARED
from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.pipeline import Run, make_graph, make_inventory
from agent.settings import Settings

ORDERDESK = Path(__file__).parents[2] / "sample_repos" / "orderdesk"
SERVICES = {"sales": "sales", "billing": "billing", "stock": "stock", "base": SHARED}


def system(edges, functions=(), decorated=None, services=None, types=(), lines=None, ways_in=()):
    """A graph of modules and functions; edges are (source, kind, target, line[, resolution])."""
    decorated, lines = decorated or {}, lines or {}
    named = {name for e in edges for name in (e[0], e[2])} | set(functions) | set(types)
    symbols = []
    for name in sorted(named | {n.partition(".")[0] for n in named if not n.startswith(("table:", "route:"))}):
        if name.startswith("table:"):
            symbols.append(Symbol(name, "table", "schema.sql", 1, 1, "sql"))
        elif name.startswith("route:"):
            symbols.append(Symbol(name, "route", "routes.py", 1, 1, "python"))
        elif "." not in name:
            symbols.append(Symbol(name, "module", f"{name}.py", 1, 100, "python", "", name))
        else:
            module = name.partition(".")[0]
            container = name.rpartition(".")[0]
            kind = "class" if name in types else "function"
            symbols.append(
                Symbol(
                    name, kind, f"{module}.py", 10, lines.get(name, 40), "python", container, module,
                    decorators=decorated.get(name, ()),
                )
            )  # fmt: skip
    found = [
        Dependency(e[0], e[2], e[1], f"{e[0].partition('.')[0]}.py" if ":" not in e[0] else "schema.sql", e[3], *e[4:])
        for e in edges
    ]
    graph = DependencyGraph(
        tuple(sorted(symbols, key=lambda s: s.id)),
        tuple(sorted(found, key=lambda d: (d.source, d.target, d.kind, d.path, d.line))),
    )
    seen = see_system(graph, ways_in)
    homes = {u: (services or SERVICES).get(u, SHARED) for u in seen.units}
    tables = own_tables(seen, homes, {}, {})
    return make_out_bill(seen, homes, tables, cross(seen, homes, tables))


PLACE = [
    ("route:POST /orders", "handle", "sales.place", 1),
    ("sales.place", "write", "table:orders", 12),
    ("sales.place", "call", "billing.charge", 14),
    ("billing.charge", "write", "table:invoices", 22),
    ("billing.charge", "call", "stock.issue", 24),
    ("stock.issue", "write", "table:levels", 31),
]


def service(bill, name):
    return next(s for s in bill.services if s.service == name)


def test_an_operation_names_its_callers_its_tables_and_who_needs_it():
    (charge,) = service(system(PLACE), "billing").operations
    assert (charge.symbol, charge.callers, charge.call_sites) == ("billing.charge", (("sales", 1),), 1)
    assert charge.writes == ("invoices", "levels")
    assert charge.entry_points == ("POST /orders",)
    assert str(charge.evidence[0].location) == "sales.py:14"


def test_a_call_through_shared_code_is_a_call_of_shared_code_but_a_hop_of_its_caller():
    through = [
        ("route:GET /x", "handle", "sales.show", 1),
        ("sales.show", "call", "base.fetch", 11),
        ("base.fetch", "call", "billing.totals", 12),
        ("billing.totals", "read", "table:invoices", 13),
    ]
    bill = system(through)
    assert service(bill, "billing").operations[0].callers == ((SHARED, 1),)
    (use,) = bill.use_cases
    assert (use.service, use.calls, use.hops, use.services) == ("sales", 1, 1, ("billing", "sales"))


def test_the_chain_is_the_deepest_and_says_where():
    (use,) = system([*PLACE, ("sales.place", "call", "stock.issue", 16)]).use_cases
    assert (use.calls, use.hops) == (3, 2)
    assert [str(step.location) for step in use.chain] == ["sales.py:14", "billing.py:24"]


def test_calls_in_a_circle_end():
    (use,) = system([*PLACE, ("stock.issue", "call", "sales.place", 33)]).use_cases
    assert (use.calls, use.hops) == (3, 2)


def test_what_touches_no_table_is_copied_rather_than_called():
    edges = [*PLACE, ("sales.place", "call", "stock.rounded", 18)]
    stock = service(system(edges, functions=["stock.rounded"]), "stock")
    assert [o.symbol for o in stock.operations] == ["stock.issue"]
    assert stock.copied == ("stock.rounded",)
    assert system(edges).use_cases[0].calls == 2


def test_without_any_table_every_call_counts():
    bill = system([("route:GET /x", "handle", "sales.show", 1), ("sales.show", "call", "billing.total", 12)])
    assert bill.use_cases[0].calls == 1


def test_an_accessor_is_data_and_no_operation():
    edges = [*PLACE, ("sales.place", "call", "billing.Invoice.total", 15)]
    bill = system(edges, types=["billing.Invoice"], lines={"billing.Invoice.total": 11})
    assert [o.symbol for o in service(bill, "billing").operations] == ["billing.charge"]
    assert service(bill, "billing").copied == ()


@pytest.mark.parametrize(
    ("callee", "written", "before", "candidate"),
    [
        ("billing.notify_paid", "table:invoices", False, True),  # named as a message
        ("billing.charge", "table:invoices", True, True),  # the caller has written first
        ("billing.charge", "table:invoices", False, False),
        ("billing.reserve", "table:invoices", True, False),  # may refuse
        ("billing.notify_paid", "table:orders", True, False),  # writes the caller's table
    ],
)
def test_when_an_event_could_replace_the_call(callee, written, before, candidate):
    edges = [
        ("sales.place", "write", "table:orders", 12 if before else 90),
        ("sales.place", "call", callee, 14),
        (callee, "write", written, 22),
        ("billing.other", "write", "table:invoices", 60),
        ("sales.place", "write", "table:orders", 91),
    ]
    (operation,) = service(system(edges), "billing").operations
    assert operation.event is candidate
    assert operation.event_reason


def test_what_raises_an_error_of_its_own_is_no_event():
    edges = [
        *PLACE[:3],
        ("billing.charge", "write", "table:invoices", 22),
        ("billing.charge", "call", "billing.LimitError", 21),
    ]
    (operation,) = service(system(edges, types=["billing.LimitError"]), "billing").operations
    assert (operation.event, operation.event_reason) == (
        False,
        "may refuse with LimitError, and the caller waits for that",
    )


def test_a_marked_transaction_over_two_owners_is_exact_and_names_each_write():
    bill = system(PLACE, decorated={"sales.place": ("transaction.atomic",)})
    (found,) = bill.transactions
    assert (found.name, found.marker, found.resolution) == ("sales.place", "transaction.atomic", "exact")
    assert dict(found.owners) == {"billing": ("invoices",), "sales": ("orders",), "stock": ("levels",)}
    assert {str(e.location) for e in found.evidence} == {"sales.py:12", "billing.py:22", "stock.py:31"}
    assert found.use_cases == ("POST /orders",)


def test_a_request_without_a_marker_is_only_assumed_to_be_one():
    (found,) = system(PLACE).transactions
    assert (found.name, found.marker, found.resolution) == ("POST /orders", "", "inferred")


def test_a_doubtful_step_makes_a_marked_transaction_inferred():
    edges = [e if e[2] != "billing.charge" else (*e, "inferred") for e in PLACE]
    assert system(edges, decorated={"sales.place": ("Transactional",)}).transactions[0].resolution == "inferred"


def test_an_outer_transaction_that_adds_nothing_is_not_named_twice():
    edges = [("sales.outer", "call", "sales.place", 50), *PLACE]
    marks = {"sales.outer": ("Transactional",), "sales.place": ("Transactional",)}
    assert [t.name for t in system(edges, decorated=marks).transactions] == ["sales.place"]


def test_writes_of_one_owner_span_nothing():
    assert system([e for e in PLACE if e[2] in ("sales.place", "table:orders")]).transactions == ()


def test_events_that_leave_one_owner_are_told():
    edges = [*PLACE[:3], ("billing.charge", "write", "table:invoices", 22)]
    assert system(edges).transactions[0].eased_by_events


def test_tables_of_two_owners_at_one_line_are_a_join_that_breaks():
    edges = [
        ("sales.place", "write", "table:orders", 12),
        ("billing.charge", "write", "table:invoices", 22),
        ("sales.report", "read", "table:orders", 40),
        ("sales.report", "read", "table:invoices", 40),
        ("sales.report", "read", "table:invoices", 41),
    ]
    (join,) = system(edges).joins
    assert (str(join.location), join.tables) == ("sales.py:40", (("invoices", "billing"), ("orders", "sales")))


def test_foreign_keys_between_owners_are_named():
    edges = [
        *PLACE,
        ("table:invoices", "reference", "table:orders", 7),
        ("table:orders", "reference", "table:orders", 8),
    ]
    (key,) = system(edges).foreign_keys
    assert (key.table, key.owner, key.target, key.target_owner) == ("invoices", "billing", "orders", "sales")
    assert str(key.evidence[0].location) == "schema.sql:7"


def test_a_cycle_is_cut_where_it_is_lightest():
    edges = [*PLACE, *(("billing.charge", "call", "sales.late", n) for n in (50, 51, 52))]
    (cycle,) = system([*edges, ("sales.place", "call", "billing.charge", 15)]).cycles
    assert cycle.services == ("billing", "sales")
    assert [(c.source, c.target, c.weight) for c in cycle.cuts] == [("sales", "billing", 2)]


def test_the_lightest_cuts_are_as_light_as_trying_every_order():
    chance = random.Random(7)
    for _ in range(20):
        names = [f"s{n}" for n in range(5)]
        weights = {(a, b): chance.randint(1, 9) for a in names for b in names if a != b and chance.random() < 0.6}
        best = min(
            sum(w for (a, b), w in weights.items() if order.index(a) > order.index(b))
            for order in itertools.permutations(names)
        )
        assert sum(weights[cut] for cut in lightest_cuts(names, weights)) == best


def test_many_services_are_cut_to_no_cycle_too():
    names = [f"s{n:02}" for n in range(20)]
    weights = {(a, b): 1 + (n * m) % 7 for n, a in enumerate(names) for m, b in enumerate(names) if a != b}
    left = set(weights) - set(lightest_cuts(names, weights))
    order: list[str] = []
    while len(order) < len(names):
        free = [n for n in names if n not in order and not any(b == n and a not in order for a, b in left)]
        assert free, "a cycle is left"
        order.append(free[0])


def test_the_matrix_counts_and_says_who_writes_alone():
    bill = system([*PLACE, ("sales.place", "read", "table:invoices", 17), ("sales.place", "write", "table:levels", 18)])
    rows = {r.table: r for r in bill.matrix}
    assert [(c.service, c.reads, c.writes) for c in rows["invoices"].cells] == [("billing", 0, 1), ("sales", 1, 0)]
    assert {t: r.sole_writer for t, r in rows.items()} == {"invoices": True, "levels": False, "orders": True}
    assert [(w.service, w.entry_points) for w in rows["levels"].written_by] == [
        ("sales", ("POST /orders",)),
        ("stock", ("POST /orders",)),
    ]


def test_a_job_is_a_way_in_too():
    edges = [("billing.main", "write", "table:invoices", 22)]
    bill = system(edges, ways_in=[("job", "nightly", "billing.py")])
    assert bill.matrix[0].written_by[0].entry_points == ("job nightly",)


def test_a_log_that_shared_code_writes_for_everybody_spans_nothing():
    logged = [(f"{s}.run", "call", "base.audit", 60) for s in ("sales", "billing", "stock")]
    routes = [(f"route:GET /{s}", "handle", f"{s}.run", 1) for s in ("sales", "billing", "stock")]
    own = [(f"{s}.run", "write", f"table:{s}_rows", 20) for s in ("sales", "billing", "stock")]
    bill = system(
        [*logged, *routes, *own, ("base.audit", "write", "table:log", 70), ("stock.see", "read", "table:log", 71)]
    )
    assert [r.table for r in bill.matrix if r.common] == ["log"]
    assert bill.transactions == ()


def test_a_concept_that_two_services_work_with_is_named_with_what_each_uses():
    customer = [
        "billing.Customer",
        "billing.Customer.getName",
        "billing.Customer.getTaxCode",
        "billing.Customer.getLimit",
    ]
    edges = [
        ("billing.Customer", "declare", "table:customers", 10),
        *(("billing.dun", "write", "table:customers", n) for n in (50, 51, 52)),
        *(("stock.send", "call", "billing.Customer.getName", n) for n in (20, 21)),
        ("stock.send", "call", "billing.Customer.getTaxCode", 22),
    ]
    bill = system(edges, functions=customer[1:], types=customer[:1], lines=dict.fromkeys(customer[1:], 11))
    (concept,) = bill.concepts
    assert (concept.name, concept.home) == ("Customer", "billing")
    assert [(u.service, u.writes, u.calls, u.members) for u in concept.uses] == [
        ("billing", 3, 0, ()),
        ("stock", 0, 3, ("name", "taxCode")),
    ]
    assert "stock only name, taxCode" in concept.advice


CONFLICT = [
    ("route:POST /a", "handle", "sales.place", 1),
    ("route:GET /b", "handle", "stock.list", 1),
    ("sales.place", "write", "table:levels", 12),
    *(("stock.issue", "write", "table:levels", n) for n in (30, 31)),
    ("billing.watch", "read", "table:levels", 20),
]


def priced(bill):
    (conflict,) = bill.conflicts
    return {o.kind: o for o in conflict.options}


def test_the_options_of_a_conflict_are_priced():
    options = priced(system(CONFLICT))
    assert {k: (o.sites, o.use_cases, o.copies) for k, o in options.items()} == {
        "owner's API": (2, 1, 0),
        "read replica": (2, 1, 1),
        "event": (2, 0, 1),
        "shared schema for now": (0, 0, 0),
    }
    assert [k for k, o in options.items() if o.cheapest] == ["event"]


def test_an_event_does_not_fit_what_is_read_back_at_once():
    options = priced(system([*CONFLICT, ("sales.place", "read", "table:levels", 13)]))
    assert (options["event"].stale, options["event"].fits) == (1, False)
    assert [k for k, o in options.items() if o.cheapest] == ["owner's API"]


def test_an_event_does_not_fit_what_may_be_refused():
    edges = [(a if a != "sales.place" else "sales.reserve", k, b if b != "sales.place" else "sales.reserve", n)
             for a, k, b, n in CONFLICT]  # fmt: skip
    assert not priced(system(edges))["event"].fits


def test_a_repository_is_read_by_who_uses_it_and_written_by_who_makes_a_row():
    edges = [
        ("base.Repo", "read", "table:orders", 5),
        ("base.Repo", "write", "table:orders", 5),
        ("base.Order", "declare", "table:orders", 8),
        ("route:GET /o", "handle", "sales.show", 1),
        ("route:POST /o", "handle", "sales.make", 1),
        ("sales.show", "use", "base.Repo", 20),
        ("sales.make", "use", "base.Repo", 31),
        ("sales.make", "call", "base.Order", 30),
    ]
    bill = system(edges, types=["base.Repo", "base.Order"])
    (row,) = bill.matrix
    assert [w.entry_points for w in row.written_by] == [("POST /o",)]


def test_what_an_abstract_function_may_run_is_followed_as_inferred():
    edges = [
        ("route:POST /o", "handle", "sales.place", 1),
        ("sales.place", "write", "table:orders", 12),
        ("sales.place", "call", "base.Gate.pay", 14),
        ("billing.Card", "inherit", "base.Gate", 9),
        ("billing.Card.pay", "write", "table:invoices", 15),
    ]
    bill = system(edges, types=["base.Gate", "billing.Card"], functions=["base.Gate.pay"])
    (use,) = bill.use_cases
    assert (use.hops, use.resolution) == (1, "inferred")


def test_links_to_a_handler_are_not_calls():
    edges = [*PLACE, ("route:GET /r", "handle", "billing.page", 1), ("billing.page", "read", "table:invoices", 60)]
    bill = system([*edges, ("sales.place", "use", "billing.page", 19)])
    assert next(u for u in bill.use_cases if u.name == "POST /orders").calls == 2


def test_the_order_of_edges_does_not_matter():
    edges = [*PLACE, *CONFLICT]
    first = system(edges)
    assert system(edges[::-1]) == first


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.sendMail", "tells"), ("a.get_price", "asks"), ("lib#stock_update", "tells"), ("a.charge", ""), ("a.__x", "")],
)
def test_names_tell_or_ask(name, said):
    assert named_as(name) == said


def test_an_empty_system_has_an_empty_bill():
    bill = system([])
    assert (bill.services, bill.use_cases, bill.matrix) == ((), (), ())


@pytest.fixture(scope="module")
def orderdesk(tmp_path_factory):
    """The bill of splitting orderdesk where its expert would, and what the expert wrote down."""
    expected = tomllib.loads((ORDERDESK / "expected.toml").read_text())
    with workbench(str(ORDERDESK), Settings(cache_dir=tmp_path_factory.mktemp("cache")), name="orderdesk") as bench:
        run = Run()
        inventory = make_inventory(bench, run, None)
        seen = see_system(make_graph(bench, inventory, run)[0])
    placed = {unit: name for name, units in expected["services"].items() for unit in units}
    homes = {unit: placed.get(unit, SHARED) for unit in seen.units}
    tables = own_tables(seen, homes, {}, {f"table:{t}": s for t, s in expected["tables"].items() if s != "shared"})
    return make_out_bill(seen, homes, tables, cross(seen, homes, tables)), expected


def test_the_planted_conflicts_of_orderdesk_are_priced(orderdesk):
    bill, expected = orderdesk
    found = {conflict.table: conflict for conflict in bill.conflicts}
    planted = {table for table, writers in expected["writers"].items() if writers[0] != "shared"}
    assert planted - set(found) <= {"order_lines"}, "written through a back reference that is not resolved"
    for table in planted & set(found):
        assert found[table].owner == expected["writers"][table][0]
        assert [option.cheapest for option in found[table].options].count(True) == 1
        assert found[table].options[0].sites
        assert found[table].evidence[0].location.line


def test_shipping_an_order_of_orderdesk_spans_five_services(orderdesk):
    bill, _ = orderdesk
    ship = next(u for u in bill.use_cases if u.name == "GET, POST /shipping/ship/<int:order_id>")
    assert [str(hop.location) for hop in ship.chain] == [
        "orderdesk/dispatch.py:117",
        "orderdesk/services/invoicing.py:71",
    ]
    spans = next(t for t in bill.transactions if t.name == ship.name)
    owners = dict(spans.owners)
    assert owners.keys() == {"billing", "customers", "inventory", "orders", "shipping"}
    assert "shipments" in owners["shipping"]
    assert "stock_levels" in owners["inventory"]
    assert spans.resolution == "inferred"
    assert not next(o for s in bill.services for o in s.operations if o.symbol.endswith(".set_status")).event


def test_a_report_of_orderdesk_joins_the_tables_of_five_services(orderdesk):
    bill, _ = orderdesk
    join = next(j for j in bill.joins if str(j.location) == "orderdesk/legacy/rep_sql.py:8")
    assert {owner for _, owner in join.tables} == {"billing", "catalogue", "customers", "inventory", "orders"}


def test_the_numbers_and_the_log_of_orderdesk_belong_to_everybody(orderdesk):
    assert {r.table for r in orderdesk[0].matrix if r.common} >= {"audit_log"}
