from datetime import timedelta

from flask import Blueprint, render_template, request

from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy import rep_sql
from orderdesk.legacy.dbhelpers import sqlAll
from orderdesk.models import ReportRun
from orderdesk.utils import csv_response, month_start, parse_date, round2, today

bp = Blueprint("reports", __name__)


def _period():
    d2 = parse_date(request.args.get("to"), today())
    d1 = parse_date(request.args.get("from"), month_start(d2))
    return d1, d2


def _csv():
    return request.args.get("format") == "csv"


@bp.route("/")
def index():
    runs = ReportRun.query.order_by(ReportRun.id.desc()).limit(20).all()
    return render_template("reports/index.html", runs=runs)


@bp.route("/sales")
def sales():
    d1, d2 = _period()
    rows = rep_sql.sales(d1, d2)
    db.session.commit()
    if _csv():
        cols = ["account_no", "customer", "category", "sku", "product", "qty", "net", "cost", "margin"]
        return csv_response("sales_%s.csv" % d2.strftime("%Y%m%d"), cols, [[r[c] for c in cols] for r in rows])
    return render_template(
        "reports/sales.html",
        rows=rows,
        d1=d1,
        d2=d2,
        net=round2(sum(r["net"] for r in rows)),
        margin=round2(sum(r["margin"] for r in rows)),
    )


@bp.route("/stock")
@needs_role("ACCTS", "STORE")
def stock():
    rows = rep_sql.stock_value()
    db.session.commit()
    if _csv():
        cols = ["warehouse", "category", "items", "qty", "at_cost", "at_list"]
        return csv_response("stock_value.csv", cols, [[r[c] for c in cols] for r in rows])
    total = round2(sum(r["at_cost"] for r in rows))
    return render_template("reports/stock.html", rows=rows, total=total)


@bp.route("/ageing")
@needs_role("ACCTS")
def ageing():
    day = parse_date(request.args.get("day"), today())
    rows = rep_sql.ageing(day)
    db.session.commit()
    if _csv():
        cols = ["account_no", "name", "not_due", "d30", "d60", "older", "total", "balance"]
        return csv_response("ageing.csv", cols, [[r[c] for c in cols] for r in rows])
    sums = {}
    for k in ("not_due", "d30", "d60", "older", "total"):
        sums[k] = round2(sum(r[k] for r in rows))
    return render_template("reports/ageing.html", rows=rows, day=day, sums=sums)


@bp.route("/late")
def late():
    rows = rep_sql.late_deliveries()
    db.session.commit()
    return render_template("reports/late.html", rows=rows)


@bp.route("/dormant")
def dormant():
    days = request.args.get("days", type=int) or 180
    rows = rep_sql.dormant(today() - timedelta(days=days))
    db.session.commit()
    return render_template("reports/dormant.html", rows=rows, days=days)


@bp.route("/reps")
def reps():
    """Commission list. Sales wanted it 'quickly' for the Christmas party 2018."""
    d1, d2 = _period()
    rows = sqlAll(
        "SELECT COALESCE(NULLIF(c.sales_rep, ''), 'house') AS rep, COUNT(DISTINCT o.id) AS orders, "
        "       ROUND(SUM(i.net), 2) AS invoiced, ROUND(SUM(i.paid), 2) AS paid "
        "  FROM invoices i JOIN orders o ON o.id = i.order_id JOIN customers c ON c.id = i.customer_id "
        " WHERE i.invoice_date BETWEEN :d1 AND :d2 AND i.status <> 'VOID' "
        " GROUP BY rep ORDER BY invoiced DESC",
        d1=d1.isoformat(),
        d2=d2.isoformat(),
    )
    for r in rows:
        # 1.5% of what is PAID, net or gross was never clarified
        r["commission"] = round2((r["paid"] or 0) * 0.015)
    return render_template("reports/reps.html", rows=rows, d1=d1, d2=d2)
