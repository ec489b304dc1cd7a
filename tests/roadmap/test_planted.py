"""What was planted in the samples is found: dead routes, jobs without restart, partners, sessions, reports, mailers."""

from __future__ import annotations

import pytest

from agent.domain.finding import Evidence
from agent.domain.handover import Handover
from tests.roadmap.handed import sample
from tests.samples.expectations import expected

# Planted by a name that tells what it is, in the file that the name's fact says.
DEAD = {
    "orderdesk": {"GET /kpi_wall", "GET /orders/export_old", "GET /reports/reps"},
    "storefront": {"GET /feed/froogle.txt", "GET /admin/wallboard", "GET /admin/log", "GET /admin/reports/sales_old"},
    "stockroom": {"ANY /items/froogle", "ANY /reports/kpi", "ANY /stock/drift", "ANY /demands/{}/docket"},
    "helpdesk": {"GET /tickets/print.php", "GET /api/status.php"},
}
UNREACHED = {
    "claims": {
        "com.harborline.claims.legacy.MainframeFeed",
        "com.harborline.claims.web.ClaimPrintServlet",
        "src/main/webapp/WEB-INF/jsp/policyCard.jsp",
    },
    "ledger": {"JOB:GLPINE", "GLR040"},
}
# Nothing links to these, and yet they are used: by a program that brings a key, by what writes, by a name in a file.
CALLED = {
    "storefront": {"GET /api/stock/{sku}", "POST /api/sold", "POST /basket/set"},
    "stockroom": {"ANY /check/{}", "ANY /staff/add", "ANY /stock/bin/{}/block"},
    "helpdesk": {"GET /api/ticket.php", "POST /api/ticket.php"},
    "ledger": {"GLIRT01", "GLIRT02"},
}


def places(handover: Handover, section: str) -> set[str]:
    """Files that the runbooks' section of that title rests on."""
    return {
        e.location.path
        for book in handover.runbooks
        for part in book.sections
        if part.title == section
        for s in part.statements
        for e in s.evidence
    }


def near(evidence: tuple[Evidence, ...], fact: dict[str, object]) -> bool:
    return any(e.location.path == fact["path"] for e in evidence)


@pytest.mark.parametrize("name", sorted(DEAD))
def test_routes_that_nothing_links_to_are_candidates(name: str) -> None:
    items = sample(name)[2].dispositions
    found = {d.component: d for d in items if d.kind == "route"}
    assert DEAD[name] <= found.keys()
    assert all(d.action == "retire" and d.candidate and d.question for d in found.values())


@pytest.mark.parametrize(("name", "others"), [("orderdesk", 0), ("helpdesk", 0), ("storefront", 1), ("stockroom", 3)])
def test_few_other_routes_are_candidates(name: str, others: int) -> None:
    """Those others are linked from nowhere either, though nobody planted them: an invoice, an export, a picture, a history."""
    found = {d.component for d in sample(name)[2].dispositions if d.candidate and d.kind == "route"}
    assert len(found - DEAD[name]) == others


@pytest.mark.parametrize("name", sorted(CALLED))
def test_what_is_called_without_a_link_is_no_candidate_and_said(name: str) -> None:
    handover = sample(name)[2]
    assert not CALLED[name] & {d.component for d in handover.dispositions if d.action == "retire"}
    assert handover.not_judged


def test_a_script_that_says_how_people_start_it_is_no_candidate() -> None:
    assert "jobs/import_products.js" not in {d.component for d in sample("storefront")[2].dispositions if d.candidate}


@pytest.mark.parametrize("name", sorted(UNREACHED))
def test_units_and_pages_that_nothing_reaches_are_candidates(name: str) -> None:
    found = {d.component for d in sample(name)[2].dispositions if d.candidate and d.kind == "file"}
    assert UNREACHED[name] <= found
    assert found == UNREACHED[name]


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("stockroom", "batch/nightly.py"),
        ("storefront", "jobs/settle.js"),
        ("helpdesk", "cron/billing_export.php"),
        ("claims", "run-nightly.sh"),
        ("ledger", "GLPAYRUN"),
        ("orderdesk", "scripts/nightly_export.py"),
    ],
)
def test_a_job_without_a_restart_point_is_asked_about(name: str, job: str) -> None:
    questions = {q.id: q for q in sample(name)[2].questions}
    asked = questions[f"restart.{job}"]
    assert asked.evidence
    assert "no restart point" in asked.why


