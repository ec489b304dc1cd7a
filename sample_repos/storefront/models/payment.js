var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (id, cb) {
  db.get('SELECT * FROM payments WHERE id = ?', [id], cb);
};

exports.of = function (orderNo, cb) {
  db.all('SELECT * FROM payments WHERE order_no = ? ORDER BY id', [orderNo], cb);
};

exports.authorised = function (orderNo, amount, ref, last4, cb) {
  db.run('INSERT INTO payments (order_no, amount, status, gateway_ref, card_last4, authorised_at) VALUES (?, ?, ?, ?, ?, ?)',
    [orderNo, amount, 'AUTH', ref, last4, util.stamp()], function (err, info) {
      cb(err, info && info.id);
    });
};

exports.declined = function (orderNo, amount, last4, cb) {
  db.run('INSERT INTO payments (order_no, amount, status, card_last4, authorised_at) VALUES (?, ?, ?, ?, ?)',
    [orderNo, amount, 'DECL', last4, util.stamp()], cb);
};

exports.captured = function (id, cb) {
  db.run("UPDATE payments SET status = 'CAPT', captured_at = ? WHERE id = ?", [util.stamp(), id], cb);
};

exports.failed = function (id, cb) {
  db.run("UPDATE payments SET status = 'FAIL' WHERE id = ?", [id], cb);
};

// to be captured: authorised, and the parcel is on its way
exports.due = function (cb) {
  db.all("SELECT p.* FROM payments p JOIN orders o ON o.order_no = p.order_no WHERE p.status = 'AUTH' AND o.status = 'SHIP' " +
    'ORDER BY p.id', [], cb);
};
