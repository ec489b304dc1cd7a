var db = require('../lib/db');
var util = require('../lib/util');

exports.add = function (customerId, sku, cb) {
  db.run('INSERT OR IGNORE INTO wishlists (customer_id, sku, added_at) VALUES (?, ?, ?)',
    [customerId, sku, util.stamp()], cb);
};

exports.remove = function (customerId, sku, cb) {
  db.run('DELETE FROM wishlists WHERE customer_id = ? AND sku = ?', [customerId, sku], cb);
};

exports.of = function (customerId, cb) {
  db.all('SELECT w.sku, p.name, p.price, p.sold_out FROM wishlists w JOIN products p ON p.sku = w.sku ' +
    'WHERE w.customer_id = ? ORDER BY p.name', [customerId], cb);
};
