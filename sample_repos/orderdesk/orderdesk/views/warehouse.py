from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from orderdesk import ops
from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy.html_bits import badge, optionList
from orderdesk.models import Order, Product, StockLevel, StockMovement, Warehouse
from orderdesk.services import stock as stock_svc
from orderdesk.services.stock import StockError
from orderdesk.utils import audit, clean, csv_response, norm_sku, paginate, parse_money, toInt

bp = Blueprint("warehouse", __name__)


def _warehouse(form, field="warehouse_id"):
    return db.session.get(Warehouse, toInt(form.get(field)))


def _wh_options(selected=None):
    return optionList([(w.id, w.code) for w in Warehouse.query.order_by(Warehouse.id)], selected)


@bp.route("/")
def index():
    q = StockLevel.query.join(Product).order_by(Product.sku, StockLevel.warehouse_id)
    if request.args.get("low"):
        q = q.filter(StockLevel.qty_on_hand - StockLevel.qty_reserved < Product.reorder_level)
    if request.args.get("format") == "csv":
        return csv_response(
            "stock.csv",
            ["sku", "warehouse", "bin", "on_hand", "reserved"],
            [[s.product.sku, s.warehouse.code, s.bin_loc, s.qty_on_hand, s.qty_reserved] for s in q],
        )
    return render_template("warehouse/stock.html", page=paginate(q, request.args.get("page")))


@bp.route("/movements")
def movements():
    q = StockMovement.query
    sku = norm_sku(request.args.get("sku"))
    if sku:
        p = Product.query.filter_by(sku=sku).first_or_404()
        q = q.filter_by(product_id=p.id)
    page = paginate(q.order_by(StockMovement.id.desc()), request.args.get("page"))
    return render_template("warehouse/movements.html", page=page, sku=sku)


@bp.route("/goods-in", methods=["GET", "POST"])
@needs_role("STORE")
def goods_in():
    if request.method == "POST":
        p = Product.query.filter_by(sku=norm_sku(request.form.get("sku"))).first()
        if p is None:
            flash("Unknown SKU")
            return redirect(url_for("warehouse.goods_in"))
        try:
            filled = ops.goods_in(
                p,
                toInt(request.form.get("qty")),
                parse_money(request.form.get("unit_cost")),
                clean(request.form.get("reference"), 40),
                _warehouse(request.form),
            )
        except (StockError, ValueError) as e:
            db.session.rollback()
            flash(str(e))
            return redirect(url_for("warehouse.goods_in"))
        db.session.commit()
        flash("Booked in %s" % p.sku)
        if filled:
            flash("%d pieces went to back orders" % filled)
        return redirect(url_for("warehouse.movements", sku=p.sku))
    return render_template("warehouse/goods_in.html", warehouses=_wh_options())


@bp.route("/stocktake", methods=["GET", "POST"])
@needs_role("STORE")
def stocktake():
    if request.method == "POST":
        p = Product.query.filter_by(sku=norm_sku(request.form.get("sku"))).first()
        wh = _warehouse(request.form)
        if p is None or wh is None:
            abort(400)
        try:
            diff = stock_svc.adjust(
                p, wh, toInt(request.form.get("counted"), -1), clean(request.form.get("reason")) or "stocktake"
            )
            if request.form.get("bin_loc"):
                stock_svc.level_for(p.id, wh.id).bin_loc = clean(request.form["bin_loc"], 10).upper()
        except StockError as e:
            db.session.rollback()
            flash(str(e))
        else:
            db.session.commit()
            flash("%s: difference %+d" % (p.sku, diff))
        return redirect(url_for("warehouse.stocktake"))
    return render_template("warehouse/stocktake.html", warehouses=_wh_options())


@bp.route("/transfer", methods=["POST"])
@needs_role("STORE")
def transfer():
    p = Product.query.filter_by(sku=norm_sku(request.form.get("sku"))).first_or_404()
    src, dst = _warehouse(request.form, "src"), _warehouse(request.form, "dst")
    if src is None or dst is None:
        abort(400)
    try:
        stock_svc.transfer(p, src, dst, toInt(request.form.get("qty")))
    except StockError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
        flash("Moved")
    return redirect(url_for("warehouse.movements", sku=p.sku))


@bp.route("/picking")
def picking():
    waiting = Order.query.filter_by(status="CONF").order_by(Order.required_date, Order.id).all()
    lists = ops.PickingList.query.order_by(ops.PickingList.id.desc()).limit(50).all()
    return render_template("warehouse/picking.html", waiting=waiting, lists=lists, badge=badge)


@bp.route("/picking/create/<int:order_id>", methods=["POST"])
def create_pick(order_id):
    o = db.session.get(Order, order_id) or abort(404)
    try:
        pl = ops.make_picking_list(o)
    except StockError as e:
        db.session.rollback()
        flash(str(e))
        return redirect(url_for("warehouse.picking"))
    db.session.commit()
    return redirect(url_for("warehouse.pick", pick_id=pl.id))


@bp.route("/picking/<int:pick_id>", methods=["GET", "POST"])
def pick(pick_id):
    pl = db.session.get(ops.PickingList, pick_id) or abort(404)
    if request.method == "POST":
        picked = {}
        for line in pl.lines:
            v = request.form.get("line_%d" % line.id)
            if v not in (None, ""):
                picked[line.id] = toInt(v, -1)
        try:
            short = ops.finish_picking(pl, picked)
        except StockError as e:
            db.session.rollback()
            flash(str(e))
            return redirect(url_for("warehouse.pick", pick_id=pick_id))
        db.session.commit()
        for sku, n in short:
            flash("Short: %d x %s" % (n, sku))
        return redirect(url_for("warehouse.picking"))
    return render_template("warehouse/pick.html", pl=pl, lines=ops.pick_route(pl), badge=badge)


@bp.route("/replenish", methods=["GET", "POST"])
def replenish():
    if request.method == "POST":
        rows = []
        for s in ops.suggest_replenishment():
            p = s["product"]
            v = request.form.get("qty_%d" % p.id)
            rows.append((p, s["qty"] if v in (None, "") else toInt(v)))
        n = ops.place_replenishment(rows)
        audit("REPLCLICK", "%d lines" % n)
        db.session.commit()
        flash("%d products requested" % n)
        return redirect(url_for("warehouse.replenish"))
    open_rows = ops.Replenishment.query.filter_by(status="OPEN").order_by(ops.Replenishment.id).all()
    return render_template("warehouse/replenish.html", rows=ops.suggest_replenishment(), open_rows=open_rows)
