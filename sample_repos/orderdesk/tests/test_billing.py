from datetime import date

import pytest

from orderdesk import batch, settings
from orderdesk.services import tax
from scripts import dunning_run


def bal(sql, cid=1):
    return round(sql("SELECT balance FROM customers WHERE id=?", cid)[0][0], 2)


def test_invoice_page(client, invoiced):
    html = client.get("/billing/invoice/%d" % invoiced()).get_data(as_text=True)
    assert "IN100001" in html and "VAT 20.0 %" in html
    assert u"total \u00a3288.00" in html and "due 14/04/2024" in html


def test_reverse_charge_note(client, invoiced, sql):
    inv = invoiced(account="C000003")
    assert sql("SELECT tax, tax_note FROM invoices") == [(0.0, tax.NOTE_REVERSE)]
    assert "Reverse charge" in client.get("/billing/invoice/%d" % inv).get_data(as_text=True)


def test_invoice_only_what_was_shipped(client, new_order, sql):
    oid = new_order([("CAB-25", 20)], confirm=True)  # 12 in stock
    client.post("/shipping/ship/%d" % oid, data={})
    assert sql("SELECT qty, net FROM invoice_lines") == [(12, 1440.0)]
    assert bal(sql) == 1728.0


def test_part_payment_then_rest_on_account(client, invoiced, sql):
    inv = invoiced()
    client.post("/billing/payments", data={"account_no": "C000001", "amount": "88", "invoice_no": "IN100001"})
    assert sql("SELECT status, paid FROM invoices WHERE id=?", inv) == [("PART", 88.0)]
    r = client.post("/billing/payments", data={"account_no": "C000001", "amount": "250"}, follow_redirects=True)
    assert u"\u00a3250.00 booked in 2 parts, balance (\u00a350.00)" in r.get_data(as_text=True)
    assert sql("SELECT invoice_id, amount FROM payments ORDER BY id") == [(inv, 88.0), (inv, 200.0), (None, 50.0)]
    assert bal(sql) == -50.0


@pytest.mark.parametrize("data,msg", [
    ({"account_no": "X", "amount": "1"}, b"Unknown account"),
    ({"account_no": "C000001", "amount": "0"}, b"Amount must be positive"),
    ({"account_no": "C000001", "amount": "ten"}, b"not an amount"),
    ({"account_no": "C000001", "amount": "1", "invoice_no": "IN9"}, b"Unknown invoice"),
    ({"account_no": "C000002", "amount": "1", "invoice_no": "IN100001"}, b"belongs to another customer"),
])
def test_payment_errors(client, invoiced, val, data, msg):
    invoiced()
    assert msg in client.post("/billing/payments", data=data, follow_redirects=True).data
    assert val("SELECT COUNT(*) FROM payments") == 0


def test_credit_note_restocks(client, invoiced, sql):
    inv = invoiced()
    client.post("/billing/invoice/%d/credit" % inv, data={"amount": "288.00", "reason": "wrong", "restock": "1"})
    assert sql("SELECT credit_no, amount_pence, restocked FROM credit_notes") == [("CN100001", 28800, 1)]
    assert sql("SELECT status, credited FROM invoices") == [("PAID", 288.0)]
    assert sql("SELECT qty_on_hand FROM stock_levels WHERE product_id=2") == [(12,)]
    assert sql("SELECT kind, qty, reference FROM stock_movements ORDER BY id DESC LIMIT 1") == [("RET", 2, "CN100001")]
    assert bal(sql) == 0.0
    assert "CN100001" in client.get("/billing/credits").get_data(as_text=True)


def test_credit_note_limits(client, invoiced, val):
    inv = invoiced()
    url = "/billing/invoice/%d/credit" % inv
    assert b"More than was invoiced" in client.post(url, data={"amount": "300", "reason": "x"}).data
    assert b"Reason is missing" in client.post(url, data={"amount": "30"}).data
    assert client.get(url).status_code == 200
    assert val("SELECT COUNT(*) FROM credit_notes") == 0


