"""
The telephone desk: carts, quotes, discounts.

A clerk collects lines in a cart while the customer is on the phone. The cart is kept
in the process (QUOTE_CARTS) because in 2014 there was one process. There still is,
because of this (OD-1155: two gunicorn workers = every second line lost).
"""
from datetime import timedelta

from orderdesk import settings
from orderdesk.db import db
from orderdesk.models import Customer, Product
from orderdesk.pricing import getPrice
from orderdesk.services.ordering import OrderError, create_order
from orderdesk.utils import audit, clean, current_login, next_number, now, round2, today

# login -> {"customer_id": .., "lines": [[product_id, qty, price], ...], "since": ..}
QUOTE_CARTS = {}

# rep -> discount he may give, agreed with Mr Pike on the back of an envelope
REP_DISCOUNT = {"anna": 12.5, "tom": 10.0, "house": 5.0}
STANDARD_DISCOUNT = 7.5


class Quote(db.Model):
    __tablename__ = "quotes"

    id = db.Column(db.Integer, primary_key=True)
    quote_no = db.Column(db.String(12), unique=True, nullable=False)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    quote_date = db.Column(db.Date, nullable=False)
    valid_until = db.Column(db.Date, nullable=False)
    status = db.Column(db.String(6), default="OPEN")  # OPEN / CONV / EXPD
    discount_pct = db.Column(db.Float, default=0.0)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"))
    taken_by = db.Column(db.String(30))

    customer = db.relationship("Customer")
    order = db.relationship("Order")
    lines = db.relationship("QuoteLine", backref="quote", cascade="all, delete-orphan")

    def net_total(self):
        t = sum(round2(l.qty * l.unit_price) for l in self.lines)
        return round2(t * (100.0 - (self.discount_pct or 0)) / 100.0)


class QuoteLine(db.Model):
    __tablename__ = "quote_lines"

    id = db.Column(db.Integer, primary_key=True)
    quote_id = db.Column(db.Integer, db.ForeignKey("quotes.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    qty = db.Column(db.Integer, nullable=False)
    unit_price = db.Column(db.Float, nullable=False)

    product = db.relationship("Product")


# -- cart ------------------------------------------------------------------------


def cart(login=None):
    login = login or current_login()
    if login not in QUOTE_CARTS:
        QUOTE_CARTS[login] = {"customer_id": None, "lines": [], "since": now()}
    return QUOTE_CARTS[login]


def cart_add(product, qty, customer=None, login=None):
    c = cart(login)
    if customer is not None and c["customer_id"] != customer.id:
        c["customer_id"] = customer.id
        # prices belong to the customer, so price again
        for row in c["lines"]:
            row[2] = getPrice(db.session.get(Product, row[0]), customer, row[1])
    cust = db.session.get(Customer, c["customer_id"]) if c["customer_id"] else None
    for row in c["lines"]:
        if row[0] == product.id:
            row[1] += qty
            row[2] = getPrice(product, cust, row[1])
            return c
    c["lines"].append([product.id, qty, getPrice(product, cust, qty)])
    return c


def cart_remove(product_id, login=None):
    c = cart(login)
    c["lines"] = [r for r in c["lines"] if r[0] != product_id]
    return c


def cart_clear(login=None):
    QUOTE_CARTS.pop(login or current_login(), None)


def cart_rows(login=None):
    out = []
    for pid, qty, price in cart(login)["lines"]:
        p = db.session.get(Product, pid)
        out.append({"product": p, "qty": qty, "price": price, "net": round2(qty * price)})
    return out


def cart_total(login=None):
    return round2(sum(r["net"] for r in cart_rows(login)))


# -- discounts --------------------------------------------------------------------


def max_discount(customer):
    rep = (customer.sales_rep or "").lower()
    return REP_DISCOUNT.get(rep, STANDARD_DISCOUNT)


def volume_discount(net):
    """Proposed by the screen, the clerk may overwrite it."""
    if net >= 5000:
        return 5.0
    if net >= 2000:
        return 2.5
    # if net >= 1000 and customer.since < 2010: return 1.0   -- "loyalty", dropped 2018
    return 0.0


# -- quotes -----------------------------------------------------------------------


def save_quote(login=None, discount_pct=0.0):
    c = cart(login)
    if not c["customer_id"]:
        raise OrderError("Choose a customer first")
    if not c["lines"]:
        raise OrderError("Cart is empty")
    customer = db.session.get(Customer, c["customer_id"])
    if discount_pct > max_discount(customer):
        raise OrderError("Discount %.1f%% is more than this customer may have" % discount_pct)
    q = Quote(
        quote_no=next_number("QUOTE"),
        customer_id=customer.id,
        quote_date=today(),
        valid_until=today() + timedelta(days=settings.QUOTE_VALID_DAYS),
        status="OPEN",
        discount_pct=discount_pct,
        taken_by=login or current_login(),
    )
    for pid, qty, price in c["lines"]:
        q.lines.append(QuoteLine(product_id=pid, qty=qty, unit_price=price))
    db.session.add(q)
    audit("QUOTE", "%s for %s" % (q.quote_no, customer.account_no))
    cart_clear(login)
    return q


def convert_quote(quote, customer_ref=""):
    """Quote -> order, at the quoted prices."""
    if quote.status != "OPEN":
        raise OrderError("%s is %s" % (quote.quote_no, quote.status))
    if quote.valid_until < today():
        quote.status = "EXPD"
        raise OrderError("%s has expired" % quote.quote_no)
    order = create_order(
        quote.customer,
        [(l.product, l.qty, l.unit_price) for l in quote.lines],
        customer_ref=clean(customer_ref),
        discount_pct=quote.discount_pct or 0.0,
        source="QUOTE",
        notes="From %s" % quote.quote_no,
    )
    quote.status = "CONV"
    quote.order_id = order.id
    return order


def expire_quotes():
    n = 0
    for q in Quote.query.filter(Quote.status == "OPEN", Quote.valid_until < today()):
        q.status = "EXPD"
        n += 1
    if n:
        audit("QUOTEEXP", "%d quotes" % n)
    return n
