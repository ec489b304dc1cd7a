"""
All tables. (Nearly all: quotes are in desk.py, picking in ops.py, shipments in
dispatch.py, credit notes in services/credit.py, dunning in batch.py.)

Rules of the house:
  * status columns are short upper case strings, labels are in utils.STATUS_LABELS
  * money is Float and rounded with utils.round2 -- newer tables have pence (Integer)
  * nothing is ever deleted, set active = False
"""
from datetime import datetime

from orderdesk.db import db
from orderdesk.utils import STATUS_LABELS, round2

# ----------------------------------------------------------------------------------
# catalogue
# ----------------------------------------------------------------------------------


class Category(db.Model):
    __tablename__ = "categories"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(10), unique=True, nullable=False)
    name = db.Column(db.String(80), nullable=False)
    parent_id = db.Column(db.Integer, db.ForeignKey("categories.id"))

    parent = db.relationship("Category", remote_side=[id], backref="children")

    def path(self):
        node, names = self, []
        while node is not None:
            names.insert(0, node.name)
            node = node.parent
        return " / ".join(names)


class Product(db.Model):
    __tablename__ = "products"

    id = db.Column(db.Integer, primary_key=True)
    sku = db.Column(db.String(20), unique=True, nullable=False)
    name = db.Column(db.String(120), nullable=False)
    description = db.Column(db.Text, default="")
    category_id = db.Column(db.Integer, db.ForeignKey("categories.id"))
    unit = db.Column(db.String(6), default="EA")
    pack_size = db.Column(db.Integer, default=1)
    list_price = db.Column(db.Float, default=0.0)
    last_cost = db.Column(db.Float, default=0.0)
    tax_class = db.Column(db.String(4), default="STD")
    weight_g = db.Column(db.Integer, default=0)
    active = db.Column(db.Boolean, default=True)
    reorder_level = db.Column(db.Integer, default=0)
    reorder_qty = db.Column(db.Integer, default=0)
    supplier_ref = db.Column(db.String(40), default="")
    discontinued_on = db.Column(db.Date)
    created_at = db.Column(db.DateTime, default=datetime.utcnow)

    category = db.relationship("Category", backref="products")
    # barcode = db.Column(db.String(13))   # OD-455, scanners never arrived

    def margin_pct(self):
        if not self.list_price:
            return 0.0
        return round2((self.list_price - (self.last_cost or 0)) * 100.0 / self.list_price)

    def __repr__(self):
        return "<Product %s>" % self.sku


class ProductFile(db.Model):
    """Data sheets and pictures, the file itself is in settings.UPLOAD_DIR."""

    __tablename__ = "product_files"

    id = db.Column(db.Integer, primary_key=True)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    filename = db.Column(db.String(200), nullable=False)
    title = db.Column(db.String(120), default="")
    uploaded_at = db.Column(db.DateTime, default=datetime.utcnow)
    uploaded_by = db.Column(db.String(30))

    product = db.relationship("Product", backref="files")


class PriceList(db.Model):
    __tablename__ = "price_lists"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(10), unique=True, nullable=False)
    name = db.Column(db.String(80), nullable=False)
    currency = db.Column(db.String(3), default="GBP")
    valid_from = db.Column(db.Date)
    valid_to = db.Column(db.Date)
    is_default = db.Column(db.Boolean, default=False)

    items = db.relationship("PriceListItem", backref="price_list", cascade="all, delete-orphan")


