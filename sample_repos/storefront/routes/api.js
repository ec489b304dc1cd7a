// For the till in the garden shop. Key in the URL; the till is not ours.
var express = require('express');
var config = require('../config');
var db = require('../lib/db');
var util = require('../lib/util');
var web = require('../lib/web');
var product = require('../models/product');
var stock = require('../models/stock');

var router = express.Router();

router.use(function (req, res, next) {
  if (req.query.key !== config.apiKey) return next(web.fail(403, 'key'));
  next();
});

router.get('/stock/:sku', function (req, res, next) {
  product.find(req.params.sku, function (err, p) {
    if (err || !p) return next(err || web.fail(404, 'no such product'));
    util.available(p.sku, function (err, free) {
      if (err) return next(err);
      res.send({ sku: p.sku, name: p.name, price: p.price, free: free });
    });
  });
});

// what the till has sold; straight into the stock table (KS-290)
router.post('/sold', function (req, res, next) {
  var qty = parseInt(req.body.qty, 10);
  if (!(qty > 0)) return next(web.fail(400, 'qty'));
  db.run('UPDATE stock SET on_hand = on_hand - ? WHERE sku = ?', [qty, req.body.sku], function (err, info) {
    if (err) return next(err);
    if (!info.changes) return next(web.fail(404, 'no such product'));
    stock.refreshSoldOut(req.body.sku, function (err) {
      if (err) return next(err);
      res.send({ ok: true });
    });
  });
});

module.exports = router;
