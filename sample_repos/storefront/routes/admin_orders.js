var express = require('express');
var util = require('../lib/util');
var web = require('../lib/web');
var order = require('../models/order');
var payment = require('../models/payment');
var fulfilment = require('../services/fulfilment');
var orderflow = require('../services/orderflow');
var layout = require('../views/layout');
var view = require('../views/orders');

var router = express.Router();

router.use(web.staffOnly);

router.get('/', function (req, res, next) {
  order.withStatus(req.query.status || 'PAID', function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Orders', layout.table(['No', 'Placed'], rows.map(function (o) {
      return [layout.link('/admin/orders/' + o.order_no, o.order_no), o.placed_at];
    })) + layout.link('/admin/orders/picklist', 'Pick list')));
  });
});

router.get('/picklist', function (req, res, next) {
  fulfilment.pickList(function (err, rows) {
    if (err) return next(err);
    res.type('text/plain').send(rows.map(function (r) {
      return util.padRight(r.sku, 12) + util.padRight(r.name, 40) + util.pad(r.qty, 5, ' ') + util.pad(r.orders, 4, ' ');
    }).join('\n'));
  });
});

router.get('/:no', function (req, res, next) {
  order.find(req.params.no, function (err, o) {
    if (err || !o) return next(err || web.fail(404, 'no such order'));
    order.lines(o.order_no, function (err, lines) {
      if (err) return next(err);
      order.history(o.order_no, function (err, history) {
        if (err) return next(err);
        payment.of(o.order_no, function (err, payments) {
          if (err) return next(err);
          res.send(view.admin(o, lines, history, payments));
        });
      });
    });
  });
});

function step(action) {
  return function (req, res, next) {
    action(req.params.no, req.session.staff.login, function (err) {
      if (err) return next(web.fail(400, err.message));
      res.redirect('/admin/orders/' + req.params.no);
    });
  };
}

router.post('/:no/pack', step(fulfilment.pack));
router.post('/:no/ship', step(fulfilment.ship));
router.post('/:no/return', step(fulfilment.returned));
router.post('/:no/cancel', step(orderflow.cancel));

module.exports = router;
