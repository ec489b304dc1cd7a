import os
from datetime import date

import pytest

from orderdesk import settings, utils
from scripts import import_prices


@pytest.mark.parametrize("txt,value", [
    ("1,234.50", 1234.5), (u"\u00a312", 12.0), ("(5.00)", -5.0), ("7.5-", -7.5), ("", 0.0), (None, 0.0)])
def test_parse_money(txt, value):
    assert utils.parse_money(txt) == value


def test_money():
    assert utils.money(1234.5) == u"\u00a31,234.50"
    assert utils.money(-3) == u"(\u00a33.00)"
    assert utils.fmt_money_old(-3) == "       3.00-"


def test_round2_is_commercial():
    assert utils.round2(2.675) == 2.68
    assert utils.round2(0.125) == 0.13
    assert utils.to_pence(19.99) == 1999
    assert utils.from_pence(1999) == 19.99


@pytest.mark.parametrize("txt", ["15/03/2024", "2024-03-15", "20240315", "15.03.2024", "15/03/24"])
def test_parse_date(txt):
    assert utils.parse_date(txt) == date(2024, 3, 15)


def test_dates():
    assert utils.parse_date("rubbish") is None
    assert utils.fmt_date("2024-03-15 10:00:00") == "15/03/2024"
    assert utils.month_end(date(2024, 2, 10)) == date(2024, 2, 29)
    assert utils.add_working_days(date(2024, 3, 15), 1) == date(2024, 3, 18)


def test_sequence(app):
    with app.app_context():
        assert [utils.next_number("ORDER") for _ in range(3)] == ["SO100001", "SO100002", "SO100003"]
        assert utils.next_number("INVOICE") == "IN100001"


def test_log_goes_to_local_file(app):
    utils.log_line("x", "hello")
    with open(os.path.join(settings.LOG_DIR, "x.log")) as fh:
        assert fh.read() == "2024-03-15 12:00:00 hello\n"


def test_log_survives_full_disk(app, monkeypatch, capsys):
    monkeypatch.setattr(settings, "LOG_DIR", "/proc/nope")
    utils.log_line("x", "hello")
    assert "hello" in capsys.readouterr().err


def test_import_prices_script(app, tmp_path, val, capsys):
    f = tmp_path / "p.csv"
    f.write_text("HEL-1;1;16.00;01/03/2024\nXX;1;1\n")
    assert import_prices.main(["STD", str(f)], app) == 0
    assert capsys.readouterr().out == "1 prices\nline 2: unknown sku XX\n"
    assert val("SELECT price FROM price_list_items WHERE product_id=3") == 16.0
    assert import_prices.main(["NOPE", str(f)], app) == 1
    assert import_prices.main([], app) == 2
