// What may become of an order.
var db = require('../lib/db');
var flow = require('../lib/flow');
var util = require('../lib/util');
var order = require('../models/order');
var payment = require('../models/payment');
var checkout = require('./checkout');
var mailqueue = require('../models/mailqueue');
var customer = require('../models/customer');

var NEXT = {
  NEW: ['PAID', 'FAIL', 'CANC'],
  PAID: ['PACK', 'CANC', 'HOLD'],
  HOLD: ['PAID', 'CANC'],
  PACK: ['SHIP', 'PAID'],
  SHIP: ['DONE', 'RETN'],
  DONE: ['RETN'],
  FAIL: [],
  CANC: [],
  RETN: []
};

exports.may = function (from, to) { return (NEXT[from] || []).indexOf(to) >= 0; };

exports.change = function (orderNo, to, who, cb) {
  order.find(orderNo, function (err, row) {
    if (err) return cb(err);
    if (!row) return cb(new Error('no order ' + orderNo));
    if (!exports.may(row.status, to)) return cb(new Error(orderNo + ' cannot go from ' + row.status + ' to ' + to));
    order.setStatus(orderNo, to, who, cb);
  });
};

// stock back, authorised payments are dropped (the gateway forgets them after 7 days)
exports.cancel = function (orderNo, who, cb) {
  exports.change(orderNo, 'CANC', who, function (err) {
    if (err) return cb(err);
    order.lines(orderNo, function (err, lines) {
      if (err) return cb(err);
      checkout.release(lines, function (err) {
        if (err) return cb(err);
        payment.of(orderNo, function (err, payments) {
          if (err) return cb(err);
          flow.each(payments, function (p, next) {
            if (p.status !== 'AUTH') return next(null);
            db.run("UPDATE payments SET status = 'VOID' WHERE id = ?", [p.id], next);
          }, function (err) {
            if (err) return cb(err);
            exports.tell(orderNo, 'Your order ' + orderNo + ' was cancelled', cb);
          });
        });
      });
    });
  });
};

exports.tell = function (orderNo, subject, cb) {
  order.find(orderNo, function (err, row) {
    if (err) return cb(err);
    customer.find(row.customer_id, function (err, c) {
      if (err || !c || !c.mail_ok) return cb(err);
      mailqueue.add(c.email, subject, 'Dear ' + c.first_name + ',\n\n' + subject + '.\n', cb);
    });
  });
};

// orders that were shipped 14 days ago are done
exports.closeOld = function (cb) {
  var before = util.addDays(util.today(), -14);
  db.all("SELECT order_no FROM orders WHERE status = 'SHIP' AND shipped_at < ? ORDER BY order_no", [before], function (err, rows) {
    if (err) return cb(err);
    flow.each(rows, function (row, next) {
      exports.change(row.order_no, 'DONE', 'nightly', next);
    }, function (err) {
      cb(err, rows.length);
    });
  });
};
