"""Credit notes (OD-1702, 2020). First module with amounts in pence."""
from __future__ import annotations

from orderdesk.db import db
from orderdesk.models import Invoice, Product
from orderdesk.services.invoicing import BillingError, _refresh_status
from orderdesk.services.stock import book
from orderdesk.utils import audit, clean, current_login, from_pence, main_warehouse, next_number, round2, to_pence, today


class CreditNote(db.Model):
    __tablename__ = "credit_notes"

    id = db.Column(db.Integer, primary_key=True)
    credit_no = db.Column(db.String(12), unique=True, nullable=False)
    invoice_id = db.Column(db.Integer, db.ForeignKey("invoices.id"), nullable=False)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    issued_on = db.Column(db.Date, nullable=False)
    amount_pence = db.Column(db.Integer, nullable=False)
    reason = db.Column(db.String(120), default="")
    restocked = db.Column(db.Boolean, default=False)
    issued_by = db.Column(db.String(30))

    invoice = db.relationship("Invoice", backref="credit_notes")
    customer = db.relationship("Customer")


def raise_credit_note(inv: Invoice, gross: float, reason: str, restock: bool = False) -> CreditNote:
    gross = round2(gross)
    if inv.status == "VOID":
        raise BillingError("%s is void" % inv.invoice_no)
    if gross <= 0:
        raise BillingError("Amount must be positive")
    if gross > round2(inv.gross - (inv.credited or 0)):
        raise BillingError("More than was invoiced on %s" % inv.invoice_no)
    if not clean(reason):
        raise BillingError("Reason is missing")
    cn = CreditNote(
        credit_no=next_number("CREDIT"),
        invoice_id=inv.id,
        customer_id=inv.customer_id,
        issued_on=today(),
        amount_pence=to_pence(gross),
        reason=clean(reason, 120),
        restocked=False,
        issued_by=current_login(),
    )
    db.session.add(cn)
    inv.credited = round2((inv.credited or 0) + gross)
    _refresh_status(inv)
    inv.customer.balance = round2((inv.customer.balance or 0) - gross)
    if restock and gross == round2(inv.gross):
        # only for full credits, partial returns are booked by hand in the warehouse
        for line in inv.lines:
            product = Product.query.filter_by(sku=line.sku).first()
            if product is not None:
                book(product, main_warehouse(), line.qty, "RET", cn.credit_no)
        cn.restocked = True
    audit("CREDITNOTE", "%s on %s %.2f" % (cn.credit_no, inv.invoice_no, gross))
    return cn


def credited_total(customer_id: int) -> float:
    rows = CreditNote.query.filter_by(customer_id=customer_id).all()
    return from_pence(sum(r.amount_pence for r in rows))
