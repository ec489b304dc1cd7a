var express = require('express');
var money = require('../lib/money');
var web = require('../lib/web');
var rate = require('../models/rate');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.role('packer'));

router.get('/', function (req, res, next) {
  rate.all(function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Postage', layout.table(['Zone', 'Up to g', 'Price'], rows.map(function (r) {
      return [r.zone, r.up_to_g, money.format(r.price)];
    })) + layout.form('/admin/postage', ['id', 'price'], 'Change')));
  });
});

router.post('/', function (req, res, next) {
  var pence = money.parse(req.body.price);
  if (pence === null) return next(web.fail(400, 'price is not valid'));
  rate.set(req.body.id, pence, function (err) {
    if (err) return next(err);
    res.redirect('/admin/postage');
  });
});

module.exports = router;
