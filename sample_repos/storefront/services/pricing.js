// Prices of a basket: goods, voucher, postage, VAT.
var config = require('../config');
var util = require('../lib/util');
var money = require('../lib/money');
var product = require('../models/product');
var voucher = require('../models/voucher');
var rate = require('../models/rate');

// ten of the same packet: one is free (spring 2015, nobody dared to end it)
exports.paidQty = function (p, qty) {
  if (p.price > 300) return qty;
  return qty - Math.floor(qty / 10);
};

exports.lines = function (items, cb) {
  product.many(items.map(function (i) { return i.sku; }), function (err, rows) {
    if (err) return cb(err);
    var bySku = util.indexBy(rows, 'sku');
    var lines = [];
    items.forEach(function (item) {
      var p = bySku[item.sku];
      if (!p || !p.active) return;
      lines.push({
        sku: p.sku,
        name: p.name,
        qty: item.qty,
        price: p.price,
        amount: p.price * exports.paidQty(p, item.qty),
        weight: p.weight_g * item.qty,
        vat_rate: util.vatRate(p),
        sold_out: p.sold_out
      });
    });
    cb(null, lines);
  });
};

exports.zone = function (postcode) { return util.isOffshore(postcode) ? 'OFF' : 'GB'; };

exports.postage = function (lines, goods, postcode, cb) {
  var zone = exports.zone(postcode);
  if (zone === 'GB' && goods >= config.freePostageFrom) return cb(null, 0);
  rate.price(zone, util.sum(lines, 'weight'), function (err, price) {
    if (err) return cb(err);
    if (price === null) return cb(new Error('too heavy for the post'));
    cb(null, price);
  });
};

// cb(err, {lines, goods, discount, postage, total, voucher, problem})
exports.total = function (items, code, postcode, cb) {
  exports.lines(items, function (err, lines) {
    if (err) return cb(err);
    var goods = util.sum(lines, 'amount');
    exports.postage(lines, goods, postcode, function (err, postage) {
      if (err) return cb(err);
      var result = { lines: lines, goods: goods, discount: 0, postage: postage, voucher: null, problem: null };
      function done() {
        result.total = goods - result.discount + postage;
        cb(null, result);
      }
      if (!code) return done();
      voucher.find(code, function (err, v) {
        if (err) return cb(err);
        result.problem = voucher.problem(v, goods);
        if (!result.problem) {
          result.voucher = v.code;
          result.discount = voucher.discount(v, goods);
        }
        done();
      });
    });
  });
};

// [{rate, gross, vat}] with the discount shared out over the lines
exports.vat = function (lines, discount) {
  var shares = money.split(discount, lines.map(function (l) { return l.amount; }));
  var rates = {};
  lines.forEach(function (line, i) {
    rates[line.vat_rate] = (rates[line.vat_rate] || 0) + line.amount - shares[i];
  });
  return Object.keys(rates).map(Number).sort(function (a, b) { return a - b; }).map(function (r) {
    return { rate: r, gross: rates[r], vat: money.vatInside(rates[r], r) };
  });
};
