import io

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy.fxrates import FxRate, fetchRates
from orderdesk.legacy.html_bits import optionList
from orderdesk.models import Category, PriceList, PriceListItem, Product, ProductFile
from orderdesk.pricing import get_price, import_price_file, set_price
from orderdesk.utils import (
    TAX_CLASSES,
    audit,
    available_qty,
    clean,
    csv_response,
    current_login,
    norm_sku,
    now,
    paginate,
    parse_date,
    parse_money,
    save_upload,
    toInt,
    today,
)

bp = Blueprint("catalogue", __name__)


def _product_or_404(sku):
    p = Product.query.filter_by(sku=norm_sku(sku)).first()
    if p is None:
        abort(404)
    return p


@bp.route("/")
def index():
    q = Product.query
    if request.args.get("category"):
        cat = Category.query.filter_by(code=request.args["category"]).first()
        ids = [cat.id] + [c.id for c in cat.children] if cat else []
        q = q.filter(Product.category_id.in_(ids))
    if request.args.get("q"):
        like = "%" + request.args["q"] + "%"
        q = q.filter(db.or_(Product.name.ilike(like), Product.sku.ilike(like)))
    if not request.args.get("all"):
        q = q.filter(Product.active.is_(True))
    page = paginate(q.order_by(Product.sku), request.args.get("page"))
    # one query per row for the stock column. 50 rows, so nobody noticed
    stock = {}
    for p in page.items:
        stock[p.id] = available_qty(p.id)
    categories = Category.query.order_by(Category.name).all()
    return render_template("catalogue/list.html", page=page, stock=stock, categories=categories)


@bp.route("/product/<sku>")
def product(sku):
    p = _product_or_404(sku)
    lists = []
    for pl in PriceList.query.order_by(PriceList.code):
        items = PriceListItem.query.filter_by(price_list_id=pl.id, product_id=p.id)
        for item in items.order_by(PriceListItem.min_qty):
            lists.append((pl, item))
    return render_template(
        "catalogue/product.html", p=p, prices=lists, price=get_price(p), stock=p.stock_levels
    )


def _fill(p, form):
    p.name = clean(form.get("name"), 120)
    p.description = (form.get("description") or "").strip()
    p.category_id = toInt(form.get("category_id"), None)
    p.unit = clean(form.get("unit"), 6) or "EA"
    p.pack_size = max(1, toInt(form.get("pack_size"), 1))
    p.list_price = parse_money(form.get("list_price"))
    p.tax_class = form.get("tax_class") if form.get("tax_class") in TAX_CLASSES else "STD"
    p.weight_g = toInt(form.get("weight_g"))
    p.reorder_level = toInt(form.get("reorder_level"))
    p.reorder_qty = toInt(form.get("reorder_qty"))
    p.supplier_ref = clean(form.get("supplier_ref"), 40)


def _form(p):
    cats = [(c.id, c.path()) for c in Category.query.order_by(Category.code)]
    return render_template(
        "catalogue/product_form.html",
        p=p,
        category_options=optionList(cats, p.category_id if p else None, blank=True),
        tax_options=optionList([(k, k) for k in sorted(TAX_CLASSES)], p.tax_class if p else "STD"),
    )


@bp.route("/new", methods=["GET", "POST"])
@needs_role("STORE", "ACCTS")
def new_product():
    if request.method == "POST":
        sku = norm_sku(request.form.get("sku"))
        if not sku:
            flash("SKU is missing")
            return _form(None), 400
        if Product.query.filter_by(sku=sku).first():
            flash("%s exists already" % sku)
            return _form(None), 400
        p = Product(sku=sku, created_at=now(), active=True)
        try:
            _fill(p, request.form)
        except ValueError as e:
            flash(str(e))
            return _form(None), 400
        if not p.name:
            flash("Name is missing")
            return _form(None), 400
        db.session.add(p)
        audit("PRODNEW", sku)
        db.session.commit()
        return redirect(url_for("catalogue.product", sku=sku))
    return _form(None)


@bp.route("/product/<sku>/edit", methods=["GET", "POST"])
@needs_role("STORE", "ACCTS")
def edit_product(sku):
    p = _product_or_404(sku)
    if request.method == "POST":
        old = p.list_price
        try:
            _fill(p, request.form)
        except ValueError as e:
            db.session.rollback()
            flash(str(e))
            return _form(_product_or_404(sku)), 400
        if old != p.list_price:
            audit("PRICE", "%s %.2f -> %.2f" % (p.sku, old, p.list_price))
        db.session.commit()
        flash("Saved")
        return redirect(url_for("catalogue.product", sku=p.sku))
    return _form(p)


