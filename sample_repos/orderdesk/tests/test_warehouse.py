from conftest import login
from scripts import rebuild_stock


def test_stock_list(client):
    html = client.get("/warehouse/").get_data(as_text=True)
    assert "A07" in html and "YARD" in html
    low = client.get("/warehouse/?low=1").get_data(as_text=True)
    assert "CAB-25" in low and "SCR-100" not in low
    csv = client.get("/warehouse/?format=csv").get_data(as_text=True).splitlines()
    assert csv[1] == "CAB-25;MAIN;B02;12;0"


def test_goods_in(client, sql):
    client.post("/warehouse/goods-in", data={"sku": "CAB-25", "qty": "8", "unit_cost": "82.00", "reference": "D1",
                                             "warehouse_id": "1"})
    assert sql("SELECT qty_on_hand FROM stock_levels WHERE product_id=2") == [(20,)]
    assert sql("SELECT qty, kind, reference, moved_by FROM stock_movements") == [(8, "IN", "D1", "root")]
    assert sql("SELECT last_cost FROM products WHERE id=2") == [(82.0,)]
    assert "+8" in client.get("/warehouse/movements?sku=CAB-25").get_data(as_text=True)


def test_goods_in_fills_back_orders(client, new_order, sql):
    new_order([("CAB-25", 20)], confirm=True)
    r = client.post("/warehouse/goods-in", data={"sku": "CAB-25", "qty": "10", "warehouse_id": "1"},
                    follow_redirects=True)
    assert b"8 pieces went to back orders" in r.data
    assert sql("SELECT qty_on_hand, qty_reserved FROM stock_levels WHERE product_id=2") == [(22, 20)]


def test_goods_in_refuses(client, app, val):
    r = client.post("/warehouse/goods-in", data={"sku": "CAB-25", "qty": "-1"}, follow_redirects=True)
    assert b"Quantity must be positive" in r.data
    assert login(app, "anna").get("/warehouse/goods-in").status_code == 403
    assert val("SELECT COUNT(*) FROM stock_movements") == 0


def test_stocktake(client, sql):
    r = client.post("/warehouse/stocktake", data={"sku": "HEL-1", "warehouse_id": "1", "counted": "3", "bin_loc": "c1"},
                    follow_redirects=True)
    assert b"HEL-1: difference -2" in r.data
    assert sql("SELECT qty_on_hand, bin_loc FROM stock_levels WHERE product_id=3") == [(3, "C1")]
    assert sql("SELECT kind, qty FROM stock_movements") == [("ADJ", -2)]


def test_transfer(client, sql):
    client.post("/warehouse/transfer", data={"sku": "SCR-100", "src": "1", "dst": "2", "qty": "30"})
    assert sql("SELECT qty_on_hand FROM stock_levels WHERE product_id=1 ORDER BY warehouse_id") == [(70,), (70,)]
    r = client.post("/warehouse/transfer", data={"sku": "SCR-100", "src": "1", "dst": "2", "qty": "71"},
                    follow_redirects=True)
    assert b"only 70 free in MAIN" in r.data


def test_picking(client, new_order, sql):
    oid = new_order([("SCR-100", 5), ("CAB-25", 1), ("HEL-1", 2)], confirm=True)
    assert "SO100001" in client.get("/warehouse/picking").get_data(as_text=True)
    r = client.post("/warehouse/picking/create/%d" % oid)
    html = client.get(r.headers["Location"]).get_data(as_text=True)
    # odd bays up, even bays down: A07, A12, then aisle B
    assert html.index("A07") < html.index("A12") < html.index("B02")
    assert sql("SELECT status FROM orders") == [("PICK",)]
    client.post(r.headers["Location"], data={})
    assert sql("SELECT status FROM picking_lists") == [("DONE",)]


def test_short_pick(client, new_order, sql):
    oid = new_order([("SCR-100", 5)], confirm=True)
    client.post("/warehouse/picking/create/%d" % oid)
    r = client.post("/warehouse/picking/1", data={"line_1": "3"}, follow_redirects=True)
    assert b"Short: 2 x SCR-100" in r.data
    assert sql("SELECT qty_reserved FROM stock_levels WHERE product_id=1 AND warehouse_id=1") == [(3,)]
    assert sql("SELECT qty, status FROM stock_reservations") == [(3, "OPEN")]


def test_pick_too_much(client, new_order, val):
    oid = new_order([("SCR-100", 5)], confirm=True)
    client.post("/warehouse/picking/create/%d" % oid)
    r = client.post("/warehouse/picking/1", data={"line_1": "6"}, follow_redirects=True)
    assert b"picked 6 of 5?" in r.data
    assert val("SELECT status FROM picking_lists") == "OPEN"


def test_pick_needs_confirmed_order(client, new_order):
    oid = new_order([("SCR-100", 5)])
    r = client.post("/warehouse/picking/create/%d" % oid, follow_redirects=True)
    assert b"is not confirmed" in r.data


def test_replenish(client, sql, outbox):
    html = client.get("/warehouse/replenish").get_data(as_text=True)
    assert "CAB-25" in html and "SCR-100" not in html
    client.post("/warehouse/replenish", data={})
    assert sql("SELECT product_id, qty, status FROM replenishments") == [(2, 10, "OPEN")]
    assert outbox[0][0] == "purchasing@hptrade.example"
    # on order now, not suggested again
    client.post("/warehouse/replenish", data={})
    assert len(outbox) == 1
    client.post("/warehouse/goods-in", data={"sku": "CAB-25", "qty": "10"})
    assert sql("SELECT status FROM replenishments") == [("DONE",)]


def test_rebuild_stock_script(app, client, new_order, sql, capsys):
    new_order([("SCR-100", 5)], confirm=True)
    sql("UPDATE stock_levels SET qty_reserved = 9 WHERE product_id = 1 AND warehouse_id = 1")
    assert rebuild_stock.main(["--check"]) == 1
    assert "reserved 9, should be 5" in capsys.readouterr().out
    assert rebuild_stock.main([]) == 1
    assert rebuild_stock.main([]) == 0
    assert sql("SELECT qty_reserved FROM stock_levels WHERE product_id=1 AND warehouse_id=1") == [(5,)]
