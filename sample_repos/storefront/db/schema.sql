-- Storefront. sqlite3 shop.sqlite < db/schema.sql, then db/seed.sql. Changes by hand, see KS-140.

CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE products (
  sku TEXT PRIMARY KEY,
  category_id INTEGER REFERENCES categories(id),
  name TEXT NOT NULL,
  latin TEXT,
  description TEXT,
  price INTEGER NOT NULL,
  weight_g INTEGER NOT NULL DEFAULT 10,
  edible INTEGER NOT NULL DEFAULT 0,
  sow_from INTEGER,
  sow_to INTEGER,
  active INTEGER NOT NULL DEFAULT 1,
  sold_out INTEGER NOT NULL DEFAULT 0,
  rating REAL
);

CREATE TABLE price_history (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL REFERENCES products(sku),
  price INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT
);

CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL REFERENCES products(sku),
  customer_id INTEGER,
  stars INTEGER NOT NULL,
  body TEXT,
  approved INTEGER NOT NULL DEFAULT 0,
  written_at TEXT
);

CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,
  first_name TEXT,
  last_name TEXT,
  total_spent INTEGER NOT NULL DEFAULT 0,
  mail_ok INTEGER NOT NULL DEFAULT 1,
  created_at TEXT
);

CREATE TABLE addresses (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  line1 TEXT NOT NULL,
  line2 TEXT,
  town TEXT NOT NULL,
  postcode TEXT NOT NULL
);

CREATE TABLE wishlists (
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  sku TEXT NOT NULL,
  added_at TEXT,
  PRIMARY KEY (customer_id, sku)
);

CREATE TABLE password_resets (
  token TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  expires_at TEXT NOT NULL
);

CREATE TABLE carts (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL UNIQUE,
  updated_at TEXT,
  reminded_at TEXT
);

CREATE TABLE cart_items (
  cart_id INTEGER NOT NULL REFERENCES carts(id),
  sku TEXT NOT NULL,
  qty INTEGER NOT NULL,
  PRIMARY KEY (cart_id, sku)
);

CREATE TABLE vouchers (
  code TEXT PRIMARY KEY,
  percent INTEGER,
  amount INTEGER,
  minimum INTEGER NOT NULL DEFAULT 0,
  expires_on TEXT,
  uses_left INTEGER
);

CREATE TABLE orders (
  order_no TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  address_id INTEGER,
  status TEXT NOT NULL DEFAULT 'NEW',
  goods INTEGER NOT NULL,
  discount INTEGER NOT NULL DEFAULT 0,
  postage INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL,
  voucher TEXT,
  placed_at TEXT NOT NULL,
  paid_at TEXT,
  shipped_at TEXT
);

CREATE TABLE order_lines (
  id INTEGER PRIMARY KEY,
  order_no TEXT NOT NULL REFERENCES orders(order_no),
  sku TEXT NOT NULL,
  name TEXT,
  qty INTEGER NOT NULL,
  price INTEGER NOT NULL,
  vat_rate INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE order_log (
  id INTEGER PRIMARY KEY,
  order_no TEXT NOT NULL,
  old_status TEXT,
  new_status TEXT NOT NULL,
  at TEXT NOT NULL,
  who TEXT
);

CREATE TABLE payments (
  id INTEGER PRIMARY KEY,
  order_no TEXT NOT NULL,
  amount INTEGER NOT NULL,
  status TEXT NOT NULL,
  gateway_ref TEXT,
  card_last4 TEXT,
  authorised_at TEXT,
  captured_at TEXT
);

CREATE TABLE refunds (
  id INTEGER PRIMARY KEY,
  payment_id INTEGER NOT NULL REFERENCES payments(id),
  amount INTEGER NOT NULL,
  reason TEXT,
  at TEXT NOT NULL,
  who TEXT
);

CREATE TABLE invoices (
  invoice_no TEXT PRIMARY KEY,
  order_no TEXT NOT NULL,
  net INTEGER NOT NULL,
  vat INTEGER NOT NULL,
  gross INTEGER NOT NULL,
  issued_on TEXT NOT NULL
);

CREATE TABLE stock (
  sku TEXT PRIMARY KEY,
  on_hand INTEGER NOT NULL DEFAULT 0,
  reserved INTEGER NOT NULL DEFAULT 0,
  reorder_at INTEGER NOT NULL DEFAULT 5
);

CREATE TABLE stock_moves (
  id INTEGER PRIMARY KEY,
  sku TEXT NOT NULL,
  qty INTEGER NOT NULL,
  reason TEXT NOT NULL,
  ref TEXT,
  at TEXT NOT NULL
);

CREATE TABLE postage_rates (
  id INTEGER PRIMARY KEY,
  zone TEXT NOT NULL,
  up_to_g INTEGER NOT NULL,
  price INTEGER NOT NULL
);

CREATE TABLE shipments (
  parcel_no TEXT PRIMARY KEY,
  order_no TEXT NOT NULL,
  weight_g INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'PACKED',
  file_name TEXT,
  packed_at TEXT,
  tracking TEXT
);

CREATE TABLE carrier_files (
  name TEXT PRIMARY KEY,
  written_at TEXT NOT NULL,
  parcels INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE subscribers (
  email TEXT PRIMARY KEY,
  confirmed INTEGER NOT NULL DEFAULT 0,
  token TEXT,
  bounces INTEGER NOT NULL DEFAULT 0,
  since TEXT
);

CREATE TABLE newsletters (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sent_at TEXT,
  recipients INTEGER
);

CREATE TABLE mail_queue (
  id INTEGER PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  queued_at TEXT,
  sent_at TEXT,
  tries INTEGER NOT NULL DEFAULT 0,
  last_error TEXT
);

CREATE TABLE staff (
  login TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  role TEXT NOT NULL,
  last_login TEXT
);

CREATE TABLE page_hits (
  day TEXT NOT NULL,
  path TEXT NOT NULL,
  hits INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, path)
);

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  who TEXT,
  what TEXT NOT NULL,
  ref TEXT
);

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
);
