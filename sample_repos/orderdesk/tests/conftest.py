"""Everything runs on a copy of one small database in pytest's temp dir, on Friday
15/03/2024, without network. (mt, 2019)"""
import os
import shutil
import smtplib
import sqlite3
import sys
from datetime import date

# the build box checks out onto a share that has to stay clean
sys.dont_write_bytecode = True
shutil.rmtree(os.path.join(os.path.dirname(os.path.abspath(__file__)), "__pycache__"), ignore_errors=True)

import pytest

from orderdesk import auth, desk, settings, utils
from orderdesk.app import create_app
from orderdesk.db import db

PASSWORD = "secret1"


def _seed():
    from orderdesk import models as m
    from orderdesk.dispatch import Carrier

    fast = m.Category(code="FAST", name="Fasteners")
    elec = m.Category(code="ELEC", name="Electrical")
    db.session.add_all([fast, elec])
    db.session.flush()
    screws = m.Category(code="SCRW", name="Screws", parent_id=fast.id)
    db.session.add(screws)
    db.session.flush()

    scr = m.Product(sku="SCR-100", name="Wood screw 4x40 box", category_id=screws.id, list_price=8.5, last_cost=4.0,
                    weight_g=900, reorder_level=20, reorder_qty=50, pack_size=10, tax_class="STD")
    cab = m.Product(sku="CAB-25", name="Cable 2.5mm 100m", category_id=elec.id, list_price=120.0, last_cost=80.0,
                    weight_g=9000, reorder_level=15, reorder_qty=10, tax_class="STD", supplier_ref="NEX/2500")
    hel = m.Product(sku="HEL-1", name="Safety helmet", list_price=18.0, last_cost=9.0, weight_g=400, tax_class="ZERO")
    old = m.Product(sku="OLD-9", name="Gas mantle", list_price=2.0, active=False, discontinued_on=date(2019, 5, 1))
    db.session.add_all([scr, cab, hel, old])

    main = m.Warehouse(code="MAIN", name="Main hall")
    yard = m.Warehouse(code="YARD", name="Yard")
    db.session.add_all([main, yard])
    db.session.flush()
    for p, w, n, loc in [(scr, main, 100, "A07"), (scr, yard, 40, "Y01"), (cab, main, 12, "B02"), (hel, main, 5, "A12")]:
        db.session.add(m.StockLevel(product_id=p.id, warehouse_id=w.id, qty_on_hand=n, qty_reserved=0, bin_loc=loc))

    std = m.PriceList(code="STD", name="Standard", is_default=True, valid_from=date(2020, 1, 1))
    trade = m.PriceList(code="TRADE", name="Trade", valid_from=date(2020, 1, 1))
    euro = m.PriceList(code="EURO", name="Europe", currency="EUR")
    db.session.add_all([std, trade, euro])
    db.session.flush()
    for pl, p, n, price in [(std, hel, 1, 17.5), (trade, scr, 1, 8.0), (trade, scr, 50, 7.0), (euro, cab, 1, 162.0)]:
        db.session.add(m.PriceListItem(price_list_id=pl.id, product_id=p.id, min_qty=n, price=price))

    rows = [
        m.Customer(account_no="C000001", name="Alder Builders", contact="Ms Reed", email="reed@alder.example",
                   credit_limit=5000.0, balance=0.0, price_list_id=trade.id, sales_rep="anna"),
        m.Customer(account_no="C000002", name="Birch Repairs", email="office@birch.example", credit_limit=100.0,
                   balance=0.0),
        m.Customer(account_no="C000003", name="Fenwick GmbH", email="einkauf@fenwick.example", country="DE",
                   vat_no="DE000000000", credit_limit=9000.0, balance=0.0, price_list_id=euro.id),
        m.Customer(account_no="C000004", name="Holt Norge", email="", country="NO", credit_limit=2000.0, balance=0.0),
    ]
    db.session.add_all(rows)
    db.session.flush()
    for c, city, pc, country in [(rows[0], "Leeds", "LS1 4AP", "GB"), (rows[1], "York", "YO1 7HH", "GB"),
                                 (rows[2], u"M\u00fcnchen", "80331", "DE")]:
        db.session.add(m.CustomerAddress(customer_id=c.id, kind="SHIP", line1="1 High Street", city=city,
                                         postcode=pc, country=country, is_default=True))
    for login, role in [("anna", "SALES"), ("stan", "STORE"), ("acc", "ACCTS"), ("root", "ADMIN")]:
        db.session.add(m.StaffUser(login=login, full_name=login.title(), role=role, active=True,
                                   password_md5=auth.md5_password(PASSWORD)))
    db.session.add_all([
        Carrier(code="NF", name="Norfreight", max_weight_g=30000, base_pence=450, per_kg_pence=30, by_file=True),
        Carrier(code="VAN", name="Own van", base_pence=2000, per_kg_pence=0),
    ])
    db.session.commit()