@pytest.mark.parametrize("name", ["orderdesk", "claims", "stockroom", "helpdesk", "storefront"])
def test_tables_with_two_writers_wait_for_an_answer(name: str) -> None:
    ground, roadmap, handover = sample(name)
    settled = {s.title for p in roadmap.phases for s in p.steps if s.kind == "own_data"}
    several = {t.table for t in ground.boundaries.tables if len(set(t.writers) - {"__shared__"}) > 1}
    assert several
    assert settled
    asked = {q.id for q in handover.questions}
    for book in handover.runbooks:
        owned = {t for t in ground.services[book.service].owned_tables if len(ground.tables[t].writers) > 1}
        assert {f"writer.{t}" for t in owned} <= asked


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("orderdesk", ["partner_ftp", "hardcoded_partner_path"]),
        ("stockroom", ["partner_sftp"]),
        ("storefront", ["partner_sftp"]),
        ("helpdesk", ["partner_ftp"]),
    ],
)
def test_the_partners_file_drop_is_in_a_runbook_or_a_step(name: str, facts: list[str]) -> None:
    _, _, handover = sample(name)
    assert handover.runbooks, f"{name} has no extraction"
    found = places(handover, "Partners")
    for key in facts:
        fact = expected(name)["planted"][key]
        assert fact["path"] in found, f"{key} {fact['path']} is not among {sorted(found)}"


@pytest.mark.parametrize(
    ("name", "key"),
    [("orderdesk", "cart_in_process"), ("stockroom", "sessions_in_process"), ("storefront", "sessions_in_process")],
)
def test_a_session_in_local_memory_is_said(name: str, key: str) -> None:
    fact = expected(name)["planted"][key]
    said = [
        s
        for book in sample(name)[2].runbooks
        for part in book.sections
        if part.title == "Identity"
        for s in part.statements
        if "memory of one process" in s.text
    ]
    assert any(f"{fact['path']}:{fact['line']}" in [str(e.location) for e in s.evidence] for s in said)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("orderdesk", "orderdesk/legacy/rep_sql.py"),
        ("claims", "src/main/java/com/harborline/claims/dao/ReportDao.java"),
        ("stockroom", "stockroom/reports/queries.py"),
    ],
)
def test_a_report_that_joins_three_domains_goes_to_a_replica(name: str, path: str) -> None:
    said = [
        s
        for book in sample(name)[2].runbooks
        for part in book.sections
        if part.title == "Reporting"
        for s in part.statements
        if "reporting replica" in s.text or "read model" in s.text
    ]
    assert any(e.location.path == path for s in said for e in s.evidence)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("stockroom", "stockroom/notify/mailer.py"),
        ("helpdesk", "lib/class.Mailer.php"),
        ("storefront", "lib/mailer.js"),
        ("orderdesk", "orderdesk/utils.py"),
    ],
)
def test_a_commodity_mailer_is_a_candidate_to_buy(name: str, path: str) -> None:
    mail = next(d for d in sample(name)[2].dispositions if d.kind == "capability" and d.component == "mail")
    assert mail.action == "repurchase"
    assert mail.candidate
    assert path in mail.reason or any(e.location.path == path for e in mail.evidence)


def test_methods_of_xml_rpc_are_no_transactions_of_a_monitor() -> None:
    kinds = {one.component for one in sample("stockroom")[2].dispositions if one.kind == "deployable"}
    assert not any(component.startswith("online region") for component in kinds)
    assert any(one.component.startswith("online region") for one in sample("ledger")[2].dispositions)
