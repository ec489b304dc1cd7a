# -*- coding: utf-8 -*-
"""Things that run over all customers: reminders and statements.
Started from scripts/dunning_run.py and from the button in the billing menu."""
from datetime import timedelta

from orderdesk import settings
from orderdesk.accounts import put_on_hold
from orderdesk.db import db
from orderdesk.models import Customer, Invoice, Payment
from orderdesk.utils import (
    audit,
    fmt_date,
    fmt_money_old,
    from_pence,
    log_line,
    mail_template,
    month_end,
    month_start,
    round2,
    send_mail,
    today,
)


class DunningNotice(db.Model):
    __tablename__ = "dunning_notices"

    id = db.Column(db.Integer, primary_key=True)
    invoice_id = db.Column(db.Integer, db.ForeignKey("invoices.id"), nullable=False)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    level = db.Column(db.Integer, nullable=False)
    sent_on = db.Column(db.Date, nullable=False)
    fee_pence = db.Column(db.Integer, default=0)

    invoice = db.relationship("Invoice", backref="dunning_notices")
    customer = db.relationship("Customer")


def level_due(inv, day):
    """0 = leave them alone"""
    late = (day - inv.due_date).days
    lvl = 0
    for n, days in enumerate(settings.DUNNING_DAYS, 1):
        if late >= days:
            lvl = n
    return lvl


def last_level(inv):
    row = DunningNotice.query.filter_by(invoice_id=inv.id).order_by(DunningNotice.level.desc()).first()
    return row.level if row else 0


def run_dunning(day=None, dry=False):
    """Returns [(invoice_no, level)]. One level per run, even if they are months late
    (solicitor's advice, OD-870)."""
    day = day or today()
    sent = []
    late = Invoice.query.filter(Invoice.status.in_(("OPEN", "PART")), Invoice.due_date < day)
    for inv in late.order_by(Invoice.customer_id, Invoice.due_date).all():
        due = level_due(inv, day)
        had = last_level(inv)
        if due <= had:
            continue
        lvl = had + 1
        if dry:
            sent.append((inv.invoice_no, lvl))
            continue
        fee = settings.DUNNING_FEES_PENCE[lvl - 1]
        db.session.add(
            DunningNotice(invoice_id=inv.id, customer_id=inv.customer_id, level=lvl, sent_on=day, fee_pence=fee)
        )
        customer = inv.customer
        if fee:
            customer.balance = round2((customer.balance or 0) + from_pence(fee))
        if lvl >= 3:
            put_on_hold(customer, "%s third reminder" % inv.invoice_no)
        mail_template(
            customer.email,
            "Reminder %d: invoice %s" % (lvl, inv.invoice_no),
            "dunning.txt",
            invoice=inv,
            level=lvl,
            fee=from_pence(fee),
        )
        sent.append((inv.invoice_no, lvl))
        # one commit per customer letter, so that a mail server hiccup does not send
        # the first hundred again tomorrow (OD-1004, very embarrassing)
        db.session.commit()
    if not dry:
        audit("DUNNING", "%d notices" % len(sent))
        db.session.commit()
    log_line("dunning", "%s: %d notices%s" % (day, len(sent), " (dry)" if dry else ""))
    return sent


def statement_lines(customer, start, end):
    """(date, text, amount) of a month; debit positive"""
    rows = []
    for inv in Invoice.query.filter(
        Invoice.customer_id == customer.id,
        Invoice.invoice_date >= start,
        Invoice.invoice_date <= end,
        Invoice.status != "VOID",
    ):
        rows.append((inv.invoice_date, "Invoice " + inv.invoice_no, inv.gross))
    for p in Payment.query.filter(
        Payment.customer_id == customer.id, Payment.received_on >= start, Payment.received_on <= end
    ):
        rows.append((p.received_on, "Payment " + (p.reference or p.method), -p.amount))
    rows.sort(key=lambda r: (r[0], r[1]))
    return rows


def statement_text(customer, day=None):
    day = day or today()
    start, end = month_start(day), month_end(day)
    out = [
        settings.COMPANY_NAME,
        "Statement of account %s" % customer.account_no,
        "%s to %s" % (fmt_date(start), fmt_date(end)),
        "",
    ]
    total = 0.0
    for d, txt, amount in statement_lines(customer, start, end):
        out.append("%-12s%-40s%s" % (fmt_date(d), txt[:38], fmt_money_old(amount)))
        total += amount
    out.append(" " * 52 + "-" * 12)
    out.append("%-52s%s" % ("Movement this month", fmt_money_old(total)))
    out.append("%-52s%s" % ("Balance", fmt_money_old(customer.balance)))
    return "\n".join(out)


def send_statements(day=None):
    """Month end, for everybody with a balance."""
    day = day or (month_start(today()) - timedelta(days=1))
    n = 0
    for c in Customer.query.filter(Customer.status != "CLOSED").order_by(Customer.account_no):
        if not c.balance or not c.email:
            continue
        if send_mail(c.email, "Statement %s" % fmt_date(day), statement_text(c, day), bcc=False):
            n += 1
    return n
