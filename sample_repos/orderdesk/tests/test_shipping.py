import ftplib
import os

import pytest

from orderdesk import settings
from orderdesk.legacy import partner_file
from scripts import nightly_export


def ret(delivery, code, tracking="NF123"):
    return "R" + delivery.ljust(12) + tracking.ljust(20) + code + "20240318"


def put_return(name, *lines):
    with open(os.path.join(settings.PARTNER_IN_DIR, name), "w") as fh:
        fh.write("\r\n".join(lines) + "\r\n")


def test_ship_form_and_cheapest(client, new_order, sql):
    oid = new_order([("SCR-100", 10)], confirm=True)
    html = client.get("/shipping/ship/%d" % oid).get_data(as_text=True)
    assert "9000 g" in html and "Norfreight (7.20)" in html
    r = client.post("/shipping/ship/%d" % oid, data={"carrier_id": "", "parcels": "2"}, follow_redirects=True)
    assert b"DN100001, invoice IN100001" in r.data
    assert sql("SELECT carrier_id, parcels, weight_g, cost_pence, status FROM shipments") == [
        (1, 2, 9000, 720, "READY")]
    assert sql("SELECT kind, qty, reference FROM stock_movements") == [("OUT", -10, "SO100001")]


def test_heavy_goes_by_van(client, new_order, sql):
    oid = new_order([("CAB-25", 4)], confirm=True)
    r = client.post("/shipping/ship/%d" % oid, data={"carrier_id": "1"}, follow_redirects=True)
    assert b"Too heavy for Norfreight" in r.data
    assert sql("SELECT COUNT(*) FROM stock_movements") == [(0,)]
    client.post("/shipping/ship/%d" % oid, data={})
    assert sql("SELECT carrier_id, status FROM shipments") == [(2, "SENT")]


def test_cannot_ship_unconfirmed_or_unpicked(client, new_order, val):
    oid = new_order([("CAB-25", 1)])
    assert b"is entered" in client.post("/shipping/ship/%d" % oid, data={}, follow_redirects=True).data
    client.post("/orders/%d/confirm" % oid)
    client.post("/warehouse/picking/create/%d" % oid)
    r = client.post("/shipping/ship/%d" % oid, data={}, follow_redirects=True)
    assert b"Picking of SO100001 is not finished" in r.data
    assert val("SELECT COUNT(*) FROM shipments") == 0


def test_delivered_by_hand(client, invoiced, sql):
    invoiced([("CAB-25", 4)])
    client.post("/shipping/1/delivered", data={"signed_by": "Bob"})
    assert sql("SELECT s.status, o.status FROM shipments s JOIN orders o ON o.id=s.order_id") == [("DLVD", "DLVD")]
    r = client.post("/shipping/1/delivered", follow_redirects=True)
    assert b"is already delivered" in r.data


def test_carriers(client, sql):
    client.post("/shipping/carriers", data={"code": "px", "name": "Parcel X", "base_pence": "300", "by_file": "1"})
    assert sql("SELECT name, base_pence, by_file, active FROM carriers WHERE code='PX'") == [("Parcel X", 300, 1, 1)]
    client.post("/shipping/carriers", data={"code": "PX", "off": "1"})
    assert sql("SELECT name, active FROM carriers WHERE code='PX'") == [("Parcel X", 0)]
    assert b"Own van" in client.get("/shipping/carriers").data


def test_lists(client, new_order, invoiced):
    invoiced()
    new_order([("SCR-100", 3)], confirm=True)
    html = client.get("/shipping/").get_data(as_text=True)
    assert "DN100001" in html and "SO100002" in html
    assert "Own van" not in html
    assert "DN100001" not in client.get("/shipping/?status=DLVD").get_data(as_text=True)


def test_nightly_file_layout(client, invoiced, sql):
    invoiced(account="C000003")
    assert nightly_export.main() == 0
    assert os.listdir(settings.PARTNER_OUT_DIR) == ["OD20240315.TXT"]
    with open(os.path.join(settings.PARTNER_OUT_DIR, "OD20240315.TXT"), encoding="latin-1", newline="") as fh:
        head, rec, tail, rest = fh.read().split("\r\n")
    assert head == "HHPS0042 202403150001"
    assert len(rec) == partner_file.LEN_S == 148
    assert rec[0:13] == "SDN100001    " and rec[13:48].strip() == "FENWICK GMBH"
    assert u"M\u00dcNCHEN" in rec and rec.endswith("DE00010000180SO100001    ")
    assert tail == "T000001000001" and rest == ""
    assert sql("SELECT status FROM shipments") == [("SENT",)]
    assert sql("SELECT filename, direction, records FROM partner_files") == [("OD20240315.TXT", "OUT", 1)]


