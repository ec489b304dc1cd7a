-- OrderDesk 3.2, dumped 14/05/2016 for the move to hps-app1. NOT maintained.
CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    code VARCHAR(10) NOT NULL UNIQUE,
    name VARCHAR(80) NOT NULL,
    parent_id INTEGER REFERENCES categories (id)
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    sku VARCHAR(20) NOT NULL UNIQUE,
    name VARCHAR(120) NOT NULL,
    description TEXT,
    category_id INTEGER REFERENCES categories (id),
    unit VARCHAR(6) DEFAULT 'EA',
    list_price FLOAT,
    last_cost FLOAT,
    tax_class VARCHAR(4) DEFAULT 'STD',
    active BOOLEAN DEFAULT 1,
    barcode VARCHAR(13)
);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    account_no VARCHAR(12) NOT NULL UNIQUE,
    name VARCHAR(120) NOT NULL,
    fax VARCHAR(40),
    email VARCHAR(120),
    credit_limit FLOAT DEFAULT 0,
    balance FLOAT DEFAULT 0,
    status VARCHAR(6) DEFAULT 'OPEN'
);
CREATE TABLE customer_addresses (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind VARCHAR(4),
    line1 VARCHAR(80),
    city VARCHAR(60),
    postcode VARCHAR(12)
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    order_no VARCHAR(12) NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    status VARCHAR(6),
    order_date DATE,
    net_total FLOAT,
    tax_total FLOAT,
    gross_total FLOAT
);
CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    line_no INTEGER,
    product_id INTEGER REFERENCES products (id),
    qty INTEGER,
    unit_price FLOAT
);
CREATE TABLE stock_levels (
    id INTEGER PRIMARY KEY,
    warehouse_id INTEGER,
    product_id INTEGER REFERENCES products (id),
    qty_on_hand INTEGER,
    qty_reserved INTEGER
);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    invoice_no VARCHAR(12) NOT NULL UNIQUE,
    order_id INTEGER REFERENCES orders (id),
    customer_id INTEGER REFERENCES customers (id),
    invoice_date DATE,
    gross FLOAT,
    paid FLOAT
);
CREATE INDEX ix_orders_customer ON orders (customer_id);
CREATE INDEX ix_invoices_customer ON invoices (customer_id);
-- fax_queue went away with the gateway
-- CREATE TABLE fax_queue (id INTEGER PRIMARY KEY, order_id INTEGER, tries INTEGER);
