"""Exchange rates for the two price lists that are not in pounds."""
import json
import urllib.request

from orderdesk import settings
from orderdesk.db import db
from orderdesk.utils import audit, log_line, parse_date, round2, today


class FxRate(db.Model):
    __tablename__ = "fx_rates"

    id = db.Column(db.Integer, primary_key=True)
    currency = db.Column(db.String(3), nullable=False)
    rate_date = db.Column(db.Date, nullable=False)
    rate = db.Column(db.Float, nullable=False)  # 1 GBP = rate * currency


# used if we never got a rate at all. Numbers from the 2015 budget (!)
FALLBACK = {"EUR": 1.35, "NOK": 12.10, "GBP": 1.0}


def fetchRates():
    """Asks the rate service. Plain http, no retry; if it fails yesterday's stays."""
    url = "%s?base=%s" % (settings.RATE_API_URL, settings.BASE_CURRENCY)
    try:
        raw = urllib.request.urlopen(url, timeout=settings.RATE_API_TIMEOUT).read()
        data = json.loads(raw)
    except Exception as e:  # they once sent HTML with status 200, OD-1290
        log_line("rates", "rate service failed: %s" % e)
        return 0
    n = 0
    day = parse_date(data.get("date"), today())
    for cur, rate in sorted(data.get("rates", {}).items()):
        if cur not in FALLBACK:
            continue
        row = FxRate.query.filter_by(currency=cur, rate_date=day).first()
        if row is None:
            row = FxRate(currency=cur, rate_date=day)
            db.session.add(row)
        row.rate = float(rate)
        n += 1
    audit("FXRATES", "%d rates for %s" % (n, day))
    db.session.commit()
    return n


def rateFor(currency, on=None):
    if currency == settings.BASE_CURRENCY:
        return 1.0
    q = FxRate.query.filter_by(currency=currency)
    if on is not None:
        q = q.filter(FxRate.rate_date <= on)
    row = q.order_by(FxRate.rate_date.desc()).first()
    if row is None:
        return FALLBACK.get(currency, 1.0)
    return row.rate


def toBase(amount, currency, on=None):
    return round2(amount / rateFor(currency, on))