@pytest.fixture(scope="session")
def the_app(tmp_path_factory):
    """One application for the whole run, the database file is swapped under it."""
    folder = tmp_path_factory.mktemp("db")
    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite:///%s" % (folder / "od.db"), "TESTING": True})
    with app.app_context():
        db.create_all()
        _seed()
        db.session.remove()
        db.engine.dispose()
    shutil.copyfile(str(folder / "od.db"), str(folder / "seed.db"))
    app.db_folder = folder
    return app


class Outbox(list):
    fail = False


@pytest.fixture
def outbox(monkeypatch):
    box = Outbox()

    class FakeSMTP(object):
        def __init__(self, host, port=25, **kw):
            if box.fail:
                raise smtplib.SMTPConnectError(421, "no mail today")

        def login(self, user, password):
            pass

        def sendmail(self, sender, rcpt, text):
            box.append((rcpt[0], text))

        def quit(self):
            pass

    monkeypatch.setattr(smtplib, "SMTP", FakeSMTP)
    return box


@pytest.fixture
def app(the_app, tmp_path, monkeypatch, outbox):
    path = the_app.db_folder / "od.db"
    shutil.copyfile(str(the_app.db_folder / "seed.db"), str(path))
    monkeypatch.setattr(settings, "DB_URL", "sqlite:///%s" % path)
    monkeypatch.setattr(settings, "FROZEN_DATE", "2024-03-15")
    for name in ("LOG_DIR", "UPLOAD_DIR", "PARTNER_OUT_DIR", "PARTNER_IN_DIR", "PARTNER_ARCHIVE_DIR"):
        d = tmp_path / name.lower()
        d.mkdir()
        monkeypatch.setattr(settings, name, str(d))
    desk.QUOTE_CARTS.clear()
    auth.LAST_SEEN.clear()
    utils.clear_memo()
    yield the_app
    with the_app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sql(app):
    """sql("SELECT ..") -> rows straight from the file, past the ORM"""

    def run(statement, *args):
        con = sqlite3.connect(str(app.db_folder / "od.db"))
        try:
            rows = con.execute(statement, args).fetchall()
            con.commit()
            return rows
        finally:
            con.close()

    return run


@pytest.fixture
def val(sql):
    return lambda statement, *args: sql(statement, *args)[0][0]


def login(app, who):
    c = app.test_client()
    r = c.post("/login", data={"login": who, "password": PASSWORD})
    assert r.status_code == 302
    return c


@pytest.fixture
def client(app):
    return login(app, "root")


@pytest.fixture
def new_order(client, val):
    """new_order([("SCR-100", 10)]) -> order id"""

    def make(lines, account="C000001", confirm=False, **more):
        data = {
            "customer_id": val("SELECT id FROM customers WHERE account_no = ?", account),
            "sku": [s for s, _n in lines],
            "qty": [str(n) for _s, n in lines],
        }
        data.update(more)
        r = client.post("/orders/new", data=data)
        assert r.status_code == 302, r.get_data(as_text=True)
        oid = int(r.headers["Location"].rsplit("/", 1)[1])
        if confirm:
            client.post("/orders/%d/confirm" % oid)
        return oid

    return make


@pytest.fixture
def invoiced(client, new_order, val):
    """ships an order, returns the invoice id"""

    def make(lines=(("CAB-25", 2),), **more):
        oid = new_order(list(lines), confirm=True, **more)
        client.post("/shipping/ship/%d" % oid, data={"carrier_id": "", "parcels": "1"})
        return val("SELECT id FROM invoices WHERE order_id = ?", oid)

    return make
