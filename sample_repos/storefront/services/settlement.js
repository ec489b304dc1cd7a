// Money of the day: captures what was shipped, writes the invoices. Started by cron.
// It keeps no record of how far it came; started twice it asks the gateway twice (KS-402).
var db = require('../lib/db');
var flow = require('../lib/flow');
var log = require('../lib/log');
var util = require('../lib/util');
var money = require('../lib/money');
var order = require('../models/order');
var payment = require('../models/payment');
var refund = require('../models/refund');
var invoice = require('../models/invoice');
var gateway = require('./gateway');
var pricing = require('./pricing');

exports.invoice = function (orderNo, cb) {
  invoice.forOrder(orderNo, function (err, row) {
    if (err || row) return cb(err, row && row.invoice_no);
    order.find(orderNo, function (err, o) {
      if (err || !o) return cb(err || new Error('no order ' + orderNo));
      order.lines(orderNo, function (err, lines) {
        if (err) return cb(err);
        lines.forEach(function (line) {
          line.amount = line.price * pricing.paidQty(line, line.qty);
        });
        var rates = pricing.vat(lines, o.discount);
        // postage always has the full rate
        var vat = util.sum(rates, 'vat') + money.vatInside(o.postage, 20);
        invoice.create(orderNo, o.total - vat, vat, cb);
      });
    });
  });
};

exports.captureAll = function (cb) {
  var result = { captured: 0, failed: 0, amount: 0 };
  payment.due(function (err, due) {
    if (err) return cb(err);
    flow.each(due, function (p, next) {
      gateway.capture(p.gateway_ref, p.amount, function (err, ok) {
        if (err) return next(err);
        if (!ok) {
          result.failed += 1;
          log.error('capture of ' + p.order_no + ' refused');
          return payment.failed(p.id, function (err) {
            if (err) return next(err);
            db.run("UPDATE orders SET status = 'HOLD' WHERE order_no = ?", [p.order_no], next);
          });
        }
        payment.captured(p.id, function (err) {
          if (err) return next(err);
          result.captured += 1;
          result.amount += p.amount;
          exports.invoice(p.order_no, next);
        });
      });
    }, function (err) {
      cb(err, result);
    });
  });
};

exports.refund = function (paymentId, amount, reason, who, cb) {
  payment.find(paymentId, function (err, p) {
    if (err) return cb(err);
    if (!p || p.status !== 'CAPT') return cb(new Error('this payment cannot be refunded'));
    refund.total(paymentId, function (err, already) {
      if (err) return cb(err);
      if (amount <= 0 || already + amount > p.amount) return cb(new Error('at most ' + money.format(p.amount - already)));
      gateway.refund(p.gateway_ref, amount, function (err, ok) {
        if (err || !ok) return cb(err || new Error('the gateway refused'));
        refund.add(paymentId, amount, reason, who, function (err) {
          if (err) return cb(err);
          // the customer has spent less then
          db.run('UPDATE customers SET total_spent = total_spent - ? WHERE id = (SELECT customer_id FROM orders WHERE order_no = ?)',
            [amount, p.order_no], cb);
        });
      });
    });
  });
};