@bp.route("/product/<sku>/discontinue", methods=["POST"])
@needs_role("STORE", "ACCTS")
def discontinue(sku):
    p = _product_or_404(sku)
    p.active = False
    p.discontinued_on = today()
    audit("PRODEND", p.sku)
    db.session.commit()
    flash("%s discontinued" % p.sku)
    return redirect(url_for("catalogue.product", sku=p.sku))


@bp.route("/product/<sku>/files", methods=["POST"])
def upload(sku):
    p = _product_or_404(sku)
    f = request.files.get("file")
    if f is None or not f.filename:
        flash("No file")
        return redirect(url_for("catalogue.product", sku=p.sku))
    try:
        name = save_upload(f, prefix=p.sku)
    except ValueError as e:
        flash(str(e))
        return redirect(url_for("catalogue.product", sku=p.sku))
    db.session.add(
        ProductFile(
            product_id=p.id,
            filename=name,
            title=clean(request.form.get("title")) or name,
            uploaded_by=current_login(),
            uploaded_at=now(),
        )
    )
    db.session.commit()
    flash("Stored %s" % name)
    return redirect(url_for("catalogue.product", sku=p.sku))


@bp.route("/categories", methods=["GET", "POST"])
def categories():
    if request.method == "POST":
        code = clean(request.form.get("code"), 10).upper()
        name = clean(request.form.get("name"), 80)
        if not code or not name:
            flash("Code and name please")
        elif Category.query.filter_by(code=code).first():
            flash("%s exists already" % code)
        else:
            db.session.add(Category(code=code, name=name, parent_id=toInt(request.form.get("parent_id"), None)))
            db.session.commit()
        return redirect(url_for("catalogue.categories"))
    rows = Category.query.order_by(Category.code).all()
    counts = {}
    for c in rows:
        counts[c.id] = Product.query.filter_by(category_id=c.id).count()
    return render_template("catalogue/categories.html", rows=rows, counts=counts)


# --- price lists (tn, 2016) ---


def price_lists():
    rates = FxRate.query.order_by(FxRate.rate_date.desc(), FxRate.currency).limit(6).all()
    return render_template("catalogue/price_lists.html", rows=PriceList.query.order_by(PriceList.code).all(), rates=rates)


def price_list(code):
    pl = PriceList.query.filter_by(code=code).first_or_404()
    if request.method == "POST":
        p = Product.query.filter_by(sku=norm_sku(request.form.get("sku"))).first()
        if p is None:
            flash("Unknown SKU")
        else:
            try:
                set_price(pl, p, toInt(request.form.get("min_qty"), 1) or 1, parse_money(request.form.get("price")))
                if request.form.get("valid_to"):
                    pl.valid_to = parse_date(request.form["valid_to"])
                db.session.commit()
            except ValueError as e:
                db.session.rollback()
                flash(str(e))
        return redirect(url_for("catalogue.price_list", code=code))
    items = (
        PriceListItem.query.filter_by(price_list_id=pl.id)
        .join(Product)
        .order_by(Product.sku, PriceListItem.min_qty)
        .all()
    )
    if request.args.get("format") == "csv":
        return csv_response(
            "prices_%s.csv" % code,
            ["sku", "min_qty", "price"],
            [[i.product.sku, i.min_qty, "%.2f" % i.price] for i in items],
        )
    return render_template("catalogue/price_list.html", pl=pl, items=items)


def price_import(code):
    f = request.files.get("file")
    if f is None:
        flash("No file")
        return redirect(url_for("catalogue.price_list", code=code))
    text = io.StringIO(f.read().decode("utf-8", "replace"))
    try:
        done, problems = import_price_file(text, code)
    except ValueError as e:
        flash(str(e))
        return redirect(url_for("catalogue.price_lists"))
    db.session.commit()
    flash("%d prices imported" % done)
    for p in problems[:10]:
        flash(p)
    return redirect(url_for("catalogue.price_list", code=code))


def refresh_rates():
    n = fetchRates()
    flash("%d rates" % n if n else "Rate service did not answer, old rates stay")
    return redirect(url_for("catalogue.price_lists"))


bp.add_url_rule("/prices", "price_lists", price_lists)
bp.add_url_rule("/prices/<code>", "price_list", price_list, methods=["GET", "POST"])
bp.add_url_rule("/prices/<code>/import", "price_import", needs_role("ACCTS")(price_import), methods=["POST"])
bp.add_url_rule("/rates", "refresh_rates", refresh_rates, methods=["POST"])
