from conftest import login
from orderdesk import desk, settings


def fill_cart(client):
    client.post("/quotes/cart", data={"customer_id": "1", "sku": "SCR-100", "qty": "30"})
    client.post("/quotes/cart", data={"customer_id": "1", "sku": "SCR-100", "qty": "30"})
    client.post("/quotes/cart", data={"sku": "CAB-25", "qty": "1"})


def test_cart_is_in_process_memory(client, app):
    fill_cart(client)
    assert [r[:2] for r in desk.QUOTE_CARTS["root"]["lines"]] == [[1, 60], [2, 1]]
    html = client.get("/quotes/cart").get_data(as_text=True)
    assert u"Total \u00a3540.00" in html  # 60 x 7.00 + 120.00
    other = login(app, "anna").get("/quotes/cart").get_data(as_text=True)
    assert u"Total \u00a30.00" in other


def test_cart_reprices_for_customer(client):
    client.post("/quotes/cart", data={"sku": "SCR-100", "qty": "1"})
    assert desk.QUOTE_CARTS["root"]["lines"] == [[1, 1, 8.5]]
    client.post("/quotes/cart", data={"sku": "HEL-1", "qty": "1", "customer_id": "1"})
    assert desk.QUOTE_CARTS["root"]["lines"] == [[1, 1, 8.0], [3, 1, 17.5]]


def test_cart_remove_and_clear(client):
    fill_cart(client)
    client.post("/quotes/cart/remove/2")
    assert len(desk.QUOTE_CARTS["root"]["lines"]) == 1
    client.post("/quotes/cart/clear")
    assert "root" not in desk.QUOTE_CARTS


def test_cart_errors(client):
    r = client.post("/quotes/cart", data={"sku": "OLD-9"}, follow_redirects=True)
    assert b"Unknown SKU" in r.data
    r = client.post("/quotes/save", follow_redirects=True)
    assert b"Choose a customer first" in r.data


def test_quote_to_order(client, sql):
    fill_cart(client)
    r = client.post("/quotes/save", data={"discount_pct": "5"})
    assert r.headers["Location"] == "/quotes/QT100001"
    assert sql("SELECT status, valid_until, discount_pct FROM quotes") == [("OPEN", "2024-04-14", 5.0)]
    assert u"\u00a3513.00" in client.get("/quotes/QT100001").get_data(as_text=True)
    client.post("/catalogue/product/CAB-25/edit", data={"name": "Cable", "list_price": "500"})
    client.post("/quotes/QT100001/convert", data={"customer_ref": "TEL"})
    # quoted price stays
    assert sql("SELECT source, net_total, customer_ref FROM orders") == [("QUOTE", 513.0, "TEL")]
    assert sql("SELECT status, order_id FROM quotes") == [("CONV", 1)]
    r = client.post("/quotes/QT100001/convert", follow_redirects=True)
    assert b"QT100001 is CONV" in r.data


def test_quote_expires(client, sql, monkeypatch):
    fill_cart(client)
    client.post("/quotes/save")
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-04-20")
    r = client.post("/quotes/QT100001/convert", follow_redirects=True)
    assert b"has expired" in r.data
    assert sql("SELECT status FROM quotes") == [("EXPD",)]


def test_quote_list_expires_old_ones(client, monkeypatch):
    fill_cart(client)
    client.post("/quotes/save")
    assert b"<td>Open</td>" in client.get("/quotes/").data
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-04-20")
    assert b"<td>Expired</td>" in client.get("/quotes/").data


def test_discount_rules(client):
    assert desk.volume_discount(1999.99) == 0.0
    assert desk.volume_discount(2000) == 2.5
    assert desk.volume_discount(9000) == 5.0
    fill_cart(client)
    r = client.post("/quotes/save", data={"discount_pct": "20"}, follow_redirects=True)
    assert b"more than this customer may have" in r.data
