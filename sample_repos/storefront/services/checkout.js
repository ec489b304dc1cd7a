// From the basket to an order. No transaction: sql.js has one connection for everybody.
var db = require('../lib/db');
var util = require('../lib/util');
var flow = require('../lib/flow');
var log = require('../lib/log');
var money = require('../lib/money');
var address = require('../models/address');
var cart = require('../models/cart');
var order = require('../models/order');
var voucher = require('../models/voucher');
var mailqueue = require('../models/mailqueue');
var pricing = require('./pricing');
var gateway = require('./gateway');
var payment = require('../models/payment');

// takes the stock for an order; cb(err, [skus that are short])
exports.reserve = function (lines, cb) {
  var short = [];
  flow.each(lines, function (line, next) {
    util.available(line.sku, function (err, free) {
      if (err) return next(err);
      if (free < line.qty) {
        short.push(line.sku);
        return next(null);
      }
      next(null);
    });
  }, function (err) {
    if (err || short.length) return cb(err, short);
    flow.each(lines, function (line, next) {
      db.run('UPDATE stock SET reserved = reserved + ? WHERE sku = ?', [line.qty, line.sku], next);
    }, function (err) {
      cb(err, short);
    });
  });
};

exports.release = function (lines, cb) {
  flow.each(lines, function (line, next) {
    db.run('UPDATE stock SET reserved = reserved - ? WHERE sku = ?', [line.qty, line.sku], next);
  }, cb);
};

function confirmation(orderNo, sums) {
  var lines = sums.lines.map(function (l) {
    return util.padRight(l.name, 40) + util.pad(l.qty, 4, ' ') + util.pad(money.format(l.amount), 12, ' ');
  });
  return 'Thank you for your order ' + orderNo + '.\n\n' + lines.join('\n') +
    '\n\nPostage ' + money.format(sums.postage) + '\nTotal ' + money.format(sums.total) + '\n';
}

// cb(err, orderNo). An error with .status 400 is for the customer.
exports.place = function (customer, values, cb) {
  function refuse(message) {
    var err = new Error(message);
    err.status = 400;
    cb(err);
  }
  cart.forCustomer(customer.id, function (err, basket) {
    if (err) return cb(err);
    cart.items(basket.id, function (err, items) {
      if (err) return cb(err);
      if (!items.length) return refuse('your basket is empty');
      address.find(values.address_id, function (err, place) {
        if (err) return cb(err);
        if (!place || place.customer_id !== customer.id) return refuse('please choose an address');
        pricing.total(items, values.voucher, place.postcode, function (err, sums) {
          if (err) return cb(err);
          if (sums.problem) return refuse(sums.problem);
          exports.reserve(sums.lines, function (err, short) {
            if (err) return cb(err);
            if (short.length) return refuse('not enough in stock: ' + short.join(', '));
            order.create({
              customer_id: customer.id,
              address_id: place.id,
              goods: sums.goods,
              discount: sums.discount,
              postage: sums.postage,
              total: sums.total,
              voucher: sums.voucher
            }, sums.lines, function (err, orderNo) {
              if (err) return cb(err);
              exports.pay(customer, orderNo, sums, values.card, function (err) {
                if (err) {
                  // stock back, order stays as FAIL for the statistics
                  return exports.release(sums.lines, function () {
                    order.setStatus(orderNo, 'FAIL', customer.email, function () { cb(err); });
                  });
                }
                exports.finish(customer, basket, orderNo, sums, cb);
              });
            });
          });
        });
      });
    });
  });
};

exports.pay = function (customer, orderNo, sums, card, cb) {
  if (!sums.total) return cb(null);
  gateway.authorise(orderNo, sums.total, card || {}, function (err, answer) {
    if (err) {
      log.error('gateway: ' + err.message);
      err.status = 502;
      err.message = 'the payment service does not answer, please try again';
      return cb(err);
    }
    if (!answer.ok) {
      return payment.declined(orderNo, sums.total, answer.last4, function () {
        var refused = new Error('your card was declined');
        refused.status = 400;
        cb(refused);
      });
    }
    payment.authorised(orderNo, sums.total, answer.ref, answer.last4, cb);
  });
};

exports.finish = function (customer, basket, orderNo, sums, cb) {
  flow.series([
    function (next) { order.setStatus(orderNo, 'PAID', customer.email, next); },
    function (next) { db.run('UPDATE orders SET paid_at = ? WHERE order_no = ?', [util.stamp(), orderNo], next); },
    function (next) { sums.voucher ? voucher.use(sums.voucher, next) : next(null); },
    // belongs to the accounts, but the tier must be right on the next page (KS-255)
    function (next) { db.run('UPDATE customers SET total_spent = total_spent + ? WHERE id = ?', [sums.goods - sums.discount, customer.id], next); },
    function (next) { cart.empty(basket.id, next); },
    function (next) { mailqueue.add(customer.email, 'Your order ' + orderNo, confirmation(orderNo, sums), next); }
  ], function (err) {
    cb(err, orderNo);
  });
};
