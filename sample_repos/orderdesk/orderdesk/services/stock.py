"""Stock bookings. Every change of qty_on_hand should come through here and leave a
stock_movements row. (Should. See ops.py and grep for qty_on_hand.)"""
from __future__ import annotations

from typing import List, Optional

from orderdesk.db import db
from orderdesk.models import OrderLine, Product, StockLevel, StockMovement, StockReservation, Warehouse
from orderdesk.utils import audit, current_login, log_line, now


class StockError(Exception):
    pass


def level_for(product_id: int, warehouse_id: int, create: bool = True) -> Optional[StockLevel]:
    level = StockLevel.query.filter_by(product_id=product_id, warehouse_id=warehouse_id).first()
    if level is None and create:
        level = StockLevel(product_id=product_id, warehouse_id=warehouse_id, qty_on_hand=0, qty_reserved=0)
        db.session.add(level)
        db.session.flush()
    return level


def book(product: Product, warehouse: Warehouse, qty: int, kind: str, reference: str = "") -> StockMovement:
    """The one and only booking function. qty is signed."""
    level = level_for(product.id, warehouse.id)
    if level.qty_on_hand + qty < 0:
        raise StockError("%s: only %d in %s" % (product.sku, level.qty_on_hand, warehouse.code))
    level.qty_on_hand += qty
    mv = StockMovement(
        warehouse_id=warehouse.id,
        product_id=product.id,
        qty=qty,
        kind=kind,
        reference=reference,
        moved_at=now(),
        moved_by=current_login(),
    )
    db.session.add(mv)
    return mv


def adjust(product: Product, warehouse: Warehouse, counted: int, reason: str) -> int:
    """Stocktake: set to the counted quantity, returns the difference."""
    level = level_for(product.id, warehouse.id)
    diff = counted - level.qty_on_hand
    if counted < 0:
        raise StockError("Counted quantity cannot be negative")
    if counted < (level.qty_reserved or 0):
        # happens. The pick will be short, the picker sorts it out with sales
        log_line("stock", "%s counted %d below reserved %d" % (product.sku, counted, level.qty_reserved))
    if diff:
        book(product, warehouse, diff, "ADJ", reason)
        audit("STOCKADJ", "%s %+d %s" % (product.sku, diff, reason))
    return diff


def transfer(product: Product, src: Warehouse, dst: Warehouse, qty: int) -> None:
    if qty <= 0:
        raise StockError("Quantity must be positive")
    if src.id == dst.id:
        raise StockError("Same warehouse")
    level = level_for(product.id, src.id)
    if level.qty_free < qty:
        raise StockError("%s: only %d free in %s" % (product.sku, level.qty_free, src.code))
    ref = "%s>%s" % (src.code, dst.code)
    book(product, src, -qty, "TRF", ref)
    book(product, dst, qty, "TRF", ref)


def reserve_line(line: OrderLine, warehouse: Warehouse) -> int:
    """OD-1650: successor of utils.reserve_stock, one line, one warehouse.
    Used for back orders only so far (ops.fill_back_orders)."""
    already = sum(r.qty for r in line.reservations if r.status == "OPEN")
    todo = line.qty - (line.qty_shipped or 0) - already
    level = level_for(line.product_id, warehouse.id, create=False)
    if level is None or todo <= 0:
        return 0
    take = min(todo, max(0, level.qty_free))
    if take:
        level.qty_reserved += take
        line.reservations.append(
            StockReservation(product_id=line.product_id, warehouse_id=warehouse.id, qty=take, status="OPEN")
        )
    return take


def open_reservations(order_id: int) -> List[StockReservation]:
    return (
        StockReservation.query.join(OrderLine, OrderLine.id == StockReservation.order_line_id)
        .filter(OrderLine.order_id == order_id, StockReservation.status == "OPEN")
        .order_by(StockReservation.id)
        .all()
    )
