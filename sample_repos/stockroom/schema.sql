-- Stockroom, sqlite. Run once on an empty file: sqlite3 stockroom.db < schema.sql
-- dk 03/2009, last change 11/2016 (ST-611)

CREATE TABLE items (
    sku TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    category TEXT,
    uom TEXT NOT NULL DEFAULT 'EA',
    pack_size INTEGER NOT NULL DEFAULT 1,
    weight_g INTEGER,
    cost_pence INTEGER NOT NULL DEFAULT 0,
    barcode TEXT,
    status TEXT NOT NULL DEFAULT 'A',
    sold_12m INTEGER NOT NULL DEFAULT 0,
    abc_class TEXT
);

CREATE TABLE item_aliases (
    alias TEXT PRIMARY KEY,
    sku TEXT NOT NULL REFERENCES items(sku),
    source TEXT
);

CREATE TABLE item_pictures (
    sku TEXT PRIMARY KEY REFERENCES items(sku),
    mime TEXT,
    picture BLOB
);

CREATE TABLE bins (
    code TEXT PRIMARY KEY,
    zone TEXT NOT NULL,
    aisle INTEGER,
    bay INTEGER,
    level INTEGER,
    max_weight_g INTEGER,
    blocked INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE bin_stock (
    bin_code TEXT NOT NULL REFERENCES bins(code),
    sku TEXT NOT NULL REFERENCES items(sku),
    qty INTEGER NOT NULL DEFAULT 0,
    allocated INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bin_code, sku)
);

CREATE TABLE stock_ledger (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    sku TEXT NOT NULL,
    bin_code TEXT,
    qty INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT,
    login TEXT
);

CREATE TABLE allocations (
    id INTEGER PRIMARY KEY,
    demand_line_id INTEGER NOT NULL,
    bin_code TEXT NOT NULL,
    sku TEXT NOT NULL,
    qty INTEGER NOT NULL,
    picked INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE suppliers (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    lead_days INTEGER NOT NULL DEFAULT 5,
    min_order_pence INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE supplier_items (
    supplier_code TEXT NOT NULL REFERENCES suppliers(code),
    sku TEXT NOT NULL REFERENCES items(sku),
    their_code TEXT,
    price_pence INTEGER NOT NULL,
    PRIMARY KEY (supplier_code, sku)
);

CREATE TABLE purchase_orders (
    po_no TEXT PRIMARY KEY,
    supplier_code TEXT NOT NULL REFERENCES suppliers(code),
    status TEXT NOT NULL DEFAULT 'OPEN',
    raised_on TEXT NOT NULL,
    due_on TEXT
);

CREATE TABLE purchase_lines (
    id INTEGER PRIMARY KEY,
    po_no TEXT NOT NULL REFERENCES purchase_orders(po_no),
    sku TEXT NOT NULL,
    qty INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    price_pence INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE goods_receipts (
    grn_no TEXT PRIMARY KEY,
    po_no TEXT,
    received_at TEXT NOT NULL,
    login TEXT,
    note TEXT
);

CREATE TABLE asn_files (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    lines INTEGER NOT NULL
);

CREATE TABLE demands (
    demand_no TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    address TEXT,
    postcode TEXT,
    priority INTEGER,
    status TEXT NOT NULL DEFAULT 'NEW',
    placed_at TEXT NOT NULL,
    shipped_at TEXT
);

CREATE TABLE demand_lines (
    id INTEGER PRIMARY KEY,
    demand_no TEXT NOT NULL REFERENCES demands(demand_no),
    sku TEXT NOT NULL,
    qty INTEGER NOT NULL,
    shipped INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE pick_waves (
    wave_no TEXT PRIMARY KEY,
    status TEXT NOT NULL DEFAULT 'OPEN',
    picker TEXT,
    opened_at TEXT NOT NULL,
    closed_at TEXT
);

CREATE TABLE wave_demands (
    wave_no TEXT NOT NULL REFERENCES pick_waves(wave_no),
    demand_no TEXT NOT NULL REFERENCES demands(demand_no),
    PRIMARY KEY (wave_no, demand_no)
);

CREATE TABLE parcels (
    parcel_no TEXT PRIMARY KEY,
    demand_no TEXT NOT NULL REFERENCES demands(demand_no),
    weight_g INTEGER NOT NULL,
    label BLOB,
    sent_in TEXT,
    track_status TEXT
);

CREATE TABLE count_sheets (
    sheet_no TEXT PRIMARY KEY,
    zone TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'OPEN',
    opened_at TEXT NOT NULL,
    counter TEXT
);

CREATE TABLE count_lines (
    id INTEGER PRIMARY KEY,
    sheet_no TEXT NOT NULL REFERENCES count_sheets(sheet_no),
    bin_code TEXT NOT NULL,
    sku TEXT NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER
);

CREATE TABLE staff (
    login TEXT PRIMARY KEY,
    full_name TEXT,
    password TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'picker',
    active INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    sent_at TEXT
);

CREATE TABLE report_runs (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL,
    run_at TEXT NOT NULL,
    rows INTEGER
);

CREATE TABLE numbers (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
);
