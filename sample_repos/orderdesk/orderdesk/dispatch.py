"""Shipments and carriers.

pk 2018: new module, own models, pence everywhere. The rest should become like this.
"""
from orderdesk import settings
from orderdesk.db import db
from orderdesk.models import Order
from orderdesk.ops import issue_stock
from orderdesk.utils import audit, current_login, file_date, log_line, next_number, now, today


class Carrier(db.Model):
    __tablename__ = "carriers"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(6), unique=True, nullable=False)
    name = db.Column(db.String(60), nullable=False)
    max_weight_g = db.Column(db.Integer, default=0)  # 0 = no limit
    base_pence = db.Column(db.Integer, default=0)
    per_kg_pence = db.Column(db.Integer, default=0)
    by_file = db.Column(db.Boolean, default=False)  # True: goes into the nightly file
    active = db.Column(db.Boolean, default=True)


class Shipment(db.Model):
    __tablename__ = "shipments"

    id = db.Column(db.Integer, primary_key=True)
    delivery_no = db.Column(db.String(12), unique=True, nullable=False)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"), nullable=False)
    carrier_id = db.Column(db.Integer, db.ForeignKey("carriers.id"), nullable=False)
    ship_date = db.Column(db.Date, nullable=False)
    parcels = db.Column(db.Integer, default=1)
    weight_g = db.Column(db.Integer, default=0)
    cost_pence = db.Column(db.Integer, default=0)
    status = db.Column(db.String(6), default="READY")  # READY / SENT / DLVD / RETN
    tracking_no = db.Column(db.String(30), default="")
    created_by = db.Column(db.String(30))

    order = db.relationship("Order", backref="shipments")
    carrier = db.relationship("Carrier")


class PartnerFile(db.Model):
    """One row per file exchanged with Norfreight. Written by the nightly job."""

    __tablename__ = "partner_files"

    id = db.Column(db.Integer, primary_key=True)
    filename = db.Column(db.String(60), nullable=False)
    direction = db.Column(db.String(3), nullable=False)  # OUT / IN
    records = db.Column(db.Integer, default=0)
    processed_at = db.Column(db.DateTime)
    note = db.Column(db.String(120), default="")


class DispatchError(Exception):
    pass


def freight_pence(carrier, weight_g):
    kg = (weight_g + 999) // 1000
    return (carrier.base_pence or 0) + kg * (carrier.per_kg_pence or 0)


def usable_carriers(weight_g):
    out = []
    for c in Carrier.query.filter_by(active=True).order_by(Carrier.code):
        if c.max_weight_g and weight_g > c.max_weight_g:
            continue
        out.append(c)
    return out


def cheapest_carrier(weight_g):
    carriers = usable_carriers(weight_g)
    if not carriers:
        raise DispatchError("No carrier takes %d g" % weight_g)
    return min(carriers, key=lambda c: (freight_pence(c, weight_g), c.code))


def shipped_weight(order):
    return sum((l.product.weight_g or 0) * (l.qty_shipped or 0) for l in order.lines)


def ship_order(order, carrier=None, parcels=1):
    """Issue the stock, write the shipment and the invoice. Caller commits."""
    # function level: billing -> ordering -> ... -> us
    from orderdesk.services.invoicing import invoice_order
    from orderdesk.services.ordering import set_status

    if order.status not in ("CONF", "PICK"):
        raise DispatchError("%s is %s" % (order.order_no, order.status_label().lower()))
    if parcels < 1:
        raise DispatchError("At least one parcel")
    if any(pl.status == "OPEN" for pl in order.picking_lists):
        raise DispatchError("Picking of %s is not finished" % order.order_no)
    issue_stock(order)
    weight = shipped_weight(order)
    if carrier is None:
        carrier = cheapest_carrier(weight)
    elif carrier.max_weight_g and weight > carrier.max_weight_g:
        raise DispatchError("Too heavy for %s" % carrier.name)
    sh = Shipment(
        delivery_no=next_number("SHIP"),
        order_id=order.id,
        carrier_id=carrier.id,
        ship_date=today(),
        parcels=parcels,
        weight_g=weight,
        cost_pence=freight_pence(carrier, weight),
        status="READY" if carrier.by_file else "SENT",
        created_by=current_login(),
    )
    db.session.add(sh)
    set_status(order, "SHIP")
    invoice_order(order)
    audit("SHIP", "%s %s by %s" % (sh.delivery_no, order.order_no, carrier.code))
    db.session.flush()
    return sh


def mark_delivered(sh, signed_by=""):
    """For carriers without a file. Norfreight's come back at night."""
    if sh.status == "DLVD":
        raise DispatchError("%s is already delivered" % sh.delivery_no)
    sh.status = "DLVD"
    order = db.session.get(Order, sh.order_id)
    order.status = "DLVD"
    audit("DELIVERED", "%s %s" % (sh.delivery_no, signed_by))
    log_line("dispatch", "%s delivered %s" % (sh.delivery_no, now()))


def tonights_file():
    """What the nightly job would send, for the screen."""
    rows = (
        Shipment.query.join(Carrier, Carrier.id == Shipment.carrier_id)
        .filter(Carrier.by_file.is_(True), Shipment.status == "READY")
        .order_by(Shipment.delivery_no)
        .all()
    )
    return "OD%s.TXT" % file_date(today()), settings.PARTNER_OUT_DIR, rows
