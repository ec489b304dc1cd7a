"""Invoices and payments."""
from __future__ import annotations

from datetime import date, timedelta
from typing import List, Optional

from orderdesk.db import db
from orderdesk.models import Customer, Invoice, InvoiceLine, Order, Payment
from orderdesk.services import ordering
from orderdesk.services.tax import tax_for
from orderdesk.utils import audit, clean, compute_order_total, current_login, next_number, round2, today


class BillingError(Exception):
    pass


def has_invoice(order: Order) -> bool:
    return Invoice.query.filter(Invoice.order_id == order.id, Invoice.status != "VOID").count() > 0


def invoice_order(order: Order, on: Optional[date] = None) -> Invoice:
    """Invoice what was shipped (lines with qty_shipped > 0). Caller commits."""
    if order.status != "SHIP":
        raise BillingError("%s is not shipped" % order.order_no)
    if has_invoice(order):
        raise BillingError("%s is already invoiced" % order.order_no)
    on = on or today()
    customer = order.customer
    # OD-1377: somebody changed the discount after shipping, so compute again
    booked = order.gross_total
    compute_order_total(order)

    parts, texts = [], []
    factor = (100.0 - (order.discount_pct or 0)) / 100.0
    for line in order.lines:
        if not line.qty_shipped:
            continue
        share = float(line.qty_shipped) / line.qty
        net = round2(line.net() * share * factor)
        parts.append((net, line.tax_class))
        texts.append((line.product.sku, line.product.name, line.qty_shipped, line.unit_price))
    if not parts:
        raise BillingError("Nothing shipped on %s" % order.order_no)
    if order.small_order_charge:
        parts.append((order.small_order_charge, "STD"))
        texts.append(("CHARGE", "Small order charge", 1, order.small_order_charge))

    tax_lines, note = tax_for(customer, parts, on)
    inv = Invoice(
        invoice_no=next_number("INVOICE"),
        order_id=order.id,
        customer_id=customer.id,
        invoice_date=on,
        due_date=on + timedelta(days=customer.payment_days or 30),
        status="OPEN",
        paid=0.0,
        credited=0.0,
        tax_note=note,
    )
    for (sku, text, qty, price), tl in zip(texts, tax_lines):
        inv.lines.append(
            InvoiceLine(sku=sku, text=text, qty=qty, unit_price=price, net=tl.net, tax_rate=tl.rate)
        )
    inv.net = round2(sum(tl.net for tl in tax_lines))
    inv.tax = round2(sum(tl.tax for tl in tax_lines))
    inv.gross = round2(inv.net + inv.tax)
    db.session.add(inv)
    # the order is in the balance since it was confirmed; swap it for the invoice
    customer.balance = round2((customer.balance or 0) - booked + inv.gross)
    ordering.set_status(order, "INV")
    audit("INVOICE", "%s for %s %.2f" % (inv.invoice_no, order.order_no, inv.gross))
    db.session.flush()
    return inv


def _refresh_status(inv: Invoice) -> None:
    rest = inv.outstanding()
    if rest <= 0.004:
        inv.status = "PAID"
    elif (inv.paid or 0) > 0 or (inv.credited or 0) > 0:
        inv.status = "PART"
    else:
        inv.status = "OPEN"


def record_payment(
    customer: Customer,
    amount: float,
    *,
    invoice: Optional[Invoice] = None,
    method: str = "BACS",
    reference: str = "",
    received: Optional[date] = None,
) -> List[Payment]:
    """One invoice, or (invoice=None) oldest first. What is left over stays on account."""
    amount = round2(amount)
    if amount <= 0:
        raise BillingError("Amount must be positive")
    if invoice is not None:
        if invoice.customer_id != customer.id:
            raise BillingError("%s belongs to another customer" % invoice.invoice_no)
        targets = [invoice]
    else:
        targets = open_invoices(customer)
    rest, out = amount, []
    for inv in targets:
        part = min(rest, inv.outstanding())
        if part <= 0:
            continue
        inv.paid = round2((inv.paid or 0) + part)
        _refresh_status(inv)
        out.append(_payment(customer, inv, part, method, reference, received))
        rest = round2(rest - part)
        if rest <= 0:
            break
    if rest > 0:
        out.append(_payment(customer, None, rest, method, reference, received))
    customer.balance = round2((customer.balance or 0) - amount)
    audit("PAYMENT", "%s %.2f %s" % (customer.account_no, amount, reference))
    return out


def _payment(customer, inv, amount, method, reference, received):
    p = Payment(
        customer_id=customer.id,
        invoice_id=inv.id if inv is not None else None,
        received_on=received or today(),
        amount=amount,
        method=method,
        reference=clean(reference, 40),
        entered_by=current_login(),
    )
    db.session.add(p)
    return p


def open_invoices(customer: Customer) -> List[Invoice]:
    return (
        Invoice.query.filter(Invoice.customer_id == customer.id, Invoice.status.in_(("OPEN", "PART")))
        .order_by(Invoice.due_date, Invoice.id)
        .all()
    )


def void_invoice(inv: Invoice, reason: str) -> None:
    """Only same day and unpaid, otherwise credit note (auditors, 2016)."""
    if inv.paid or inv.credited:
        raise BillingError("%s has payments" % inv.invoice_no)
    if inv.invoice_date != today():
        raise BillingError("%s is not from today, raise a credit note" % inv.invoice_no)
    if not clean(reason):
        raise BillingError("Reason is missing")
    inv.status = "VOID"
    inv.customer.balance = round2((inv.customer.balance or 0) - inv.gross)
    audit("INVVOID", "%s %s" % (inv.invoice_no, clean(reason)))
