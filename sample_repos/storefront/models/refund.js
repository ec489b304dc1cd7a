var db = require('../lib/db');
var util = require('../lib/util');

exports.of = function (paymentId, cb) {
  db.all('SELECT * FROM refunds WHERE payment_id = ? ORDER BY id', [paymentId], cb);
};

exports.total = function (paymentId, cb) {
  db.value('SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE payment_id = ?', [paymentId], cb);
};

exports.add = function (paymentId, amount, reason, who, cb) {
  db.run('INSERT INTO refunds (payment_id, amount, reason, at, who) VALUES (?, ?, ?, ?, ?)',
    [paymentId, amount, reason, util.stamp(), who], cb);
};
