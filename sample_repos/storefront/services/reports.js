// Reports for the office. SQL over everything.
var db = require('../lib/db');
var money = require('../lib/money');

// per category: pieces and money, returns taken off
exports.sales = function (from, to, cb) {
  db.all('SELECT c.title, SUM(l.qty) AS pieces, SUM(l.qty * l.price) AS amount ' +
    'FROM order_lines l ' +
    'JOIN orders o ON o.order_no = l.order_no ' +
    'JOIN products p ON p.sku = l.sku ' +
    'JOIN categories c ON c.id = p.category_id ' +
    "WHERE substr(o.placed_at, 1, 10) BETWEEN ? AND ? AND o.status NOT IN ('CANC', 'FAIL', 'RETN') " +
    'GROUP BY c.title ORDER BY amount DESC, c.title', [from, to], cb);
};

// customers with their payments and their parcels: the one that the accountant wants
exports.ledger = function (from, to, cb) {
  db.all("SELECT o.order_no, c.last_name, o.total, p.status AS payment, p.amount, i.invoice_no, s.tracking " +
    'FROM orders o ' +
    'JOIN customers c ON c.id = o.customer_id ' +
    'LEFT JOIN payments p ON p.order_no = o.order_no ' +
    'LEFT JOIN invoices i ON i.order_no = o.order_no ' +
    'LEFT JOIN shipments s ON s.order_no = o.order_no ' +
    'WHERE substr(o.placed_at, 1, 10) BETWEEN ? AND ? ORDER BY o.order_no', [from, to], cb);
};

exports.vatReturn = function (from, to, cb) {
  db.get('SELECT COUNT(*) AS invoices, COALESCE(SUM(net), 0) AS net, COALESCE(SUM(vat), 0) AS vat FROM invoices ' +
    'WHERE issued_on BETWEEN ? AND ?', [from, to], cb);
};

// days from order to parcel, average with one decimal
exports.delay = function (from, to, cb) {
  db.get('SELECT COUNT(*) AS orders, AVG(julianday(shipped_at) - julianday(placed_at)) AS days FROM orders ' +
    'WHERE shipped_at IS NOT NULL AND substr(placed_at, 1, 10) BETWEEN ? AND ?', [from, to], function (err, row) {
    if (err) return cb(err);
    cb(null, { orders: row.orders, days: row.orders ? Math.round(row.days * 10) / 10 : null });
  });
};

exports.bestCustomers = function (n, cb) {
  db.all('SELECT c.id, c.first_name, c.last_name, c.total_spent, COUNT(o.order_no) AS orders FROM customers c ' +
    'JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.first_name, c.last_name, c.total_spent ' +
    'ORDER BY c.total_spent DESC, c.id LIMIT ?', [n], cb);
};

exports.salesRows = function (rows) {
  return [['Category', 'Pieces', 'Amount']].concat(rows.map(function (r) {
    return [r.title, r.pieces, money.format(r.amount).slice(1)];
  }));
};
