var express = require('express');
var web = require('../lib/web');
var address = require('../models/address');
var customer = require('../models/customer');
var order = require('../models/order');
var wishlist = require('../models/wishlist');
var accounts = require('../services/accounts');
var layout = require('../views/layout');
var view = require('../views/account');

var router = express.Router();

router.get('/', web.customerOnly, function (req, res, next) {
  var id = req.session.customer.id;
  customer.find(id, function (err, c) {
    if (err) return next(err);
    order.of(id, function (err, orders) {
      if (err) return next(err);
      address.of(id, function (err, places) {
        if (err) return next(err);
        res.send(view.overview(c, orders, places));
      });
    });
  });
});

router.get('/login', function (req, res) { res.send(view.login()); });

router.post('/login', function (req, res, next) {
  accounts.login(req.body.email, req.body.password, req.session.basket, function (err, row) {
    if (err) return next(err);
    if (!row) return res.status(401).send(view.login('E-mail address or password is wrong'));
    req.session.customer = row;
    req.session.basket = {};
    res.redirect('/account');
  });
});

router.get('/logout', function (req, res) {
  req.session.customer = null;
  res.redirect('/');
});

router.get('/register', function (req, res) {
  res.send(layout.page('New account', layout.form('/account/register', ['email', 'password', 'first_name', 'last_name'], 'Open account')));
});

router.post('/register', function (req, res, next) {
  accounts.register(req.body, function (err, id) {
    if (err) return next(web.fail(400, err.message));
    customer.find(id, function (err, row) {
      if (err) return next(err);
      req.session.customer = row;
      res.redirect('/account');
    });
  });
});

router.get('/forgot', function (req, res) {
  res.send(layout.page('Password forgotten', layout.form('/account/forgot', ['email'], 'Send link')));
});

router.post('/forgot', function (req, res, next) {
  accounts.forgot(req.body.email, function (err) {
    if (err) return next(err);
    res.send(layout.page('Password forgotten', '<p>Look into your mail.</p>'));
  });
});

router.post('/reset/:token', function (req, res, next) {
  accounts.reset(req.params.token, req.body.password, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/account/login');
  });
});

router.post('/address', web.customerOnly, function (req, res, next) {
  address.add(req.session.customer.id, req.body, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/account');
  });
});

router.get('/wishlist', web.customerOnly, function (req, res, next) {
  wishlist.of(req.session.customer.id, function (err, items) {
    if (err) return next(err);
    res.send(view.wishlist(items));
  });
});

router.post('/wishlist', web.customerOnly, function (req, res, next) {
  var change = req.body.remove ? wishlist.remove : wishlist.add;
  change(req.session.customer.id, req.body.sku, function (err) {
    if (err) return next(err);
    res.redirect('/account/wishlist');
  });
});

module.exports = router;
