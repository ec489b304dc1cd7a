def test_list(client):
    html = client.get("/customers/").get_data(as_text=True)
    assert "Alder Builders" in html and "Holt Norge" in html
    assert "Holt Norge" not in client.get("/customers/?q=alder").get_data(as_text=True)
    csv = client.get("/customers/?format=csv").get_data(as_text=True)
    assert csv.splitlines()[1] == "C000001;Alder Builders;OPEN;5,000.00;0.00"


def test_open_account(client, sql):
    r = client.post("/customers/new", data={"name": " New   Customer ", "email": "a@b.example", "credit_limit": "1,500",
                                            "vat_no": "GB 123", "country": "GB", "sales_rep": "Tom"})
    assert r.headers["Location"] == "/customers/C100001"
    assert sql("SELECT name, credit_limit, vat_no, sales_rep, status FROM customers WHERE account_no='C100001'") == [
        ("New Customer", 1500.0, "GB123", "tom", "OPEN")]


def test_open_account_rejects(client, val):
    assert client.post("/customers/new", data={"name": ""}).status_code == 400
    assert b"E-mail address looks wrong" in client.post("/customers/new", data={"name": "X", "email": "x"}).data
    assert val("SELECT COUNT(*) FROM customers") == 4


def test_edit(client, sql):
    client.post("/customers/C000002/edit", data={"name": "Birch & Son", "email": "", "payment_days": "14"})
    assert sql("SELECT name, payment_days, email FROM customers WHERE account_no='C000002'") == [("Birch & Son", 14, "")]
    assert b"Birch &amp; Son" in client.get("/customers/C000002").data


def test_limit_and_hold(client, sql):
    client.post("/customers/C000002/limit", data={"credit_limit": "750"})
    client.post("/customers/C000002/status", data={"do": "hold", "reason": "bounced cheque"})
    assert sql("SELECT credit_limit, status FROM customers WHERE account_no='C000002'") == [(750.0, "HOLD")]
    assert "bounced cheque" in client.get("/customers/C000002").get_data(as_text=True)
    client.post("/customers/C000002/status", data={"do": "release"})
    assert sql("SELECT status FROM customers WHERE account_no='C000002'") == [("OPEN",)]


def test_close_needs_zero_balance(client, new_order, sql):
    new_order([("SCR-100", 1)], confirm=True)
    r = client.post("/customers/C000001/status", data={"do": "close"}, follow_redirects=True)
    assert b"1 open orders, cannot close" in r.data
    client.post("/customers/C000004/status", data={"do": "close"})
    assert sql("SELECT status FROM customers WHERE account_no='C000004'") == [("CLOSED",)]


def test_notes(client):
    client.post("/customers/C000001/notes", data={"note": "likes   tea"})
    assert "root: likes tea" in client.get("/customers/C000001").get_data(as_text=True)


def test_address_becomes_default(client, sql):
    client.post("/customers/C000001/address", data={"line1": "Unit 7", "city": "Hull", "postcode": "hu1 1aa",
                                                    "kind": "SHIP", "is_default": "1"})
    assert sql("SELECT line1, postcode, is_default FROM customer_addresses WHERE customer_id=1 ORDER BY id") == [
        ("1 High Street", "LS1 4AP", 0), ("Unit 7", "HU1 1AA", 1)]
    assert client.post("/customers/C000001/address", data={"line1": ""}).status_code == 400


def test_merge_moves_documents(client, new_order, invoiced, sql):
    invoiced()
    r = client.post("/customers/merge", data={"keep": "C000002", "drop": "C000001"}, follow_redirects=True)
    assert b"2 documents moved to C000002" in r.data
    assert sql("SELECT DISTINCT customer_id FROM orders") == [(2,)]
    assert sql("SELECT customer_id FROM invoices") == [(2,)]
    assert sql("SELECT status, balance FROM customers WHERE account_no='C000001'") == [("CLOSED", 0.0)]
    assert sql("SELECT balance FROM customers WHERE account_no='C000002'") == [(288.0,)]


def test_merge_same_account(client):
    r = client.post("/customers/merge", data={"keep": "C000002", "drop": "c000002"}, follow_redirects=True)
    assert b"Same account" in r.data
