# -*- coding: utf-8 -*-
"""
utils.py - everything that is used in more than one place.

If you look for a function it is most likely here. Please keep the sections:

    1. constants        2. numbers & money     3. dates
    4. sequences        5. log files & audit   6. mail
    7. http helpers     8. uploads             9. tax
   10. orders          11. stock              12. customers
   13. template filters

Do NOT import models at the top, models imports us (OD-97).
"""
import csv
import io
import os
import re
import smtplib
import sys
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from email.mime.text import MIMEText

from orderdesk import settings
from orderdesk.db import db

# ==================================================================================
# 1. constants
# ==================================================================================

# Tax. There is also services/tax.py which knows the history; the numbers have to be
# changed in BOTH (January 2011 was fun).
TAX_STANDARD = 0.20
TAX_REDUCED = 0.05
TAX_ZERO = 0.0
# TAX_STANDARD = 0.175   # until 03/01/2011

TAX_CLASSES = {"STD": TAX_STANDARD, "RED": TAX_REDUCED, "ZERO": TAX_ZERO}

DATE_UI = "%d/%m/%Y"       # screens, mails, price files
DATE_FILE = "%Y%m%d"       # Norfreight
DATETIME_UI = "%d/%m/%Y %H:%M"

STATUS_LABELS = {
    "NEW": "Entered",
    "HOLD": "On hold",
    "CONF": "Confirmed",
    "PICK": "Picking",
    "SHIP": "Shipped",
    "INV": "Invoiced",
    "DLVD": "Delivered",
    "CANC": "Cancelled",
    "OPEN": "Open",
    "PART": "Part paid",
    "PAID": "Paid",
    "VOID": "Void",
    "CLOSED": "Closed",
    "DONE": "Done",
    "READY": "Ready for carrier",
    "SENT": "Sent to carrier",
    "RETN": "Returned",
    "CONV": "Converted",
    "EXPD": "Expired",
}

