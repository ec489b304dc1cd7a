# Warehouse floor: picking lists, issuing, goods in, re-ordering.
# (the file is called ops because "warehouse" was taken by the view)
from orderdesk import settings
from orderdesk.db import db
from orderdesk.models import Order, OrderLine, Product, StockLevel, Warehouse
from orderdesk.services.stock import StockError, book, level_for, open_reservations, reserve_line
from orderdesk.utils import audit, current_login, log_line, main_warehouse, next_number, now, round2, send_mail, today


class PickingList(db.Model):
    __tablename__ = "picking_lists"

    id = db.Column(db.Integer, primary_key=True)
    pick_no = db.Column(db.String(12), unique=True, nullable=False)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"), nullable=False)
    status = db.Column(db.String(6), default="OPEN")  # OPEN / DONE / CANC
    created_at = db.Column(db.DateTime)
    created_by = db.Column(db.String(30))
    finished_at = db.Column(db.DateTime)

    order = db.relationship("Order", backref="picking_lists")
    lines = db.relationship("PickingListLine", backref="picking_list", cascade="all, delete-orphan")


class PickingListLine(db.Model):
    __tablename__ = "picking_list_lines"

    id = db.Column(db.Integer, primary_key=True)
    picking_list_id = db.Column(db.Integer, db.ForeignKey("picking_lists.id"), nullable=False)
    order_line_id = db.Column(db.Integer, db.ForeignKey("order_lines.id"), nullable=False)
    warehouse_id = db.Column(db.Integer, db.ForeignKey("warehouses.id"), nullable=False)
    bin_loc = db.Column(db.String(10), default="")
    qty = db.Column(db.Integer, nullable=False)
    qty_picked = db.Column(db.Integer)

    order_line = db.relationship("OrderLine")
    warehouse = db.relationship("Warehouse")


class Replenishment(db.Model):
    """Purchase requests. Purchasing has its own system, they get a mail (!)"""

    __tablename__ = "replenishments"

    id = db.Column(db.Integer, primary_key=True)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    qty = db.Column(db.Integer, nullable=False)
    requested_on = db.Column(db.Date, nullable=False)
    status = db.Column(db.String(6), default="OPEN")  # OPEN / DONE
    requested_by = db.Column(db.String(30))

    product = db.relationship("Product")


# ---- picking -------------------------------------------------------------------


def make_picking_list(order):
    if order.status != "CONF":
        raise StockError("%s is not confirmed" % order.order_no)
    res = open_reservations(order.id)
    if not res:
        raise StockError("Nothing reserved for %s" % order.order_no)
    pl = PickingList(
        pick_no=next_number("PICK"), order_id=order.id, status="OPEN", created_at=now(), created_by=current_login()
    )
    for r in res:
        level = level_for(r.product_id, r.warehouse_id)
        pl.lines.append(
            PickingListLine(
                order_line_id=r.order_line_id, warehouse_id=r.warehouse_id, bin_loc=level.bin_loc, qty=r.qty
            )
        )
    db.session.add(pl)
    # status only, without the status log. The log was added later (OD-1390) and
    # nobody dared to touch this
    order.status = "PICK"
    db.session.flush()
    return pl


def pick_route(pl):
    """Lines in walking order: aisle letter, then odd bays up, even bays down."""

    def key(line):
        loc = line.bin_loc or "ZZ99"
        aisle, digits = loc[:1], "".join(ch for ch in loc if ch.isdigit())
        bay = int(digits or 0)
        return (line.warehouse_id, aisle, bay % 2 == 0, bay if bay % 2 else -bay)

    return sorted(pl.lines, key=key)