def test_void_same_day_only(client, invoiced, sql, monkeypatch):
    inv = invoiced()
    client.post("/billing/invoice/%d/void" % inv, data={"reason": "typo"})
    assert sql("SELECT status FROM invoices") == [("VOID",)]
    assert bal(sql) == 0.0
    inv2 = invoiced()
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-03-16")
    r = client.post("/billing/invoice/%d/void" % inv2, data={"reason": "typo"}, follow_redirects=True)
    assert b"is not from today, raise a credit note" in r.data


def test_run_open_invoices_leftovers(client, new_order, sql):
    oid = new_order([("CAB-25", 2)], confirm=True)
    sql("UPDATE orders SET status='SHIP' WHERE id=?", oid)
    sql("UPDATE order_lines SET qty_shipped=2 WHERE order_id=?", oid)
    assert "1 shipped, not invoiced" in client.get("/billing/").get_data(as_text=True)
    r = client.post("/billing/run", follow_redirects=True)
    assert b"1 invoiced, 0 failed" in r.data
    assert sql("SELECT status FROM orders") == [("INV",)]


def test_dunning_levels(app, client, invoiced, sql, outbox):
    inv = invoiced()  # due 14/04/2024
    del outbox[:]
    with app.app_context():
        assert batch.run_dunning(date(2024, 4, 20)) == []
        assert batch.run_dunning(date(2024, 6, 20)) == [("IN100001", 1)]
        assert batch.run_dunning(date(2024, 6, 21)) == [("IN100001", 2)]
        assert batch.run_dunning(date(2024, 6, 22)) == [("IN100001", 3)]
        assert batch.run_dunning(date(2024, 6, 23)) == []
    assert sql("SELECT level, fee_pence FROM dunning_notices ORDER BY id") == [(1, 0), (2, 1500), (3, 4000)]
    assert bal(sql) == 343.0
    assert sql("SELECT status FROM customers WHERE id=1") == [("HOLD",)]
    assert len(outbox) == 3
    assert "reminder 3" in client.get("/billing/invoice/%d" % inv).get_data(as_text=True)


def test_dunning_screen(client, invoiced, val, monkeypatch):
    invoiced()
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-05-01")
    assert "IN100001 level 1" in client.get("/billing/dunning").get_data(as_text=True)
    assert val("SELECT COUNT(*) FROM dunning_notices") == 0
    r = client.post("/billing/dunning", follow_redirects=True)
    assert b"1 reminders sent" in r.data
    assert "IN100001" in client.get("/billing/?status=OVERDUE").get_data(as_text=True)


def test_dunning_script(app, invoiced, val, capsys):
    invoiced()
    assert dunning_run.main(["--dry", "01/05/2024"], app) == 0
    assert capsys.readouterr().out == "IN100001 level 1\n"
    assert val("SELECT COUNT(*) FROM dunning_notices") == 0
    assert dunning_run.main(["01/05/2024"], app) == 0
    assert val("SELECT COUNT(*) FROM dunning_notices") == 1
    assert dunning_run.main(["soon"], app) == 2


def test_statement(client, invoiced):
    invoiced()
    client.post("/billing/payments", data={"account_no": "C000001", "amount": "100", "reference": "R1"})
    text = client.get("/billing/statement/C000001").get_data(as_text=True)
    assert "01/03/2024 to 31/03/2024" in text
    assert "Invoice IN100001" in text and "     100.00-" in text
    assert text.splitlines()[-1] == "Balance" + " " * 45 + "     188.00 "


def test_statements_at_month_end(app, invoiced, outbox, monkeypatch, capsys):
    invoiced()
    del outbox[:]
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-04-01")
    dunning_run.main(["--statements"], app)
    assert "1 statements" in capsys.readouterr().out
    assert outbox[0][0] == "reed@alder.example"


def test_tax_history():
    assert tax.rate_on("STD", date(2024, 1, 1)) == 0.20
    assert tax.rate_on("STD", date(2010, 6, 1)) == 0.175
    assert tax.rate_on("STD", date(2009, 6, 1)) == 0.15
    assert tax.rate_on("RED", date(2024, 1, 1)) == 0.05
    with pytest.raises(ValueError):
        tax.rate_on("RED", date(1990, 1, 1))
