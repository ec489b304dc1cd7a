from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from orderdesk.accounts import (
    AccountError,
    add_note,
    close_account,
    merge_accounts,
    open_account,
    put_on_hold,
    release_hold,
    set_default_address,
)
from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy.html_bits import optionList
from orderdesk.models import Customer, CustomerAddress, CustomerNote, Invoice, Order, PriceList
from orderdesk.utils import (
    COUNTRIES,
    audit,
    clean,
    clear_memo,
    csv_response,
    looks_like_email,
    money,
    paginate,
    parse_money,
    round2,
    toInt,
)

bp = Blueprint("customers", __name__)


def get_cust(account_no):
    c = Customer.query.filter_by(account_no=account_no.upper()).first()
    if c is None:
        abort(404)
    return c


@bp.route("/")
def index():
    q = Customer.query
    s = clean(request.args.get("q"))
    if s:
        like = "%" + s + "%"
        q = q.filter(db.or_(Customer.name.ilike(like), Customer.account_no.ilike(like)))
    if request.args.get("status"):
        q = q.filter(Customer.status == request.args["status"])
    q = q.order_by(Customer.name)
    if request.args.get("format") == "csv":
        return csv_response(
            "customers.csv",
            ["account", "name", "status", "limit", "balance"],
            [[c.account_no, c.name, c.status, money(c.credit_limit, False), money(c.balance, False)] for c in q],
        )
    return render_template("customers/list.html", page=paginate(q, request.args.get("page")), q=s)


@bp.route("/<account_no>")
def view(account_no):
    c = get_cust(account_no)
    orders = Order.query.filter_by(customer_id=c.id).order_by(Order.id.desc()).limit(10).all()
    invoices = (
        Invoice.query.filter(Invoice.customer_id == c.id, Invoice.status.in_(("OPEN", "PART")))
        .order_by(Invoice.due_date)
        .all()
    )
    # what the balance should be if OD-212 had been done properly
    open_orders = round2(sum(o.gross_total for o in c.orders if o.status in ("CONF", "PICK", "SHIP")))
    notes = CustomerNote.query.filter_by(customer_id=c.id).order_by(CustomerNote.id.desc()).all()
    return render_template(
        "customers/view.html", c=c, orders=orders, invoices=invoices, open_orders=open_orders, notes=notes
    )


def _options(c=None):
    lists = [(p.id, p.name) for p in PriceList.query.order_by(PriceList.code)]
    return dict(
        price_list_options=optionList(lists, c.price_list_id if c else None, blank=True),
        country_options=optionList(COUNTRIES, c.country if c else "GB"),
    )


@bp.route("/new", methods=["GET", "POST"])
def new():
    if request.method == "POST":
        f = request.form
        try:
            c = open_account(
                f.get("name"),
                email=clean(f.get("email")),
                country=f.get("country"),
                credit_limit=parse_money(f.get("credit_limit")),
                contact=clean(f.get("contact")),
                phone=clean(f.get("phone")),
                vat_no=clean(f.get("vat_no")).replace(" ", ""),
                payment_days=toInt(f.get("payment_days"), 30),
                price_list_id=toInt(f.get("price_list_id"), None),
                sales_rep=clean(f.get("sales_rep")).lower(),
            )
        except (AccountError, ValueError) as e:
            db.session.rollback()
            flash(str(e))
            return render_template("customers/form.html", c=None, **_options()), 400
        db.session.commit()
        return redirect(url_for("customers.view", account_no=c.account_no))
    return render_template("customers/form.html", c=None, **_options())


@bp.route("/<account_no>/edit", methods=["GET", "POST"])
def edit(account_no):
    c = get_cust(account_no)
    if request.method == "POST":
        f = request.form
        email = clean(f.get("email"))
        if email and not looks_like_email(email):
            flash("E-mail address looks wrong: %s" % email)
            return render_template("customers/form.html", c=c, **_options(c)), 400
        c.name = clean(f.get("name"), 120) or c.name
        c.email = email
        c.contact = clean(f.get("contact"))
        c.phone = clean(f.get("phone"))
        c.vat_no = clean(f.get("vat_no")).replace(" ", "")
        c.country = f.get("country") or c.country
        c.payment_days = toInt(f.get("payment_days"), c.payment_days)
        c.price_list_id = toInt(f.get("price_list_id"), None)
        c.sales_rep = clean(f.get("sales_rep")).lower()
        db.session.commit()
        clear_memo()
        flash("Saved")
        return redirect(url_for("customers.view", account_no=c.account_no))
    return render_template("customers/form.html", c=c, **_options(c))


@bp.route("/<account_no>/limit", methods=["POST"])
@needs_role("ACCTS")
def limit(account_no):
    c = get_cust(account_no)
    try:
        new_limit = parse_money(request.form.get("credit_limit"))
    except ValueError as e:
        flash(str(e))
        return redirect(url_for("customers.view", account_no=c.account_no))
    audit("LIMIT", "%s %.2f -> %.2f" % (c.account_no, c.credit_limit or 0, new_limit))
    c.credit_limit = new_limit
    db.session.commit()
    flash("Credit limit is now %s" % money(new_limit))
    return redirect(url_for("customers.view", account_no=c.account_no))


@bp.route("/<account_no>/status", methods=["POST"])
@needs_role("ACCTS")
def status(account_no):
    c = get_cust(account_no)
    what = request.form.get("do")
    try:
        if what == "hold":
            put_on_hold(c, clean(request.form.get("reason")) or "by hand")
        elif what == "release":
            release_hold(c)
        elif what == "close":
            close_account(c)
        else:
            abort(400)
    except AccountError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
    return redirect(url_for("customers.view", account_no=account_no))


@bp.route("/<account_no>/notes", methods=["POST"])
def note(account_no):
    c = get_cust(account_no)
    if clean(request.form.get("note")):
        add_note(c, request.form["note"])
        db.session.commit()
    return redirect(url_for("customers.view", account_no=c.account_no))


@bp.route("/<account_no>/address", methods=["GET", "POST"])
def address(account_no):
    c = get_cust(account_no)
    if request.method == "POST":
        f = request.form
        if not clean(f.get("line1")):
            flash("First line is missing")
            return render_template("customers/address.html", c=c), 400
        a = CustomerAddress(
            customer_id=c.id,
            kind="BILL" if f.get("kind") == "BILL" else "SHIP",
            line1=clean(f.get("line1"), 80),
            line2=clean(f.get("line2"), 80),
            city=clean(f.get("city"), 60),
            postcode=clean(f.get("postcode"), 12).upper(),
            country=f.get("country") or c.country,
        )
        db.session.add(a)
        db.session.flush()
        if f.get("is_default") or c.default_address(a.kind) in (None, a):
            set_default_address(a)
        db.session.commit()
        return redirect(url_for("customers.view", account_no=c.account_no))
    return render_template("customers/address.html", c=c)


@bp.route("/merge", methods=["GET", "POST"])
@needs_role("ACCTS")
def merge():
    if request.method == "POST":
        keep = get_cust(clean(request.form.get("keep")))
        drop = get_cust(clean(request.form.get("drop")))
        try:
            n = merge_accounts(keep, drop)
        except AccountError as e:
            db.session.rollback()
            flash(str(e))
            return redirect(url_for("customers.merge"))
        db.session.commit()
        flash("%d documents moved to %s" % (n, keep.account_no))
        return redirect(url_for("customers.view", account_no=keep.account_no))
    return render_template("customers/merge.html")
