var db = require('../lib/db');
var util = require('../lib/util');

exports.get = function (sku, cb) {
  db.get('SELECT * FROM stock WHERE sku = ?', [sku], cb);
};

exports.receive = function (sku, qty, ref, cb) {
  db.run('UPDATE stock SET on_hand = on_hand + ? WHERE sku = ?', [qty, sku], function (err, info) {
    if (err) return cb(err);
    if (!info.changes) return cb(new Error('no stock record for ' + sku));
    db.run('INSERT INTO stock_moves (sku, qty, reason, ref, at) VALUES (?, ?, ?, ?, ?)',
      [sku, qty, 'IN', ref, util.stamp()], function (err) {
        if (err) return cb(err);
        exports.refreshSoldOut(sku, cb);
      });
  });
};

// the shop window looks at products.sold_out, not at the stock
exports.refreshSoldOut = function (sku, cb) {
  util.available(sku, function (err, free) {
    if (err) return cb(err);
    db.run('UPDATE products SET sold_out = ? WHERE sku = ?', [free > 0 ? 0 : 1, sku], cb);
  });
};

exports.ship = function (sku, qty, orderNo, cb) {
  db.run('UPDATE stock SET on_hand = on_hand - ?, reserved = reserved - ? WHERE sku = ?', [qty, qty, sku], function (err) {
    if (err) return cb(err);
    db.run('INSERT INTO stock_moves (sku, qty, reason, ref, at) VALUES (?, ?, ?, ?, ?)',
      [sku, -qty, 'OUT', orderNo, util.stamp()], cb);
  });
};

exports.low = function (cb) {
  db.all('SELECT s.*, p.name FROM stock s JOIN products p ON p.sku = s.sku ' +
    'WHERE s.on_hand - s.reserved <= s.reorder_at AND p.active = 1 ORDER BY s.sku', [], cb);
};

exports.moves = function (sku, cb) {
  db.all('SELECT * FROM stock_moves WHERE sku = ? ORDER BY id DESC LIMIT 50', [sku], cb);
};