COUNTRIES = [
    ("GB", "United Kingdom"),
    ("IE", "Ireland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("NL", "Netherlands"),
    ("BE", "Belgium"),
    ("NO", "Norway"),
]

EU_COUNTRIES = ("IE", "FR", "DE", "NL", "BE")

# process wide memo, cleared by restarting (cron restarts us at 4:40)
_MEMO = {}


# ==================================================================================
# 2. numbers & money
# ==================================================================================


def round2(value):
    """Commercial rounding. Python's round() is bankers' rounding, see OD-58."""
    if value is None:
        return 0.0
    d = Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return float(d)


def money(value, symbol=True):
    """1234.5 -> '£1,234.50'; negative in brackets because accounts want it."""
    v = round2(value)
    txt = "{:,.2f}".format(abs(v))
    if symbol:
        txt = u"\u00a3" + txt
    if v < 0:
        txt = "(" + txt + ")"
    return txt


def fmt_money_old(value):
    # statement layout from the Access days, 12 wide, trailing minus
    v = round2(value)
    s = "%.2f" % abs(v)
    if v < 0:
        s = s + "-"
    else:
        s = s + " "
    return s.rjust(12)


def parse_money(txt):
    """Accepts 1,234.50 / £12 / (5.00) / '' """
    if txt is None:
        return 0.0
    s = str(txt).strip().replace(u"\u00a3", "").replace(",", "").replace(" ", "")
    if not s:
        return 0.0
    neg = False
    if s.startswith("(") and s.endswith(")"):
        neg, s = True, s[1:-1]
    if s.endswith("-"):
        neg, s = True, s[:-1]
    try:
        v = float(s)
    except ValueError:
        raise ValueError("not an amount: %r" % txt)
    return round2(-v if neg else v)


def to_pence(value):
    return int(Decimal(repr(round2(value))) * 100)


def from_pence(pence):
    return round2((pence or 0) / 100.0)


def toInt(v, default=0):
    try:
        return int(str(v).strip())
    except (TypeError, ValueError):
        return default


def to_float(v, default=0.0):
    try:
        return float(str(v).strip())
    except (TypeError, ValueError):
        return default


def pct(part, whole):
    if not whole:
        return 0.0
    return round2(part * 100.0 / whole)


# ==================================================================================
# 3. dates
# ==================================================================================


def today():
    if settings.FROZEN_DATE:
        return datetime.strptime(settings.FROZEN_DATE, "%Y-%m-%d").date()
    return date.today()


def now():
    if settings.FROZEN_DATE:
        return datetime.strptime(settings.FROZEN_DATE, "%Y-%m-%d").replace(hour=12)
    return datetime.now()


def parse_date(txt, default=None):
    """UI dates are dd/mm/yyyy, but <input type=date> sends ISO and Norfreight yyyymmdd."""
    if isinstance(txt, date):
        return txt
    s = (txt or "").strip()
    if not s:
        return default
    for fmt in (DATE_UI, "%Y-%m-%d", DATE_FILE, "%d.%m.%Y", "%d/%m/%y"):
        try:
            return datetime.strptime(s, fmt).date()
        except ValueError:
            continue
    return default


def fmt_date(d):
    if not d:
        return ""
    if isinstance(d, str):  # raw SQL on sqlite hands out strings
        d = parse_date(d[:10])
        if d is None:
            return ""
    return d.strftime(DATE_UI)


def fmt_datetime(d):
    if not d:
        return ""
    if isinstance(d, str):
        return d[:16]
    return d.strftime(DATETIME_UI)


def file_date(d):
    return (d or today()).strftime(DATE_FILE)


def add_working_days(d, n):
    while n > 0:
        d = d + timedelta(days=1)
        if d.weekday() < 5:
            n -= 1
    return d


def month_start(d):
    return d.replace(day=1)


def month_end(d):
    nxt = (d.replace(day=28) + timedelta(days=4)).replace(day=1)
    return nxt - timedelta(days=1)


# ==================================================================================
# 4. sequences
# ==================================================================================

PREFIXES = {"ORDER": "SO", "INVOICE": "IN", "QUOTE": "QT", "CREDIT": "CN", "PICK": "PL", "SHIP": "DN", "ACCOUNT": "C"}


def next_number(kind):
    """Next document number, e.g. SO100001.

    Not a real sequence, the row is updated in the current transaction. Two clerks
    at the same time got the same number twice in ten years (OD-733), the unique
    index catches it and they press the button again.
    """
    from orderdesk.models import Sequence

    seq = db.session.get(Sequence, kind)
    if seq is None:
        seq = Sequence(name=kind, last_value=100000)
        db.session.add(seq)
    seq.last_value = seq.last_value + 1
    db.session.flush()
    return "%s%06d" % (PREFIXES.get(kind, kind[:2]), seq.last_value)


# ==================================================================================
# 5. log files & audit
# ==================================================================================


def log_line(channel, text):
    """Appends to LOG_DIR/<channel>.log. logrotate does the rest (hopefully)."""
    line = "%s %s\n" % (now().strftime("%Y-%m-%d %H:%M:%S"), text)
    try:
        if not os.path.isdir(settings.LOG_DIR):
            os.makedirs(settings.LOG_DIR)
        with open(os.path.join(settings.LOG_DIR, channel + ".log"), "a") as fh:
            fh.write(line)
    except (IOError, OSError):
        # /var full on 2016-11-25 (Black Friday...) - never again die because of a log
        sys.stderr.write(line)


def current_login():
    from flask import has_request_context, session

    if has_request_context():
        return session.get("login", "?")
    return "batch"


def audit(what, detail="", who=None):
    from orderdesk.models import AuditEntry

    db.session.add(AuditEntry(what=what, detail=detail, who=who or current_login(), at=now()))
    log_line("audit", "%s %s %s" % (who or current_login(), what, detail))


# ==================================================================================
# 6. mail
# ==================================================================================


def send_mail(to, subject, body, bcc=True):
    """Sends NOW, over the wire. Callers inside a transaction: you have been warned."""
    if not to:
        log_line("mail", "no address for %r" % subject)
        return False
    msg = MIMEText(body, "plain", "utf-8")
    msg["Subject"] = subject
    msg["From"] = settings.MAIL_FROM
    msg["To"] = to
    rcpt = [to]
    if bcc and settings.MAIL_BCC_ALWAYS:
        rcpt.append(settings.MAIL_BCC_ALWAYS)
    smtp = smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT)
    try:
        if settings.SMTP_USER:
            smtp.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        smtp.sendmail(settings.MAIL_FROM, rcpt, msg.as_string())
    finally:
        smtp.quit()
    log_line("mail", "sent %r to %s" % (subject, to))
    return True


