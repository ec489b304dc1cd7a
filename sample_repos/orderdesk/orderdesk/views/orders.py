from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import text

from orderdesk.db import db
from orderdesk.desk import max_discount, volume_discount
from orderdesk.legacy.html_bits import badge, optionList
from orderdesk.models import Customer, Order, OrderLine, Product
from orderdesk.services import ordering
from orderdesk.services.invoicing import BillingError
from orderdesk.services.ordering import OrderError
from orderdesk.services.stock import StockError
from orderdesk.utils import (
    STATUS_LABELS,
    audit,
    available_qty,
    clean,
    compute_order_total,
    customer_choices,
    find_order,
    money,
    norm_sku,
    paginate,
    parse_date,
    to_float,
    toInt,
)

bp = Blueprint("orders", __name__)

ORDER_STATES = ("NEW", "HOLD", "CONF", "PICK", "SHIP", "INV", "DLVD", "CANC")


def load(order_id):
    o = db.session.get(Order, order_id)
    if o is None:
        abort(404)
    return o


@bp.route("/")
def index():
    q = Order.query.join(Customer)
    st = request.args.get("status")
    if st:
        q = q.filter(Order.status == st)
    else:
        q = q.filter(Order.status.in_(("NEW", "HOLD", "CONF", "PICK")))
    d1, d2 = parse_date(request.args.get("from")), parse_date(request.args.get("to"))
    if d1:
        q = q.filter(Order.order_date >= d1)
    if d2:
        q = q.filter(Order.order_date <= d2)
    page = paginate(q.order_by(Order.id.desc()), request.args.get("page"))
    # the "margin" column lazy-loads lines and products for every order (OD-1533 again)
    margins = {}
    for o in page.items:
        margins[o.id] = ordering.order_margin(o)
    states = optionList([(s, STATUS_LABELS[s]) for s in ORDER_STATES], st, blank=True)
    return render_template("orders/list.html", page=page, margins=margins, states=states, badge=badge)


@bp.route("/new", methods=["GET", "POST"])
def new():
    if request.method == "POST":
        customer = db.session.get(Customer, toInt(request.form.get("customer_id")))
        if customer is None:
            flash("Choose a customer")
            return _new_form(), 400
        items, bad = [], []
        for sku, qty in zip(request.form.getlist("sku"), request.form.getlist("qty")):
            if not clean(sku):
                continue
            p = Product.query.filter_by(sku=norm_sku(sku)).first()
            if p is None:
                bad.append(sku)
            else:
                items.append((p, toInt(qty), None))
        if bad:
            flash("Unknown SKU: %s" % ", ".join(bad))
            return _new_form(), 400
        try:
            order = ordering.create_order(
                customer,
                items,
                customer_ref=request.form.get("customer_ref", ""),
                discount_pct=to_float(request.form.get("discount_pct")),
                required=parse_date(request.form.get("required_date")),
                notes=clean(request.form.get("notes")),
            )
        except OrderError as e:
            db.session.rollback()
            flash(str(e))
            return _new_form(), 400
        db.session.commit()
        return redirect(url_for("orders.view", order_id=order.id))
    return _new_form()


def _new_form():
    return render_template(
        "orders/new.html",
        customers=optionList(customer_choices(), request.values.get("customer_id"), blank=True),
        rows=range(6),
    )


@bp.route("/<int:order_id>")
def view(order_id):
    o = load(order_id)
    free = dict((l.product_id, available_qty(l.product_id)) for l in o.lines)
    return render_template(
        "orders/view.html",
        o=o,
        free=free,
        margin=ordering.order_margin(o),
        proposal=volume_discount(o.net_total),
        most=max_discount(o.customer),
        badge=badge,
    )


@bp.route("/<int:order_id>/confirm", methods=["POST"])
def confirm(order_id):
    o = load(order_id)
    try:
        missing = ordering.confirm_order(o)
    except OrderError as e:
        db.session.rollback()
        flash(str(e))
        return redirect(url_for("orders.view", order_id=order_id))
    db.session.commit()
    if o.status == "HOLD":
        flash("Credit limit: order is on hold, tell accounts")
    for sku, qty in missing:
        flash("Back order: %d x %s" % (qty, sku))
    return redirect(url_for("orders.view", order_id=order_id))


@bp.route("/<int:order_id>/cancel", methods=["POST"])
def cancel(order_id):
    o = load(order_id)
    try:
        ordering.cancel_order(o, request.form.get("reason", ""))
    except OrderError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
        flash("%s cancelled" % o.order_no)
    return redirect(url_for("orders.view", order_id=order_id))


@bp.route("/<int:order_id>/line/<int:line_id>", methods=["POST"])
def change_line(order_id, line_id):
    o = load(order_id)
    line = db.session.get(OrderLine, line_id)
    if line is None or line.order_id != o.id:
        abort(404)
    try:
        ordering.change_line(o, line, toInt(request.form.get("qty"), -1))
    except OrderError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
    return redirect(url_for("orders.view", order_id=order_id))


@bp.route("/<int:order_id>/discount", methods=["POST"])
def discount(order_id):
    o = load(order_id)
    d = to_float(request.form.get("discount_pct"))
    if not o.is_open():
        flash("Too late for a discount")
    elif d < 0 or d > max_discount(o.customer):
        flash("Discount must be between 0 and %.1f%%" % max_discount(o.customer))
    else:
        before = o.gross_total
        o.discount_pct = d
        compute_order_total(o)
        if o.status in ("CONF", "PICK"):
            # the balance has the old total in it
            o.customer.balance = (o.customer.balance or 0) - before + o.gross_total
        audit("DISCOUNT", "%s %.1f%% (was %s)" % (o.order_no, d, money(before)))
        db.session.commit()
    return redirect(url_for("orders.view", order_id=order_id))


@bp.route("/<int:order_id>/repeat", methods=["POST"])
def repeat(order_id):
    try:
        o = ordering.repeat_order(load(order_id))
    except OrderError as e:
        db.session.rollback()
        flash(str(e))
        return redirect(url_for("orders.view", order_id=order_id))
    db.session.commit()
    flash("Repeated as %s" % o.order_no)
    return redirect(url_for("orders.view", order_id=o.id))


@bp.route("/<int:order_id>/invoice", methods=["POST"])
def invoice_now(order_id):
    o = load(order_id)
    try:
        inv = ordering.invoice_now(o)
    except (OrderError, StockError, BillingError) as e:
        db.session.rollback()
        flash(str(e))
        return redirect(url_for("orders.view", order_id=order_id))
    db.session.commit()
    flash("Invoice %s" % inv.invoice_no)
    return redirect(url_for("billing.invoice", invoice_id=inv.id))


@bp.route("/goto")
def goto():
    """barcode on the picking list"""
    o = find_order(request.args.get("ref", ""))
    if o is None:
        flash("No such order")
        return redirect(url_for("orders.index"))
    return redirect(url_for("orders.view", order_id=o.id))


@bp.route("/export_old")
def export_old():
    # for the old bookkeeping package (Sabre), replaced 2017. dd/mm/yyyy;number;total
    rows = db.session.execute(
        text(
            "SELECT o.order_no, o.order_date, c.account_no, o.gross_total FROM orders o, customers c "
            "WHERE c.id = o.customer_id AND o.status IN ('INV', 'DLVD') ORDER BY o.id"
        )
    )
    out = ["%s;%s;%s;%.2f" % (parse_date(r[1]).strftime("%d/%m/%Y"), r[0], r[2], r[3]) for r in rows]
    return Response("\r\n".join(out), mimetype="text/plain")
