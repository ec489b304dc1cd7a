var express = require('express');
var util = require('../lib/util');
var web = require('../lib/web');
var customer = require('../models/customer');
var accounts = require('../services/accounts');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.staffOnly);

router.get('/', function (req, res, next) {
  customer.search(req.query.q || '', function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Customers', layout.table(['Id', 'Name', 'Mail', 'Tier'], rows.map(function (c) {
      return [c.id, util.escape(c.first_name + ' ' + c.last_name), util.escape(c.email), customer.tier(c)];
    })) + layout.form('/admin/customers/merge', ['keep', 'drop'], 'Merge')));
  });
});

router.post('/merge', web.role('owner'), function (req, res, next) {
  var keep = parseInt(req.body.keep, 10);
  var drop = parseInt(req.body.drop, 10);
  if (!keep || !drop || keep === drop) return next(web.fail(400, 'two different customers'));
  accounts.merge(keep, drop, req.session.staff.login, function (err) {
    if (err) return next(err);
    res.redirect('/admin/customers');
  });
});

module.exports = router;
