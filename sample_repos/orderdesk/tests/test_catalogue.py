import io
import json
import os
import urllib.request

from orderdesk import settings


def test_list_and_filter(client):
    html = client.get("/catalogue/").get_data(as_text=True)
    assert "Wood screw" in html and "Gas mantle" not in html
    assert u"\u00a3120.00" in html
    assert "Gas mantle" in client.get("/catalogue/?all=1").get_data(as_text=True)
    html = client.get("/catalogue/?category=FAST").get_data(as_text=True)
    assert "SCR-100" in html and "CAB-25" not in html
    assert "HEL-1" in client.get("/catalogue/?q=helm").get_data(as_text=True)


def test_product_page(client):
    html = client.get("/catalogue/product/scr-100").get_data(as_text=True)
    assert "Fasteners / Screws" in html
    assert "100 on hand" in html and "40 on hand" in html
    assert client.get("/catalogue/product/NOPE").status_code == 404


def test_new_product(client, sql):
    r = client.post("/catalogue/new", data={"sku": "tap 15", "name": "Brass tap", "list_price": "1,012.50",
                                            "tax_class": "RED", "pack_size": "0"})
    assert r.headers["Location"] == "/catalogue/product/TAP15"
    assert sql("SELECT name, list_price, tax_class, pack_size, active FROM products WHERE sku='TAP15'") == [
        ("Brass tap", 1012.5, "RED", 1, 1)]


def test_new_product_rejects(client, val):
    assert client.post("/catalogue/new", data={"sku": "SCR-100", "name": "x"}).status_code == 400
    assert client.post("/catalogue/new", data={"sku": "", "name": "x"}).status_code == 400
    assert b"not an amount" in client.post("/catalogue/new", data={"sku": "A", "name": "x", "list_price": "abc"}).data
    assert val("SELECT COUNT(*) FROM products") == 4


def test_edit_writes_audit(client, sql):
    client.post("/catalogue/product/SCR-100/edit", data={"name": "Wood screw", "list_price": "9.00", "unit": "BX"})
    assert sql("SELECT name, list_price, unit FROM products WHERE sku='SCR-100'") == [("Wood screw", 9.0, "BX")]
    assert sql("SELECT detail FROM audit_log WHERE what='PRICE'") == [("SCR-100 8.50 -> 9.00",)]


def test_discontinue(client, sql):
    client.post("/catalogue/product/HEL-1/discontinue")
    assert sql("SELECT active, discontinued_on FROM products WHERE sku='HEL-1'") == [(0, "2024-03-15")]


def test_upload_goes_to_local_disk(client, sql):
    client.post("/catalogue/product/CAB-25/files",
                data={"file": (io.BytesIO(b"%PDF-1.4"), "data sheet.pdf"), "title": "Sheet"})
    assert sql("SELECT filename, title, uploaded_by FROM product_files") == [
        ("CAB-25_data_sheet.pdf", "Sheet", "root")]
    assert os.path.exists(os.path.join(settings.UPLOAD_DIR, "CAB-25_data_sheet.pdf"))
    assert client.get("/files/CAB-25_data_sheet.pdf").data == b"%PDF-1.4"


def test_upload_refuses_exe(client, val):
    r = client.post("/catalogue/product/CAB-25/files", data={"file": (io.BytesIO(b"MZ"), "a.exe")},
                    follow_redirects=True)
    assert b"file type not allowed: exe" in r.data
    assert val("SELECT COUNT(*) FROM product_files") == 0


def test_categories(client, sql):
    client.post("/catalogue/categories", data={"code": "plmb", "name": "Plumbing"})
    assert sql("SELECT code, name FROM categories WHERE code='PLMB'") == [("PLMB", "Plumbing")]
    assert "Fasteners / Screws" in client.get("/catalogue/categories").get_data(as_text=True)


def test_price_list_set_and_csv(client, sql):
    client.post("/catalogue/prices/TRADE", data={"sku": "cab-25", "min_qty": "5", "price": "99.9"})
    body = client.get("/catalogue/prices/TRADE?format=csv").get_data(as_text=True).splitlines()
    assert body == ["sku;min_qty;price", "CAB-25;5;99.90", "SCR-100;1;8.00", "SCR-100;50;7.00"]
    assert b"Trade (GBP)" in client.get("/catalogue/prices/TRADE").data


def test_price_import(client, sql):
    data = "# head office\nSCR-100;1;7,777.70\nNOPE;1;1\nHEL-1;10;15.00;01/01/2030\nCAB-25;1;x\nHEL-1\n"
    r = client.post("/catalogue/prices/TRADE/import", data={"file": (io.BytesIO(data.encode()), "p.csv")},
                    follow_redirects=True)
    html = r.get_data(as_text=True)
    assert "1 prices imported" in html and "line 3: unknown sku NOPE" in html
    assert "line 5: not an amount" in html and "line 6: too short" in html
    assert sql("SELECT price FROM price_list_items WHERE min_qty=1 AND price > 7000") == [(7777.7,)]


def test_rates_from_partner(client, sql, monkeypatch):
    urls = []

    def fake(url, timeout=None):
        urls.append(url)
        return io.BytesIO(json.dumps({"date": "2024-03-14", "rates": {"EUR": 1.2, "XXX": 5}}).encode())

    monkeypatch.setattr(urllib.request, "urlopen", fake)
    client.post("/catalogue/rates")
    assert urls == ["http://rates.tradefeed.example/v1/latest?base=GBP"]
    assert sql("SELECT currency, rate_date, rate FROM fx_rates") == [("EUR", "2024-03-14", 1.2)]
    assert b"14/03/2024" in client.get("/catalogue/prices").data
    # 162 EUR / 1.2
    assert client.get("/stock_check?sku=CAB-25&account=C000003").data == b"CAB-25;12;135.00\n"


def test_rates_service_down(client, val, monkeypatch):
    def broken(url, timeout=None):
        raise OSError("down")

    monkeypatch.setattr(urllib.request, "urlopen", broken)
    r = client.post("/catalogue/rates", follow_redirects=True)
    assert b"old rates stay" in r.data
    assert val("SELECT COUNT(*) FROM fx_rates") == 0


def test_stock_check_prices(client):
    assert client.get("/stock_check?sku=scr-100&qty=1&account=C000001").data == b"SCR-100;140;8.00\n"
    assert client.get("/stock_check?sku=scr-100&qty=60&account=C000001").data == b"SCR-100;140;7.00\n"
    assert client.get("/stock_check?sku=HEL-1").data == b"HEL-1;5;17.50\n"
    assert client.get("/stock_check?sku=CAB-25&account=C000003").data == b"CAB-25;12;120.00\n"  # fallback rate 1.35
    assert client.get("/stock_check?sku=none").status_code == 404
