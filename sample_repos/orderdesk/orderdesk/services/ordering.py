"""Order entry and life of an order."""
from __future__ import annotations

from datetime import date
from typing import Iterable, Optional, Tuple

from orderdesk import settings
from orderdesk.accounts import credit_ok
from orderdesk.db import db
from orderdesk.models import Customer, Order, OrderLine, OrderStatusLog, Product, StockLevel
from orderdesk.pricing import get_price
from orderdesk.utils import (
    add_working_days,
    audit,
    clean,
    compute_order_total,
    current_login,
    mail_template,
    next_number,
    now,
    reserve_stock,
    round2,
    today,
)

# from -> allowed to. DLVD is only ever set by the nightly job.
TRANSITIONS = {
    "NEW": ("CONF", "HOLD", "CANC"),
    "HOLD": ("CONF", "CANC", "NEW"),
    "CONF": ("PICK", "CANC", "SHIP"),
    "PICK": ("CONF", "SHIP", "CANC"),
    "SHIP": ("INV", "DLVD"),
    "INV": ("DLVD",),
}


class OrderError(Exception):
    pass


def set_status(order: Order, new: str) -> None:
    if new not in TRANSITIONS.get(order.status, ()):
        raise OrderError("%s cannot go from %s to %s" % (order.order_no, order.status, new))
    db.session.add(
        OrderStatusLog(
            order_id=order.id,
            old_status=order.status,
            new_status=new,
            changed_at=now(),
            changed_by=current_login(),
        )
    )
    order.status = new


def create_order(
    customer: Customer,
    items: Iterable[Tuple[Product, int, Optional[float]]],
    *,
    customer_ref: str = "",
    discount_pct: float = 0.0,
    required: Optional[date] = None,
    source: str = "DESK",
    notes: str = "",
) -> Order:
    """items: (product, qty, agreed unit price or None)"""
    from orderdesk.desk import max_discount  # desk imports us

    items = list(items)
    if not items:
        raise OrderError("Order has no lines")
    if customer.status == "CLOSED":
        raise OrderError("Account %s is closed" % customer.account_no)
    if discount_pct > max_discount(customer):
        raise OrderError("Discount %.1f%% is more than this customer may have" % discount_pct)
    addr = customer.default_address("SHIP")
    order = Order(
        order_no=next_number("ORDER"),
        customer_id=customer.id,
        ship_address_id=addr.id if addr else None,
        status="NEW",
        order_date=today(),
        required_date=required or add_working_days(today(), 3),
        customer_ref=clean(customer_ref, 40),
        discount_pct=discount_pct,
        taken_by=current_login(),
        source=source,
        notes=notes,
    )
    order.customer = customer
    db.session.add(order)
    for n, (product, qty, price) in enumerate(items, 1):
        if qty <= 0:
            raise OrderError("Quantity of %s must be positive" % product.sku)
        if not product.active:
            raise OrderError("%s is discontinued" % product.sku)
        order.lines.append(
            OrderLine(
                line_no=n,
                product=product,
                qty=qty,
                unit_price=price if price is not None else get_price(product, customer, qty),
                discount_pct=0.0,
                tax_class=product.tax_class,
            )
        )
    db.session.flush()
    compute_order_total(order)
    audit("ORDERNEW", "%s %s %.2f" % (order.order_no, customer.account_no, order.gross_total))
    return order


def confirm_order(order: Order) -> list:
    """Credit check, reservation, confirmation mail. Caller commits.

    Returns the shortages [(sku, qty)].
    """
    customer = order.customer
    if not credit_ok(customer, order.gross_total):
        set_status(order, "HOLD")
        audit("CREDITHOLD", "%s %.2f over limit" % (order.order_no, order.gross_total))
        return []
    set_status(order, "CONF")
    missing = reserve_stock(order)
    # OD-212: credit control wants exposure in the balance, not only invoices
    customer.balance = round2((customer.balance or 0) + order.gross_total)
    db.session.flush()
    # Mail goes out although nothing is committed yet. If the commit fails the customer
    # has a confirmation for an order we don't have (OD-1219: three times so far).
    mail_template(
        customer.email,
        "Order confirmation %s" % order.order_no,
        "order_confirm.txt",
        order=order,
        missing=missing,
    )
    audit("ORDERCONF", order.order_no)
    return missing


def cancel_order(order: Order, reason: str = "") -> None:
    from orderdesk.services.invoicing import has_invoice  # circular: invoicing imports ordering

    if has_invoice(order):
        raise OrderError("%s is invoiced, raise a credit note instead" % order.order_no)
    was = order.status
    set_status(order, "CANC")
    # give the stock back. Same thing as in services/stock.py but that one
    # did not have a release function when this was written
    for line in order.lines:
        for res in line.reservations:
            if res.status != "OPEN":
                continue
            level = StockLevel.query.filter_by(
                product_id=res.product_id, warehouse_id=res.warehouse_id
            ).first()
            if level is not None:
                level.qty_reserved = max(0, (level.qty_reserved or 0) - res.qty)
            res.status = "CANC"
    if was in ("CONF", "PICK"):
        order.customer.balance = round2((order.customer.balance or 0) - order.gross_total)
    audit("ORDERCANC", "%s %s" % (order.order_no, clean(reason)))


def repeat_order(order: Order) -> Order:
    """Same again at today's prices. Discontinued products drop out silently."""
    items = [(l.product, l.qty, None) for l in order.lines if l.product.active]
    return create_order(
        order.customer,
        items,
        customer_ref=order.customer_ref,
        discount_pct=order.discount_pct or 0.0,
        source="REPEAT",
        notes="Repeat of %s" % order.order_no,
    )


def change_line(order: Order, line: OrderLine, qty: int) -> None:
    if order.status not in ("NEW", "HOLD"):
        raise OrderError("%s is already %s" % (order.order_no, order.status_label().lower()))
    if qty < 0:
        raise OrderError("Quantity must not be negative")
    if qty == 0:
        if len(order.lines) == 1:
            raise OrderError("Last line, cancel the order instead")
        order.lines.remove(line)
    else:
        line.qty = qty
        line.unit_price = get_price(line.product, order.customer, qty, order.order_date)
    db.session.flush()
    compute_order_total(order)


def order_margin(order: Order) -> float:
    cost = sum((l.product.last_cost or 0) * l.qty for l in order.lines)
    return round2(order.net_total - cost)


def invoice_now(order: Order):
    """'Invoice without shipping' button (collected goods, OD-1302)."""
    from orderdesk.services import invoicing

    if order.status not in ("CONF", "PICK"):
        raise OrderError("%s is %s" % (order.order_no, order.status_label().lower()))
    from orderdesk.ops import issue_stock

    issue_stock(order)
    set_status(order, "SHIP")
    return invoicing.invoice_order(order)


def late_orders():
    """Open orders past their required date."""
    return (
        Order.query.filter(Order.status.in_(("NEW", "HOLD", "CONF", "PICK")), Order.required_date < today())
        .order_by(Order.required_date)
        .limit(settings.PAGE_SIZE)
        .all()
    )
