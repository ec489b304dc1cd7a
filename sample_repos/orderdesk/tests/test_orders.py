import smtplib

import pytest


def test_new_order_prices_and_totals(client, new_order, sql):
    oid = new_order([("scr-100", 10), ("HEL-1", 1)], customer_ref="PO 77")
    # 10 x 8.00 + 17.50, below 150 so 9.50 on top; helmets are zero rated
    assert sql("SELECT order_no, net_total, tax_total, gross_total, small_order_charge, status, taken_by "
               "FROM orders WHERE id=?", oid) == [("SO100001", 107.0, 17.9, 124.9, 9.5, "NEW", "root")]
    html = client.get("/orders/%d" % oid).get_data(as_text=True)
    assert "PO 77" in html and u"\u00a3124.90" in html and "small order charge" in html
    assert "required 20/03/2024" in html  # three working days after a Friday


def test_big_order_has_no_charge(new_order, sql):
    oid = new_order([("CAB-25", 2)])
    assert sql("SELECT net_total, tax_total, gross_total FROM orders WHERE id=?", oid) == [(240.0, 48.0, 288.0)]


@pytest.mark.parametrize("account,tax", [("C000003", 0.0), ("C000004", 0.0), ("C000002", 48.0)])
def test_tax_by_country(new_order, val, account, tax):
    oid = new_order([("CAB-25", 2)], account=account)
    assert val("SELECT tax_total FROM orders WHERE id=?", oid) == tax


def test_order_form_errors(client, val):
    assert b"Choose a customer" in client.post("/orders/new", data={"sku": "SCR-100", "qty": "1"}).data
    assert b"Unknown SKU: ABC" in client.post("/orders/new", data={"customer_id": "1", "sku": "ABC", "qty": "1"}).data
    assert b"no lines" in client.post("/orders/new", data={"customer_id": "1"}).data
    assert b"discontinued" in client.post("/orders/new", data={"customer_id": "1", "sku": "OLD-9", "qty": "1"}).data
    r = client.post("/orders/new", data={"customer_id": "1", "sku": "SCR-100", "qty": "1", "discount_pct": "50"})
    assert b"more than this customer may have" in r.data
    assert val("SELECT COUNT(*) FROM orders") == 0


def test_confirm_reserves_and_mails(client, new_order, sql, outbox):
    oid = new_order([("SCR-100", 120)], confirm=True)
    # main first, rest from the yard
    assert sql("SELECT warehouse_id, qty_on_hand, qty_reserved FROM stock_levels WHERE product_id=1 ORDER BY 1") == [
        (1, 100, 100), (2, 40, 20)]
    assert sql("SELECT qty, status FROM stock_reservations ORDER BY id") == [(100, "OPEN"), (20, "OPEN")]
    assert sql("SELECT balance FROM customers WHERE id=1") == [(1008.0,)]  # 120 x 7.00 + 20 %
    assert sql("SELECT old_status, new_status FROM order_status_log WHERE order_id=?", oid) == [("NEW", "CONF")]
    assert [m[0] for m in outbox] == ["reed@alder.example"]
    assert "Order confirmation SO100001" in outbox[0][1]


def test_confirm_short(client, new_order, sql):
    oid = new_order([("CAB-25", 20)])
    r = client.post("/orders/%d/confirm" % oid, follow_redirects=True)
    assert b"Back order: 8 x CAB-25" in r.data
    assert sql("SELECT SUM(qty) FROM stock_reservations") == [(12,)]


def test_credit_limit_holds(client, new_order, sql, outbox):
    oid = new_order([("CAB-25", 2)], account="C000002")
    r = client.post("/orders/%d/confirm" % oid, follow_redirects=True)
    assert b"order is on hold, tell accounts" in r.data
    assert sql("SELECT status FROM orders") == [("HOLD",)]
    assert sql("SELECT balance FROM customers WHERE id=2") == [(0.0,)]
    assert outbox == []


def test_mail_goes_out_before_commit(client, new_order, sql, outbox):
    """OD-1219: a broken mail server takes the whole confirmation with it"""
    oid = new_order([("CAB-25", 1)])
    outbox.fail = True
    with pytest.raises(smtplib.SMTPConnectError):
        client.post("/orders/%d/confirm" % oid)
    assert sql("SELECT status FROM orders WHERE id=?", oid) == [("NEW",)]
    assert sql("SELECT SUM(qty_reserved) FROM stock_levels") == [(0,)]


def test_cancel_gives_stock_back(client, new_order, sql):
    oid = new_order([("CAB-25", 2)], confirm=True)
    client.post("/orders/%d/cancel" % oid, data={"reason": "changed mind"})
    assert sql("SELECT status FROM orders") == [("CANC",)]
    assert sql("SELECT SUM(qty_reserved) FROM stock_levels") == [(0,)]
    assert sql("SELECT status FROM stock_reservations") == [("CANC",)]
    assert sql("SELECT balance FROM customers WHERE id=1") == [(0.0,)]
    r = client.post("/orders/%d/cancel" % oid, follow_redirects=True)
    assert b"cannot go from CANC to CANC" in r.data


