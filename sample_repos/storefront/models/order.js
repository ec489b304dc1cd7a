var db = require('../lib/db');
var util = require('../lib/util');
var flow = require('../lib/flow');

exports.find = function (orderNo, cb) {
  db.get('SELECT * FROM orders WHERE order_no = ?', [orderNo], cb);
};

exports.lines = function (orderNo, cb) {
  db.all('SELECT * FROM order_lines WHERE order_no = ? ORDER BY id', [orderNo], cb);
};

exports.of = function (customerId, cb) {
  db.all('SELECT * FROM orders WHERE customer_id = ? ORDER BY order_no DESC', [customerId], cb);
};

exports.withStatus = function (status, cb) {
  db.all('SELECT * FROM orders WHERE status = ? ORDER BY order_no', [status], cb);
};

exports.create = function (order, lines, cb) {
  util.nextNumber('order', 'K', function (err, orderNo) {
    if (err) return cb(err);
    db.run('INSERT INTO orders (order_no, customer_id, address_id, goods, discount, postage, total, voucher, placed_at) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [orderNo, order.customer_id, order.address_id, order.goods, order.discount, order.postage, order.total,
        order.voucher, util.stamp()], function (err) {
        if (err) return cb(err);
        flow.each(lines, function (line, next) {
          db.run('INSERT INTO order_lines (order_no, sku, name, qty, price, vat_rate) VALUES (?, ?, ?, ?, ?, ?)',
            [orderNo, line.sku, line.name, line.qty, line.price, line.vat_rate], next);
        }, function (err) {
          cb(err, orderNo);
        });
      });
  });
};

exports.note = function (orderNo, from, to, who, cb) {
  db.run('INSERT INTO order_log (order_no, old_status, new_status, at, who) VALUES (?, ?, ?, ?, ?)',
    [orderNo, from, to, util.stamp(), who], cb);
};

exports.setStatus = function (orderNo, status, who, cb) {
  exports.find(orderNo, function (err, order) {
    if (err || !order) return cb(err || new Error('no order ' + orderNo));
    db.run('UPDATE orders SET status = ? WHERE order_no = ?', [status, orderNo], function (err) {
      if (err) return cb(err);
      exports.note(orderNo, order.status, status, who, cb);
    });
  });
};

exports.history = function (orderNo, cb) {
  db.all('SELECT * FROM order_log WHERE order_no = ? ORDER BY id', [orderNo], cb);
};

exports.older = function (status, before, cb) {
  db.all('SELECT * FROM orders WHERE status = ? AND placed_at < ? ORDER BY order_no', [status, before], cb);
};
