var express = require('express');
var money = require('../lib/money');
var util = require('../lib/util');
var web = require('../lib/web');
var price = require('../models/price');
var product = require('../models/product');
var search = require('../services/search');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.role('buyer'));

router.get('/', function (req, res, next) {
  product.active(function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Products', layout.table(['SKU', 'Name', 'Price'], rows.map(function (p) {
      return [layout.link('/admin/products/' + p.sku, p.sku), util.escape(p.name), money.format(p.price)];
    })) + layout.form('/admin/products', ['sku', 'name', 'price', 'category_id'], 'New')));
  });
});

router.post('/', function (req, res, next) {
  var pence = money.parse(req.body.price);
  if (pence === null) return next(web.fail(400, 'price is not valid'));
  product.create(util.extend({}, req.body, { price: pence }), function (err) {
    if (err) return next(web.fail(400, err.message));
    search.forget();
    res.redirect('/admin/products/' + req.body.sku);
  });
});

router.get('/:sku', function (req, res, next) {
  product.find(req.params.sku, function (err, p) {
    if (err || !p) return next(err || web.fail(404, 'no such product'));
    price.history(p.sku, function (err, rows) {
      if (err) return next(err);
      res.send(layout.admin(p.name, layout.table(['Price', 'Until'], rows.map(function (r) {
        return [money.format(r.price), r.changed_at];
      })) + layout.form('/admin/products/' + p.sku + '/price', ['price'], 'Change price') +
        layout.form('/admin/products/' + p.sku, ['name', 'description'], 'Change')));
    });
  });
});

router.post('/:sku', function (req, res, next) {
  product.update(req.params.sku, req.body, function (err, info) {
    if (err) return next(err);
    if (!info.changes) return next(web.fail(404, 'nothing was changed'));
    search.forget();
    util.audit(req.session.staff.login, 'change product', req.params.sku, function () {
      res.redirect('/admin/products/' + req.params.sku);
    });
  });
});

router.post('/:sku/price', function (req, res, next) {
  var pence = money.parse(req.body.price);
  if (pence === null) return next(web.fail(400, 'price is not valid'));
  price.change(req.params.sku, pence, req.session.staff.login, function (err) {
    if (err) return next(web.fail(400, err.message));
    search.forget();
    res.redirect('/admin/products/' + req.params.sku);
  });
});

module.exports = router;
