var express = require('express');
var web = require('../lib/web');
var cart = require('../models/cart');
var product = require('../models/product');
var pricing = require('../services/pricing');
var view = require('../views/shop');

var router = express.Router();

// [{sku, qty}] from the session or from the database
function items(req, cb) {
  if (!req.session.customer) {
    var basket = req.session.basket;
    return cb(null, Object.keys(basket).sort().map(function (sku) { return { sku: sku, qty: basket[sku] }; }));
  }
  cart.forCustomer(req.session.customer.id, function (err, row) {
    if (err) return cb(err);
    cart.items(row.id, cb);
  });
}

function put(req, sku, qty, cb) {
  if (!req.session.customer) {
    if (qty > 0) req.session.basket[sku] = Math.min(qty, cart.MAX_QTY);
    else delete req.session.basket[sku];
    return cb(null);
  }
  cart.forCustomer(req.session.customer.id, function (err, row) {
    if (err) return cb(err);
    cart.put(row.id, sku, qty, cb);
  });
}

router.get('/', function (req, res, next) {
  items(req, function (err, list) {
    if (err) return next(err);
    pricing.total(list, req.query.voucher, req.query.postcode, function (err, sums) {
      if (err) return next(web.fail(400, err.message));
      res.send(view.basket(sums));
    });
  });
});

router.post('/add', function (req, res, next) {
  var qty = parseInt(req.body.qty, 10) || 1;
  product.find(req.body.sku, function (err, p) {
    if (err || !p || !p.active) return next(err || web.fail(404, 'no such product'));
    if (p.sold_out) return next(web.fail(400, p.name + ' is sold out'));
    items(req, function (err, list) {
      if (err) return next(err);
      list.forEach(function (item) { if (item.sku === p.sku) qty += item.qty; });
      put(req, p.sku, qty, function (err) {
        if (err) return next(err);
        res.redirect('/basket');
      });
    });
  });
});

router.post('/set', function (req, res, next) {
  put(req, req.body.sku, parseInt(req.body.qty, 10) || 0, function (err) {
    if (err) return next(err);
    res.redirect('/basket');
  });
});

module.exports = router;
