"""Customer account rules (open, hold, credit, merge). "accounts" as in customer
accounts, NOT bookkeeping -- that is services/invoicing.py."""
from orderdesk import settings
from orderdesk.db import db
from orderdesk.legacy.dbhelpers import sqlExec
from orderdesk.models import Customer, CustomerAddress, CustomerNote
from orderdesk.utils import audit, clear_memo, clean, looks_like_email, next_number, now, round2


class AccountError(Exception):
    pass


def open_account(name, email="", country="GB", credit_limit=0.0, **more):
    name = clean(name, 120)
    if not name:
        raise AccountError("Name is missing")
    if email and not looks_like_email(email):
        raise AccountError("E-mail address looks wrong: %s" % email)
    c = Customer(
        account_no=next_number("ACCOUNT"),
        name=name,
        email=email,
        country=country or "GB",
        credit_limit=round2(credit_limit),
        balance=0.0,
        status="OPEN",
        created_at=now(),
    )
    for key in ("contact", "phone", "vat_no", "payment_days", "price_list_id", "sales_rep"):
        if more.get(key) not in (None, ""):
            setattr(c, key, more[key])
    db.session.add(c)
    audit("CUSTNEW", "%s %s" % (c.account_no, c.name))
    clear_memo()
    return c


def credit_ok(customer, extra):
    """True if another `extra` pounds fit. 0 limit = pro forma customer, never ok."""
    if customer.status != "OPEN":
        return False
    limit = (customer.credit_limit or 0) * (100 + settings.CREDIT_TOLERANCE_PCT) / 100.0
    return round2((customer.balance or 0) + extra) <= round2(limit)


def put_on_hold(customer, reason):
    if customer.status == "HOLD":
        return
    customer.status = "HOLD"
    add_note(customer, "Account on hold: " + reason)
    audit("CUSTHOLD", "%s %s" % (customer.account_no, reason))


def release_hold(customer):
    if customer.status != "HOLD":
        raise AccountError("%s is not on hold" % customer.account_no)
    customer.status = "OPEN"
    add_note(customer, "Hold released")
    audit("CUSTFREE", customer.account_no)


def add_note(customer, text, who=None):
    from orderdesk.utils import current_login

    note = CustomerNote(
        customer_id=customer.id, note=clean(text), created_by=who or current_login(), created_at=now()
    )
    db.session.add(note)
    return note


def set_default_address(addr):
    for other in CustomerAddress.query.filter_by(customer_id=addr.customer_id, kind=addr.kind):
        other.is_default = other.id == addr.id


def close_account(customer):
    open_orders = [o for o in customer.orders if o.is_open()]
    if open_orders:
        raise AccountError("%d open orders, cannot close" % len(open_orders))
    if abs(customer.balance or 0) > 0.004:
        raise AccountError("Balance is not zero")
    customer.status = "CLOSED"
    audit("CUSTCLOSE", customer.account_no)
    clear_memo()


# Duplicates came with the Fenwick takeover (OD-1045, 2017): 380 accounts twice.
# Was meant as a one-off.
MERGE_TABLES = ("orders", "invoices", "payments", "customer_addresses", "customer_notes")


def merge_accounts(keep, drop):
    """Everything of `drop` goes to `keep`. Behind the ORM's back, it was too slow."""
    if keep.id == drop.id:
        raise AccountError("Same account")
    db.session.flush()
    moved = 0
    moved += sqlExec("UPDATE orders SET customer_id = :k WHERE customer_id = :d", k=keep.id, d=drop.id)
    moved += sqlExec("UPDATE invoices SET customer_id = :k WHERE customer_id = :d", k=keep.id, d=drop.id)
    moved += sqlExec("UPDATE payments SET customer_id = :k WHERE customer_id = :d", k=keep.id, d=drop.id)
    sqlExec("UPDATE customer_addresses SET customer_id = :k WHERE customer_id = :d", k=keep.id, d=drop.id)
    sqlExec("UPDATE customer_notes SET customer_id = :k WHERE customer_id = :d", k=keep.id, d=drop.id)
    # FIXME quotes and credit_notes stay behind, found out in 2021, nobody complained yet
    db.session.expire_all()
    keep.balance = round2((keep.balance or 0) + (drop.balance or 0))
    drop.balance = 0.0
    drop.status = "CLOSED"
    audit("CUSTMERGE", "%s <- %s (%d rows)" % (keep.account_no, drop.account_no, moved))
    clear_memo()
    return moved
