var express = require('express');
var util = require('../lib/util');
var web = require('../lib/web');
var address = require('../models/address');
var cart = require('../models/cart');
var checkout = require('../services/checkout');
var pricing = require('../services/pricing');
var layout = require('../views/layout');
var view = require('../views/shop');

var router = express.Router();

router.get('/', web.customerOnly, function (req, res, next) {
  address.of(req.session.customer.id, function (err, places) {
    if (err) return next(err);
    cart.forCustomer(req.session.customer.id, function (err, basket) {
      if (err) return next(err);
      cart.items(basket.id, function (err, items) {
        if (err) return next(err);
        pricing.total(items, null, places[0] && places[0].postcode, function (err, sums) {
          if (err) return next(err);
          var choices = places.map(function (a) { return '<option value="' + a.id + '">' + util.escape(address.format(a)); }).join('');
          res.send(view.basket(sums) + '<select name="address_id">' + choices + '</select>' +
            layout.form('/checkout', ['address_id', 'voucher', 'number', 'expiry', 'cvc'], 'Pay'));
        });
      });
    });
  });
});

router.post('/', web.customerOnly, function (req, res, next) {
  var card = { number: req.body.number, expiry: req.body.expiry, cvc: req.body.cvc };
  checkout.place(req.session.customer, {
    address_id: parseInt(req.body.address_id, 10),
    voucher: req.body.voucher,
    card: card
  }, function (err, orderNo) {
    if (err) return next(err);
    res.redirect('/orders/' + orderNo);
  });
});

module.exports = router;