class PriceListItem(db.Model):
    __tablename__ = "price_list_items"

    id = db.Column(db.Integer, primary_key=True)
    price_list_id = db.Column(db.Integer, db.ForeignKey("price_lists.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    min_qty = db.Column(db.Integer, default=1)
    price = db.Column(db.Float, nullable=False)

    product = db.relationship("Product")


# ----------------------------------------------------------------------------------
# customers, staff
# ----------------------------------------------------------------------------------


class Customer(db.Model):
    __tablename__ = "customers"

    id = db.Column(db.Integer, primary_key=True)
    account_no = db.Column(db.String(12), unique=True, nullable=False)
    name = db.Column(db.String(120), nullable=False)
    contact = db.Column(db.String(80), default="")
    email = db.Column(db.String(120), default="")
    phone = db.Column(db.String(40), default="")
    vat_no = db.Column(db.String(20), default="")
    country = db.Column(db.String(2), default="GB")
    credit_limit = db.Column(db.Float, default=0.0)
    # what they owe us INCLUDING confirmed orders that are not invoiced yet.
    # Written when an order is confirmed/cancelled and again by billing. See OD-212
    # before you "fix" it.
    balance = db.Column(db.Float, default=0.0)
    payment_days = db.Column(db.Integer, default=30)
    price_list_id = db.Column(db.Integer, db.ForeignKey("price_lists.id"))
    status = db.Column(db.String(6), default="OPEN")  # OPEN / HOLD / CLOSED
    sales_rep = db.Column(db.String(30), default="")
    created_at = db.Column(db.DateTime, default=datetime.utcnow)

    price_list = db.relationship("PriceList")
    addresses = db.relationship("CustomerAddress", backref="customer")
    orders = db.relationship("Order", backref="customer")
    invoices = db.relationship("Invoice", backref="customer")

    @property
    def is_export(self):
        return (self.country or "GB") != "GB"

    def default_address(self, kind="SHIP"):
        rows = [a for a in self.addresses if a.kind == kind]
        for a in rows:
            if a.is_default:
                return a
        return rows[0] if rows else None

    def available_credit(self):
        return round2((self.credit_limit or 0) - (self.balance or 0))


class CustomerAddress(db.Model):
    __tablename__ = "customer_addresses"

    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    kind = db.Column(db.String(4), default="SHIP")  # SHIP / BILL
    line1 = db.Column(db.String(80), nullable=False)
    line2 = db.Column(db.String(80), default="")
    city = db.Column(db.String(60), default="")
    postcode = db.Column(db.String(12), default="")
    country = db.Column(db.String(2), default="GB")
    is_default = db.Column(db.Boolean, default=False)

    def one_line(self):
        bits = [self.line1, self.line2, self.city, self.postcode, self.country]
        return ", ".join([b for b in bits if b])


class CustomerNote(db.Model):
    __tablename__ = "customer_notes"

    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    note = db.Column(db.Text, nullable=False)
    created_at = db.Column(db.DateTime, default=datetime.utcnow)
    created_by = db.Column(db.String(30))


class StaffUser(db.Model):
    __tablename__ = "staff_users"

    id = db.Column(db.Integer, primary_key=True)
    login = db.Column(db.String(30), unique=True, nullable=False)
    full_name = db.Column(db.String(80), default="")
    password_md5 = db.Column(db.String(32), nullable=False)
    role = db.Column(db.String(10), default="SALES")  # SALES / STORE / ACCTS / ADMIN
    active = db.Column(db.Boolean, default=True)
    last_login = db.Column(db.DateTime)


# ----------------------------------------------------------------------------------
# orders
# ----------------------------------------------------------------------------------


class Order(db.Model):
    __tablename__ = "orders"

    id = db.Column(db.Integer, primary_key=True)
    order_no = db.Column(db.String(12), unique=True, nullable=False)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    ship_address_id = db.Column(db.Integer, db.ForeignKey("customer_addresses.id"))
    status = db.Column(db.String(6), default="NEW")
    order_date = db.Column(db.Date, nullable=False)
    required_date = db.Column(db.Date)
    customer_ref = db.Column(db.String(40), default="")
    discount_pct = db.Column(db.Float, default=0.0)
    small_order_charge = db.Column(db.Float, default=0.0)
    net_total = db.Column(db.Float, default=0.0)
    tax_total = db.Column(db.Float, default=0.0)
    gross_total = db.Column(db.Float, default=0.0)
    taken_by = db.Column(db.String(30), default="")
    source = db.Column(db.String(8), default="DESK")  # DESK / QUOTE / REPEAT / (FAX)
    notes = db.Column(db.Text, default="")

    lines = db.relationship(
        "OrderLine", backref="order", order_by="OrderLine.line_no", cascade="all, delete-orphan"
    )
    ship_address = db.relationship("CustomerAddress")

    def status_label(self):
        return STATUS_LABELS.get(self.status, self.status)

    def is_open(self):
        return self.status in ("NEW", "HOLD", "CONF", "PICK")

    def weight_g(self):
        return sum((l.product.weight_g or 0) * l.qty for l in self.lines)


class OrderLine(db.Model):
    __tablename__ = "order_lines"

    id = db.Column(db.Integer, primary_key=True)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"), nullable=False)
    line_no = db.Column(db.Integer, nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    qty = db.Column(db.Integer, nullable=False)
    qty_shipped = db.Column(db.Integer, default=0)
    unit_price = db.Column(db.Float, nullable=False)
    discount_pct = db.Column(db.Float, default=0.0)
    tax_class = db.Column(db.String(4), default="STD")

    product = db.relationship("Product")

    def net(self):
        return round2(self.qty * self.unit_price * (100.0 - (self.discount_pct or 0)) / 100.0)


class OrderStatusLog(db.Model):
    __tablename__ = "order_status_log"

    id = db.Column(db.Integer, primary_key=True)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"), nullable=False)
    old_status = db.Column(db.String(6))
    new_status = db.Column(db.String(6))
    changed_at = db.Column(db.DateTime, default=datetime.utcnow)
    changed_by = db.Column(db.String(30))

    order = db.relationship("Order", backref="status_log")


# ----------------------------------------------------------------------------------
# warehouse
# ----------------------------------------------------------------------------------


class Warehouse(db.Model):
    __tablename__ = "warehouses"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(6), unique=True, nullable=False)
    name = db.Column(db.String(60))


class StockLevel(db.Model):
    __tablename__ = "stock_levels"
    __table_args__ = (db.UniqueConstraint("warehouse_id", "product_id"),)

    id = db.Column(db.Integer, primary_key=True)
    warehouse_id = db.Column(db.Integer, db.ForeignKey("warehouses.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    qty_on_hand = db.Column(db.Integer, default=0)
    qty_reserved = db.Column(db.Integer, default=0)
    bin_loc = db.Column(db.String(10), default="")

    product = db.relationship("Product", backref="stock_levels")
    warehouse = db.relationship("Warehouse")

    @property
    def qty_free(self):
        return (self.qty_on_hand or 0) - (self.qty_reserved or 0)


class StockMovement(db.Model):
    __tablename__ = "stock_movements"

    id = db.Column(db.Integer, primary_key=True)
    warehouse_id = db.Column(db.Integer, db.ForeignKey("warehouses.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    qty = db.Column(db.Integer, nullable=False)
    kind = db.Column(db.String(4), nullable=False)  # IN / OUT / ADJ / TRF / RET
    reference = db.Column(db.String(40), default="")
    moved_at = db.Column(db.DateTime, default=datetime.utcnow)
    moved_by = db.Column(db.String(30))

    product = db.relationship("Product")
    warehouse = db.relationship("Warehouse")


class StockReservation(db.Model):
    __tablename__ = "stock_reservations"

    id = db.Column(db.Integer, primary_key=True)
    order_line_id = db.Column(db.Integer, db.ForeignKey("order_lines.id"), nullable=False)
    product_id = db.Column(db.Integer, db.ForeignKey("products.id"), nullable=False)
    warehouse_id = db.Column(db.Integer, db.ForeignKey("warehouses.id"), nullable=False)
    qty = db.Column(db.Integer, nullable=False)
    status = db.Column(db.String(4), default="OPEN")  # OPEN / DONE / CANC

    order_line = db.relationship("OrderLine", backref="reservations")


# ----------------------------------------------------------------------------------
# billing
# ----------------------------------------------------------------------------------


class Invoice(db.Model):
    __tablename__ = "invoices"

    id = db.Column(db.Integer, primary_key=True)
    invoice_no = db.Column(db.String(12), unique=True, nullable=False)
    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"))
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    invoice_date = db.Column(db.Date, nullable=False)
    due_date = db.Column(db.Date, nullable=False)
    net = db.Column(db.Float, default=0.0)
    tax = db.Column(db.Float, default=0.0)
    gross = db.Column(db.Float, default=0.0)
    paid = db.Column(db.Float, default=0.0)
    credited = db.Column(db.Float, default=0.0)
    status = db.Column(db.String(6), default="OPEN")  # OPEN / PART / PAID / VOID
    tax_note = db.Column(db.String(80), default="")

    order = db.relationship("Order", backref="invoices")
    lines = db.relationship("InvoiceLine", backref="invoice", cascade="all, delete-orphan")

    def outstanding(self):
        return round2((self.gross or 0) - (self.paid or 0) - (self.credited or 0))


class InvoiceLine(db.Model):
    __tablename__ = "invoice_lines"

    id = db.Column(db.Integer, primary_key=True)
    invoice_id = db.Column(db.Integer, db.ForeignKey("invoices.id"), nullable=False)
    # text and sku are copied on purpose, product names change (OD-301)
    sku = db.Column(db.String(20))
    text = db.Column(db.String(160))
    qty = db.Column(db.Integer)
    unit_price = db.Column(db.Float)
    net = db.Column(db.Float)
    tax_rate = db.Column(db.Float)


class Payment(db.Model):
    __tablename__ = "payments"

    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.Integer, db.ForeignKey("customers.id"), nullable=False)
    invoice_id = db.Column(db.Integer, db.ForeignKey("invoices.id"))
    received_on = db.Column(db.Date, nullable=False)
    amount = db.Column(db.Float, nullable=False)
    method = db.Column(db.String(6), default="BACS")
    reference = db.Column(db.String(40), default="")
    entered_by = db.Column(db.String(30))

    customer = db.relationship("Customer", backref="payments")
    invoice = db.relationship("Invoice", backref="payments")


# ----------------------------------------------------------------------------------
# plumbing
# ----------------------------------------------------------------------------------


class Sequence(db.Model):
    __tablename__ = "sequences"

    name = db.Column(db.String(20), primary_key=True)
    last_value = db.Column(db.Integer, default=0)


class AuditEntry(db.Model):
    __tablename__ = "audit_log"

    id = db.Column(db.Integer, primary_key=True)
    at = db.Column(db.DateTime, default=datetime.utcnow)
    who = db.Column(db.String(30))
    what = db.Column(db.String(40))
    detail = db.Column(db.Text)


class ReportRun(db.Model):
    """Who ran which report (data protection officer asked, OD-1488)."""

    __tablename__ = "report_runs"

    id = db.Column(db.Integer, primary_key=True)
    report = db.Column(db.String(40), nullable=False)
    params = db.Column(db.String(200), default="")
    row_count = db.Column(db.Integer, default=0)
    run_at = db.Column(db.DateTime, default=datetime.utcnow)
    run_by = db.Column(db.String(30))
