var express = require('express');
var money = require('../lib/money');
var web = require('../lib/web');
var invoice = require('../models/invoice');
var payment = require('../models/payment');
var settlement = require('../services/settlement');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.role('accounts'));

router.get('/', function (req, res, next) {
  payment.due(function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Payments to capture', layout.table(['Order', 'Amount'], rows.map(function (p) {
      return [layout.link('/admin/orders/' + p.order_no, p.order_no), money.format(p.amount)];
    }))));
  });
});

router.post('/:id/refund', function (req, res, next) {
  var pence = money.parse(req.body.amount);
  if (pence === null) return next(web.fail(400, 'amount is not valid'));
  settlement.refund(req.params.id, pence, req.body.reason, req.session.staff.login, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.redirect('/admin/payments');
  });
});

router.get('/invoice/:no', function (req, res, next) {
  invoice.find(req.params.no, function (err, i) {
    if (err || !i) return next(err || web.fail(404, 'no such invoice'));
    res.send(layout.admin('Invoice ' + i.invoice_no, layout.table(['Net', 'VAT', 'Gross'], [
      [money.format(i.net), money.format(i.vat), money.format(i.gross)]
    ])));
  });
});

module.exports = router;
