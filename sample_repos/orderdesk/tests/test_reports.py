from conftest import login
from orderdesk import settings


def test_sales_report(client, new_order, invoiced, sql):
    invoiced()
    oid = new_order([("SCR-100", 50)])
    client.post("/orders/%d/cancel" % oid)
    new_order([("CAB-25", 1)], account="C000002")
    html = client.get("/reports/sales").get_data(as_text=True)
    assert "Sales 01/03/2024 - 15/03/2024" in html
    assert "Alder Builders" in html and "Birch Repairs" in html and "SCR-100" not in html
    assert u"Net \u00a3360.00, margin \u00a3120.00" in html
    assert sql("SELECT report, params, row_count, run_by FROM report_runs") == [
        ("sales", "2024-03-01..2024-03-15", 2, "root")]


def test_sales_csv(client, invoiced):
    invoiced()
    r = client.get("/reports/sales?format=csv")
    assert "sales_20240315.csv" in r.headers["Content-Disposition"]
    assert r.get_data(as_text=True).splitlines()[1] == (
        "C000001;Alder Builders;Electrical;CAB-25;Cable 2.5mm 100m;2;240.0;160.0;80.0")


def test_sales_period(client, invoiced):
    invoiced()
    html = client.get("/reports/sales?from=01/01/2024&to=31/01/2024").get_data(as_text=True)
    assert "Alder" not in html


def test_stock_valuation(client):
    html = client.get("/reports/stock").get_data(as_text=True)
    # 140 x 4 + 12 x 80 + 5 x 9
    assert u"Total at cost \u00a31,565.00" in html
    rows = client.get("/reports/stock?format=csv").get_data(as_text=True).splitlines()
    assert "MAIN;Screws;1;100;400.0;850.0" in rows


def test_ageing(client, invoiced, new_order):
    invoiced()
    new_order([("CAB-25", 1)], confirm=True)
    row = client.get("/reports/ageing?day=20/05/2024&format=csv").get_data(as_text=True).splitlines()[1]
    assert row == "C000001;Alder Builders;0.0;0.0;288.0;0.0;288.0;443.4"
    html = client.get("/reports/ageing").get_data(as_text=True)
    assert u"\u00a3155.40" in html  # the open order is the unexplained part, OD-212


def test_late_deliveries(client, new_order, sql, monkeypatch):
    oid = new_order([("CAB-25", 1)], confirm=True, required_date="2024-03-18")
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-03-21")
    client.post("/shipping/ship/%d" % oid, data={})
    html = client.get("/reports/late").get_data(as_text=True)
    assert "SO100001" in html and "<td class=\"n\">3</td>" in html


def test_late_orders_on_home(client, new_order, monkeypatch):
    new_order([("CAB-25", 1)])
    assert "SO100001" not in client.get("/").get_data(as_text=True)
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-03-25")
    assert "SO100001" in client.get("/").get_data(as_text=True)


def test_dormant(client, invoiced):
    invoiced()
    html = client.get("/reports/dormant").get_data(as_text=True)
    assert "Birch Repairs" in html and "never" in html and "Alder" not in html


def test_reps(client, invoiced):
    invoiced()
    client.post("/billing/payments", data={"account_no": "C000001", "amount": "200"})
    html = client.get("/reports/reps").get_data(as_text=True)
    assert "<td>anna</td>" in html and u"\u00a33.00" in html


def test_report_roles(app):
    anna = login(app, "anna")
    assert anna.get("/reports/").status_code == 200
    assert anna.get("/reports/ageing").status_code == 403
    assert login(app, "stan").get("/reports/stock").status_code == 200


def test_kpi_wall(client, new_order):
    new_order([("CAB-25", 1)])
    data = client.get("/kpi_wall").get_json()
    assert data["orders_today"] == 1 and data["stock_units"] == 157
