# Telephone desk screens. mt 2014, split from orders.py in 2018 (not finished)
from flask import Blueprint, flash, redirect, render_template, request, url_for

from orderdesk import desk
from orderdesk.db import db
from orderdesk.legacy.html_bits import optionList
from orderdesk.models import Customer, Product
from orderdesk.services.ordering import OrderError
from orderdesk.utils import customer_choices, norm_sku, to_float, toInt

bp = Blueprint("quotes", __name__)


@bp.route("/")
def index():
    if desk.expire_quotes():
        db.session.commit()
    rows = desk.Quote.query.order_by(desk.Quote.id.desc()).limit(100).all()
    return render_template("orders/quotes.html", rows=rows)


@bp.route("/cart", methods=["GET", "POST"])
def cart():
    if request.method == "POST":
        p = Product.query.filter_by(sku=norm_sku(request.form.get("sku"))).first()
        customer = db.session.get(Customer, toInt(request.form.get("customer_id")))
        qty = toInt(request.form.get("qty"), 1)
        if p is None or not p.active:
            flash("Unknown SKU")
        elif qty <= 0:
            flash("Quantity?")
        else:
            desk.cart_add(p, qty, customer)
        return redirect(url_for("quotes.cart"))
    c = desk.cart()
    total = desk.cart_total()
    return render_template(
        "orders/cart.html",
        rows=desk.cart_rows(),
        total=total,
        proposal=desk.volume_discount(total),
        customers=optionList(customer_choices(), c["customer_id"], blank=True),
    )


@bp.route("/cart/remove/<int:product_id>", methods=["POST"])
def cart_remove(product_id):
    desk.cart_remove(product_id)
    return redirect(url_for("quotes.cart"))


@bp.route("/cart/clear", methods=["POST"])
def cart_clear():
    desk.cart_clear()
    return redirect(url_for("quotes.cart"))


@bp.route("/save", methods=["POST"])
def save():
    try:
        q = desk.save_quote(discount_pct=to_float(request.form.get("discount_pct")))
    except OrderError as e:
        db.session.rollback()
        flash(str(e))
        return redirect(url_for("quotes.cart"))
    db.session.commit()
    return redirect(url_for("quotes.view", quote_no=q.quote_no))


@bp.route("/<quote_no>")
def view(quote_no):
    q = desk.Quote.query.filter_by(quote_no=quote_no).first_or_404()
    return render_template("orders/quote.html", q=q)


@bp.route("/<quote_no>/convert", methods=["POST"])
def convert(quote_no):
    q = desk.Quote.query.filter_by(quote_no=quote_no).first_or_404()
    try:
        o = desk.convert_quote(q, request.form.get("customer_ref", ""))
    except OrderError as e:
        # commit, not rollback: convert_quote may just have set EXPD
        db.session.commit()
        flash(str(e))
        return redirect(url_for("quotes.view", quote_no=quote_no))
    db.session.commit()
    flash("Order %s" % o.order_no)
    return redirect(url_for("orders.view", order_id=o.id))
