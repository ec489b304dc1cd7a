// Packing and sending.
var db = require('../lib/db');
var flow = require('../lib/flow');
var util = require('../lib/util');
var order = require('../models/order');
var shipment = require('../models/shipment');
var stock = require('../models/stock');
var orderflow = require('./orderflow');

var BOX_G = 40;
var LIMIT_G = 15000;

// grams -> weights of the parcels
exports.split = function (grams) {
  var parcels = [];
  while (grams > LIMIT_G) {
    parcels.push(LIMIT_G);
    grams -= LIMIT_G;
  }
  parcels.push(grams + BOX_G);
  return parcels;
};

exports.pickList = function (cb) {
  db.all('SELECT l.sku, p.name, SUM(l.qty) AS qty, COUNT(DISTINCT l.order_no) AS orders FROM order_lines l ' +
    'JOIN orders o ON o.order_no = l.order_no JOIN products p ON p.sku = l.sku ' +
    "WHERE o.status = 'PAID' GROUP BY l.sku, p.name ORDER BY l.sku", [], cb);
};

exports.weight = function (orderNo, cb) {
  db.value('SELECT SUM(l.qty * p.weight_g) FROM order_lines l JOIN products p ON p.sku = l.sku WHERE l.order_no = ?',
    [orderNo], cb);
};

// parcels of an order; cb(err, [parcel numbers])
exports.pack = function (orderNo, who, cb) {
  orderflow.change(orderNo, 'PACK', who, function (err) {
    if (err) return cb(err);
    exports.weight(orderNo, function (err, grams) {
      if (err) return cb(err);
      flow.map(exports.split(grams || 0), function (weight, next) {
        shipment.create(orderNo, weight, next);
      }, cb);
    });
  });
};

exports.ship = function (orderNo, who, cb) {
  orderflow.change(orderNo, 'SHIP', who, function (err) {
    if (err) return cb(err);
    // status log has the time too, but the reports look here
    db.run('UPDATE orders SET shipped_at = ? WHERE order_no = ?', [util.stamp(), orderNo], function (err) {
      if (err) return cb(err);
      order.lines(orderNo, function (err, lines) {
        if (err) return cb(err);
        flow.each(lines, function (line, next) {
          stock.ship(line.sku, line.qty, orderNo, function (err) {
            if (err) return next(err);
            stock.refreshSoldOut(line.sku, next);
          });
        }, function (err) {
          if (err) return cb(err);
          orderflow.tell(orderNo, 'Your order ' + orderNo + ' is on its way', cb);
        });
      });
    });
  });
};

exports.returned = function (orderNo, who, cb) {
  orderflow.change(orderNo, 'RETN', who, function (err) {
    if (err) return cb(err);
    order.lines(orderNo, function (err, lines) {
      if (err) return cb(err);
      flow.each(lines, function (line, next) { stock.receive(line.sku, line.qty, orderNo, next); }, cb);
    });
  });
};
