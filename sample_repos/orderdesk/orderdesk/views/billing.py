from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from orderdesk import batch
from orderdesk.auth import needs_role
from orderdesk.db import db
from orderdesk.legacy.html_bits import badge
from orderdesk.models import Customer, Invoice, Order, Payment
from orderdesk.services import credit, invoicing
from orderdesk.services.invoicing import BillingError
from orderdesk.services.tax import TaxLine, summary
from orderdesk.utils import clean, money, paginate, parse_date, parse_money, round2, today

bp = Blueprint("billing", __name__)


def load_invoice(invoice_id):
    inv = db.session.get(Invoice, invoice_id)
    if inv is None:
        abort(404)
    return inv


@bp.route("/")
def index():
    q = Invoice.query.join(Customer)
    st = request.args.get("status")
    if st == "OVERDUE":
        q = q.filter(Invoice.status.in_(("OPEN", "PART")), Invoice.due_date < today())
    elif st:
        q = q.filter(Invoice.status == st)
    page = paginate(q.order_by(Invoice.id.desc()), request.args.get("page"))
    to_bill = Order.query.filter_by(status="SHIP").count()
    return render_template("billing/invoices.html", page=page, st=st, to_bill=to_bill, badge=badge)


@bp.route("/invoice/<int:invoice_id>")
def invoice(invoice_id):
    inv = load_invoice(invoice_id)
    box = summary([TaxLine(l.net, l.tax_rate, round2(l.net * l.tax_rate)) for l in inv.lines])
    return render_template("billing/invoice.html", inv=inv, box=box, badge=badge, is_today=inv.invoice_date == today())


@bp.route("/invoice/<int:invoice_id>/void", methods=["POST"])
@needs_role("ACCTS")
def void(invoice_id):
    inv = load_invoice(invoice_id)
    try:
        invoicing.void_invoice(inv, request.form.get("reason", ""))
    except BillingError as e:
        db.session.rollback()
        flash(str(e))
    else:
        db.session.commit()
        flash("%s is void" % inv.invoice_no)
    return redirect(url_for("billing.invoice", invoice_id=invoice_id))


@bp.route("/invoice/<int:invoice_id>/credit", methods=["GET", "POST"])
@needs_role("ACCTS")
def credit_note(invoice_id):
    inv = load_invoice(invoice_id)
    if request.method == "POST":
        try:
            cn = credit.raise_credit_note(
                inv,
                parse_money(request.form.get("amount")),
                request.form.get("reason", ""),
                restock=bool(request.form.get("restock")),
            )
        except (BillingError, ValueError) as e:
            db.session.rollback()
            flash(str(e))
            return render_template("billing/credit.html", inv=load_invoice(invoice_id)), 400
        db.session.commit()
        flash("Credit note %s" % cn.credit_no)
        return redirect(url_for("billing.invoice", invoice_id=invoice_id))
    return render_template("billing/credit.html", inv=inv)


def run_open():
    """'Invoice everything shipped' - needed when the invoice failed at shipping."""
    done, failed = 0, 0
    for o in Order.query.filter_by(status="SHIP").order_by(Order.id).all():
        try:
            invoicing.invoice_order(o)
            db.session.commit()
            done += 1
        except BillingError as e:
            db.session.rollback()
            flash(str(e))
            failed += 1
    flash("%d invoiced, %d failed" % (done, failed))
    return redirect(url_for("billing.index"))


bp.add_url_rule("/run", "run_open", needs_role("ACCTS")(run_open), methods=["POST"])


@bp.route("/payments", methods=["GET", "POST"])
@needs_role("ACCTS")
def payments():
    if request.method == "POST":
        c = Customer.query.filter_by(account_no=clean(request.form.get("account_no")).upper()).first()
        inv = None
        if c is None:
            flash("Unknown account")
            return redirect(url_for("billing.payments"))
        if clean(request.form.get("invoice_no")):
            inv = Invoice.query.filter_by(invoice_no=clean(request.form["invoice_no"]).upper()).first()
            if inv is None:
                flash("Unknown invoice")
                return redirect(url_for("billing.payments"))
        try:
            rows = invoicing.record_payment(
                c,
                parse_money(request.form.get("amount")),
                invoice=inv,
                method=request.form.get("method") or "BACS",
                reference=request.form.get("reference", ""),
                received=parse_date(request.form.get("received_on"), today()),
            )
        except (BillingError, ValueError) as e:
            db.session.rollback()
            flash(str(e))
            return redirect(url_for("billing.payments"))
        db.session.commit()
        flash("%s booked in %d parts, balance %s" % (money(sum(p.amount for p in rows)), len(rows), money(c.balance)))
        return redirect(url_for("billing.payments"))
    rows = Payment.query.order_by(Payment.id.desc()).limit(50).all()
    return render_template("billing/payments.html", rows=rows)


@bp.route("/dunning", methods=["GET", "POST"])
@needs_role("ACCTS")
def dunning():
    if request.method == "POST":
        sent = batch.run_dunning()
        flash("%d reminders sent" % len(sent))
        return redirect(url_for("billing.dunning"))
    notices = batch.DunningNotice.query.order_by(batch.DunningNotice.id.desc()).limit(100).all()
    return render_template("billing/dunning.html", preview=batch.run_dunning(dry=True), notices=notices)


@bp.route("/statement/<account_no>")
def statement(account_no):
    c = Customer.query.filter_by(account_no=account_no.upper()).first_or_404()
    day = parse_date(request.args.get("day"), today())
    return Response(batch.statement_text(c, day), mimetype="text/plain")


@bp.route("/credits")
def credits():
    rows = credit.CreditNote.query.order_by(credit.CreditNote.id.desc()).limit(100).all()
    return render_template("billing/credits.html", rows=rows)
