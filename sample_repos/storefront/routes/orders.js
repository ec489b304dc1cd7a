var express = require('express');
var web = require('../lib/web');
var order = require('../models/order');
var shipment = require('../models/shipment');
var orderflow = require('../services/orderflow');
var view = require('../views/orders');

var router = express.Router();

function own(req, res, next) {
  order.find(req.params.no, function (err, row) {
    if (err) return next(err);
    if (!row || row.customer_id !== req.session.customer.id) return next(web.fail(404, 'no such order'));
    req.order = row;
    next();
  });
}

router.get('/:no', web.customerOnly, own, function (req, res, next) {
  order.lines(req.order.order_no, function (err, lines) {
    if (err) return next(err);
    shipment.of(req.order.order_no, function (err, parcels) {
      if (err) return next(err);
      res.send(view.show(req.order, lines, parcels));
    });
  });
});

router.post('/:no/cancel', web.customerOnly, own, function (req, res, next) {
  orderflow.cancel(req.order.order_no, req.session.customer.email, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/orders/' + req.order.order_no);
  });
});

module.exports = router;