def test_nightly_nothing_to_do(app, val):
    assert nightly_export.main() == 0
    assert os.listdir(settings.PARTNER_OUT_DIR) == []
    assert val("SELECT COUNT(*) FROM partner_files") == 0
    with open(os.path.join(settings.LOG_DIR, "nightly.log")) as fh:
        assert "nothing to send" in fh.read()


def test_nightly_second_run_gets_letter(client, invoiced, val):
    invoiced()
    nightly_export.main()
    invoiced([("SCR-100", 20)])
    nightly_export.main()
    assert sorted(os.listdir(settings.PARTNER_OUT_DIR)) == ["OD20240315.TXT", "OD20240315A.TXT"]
    assert val("SELECT last_value FROM sequences WHERE name='NFILE'") == 2


def test_return_file(client, invoiced, sql):
    invoiced()
    invoiced([("SCR-100", 20)])
    nightly_export.main()
    put_return("RT1.TXT", "*** NORFREIGHT ***", ret("DN100001", "10", "NF001"), ret("DN100002", "01", "NF002"),
               ret("DN999999", "10"))
    nightly_export.main()
    assert sql("SELECT delivery_no, status, tracking_no FROM shipments ORDER BY id") == [
        ("DN100001", "DLVD", "NF001"), ("DN100002", "SENT", "NF002")]
    # the job goes past the application: order changed, no line in the status log
    assert sql("SELECT status FROM orders ORDER BY id") == [("DLVD",), ("INV",)]
    assert sql("SELECT COUNT(*) FROM order_status_log WHERE new_status='DLVD'") == [(0,)]
    assert os.listdir(settings.PARTNER_IN_DIR) == []
    assert "RT1.TXT" in os.listdir(settings.PARTNER_ARCHIVE_DIR)
    assert "RT1.TXT" in client.get("/shipping/partner").get_data(as_text=True)


def test_broken_return_file_stays(app, sql):
    put_return("RT2.TXT", "RDN1 too short")
    assert nightly_export.main() == 0
    assert os.listdir(settings.PARTNER_IN_DIR) == ["RT2.TXT"]
    assert sql("SELECT direction, records FROM partner_files") == [("IN", 0)]


def test_nightly_by_ftp(client, invoiced, val, monkeypatch):
    calls = []

    class FakeFTP(object):
        def __init__(self, host, timeout=None):
            calls.append(host)

        def login(self, user, password):
            calls.append(user)

        def cwd(self, d):
            calls.append(d)

        def storbinary(self, cmd, fh):
            calls.append((cmd, fh.read()[:8]))

        def rename(self, a, b):
            calls.append((a, b))

        def quit(self):
            calls.append("quit")

    monkeypatch.setattr(ftplib, "FTP", FakeFTP)
    monkeypatch.setattr(settings, "PARTNER_TRANSPORT", "ftp")
    invoiced()
    assert nightly_export.main() == 0
    assert calls == ["ftp.norfreight.example", "hps0042", "in", ("STOR OD20240315.TXT.TMP", b"HHPS0042"),
                     ("OD20240315.TXT.TMP", "OD20240315.TXT"), "quit"]
    assert val("SELECT status FROM shipments") == "SENT"


def test_nightly_fails_without_folder(client, invoiced, val, monkeypatch):
    invoiced()
    monkeypatch.setattr(settings, "PARTNER_OUT_DIR", settings.PARTNER_OUT_DIR + "/gone")
    assert nightly_export.main() == 1
    assert val("SELECT status FROM shipments") == "READY"


def test_preview(client, invoiced):
    invoiced()
    assert "OD20240315.TXT" in client.get("/shipping/partner").get_data(as_text=True)
    assert client.get("/shipping/partner/preview").data.startswith(b"HHPS0042 202403150000\r\nSDN100001")


def test_fixed_width_helpers():
    assert partner_file.fix("abc\n", 6) == "ABC   "
    assert partner_file.fix(7, 4, "N") == "0007"
    assert partner_file.weightField(101) == 2
    with pytest.raises(partner_file.PartnerFileError):
        partner_file.fix(12345, 4, "N")
    with pytest.raises(partner_file.PartnerFileError):
        partner_file.parseReturn(ret("DN1", "77"))
