"""Dispatch office. (pk)"""
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from orderdesk import dispatch, settings
from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy import partner_file
from orderdesk.legacy.html_bits import badge, optionList
from orderdesk.models import Order
from orderdesk.services.invoicing import BillingError
from orderdesk.services.ordering import OrderError
from orderdesk.services.stock import StockError
from orderdesk.utils import clean, paginate, toInt, today

shipping = Blueprint("shipping", __name__, url_prefix="/shipping")


@shipping.route("/")
def index():
    q = dispatch.Shipment.query
    if request.args.get("status"):
        q = q.filter_by(status=request.args["status"])
    page = paginate(q.order_by(dispatch.Shipment.id.desc()), request.args.get("page"))
    ready = Order.query.filter(Order.status.in_(("CONF", "PICK"))).order_by(Order.required_date, Order.id).all()
    return render_template("shipping/list.html", page=page, ready=ready, badge=badge)


@shipping.route("/ship/<int:order_id>", methods=["GET", "POST"])
def ship(order_id):
    order = db.session.get(Order, order_id) or abort(404)
    if request.method == "POST":
        carrier = db.session.get(dispatch.Carrier, toInt(request.form.get("carrier_id")))
        try:
            sh = dispatch.ship_order(order, carrier, toInt(request.form.get("parcels"), 1))
        except (dispatch.DispatchError, OrderError, StockError, BillingError) as e:
            db.session.rollback()
            flash(str(e))
            return redirect(url_for("shipping.ship", order_id=order_id))
        db.session.commit()
        flash("%s, invoice %s" % (sh.delivery_no, order.invoices[-1].invoice_no))
        return redirect(url_for("shipping.view", shipment_id=sh.id))
    weight = order.weight_g()
    carriers = [
        (c.id, "%s (%.2f)" % (c.name, dispatch.freight_pence(c, weight) / 100.0))
        for c in dispatch.usable_carriers(weight)
    ]
    return render_template("shipping/ship.html", o=order, weight=weight, carriers=optionList(carriers, blank=True))


@shipping.route("/<int:shipment_id>")
def view(shipment_id):
    sh = db.session.get(dispatch.Shipment, shipment_id) or abort(404)
    return render_template("shipping/view.html", sh=sh, badge=badge)


@shipping.route("/<int:shipment_id>/delivered", methods=["POST"])
def delivered(shipment_id):
    sh = db.session.get(dispatch.Shipment, shipment_id) or abort(404)
    try:
        dispatch.mark_delivered(sh, clean(request.form.get("signed_by")))
    except dispatch.DispatchError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
    return redirect(url_for("shipping.view", shipment_id=shipment_id))


@shipping.route("/carriers", methods=["GET", "POST"])
@needs_role("STORE")
def carriers():
    if request.method == "POST":
        code = clean(request.form.get("code"), 6).upper()
        c = dispatch.Carrier.query.filter_by(code=code).first()
        if c is None:
            if not code:
                abort(400)
            c = dispatch.Carrier(code=code)
            db.session.add(c)
        c.name = clean(request.form.get("name"), 60) or c.name or code
        c.max_weight_g = toInt(request.form.get("max_weight_g"))
        c.base_pence = toInt(request.form.get("base_pence"))
        c.per_kg_pence = toInt(request.form.get("per_kg_pence"))
        c.by_file = bool(request.form.get("by_file"))
        c.active = not request.form.get("off")
        db.session.commit()
        return redirect(url_for("shipping.carriers"))
    rows = dispatch.Carrier.query.order_by(dispatch.Carrier.code).all()
    return render_template("shipping/carriers.html", rows=rows)


@shipping.route("/partner")
def partner():
    name, folder, rows = dispatch.tonights_file()
    log = dispatch.PartnerFile.query.order_by(dispatch.PartnerFile.id.desc()).limit(60).all()
    return render_template("shipping/partner.html", name=name, folder=folder, rows=rows, log=log)


def partner_preview():
    _name, _folder, rows = dispatch.tonights_file()
    recs = []
    for sh in rows:
        a = sh.order.ship_address
        recs.append(
            dict(
                delivery_no=sh.delivery_no,
                name=sh.order.customer.name,
                street=a.line1 if a else "",
                city=a.city if a else "",
                postcode=a.postcode if a else "",
                country=a.country if a else "GB",
                parcels=sh.parcels,
                weight_g=sh.weight_g,
                reference=sh.order.order_no,
            )
        )
    text = partner_file.buildFile(settings.PARTNER_CUSTOMER_CODE, today(), 0, recs)
    return Response(text, mimetype="text/plain")


shipping.add_url_rule("/partner/preview", "partner_preview", partner_preview)