def mail_template(to, subject, template, **ctx):
    from flask import render_template

    ctx.setdefault("company", settings.COMPANY_NAME)
    return send_mail(to, subject, render_template("mail/" + template, **ctx))


# ==================================================================================
# 7. http helpers
# ==================================================================================


def csv_response(filename, header, rows):
    from flask import Response

    buf = io.StringIO()
    w = csv.writer(buf, delimiter=";")  # Excel in the office wants semicolons
    w.writerow(header)
    for r in rows:
        w.writerow(r)
    resp = Response(buf.getvalue(), mimetype="text/csv")
    resp.headers["Content-Disposition"] = "attachment; filename=%s" % filename
    return resp


class Page(object):
    def __init__(self, items, page, total, per_page):
        self.items = items
        self.page = page
        self.total = total
        self.pages = max(1, (total + per_page - 1) // per_page)

    @property
    def has_prev(self):
        return self.page > 1

    @property
    def has_next(self):
        return self.page < self.pages


def paginate(query, page, per_page=None):
    per_page = per_page or settings.PAGE_SIZE
    page = max(1, toInt(page, 1))
    total = query.order_by(None).count()
    items = query.limit(per_page).offset((page - 1) * per_page).all()
    return Page(items, page, total, per_page)


def clean(s, maxlen=None):
    s = re.sub(r"\s+", " ", (s or "")).strip()
    return s[:maxlen] if maxlen else s


def norm_sku(s):
    return re.sub(r"[^A-Z0-9-]", "", (s or "").upper())


def looks_like_email(s):
    return bool(re.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", s or ""))


# ==================================================================================
# 8. uploads
# ==================================================================================


def save_upload(storage, prefix=""):
    """Stores a werkzeug FileStorage on the local disk, returns the file name."""
    name = os.path.basename(storage.filename or "").replace(" ", "_")
    ext = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ext not in settings.UPLOAD_EXTENSIONS:
        raise ValueError("file type not allowed: %s" % (ext or "?"))
    name = re.sub(r"[^A-Za-z0-9_.-]", "", name)
    if prefix:
        name = "%s_%s" % (prefix, name)
    if not os.path.isdir(settings.UPLOAD_DIR):
        os.makedirs(settings.UPLOAD_DIR)
    storage.save(os.path.join(settings.UPLOAD_DIR, name))
    return name


# ==================================================================================
# 9. tax
# ==================================================================================


def tax_rate(tax_class, customer=None):
    """Today's rate. For old dates use services.tax.rate_on."""
    if customer is not None and customer.is_export:
        if customer.country in EU_COUNTRIES and not customer.vat_no:
            return TAX_CLASSES.get(tax_class, TAX_STANDARD)
        return TAX_ZERO
    return TAX_CLASSES.get(tax_class, TAX_STANDARD)


# def tax_rate_ec_sales(tax_class, country):
#     # distance selling thresholds, never switched on. OD-1240
#     return DISTANCE[country][tax_class]


# ==================================================================================
# 10. orders
# ==================================================================================


def compute_order_total(order):
    """Sets net/tax/gross on the order. Used by the desk, quotes, repeat orders and,
    since OD-1377, by billing as well (which is why it is here)."""
    net = 0.0
    tax = 0.0
    factor = (100.0 - (order.discount_pct or 0)) / 100.0
    for line in order.lines:
        line_net = round2(line.net() * factor)
        net += line_net
        tax += round2(line_net * tax_rate(line.tax_class, order.customer))
    if 0 < net < settings.SMALL_ORDER_LIMIT:
        order.small_order_charge = settings.SMALL_ORDER_CHARGE
        net += order.small_order_charge
        tax += round2(order.small_order_charge * tax_rate("STD", order.customer))
    else:
        order.small_order_charge = 0.0
    order.net_total = round2(net)
    order.tax_total = round2(tax)
    order.gross_total = round2(order.net_total + order.tax_total)
    return order.gross_total


def find_order(ref):
    """By id, order number or the customer's reference. Newest wins."""
    from orderdesk.models import Order

    ref = clean(str(ref))
    if ref.isdigit():
        o = db.session.get(Order, int(ref))
        if o is not None:
            return o
    o = Order.query.filter_by(order_no=ref.upper()).first()
    if o is None:
        o = Order.query.filter_by(customer_ref=ref).order_by(Order.id.desc()).first()
    return o


# ==================================================================================
# 11. stock
# ==================================================================================


def main_warehouse():
    from orderdesk.models import Warehouse

    return Warehouse.query.filter_by(code=settings.DEFAULT_WAREHOUSE).first()


def available_qty(product_id):
    from orderdesk.models import StockLevel

    rows = StockLevel.query.filter_by(product_id=product_id).all()
    return sum(r.qty_free for r in rows)


def reserve_stock(order):
    """Reserve everything on the order, main warehouse first, then the others.
    Returns the list of (sku, missing qty). Part reservation is fine.

    services/stock.py has reserve_line() which should replace this (OD-1650, half done)
    """
    from orderdesk.models import StockLevel, StockReservation

    missing = []
    home = main_warehouse()
    for line in order.lines:
        todo = line.qty
        levels = StockLevel.query.filter_by(product_id=line.product_id).all()
        levels.sort(key=lambda l: (l.warehouse_id != (home.id if home else 0), l.warehouse_id))
        for level in levels:
            take = min(todo, max(0, level.qty_free))
            if take <= 0:
                continue
            level.qty_reserved = (level.qty_reserved or 0) + take
            db.session.add(
                StockReservation(
                    order_line_id=line.id,
                    product_id=line.product_id,
                    warehouse_id=level.warehouse_id,
                    qty=take,
                    status="OPEN",
                )
            )
            todo -= take
            if todo == 0:
                break
        if todo:
            missing.append((line.product.sku, todo))
    if missing:
        log_line("stock", "short on %s: %r" % (order.order_no, missing))
    return missing


# ==================================================================================
# 12. customers
# ==================================================================================


def find_customer(ref):
    from orderdesk.models import Customer

    ref = clean(ref)
    c = Customer.query.filter_by(account_no=ref.upper()).first()
    if c is None and ref:
        c = Customer.query.filter(Customer.name.ilike(ref + "%")).order_by(Customer.name).first()
    return c


def customer_choices():
    """For the <select>s. Memoised, 4000 customers made the order form slow."""
    from orderdesk.models import Customer

    key = ("customer_choices", Customer.query.count())
    if _MEMO.get("cc_key") != key:
        rows = Customer.query.filter(Customer.status != "CLOSED").order_by(Customer.name).all()
        _MEMO["cc"] = [(c.id, "%s - %s" % (c.account_no, c.name)) for c in rows]
        _MEMO["cc_key"] = key
    return _MEMO["cc"]


def clear_memo():
    _MEMO.clear()


# ==================================================================================
# 13. template filters
# ==================================================================================


def status_label(code):
    return STATUS_LABELS.get(code, code)


def register_filters(app):
    app.jinja_env.filters["money"] = money
    app.jinja_env.filters["dmy"] = fmt_date
    app.jinja_env.filters["dmyhm"] = fmt_datetime
    app.jinja_env.filters["status"] = status_label
    app.jinja_env.filters["pence"] = lambda p: money(from_pence(p))
    app.jinja_env.globals["company_name"] = settings.COMPANY_NAME
    app.jinja_env.globals["countries"] = COUNTRIES
