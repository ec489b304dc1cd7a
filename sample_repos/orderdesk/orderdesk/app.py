"""
Application. Blueprints are registered in create_app(), a few old routes are still here.
"""
import os

from flask import Flask, abort, jsonify, redirect, render_template, request, send_from_directory, url_for

from orderdesk import __version__, auth, settings
from orderdesk.db import db
from orderdesk.utils import find_customer, find_order, log_line, norm_sku, register_filters, toInt, today


def create_app(config=None):
    app = Flask("orderdesk")
    app.config["SECRET_KEY"] = settings.SECRET_KEY
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.DB_URL
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    if config:
        app.config.update(config)
    db.init_app(app)
    register_filters(app)
    app.jinja_env.globals["version"] = __version__
    app.before_request(auth.gate)

    # imported here because they import half of the world (OD-97)
    from orderdesk.views import admin, billing, catalogue, customers, orders, quotes, reports, shipping, warehouse

    app.register_blueprint(auth.bp)
    app.register_blueprint(catalogue.bp, url_prefix="/catalogue")
    app.register_blueprint(customers.bp, url_prefix="/customers")
    app.register_blueprint(orders.bp, url_prefix="/orders")
    app.register_blueprint(quotes.bp, url_prefix="/quotes")
    app.register_blueprint(warehouse.bp, url_prefix="/warehouse")
    app.register_blueprint(billing.bp, url_prefix="/billing")
    app.register_blueprint(shipping.shipping)
    app.register_blueprint(reports.bp, url_prefix="/reports")
    app.register_blueprint(admin.bp, url_prefix="/admin")

    register_routes(app)
    return app


def register_routes(app):
    @app.route("/")
    def home():
        from orderdesk.legacy.rep_sql import headline
        from orderdesk.services.ordering import late_orders

        return render_template(
            "home.html", boxes=headline(today()), late=late_orders(), who=sorted(auth.LAST_SEEN.items())
        )

    @app.route("/ping")
    def ping():
        # Nagios
        return "pong"

    @app.route("/search")
    def search():
        """The box at the top right: order number, account number, sku or a name."""
        from orderdesk.models import Customer, Invoice, Product

        q = (request.args.get("q") or "").strip()
        if not q:
            return redirect(url_for("home"))
        o = find_order(q) if not q.isdigit() else None
        if o is not None:
            return redirect(url_for("orders.view", order_id=o.id))
        inv = Invoice.query.filter_by(invoice_no=q.upper()).first()
        if inv is not None:
            return redirect(url_for("billing.invoice", invoice_id=inv.id))
        p = Product.query.filter_by(sku=norm_sku(q)).first()
        if p is not None:
            return redirect(url_for("catalogue.product", sku=p.sku))
        c = find_customer(q)
        if c is not None and c.account_no == q.upper():
            return redirect(url_for("customers.view", account_no=c.account_no))
        customers = Customer.query.filter(Customer.name.ilike("%" + q + "%")).limit(20).all()
        products = Product.query.filter(Product.name.ilike("%" + q + "%")).limit(20).all()
        return render_template("search.html", q=q, customers=customers, products=products)

    @app.route("/files/<path:filename>")
    def uploaded_file(filename):
        return send_from_directory(os.path.abspath(settings.UPLOAD_DIR), filename)

    def kpi_wall():
        # For the screen in the hall, which was taken down when we moved (2020).
        from orderdesk.legacy.rep_sql import headline

        data = headline(today())
        data["version"] = __version__
        return jsonify(data)

    app.add_url_rule("/kpi_wall", "kpi_wall", kpi_wall)

    @app.route("/stock_check")
    def stock_check():
        """Price and availability as plain text, used by the order form's little script
        (static/desk.js) and by two customers' own systems (Fenwick, Aldous)."""
        from orderdesk.models import Product
        from orderdesk.pricing import get_price
        from orderdesk.utils import available_qty

        p = Product.query.filter_by(sku=norm_sku(request.args.get("sku"))).first()
        if p is None:
            abort(404)
        qty = toInt(request.args.get("qty"), 1) or 1
        cust = find_customer(request.args.get("account") or "-")
        return "%s;%d;%.2f\n" % (p.sku, available_qty(p.id), get_price(p, cust, qty)), 200, {
            "Content-Type": "text/plain; charset=utf-8"
        }

    @app.errorhandler(403)
    def forbidden(e):
        return render_template("error.html", title="Not allowed", text="Ask your manager for the right role."), 403

    @app.errorhandler(404)
    def not_found(e):
        return render_template("error.html", title="Not found", text="There is nothing here."), 404

    @app.errorhandler(500)
    def broken(e):
        db.session.rollback()
        log_line("error", "%s %s: %r" % (request.method, request.path, e))
        return render_template("error.html", title="Error", text="Please call extension 42."), 500

    # @app.route("/fax/<int:order_id>")
    # def fax(order_id):
    #     return fax_gateway.send(order_id)     # gateway switched off 31/12/2019
