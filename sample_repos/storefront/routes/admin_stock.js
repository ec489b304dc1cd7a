var express = require('express');
var util = require('../lib/util');
var web = require('../lib/web');
var stock = require('../models/stock');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.role('packer'));

router.get('/', function (req, res, next) {
  stock.low(function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Low stock', layout.table(['SKU', 'Name', 'Free'], rows.map(function (r) {
      return [layout.link('/admin/stock/' + r.sku, r.sku), util.escape(r.name), r.on_hand - r.reserved];
    })) + layout.form('/admin/stock/receive', ['sku', 'qty', 'ref'], 'Goods in')));
  });
});

router.get('/:sku', function (req, res, next) {
  stock.moves(req.params.sku, function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Stock ' + req.params.sku, layout.table(['At', 'Qty', 'Why', 'Ref'], rows.map(function (r) {
      return [r.at, r.qty, r.reason, util.escape(r.ref)];
    }))));
  });
});

router.post('/receive', function (req, res, next) {
  var qty = parseInt(req.body.qty, 10);
  if (!(qty > 0)) return next(web.fail(400, 'quantity is not valid'));
  stock.receive(req.body.sku, qty, req.body.ref, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/admin/stock/' + req.body.sku);
  });
});

module.exports = router;
