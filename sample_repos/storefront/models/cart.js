// Basket of a customer in the database, basket of a visitor in the session.
var db = require('../lib/db');
var util = require('../lib/util');
var flow = require('../lib/flow');

exports.MAX_QTY = 99;

exports.forCustomer = function (customerId, cb) {
  db.get('SELECT * FROM carts WHERE customer_id = ?', [customerId], function (err, cart) {
    if (err || cart) return cb(err, cart);
    db.run('INSERT INTO carts (customer_id, updated_at) VALUES (?, ?)', [customerId, util.stamp()], function (err) {
      if (err) return cb(err);
      exports.forCustomer(customerId, cb);
    });
  });
};

exports.items = function (cartId, cb) {
  db.all('SELECT sku, qty FROM cart_items WHERE cart_id = ? ORDER BY sku', [cartId], cb);
};

exports.put = function (cartId, sku, qty, cb) {
  qty = Math.min(qty, exports.MAX_QTY);
  var sql = qty > 0 ? 'INSERT OR REPLACE INTO cart_items (qty, cart_id, sku) VALUES (?, ?, ?)'
    : 'DELETE FROM cart_items WHERE ? <= 0 AND cart_id = ? AND sku = ?';
  db.run(sql, [qty, cartId, sku], function (err) {
    if (err) return cb(err);
    db.run('UPDATE carts SET updated_at = ?, reminded_at = NULL WHERE id = ?', [util.stamp(), cartId], cb);
  });
};

exports.empty = function (cartId, cb) {
  db.run('DELETE FROM cart_items WHERE cart_id = ?', [cartId], cb);
};

// after login: what was in the session goes into the database, the bigger quantity wins
exports.merge = function (customerId, basket, cb) {
  exports.forCustomer(customerId, function (err, cart) {
    if (err) return cb(err);
    exports.items(cart.id, function (err, items) {
      if (err) return cb(err);
      var have = util.indexBy(items, 'sku');
      flow.each(Object.keys(basket), function (sku, next) {
        var qty = Math.max(basket[sku], have[sku] ? have[sku].qty : 0);
        exports.put(cart.id, sku, qty, next);
      }, cb);
    });
  });
};

exports.abandoned = function (before, cb) {
  db.all('SELECT c.id, c.customer_id, COUNT(i.sku) AS lines FROM carts c JOIN cart_items i ON i.cart_id = c.id ' +
    'WHERE c.updated_at < ? AND c.reminded_at IS NULL GROUP BY c.id, c.customer_id', [before], cb);
};

exports.reminded = function (id, cb) {
  db.run('UPDATE carts SET reminded_at = ? WHERE id = ?', [util.stamp(), id], cb);
};