def finish_picking(pl, picked):
    """picked: line id -> qty. Short picks give the rest of the reservation back."""
    if pl.status != "OPEN":
        raise StockError("%s is already %s" % (pl.pick_no, pl.status))
    short = []
    for line in pl.lines:
        got = picked.get(line.id, line.qty)
        if got < 0 or got > line.qty:
            raise StockError("%s: picked %d of %d?" % (line.order_line.product.sku, got, line.qty))
        line.qty_picked = got
        if got < line.qty:
            short.append((line.order_line.product.sku, line.qty - got))
            for r in line.order_line.reservations:
                if r.status == "OPEN" and r.warehouse_id == line.warehouse_id:
                    level = level_for(r.product_id, r.warehouse_id)
                    level.qty_reserved = max(0, level.qty_reserved - (r.qty - got))
                    r.qty = got
                    if got == 0:
                        r.status = "CANC"
    pl.status = "DONE"
    pl.finished_at = now()
    if short:
        log_line("stock", "short pick %s %r" % (pl.pick_no, short))
        audit("SHORTPICK", "%s %r" % (pl.pick_no, short))
    return short


def issue_stock(order):
    """Goods leave the house: reservation -> movement. Called by dispatch and by
    'invoice now'. Returns the number of pieces."""
    pieces = 0
    for r in open_reservations(order.id):
        line = r.order_line
        wh = db.session.get(Warehouse, r.warehouse_id)
        book(line.product, wh, -r.qty, "OUT", order.order_no)
        level = level_for(r.product_id, r.warehouse_id)
        level.qty_reserved = max(0, level.qty_reserved - r.qty)
        line.qty_shipped = (line.qty_shipped or 0) + r.qty
        r.status = "DONE"
        pieces += r.qty
    if not pieces:
        raise StockError("Nothing to issue for %s" % order.order_no)
    return pieces


# ---- goods in ------------------------------------------------------------------


def goods_in(product, qty, unit_cost, reference="", warehouse=None):
    if qty <= 0:
        raise StockError("Quantity must be positive")
    wh = warehouse or main_warehouse()
    book(product, wh, qty, "IN", reference)
    if unit_cost:
        # weighted average would be right, last cost is what accounts asked for (OD-530)
        product.last_cost = round2(unit_cost)
    for rep in Replenishment.query.filter_by(product_id=product.id, status="OPEN"):
        rep.status = "DONE"
    filled = fill_back_orders(product, wh)
    audit("GOODSIN", "%s %d %s" % (product.sku, qty, reference))
    return filled


def fill_back_orders(product, warehouse):
    """Oldest order first."""
    lines = (
        OrderLine.query.join(Order, Order.id == OrderLine.order_id)
        .filter(OrderLine.product_id == product.id, Order.status == "CONF")
        .order_by(Order.order_date, Order.id)
        .all()
    )
    return sum(reserve_line(line, warehouse) for line in lines)


# ---- re-ordering ---------------------------------------------------------------


def suggest_replenishment():
    """Products below the reorder level. One query per product, it is slow (OD-1533:
    'takes 40 seconds, go and get a coffee')."""
    out = []
    for p in Product.query.filter_by(active=True).order_by(Product.sku):
        if not p.reorder_level:
            continue
        free = 0
        for level in StockLevel.query.filter_by(product_id=p.id).all():
            free += level.qty_free
        on_order = sum(r.qty for r in Replenishment.query.filter_by(product_id=p.id, status="OPEN"))
        if free + on_order < p.reorder_level:
            qty = max(p.reorder_qty or 0, p.reorder_level - free - on_order)
            pack = p.pack_size or 1
            qty = ((qty + pack - 1) // pack) * pack
            out.append({"product": p, "free": free, "on_order": on_order, "qty": qty})
    return out


def place_replenishment(rows):
    """rows: [(product, qty)] -> one mail to purchasing"""
    body = ["Please order:", ""]
    n = 0
    for product, qty in rows:
        if qty <= 0:
            continue
        db.session.add(
            Replenishment(
                product_id=product.id, qty=qty, requested_on=today(), status="OPEN", requested_by=current_login()
            )
        )
        body.append("%-20s %6d  %s" % (product.sku, qty, product.supplier_ref or product.name))
        n += 1
    if n:
        send_mail(settings.PURCHASING_MAIL, "Replenishment request %s" % today(), "\n".join(body), bcc=False)
        audit("REPLENISH", "%d products" % n)
    return n