def test_invoiced_order_cannot_be_cancelled(client, invoiced, val):
    invoiced()
    r = client.post("/orders/1/cancel", follow_redirects=True)
    assert b"raise a credit note instead" in r.data
    assert val("SELECT status FROM orders") == "INV"


def test_change_line(client, new_order, sql):
    oid = new_order([("SCR-100", 10), ("CAB-25", 1)])
    first, second = [r[0] for r in sql("SELECT id FROM order_lines WHERE order_id=? ORDER BY line_no", oid)]
    client.post("/orders/%d/line/%d" % (oid, first), data={"qty": "60"})
    assert sql("SELECT qty, unit_price FROM order_lines WHERE id=?", first) == [(60, 7.0)]
    client.post("/orders/%d/line/%d" % (oid, second), data={"qty": "0"})
    assert sql("SELECT net_total FROM orders") == [(420.0,)]
    r = client.post("/orders/%d/line/%d" % (oid, first), data={"qty": "0"}, follow_redirects=True)
    assert b"Last line, cancel the order instead" in r.data


def test_discount_changes_balance(client, new_order, sql):
    oid = new_order([("CAB-25", 2)], confirm=True)
    client.post("/orders/%d/discount" % oid, data={"discount_pct": "10"})
    assert sql("SELECT gross_total FROM orders") == [(259.2,)]
    assert round(sql("SELECT balance FROM customers WHERE id=1")[0][0], 2) == 259.2
    r = client.post("/orders/%d/discount" % oid, data={"discount_pct": "13"}, follow_redirects=True)
    assert b"between 0 and 12.5%" in r.data


def test_repeat_order(client, new_order, sql):
    oid = new_order([("CAB-25", 2), ("HEL-1", 1)])
    client.post("/catalogue/product/HEL-1/discontinue")
    client.post("/orders/%d/repeat" % oid)
    assert sql("SELECT order_no, source, net_total FROM orders ORDER BY id DESC LIMIT 1") == [
        ("SO100002", "REPEAT", 240.0)]


def test_list_and_goto(client, new_order):
    oid = new_order([("CAB-25", 2)], customer_ref="X-1")
    html = client.get("/orders/").get_data(as_text=True)
    assert "SO100001" in html and u"\u00a380.00" in html  # margin
    assert "SO100001" not in client.get("/orders/?status=CANC").get_data(as_text=True)
    assert "SO100001" not in client.get("/orders/?from=16/03/2024").get_data(as_text=True)
    assert client.get("/orders/goto?ref=X-1").headers["Location"] == "/orders/%d" % oid
    assert client.get("/orders/999").status_code == 404


def test_invoice_now(client, new_order, sql):
    oid = new_order([("CAB-25", 2)], confirm=True)
    r = client.post("/orders/%d/invoice" % oid)
    assert r.headers["Location"] == "/billing/invoice/1"
    assert sql("SELECT qty_on_hand, qty_reserved FROM stock_levels WHERE product_id=2") == [(10, 0)]
    assert sql("SELECT status FROM orders") == [("INV",)]
    assert sql("SELECT COUNT(*) FROM shipments") == [(0,)]


def test_export_old(client, invoiced):
    invoiced()
    assert client.get("/orders/export_old").data == b"15/03/2024;SO100001;C000001;288.00"


def test_whole_story(client, new_order, sql):
    oid = new_order([("SCR-100", 50)], confirm=True)
    client.post("/warehouse/picking/create/%d" % oid)
    client.post("/warehouse/picking/1", data={})
    client.post("/shipping/ship/%d" % oid, data={"parcels": "2"})
    assert sql("SELECT invoice_no, net, tax, gross, due_date, status FROM invoices") == [
        ("IN100001", 350.0, 70.0, 420.0, "2024-04-14", "OPEN")]
    assert sql("SELECT balance FROM customers WHERE id=1") == [(420.0,)]
    client.post("/billing/payments", data={"account_no": "c000001", "amount": "420.00", "reference": "BACS 1"})
    assert sql("SELECT status, paid FROM invoices") == [("PAID", 420.0)]
    assert sql("SELECT balance FROM customers WHERE id=1") == [(0.0,)]
    assert sql("SELECT qty_on_hand, qty_reserved FROM stock_levels WHERE product_id=1 AND warehouse_id=1") == [(50, 0)]
    assert [r[0] for r in sql("SELECT new_status FROM order_status_log ORDER BY id")] == ["CONF", "SHIP", "INV"]
