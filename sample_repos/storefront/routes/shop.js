var express = require('express');
var util = require('../lib/util');
var web = require('../lib/web');
var category = require('../models/category');
var price = require('../models/price');
var product = require('../models/product');
var review = require('../models/review');
var search = require('../services/search');
var layout = require('../views/layout');
var view = require('../views/shop');

var router = express.Router();

router.get('/', function (req, res, next) {
  category.withCounts(function (err, categories) {
    if (err) return next(err);
    product.sowNow(function (err, products) {
      if (err) return next(err);
      res.send(view.home(categories, products.slice(0, 6)));
    });
  });
});

router.get('/category/:slug', function (req, res, next) {
  category.bySlug(req.params.slug, function (err, row) {
    if (err || !row) return next(err || web.fail(404, 'no such category'));
    product.countInCategory(row.id, function (err, count) {
      if (err) return next(err);
      var paging = util.paging(req.query.page, count);
      product.inCategory(row.id, paging, function (err, products) {
        if (err) return next(err);
        res.send(view.category(row, products, paging));
      });
    });
  });
});

router.get('/product/:sku', function (req, res, next) {
  product.find(req.params.sku, function (err, p) {
    if (err || !p || !p.active) return next(err || web.fail(404, 'no such product'));
    review.of(p.sku, function (err, reviews) {
      if (err) return next(err);
      price.lowest(p.sku, function (err, was) {
        if (err) return next(err);
        res.send(view.product(p, reviews, was));
      });
    });
  });
});

router.post('/product/:sku/review', web.customerOnly, function (req, res, next) {
  review.add(req.params.sku, req.session.customer.id, req.body.stars, req.body.body, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/product/' + req.params.sku);
  });
});

router.get('/search', function (req, res, next) {
  search.find(req.query.q, function (err, found) {
    if (err) return next(err);
    var form = '<form><input name="q"><button>Search</button></form>';
    res.send(layout.page('Search', form + view.list(found.map(function (f) { return f.product; }))));
  });
});

router.get('/sow-now', function (req, res, next) {
  product.sowNow(function (err, products) {
    if (err) return next(err);
    res.send(layout.page('Sow now', view.list(products)));
  });
});

// for Google Froogle, later Shopping; the campaign ended in 2015
router.get('/feed/froogle.txt', function (req, res, next) {
  product.active(function (err, rows) {
    if (err) return next(err);
    res.type('text/plain').send(rows.map(function (p) {
      return [p.sku, p.name, (p.price / 100).toFixed(2)].join('\t');
    }).join('\n'));
  });
});

module.exports = router;
