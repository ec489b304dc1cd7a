var express = require('express');
var csv = require('../lib/csv');
var db = require('../lib/db');
var money = require('../lib/money');
var util = require('../lib/util');
var web = require('../lib/web');
var pagehit = require('../models/pagehit');
var reports = require('../services/reports');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.staffOnly);

function range(req) {
  return { from: req.query.from || util.addDays(util.today(), -30), to: req.query.to || util.today() };
}

router.get('/', function (req, res) {
  var names = ['sales', 'sales.csv', 'ledger', 'vat', 'delay', 'best', 'hits'];
  res.send(layout.admin('Reports', names.map(function (n) { return layout.link('/admin/reports/' + n, n); }).join('<br>')));
});

router.get('/sales', function (req, res, next) {
  var r = range(req);
  reports.sales(r.from, r.to, function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Sales', layout.table(['Category', 'Pieces', 'Amount'], rows.map(function (row) {
      return [util.escape(row.title), row.pieces, money.format(row.amount)];
    }))));
  });
});

router.get('/sales.csv', function (req, res, next) {
  var r = range(req);
  reports.sales(r.from, r.to, function (err, rows) {
    if (err) return next(err);
    res.type('text/csv').send(csv.format(reports.salesRows(rows)));
  });
});

router.get('/ledger', function (req, res, next) {
  var r = range(req);
  reports.ledger(r.from, r.to, function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Ledger', layout.table(['Order', 'Name', 'Total', 'Payment', 'Invoice', 'Tracking'], rows.map(function (row) {
      return [row.order_no, util.escape(row.last_name), money.format(row.total), row.payment, row.invoice_no, row.tracking];
    }))));
  });
});

router.get('/vat', function (req, res, next) {
  var r = range(req);
  reports.vatReturn(r.from, r.to, function (err, row) {
    if (err) return next(err);
    res.send(layout.admin('VAT', layout.table(['Invoices', 'Net', 'VAT'], [[row.invoices, money.format(row.net), money.format(row.vat)]])));
  });
});

router.get('/delay', function (req, res, next) {
  var r = range(req);
  reports.delay(r.from, r.to, function (err, row) {
    if (err) return next(err);
    res.send(layout.admin('Delay', '<p>' + row.orders + ' orders, ' + row.days + ' days</p>'));
  });
});

router.get('/best', function (req, res, next) {
  reports.bestCustomers(20, function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Best customers', layout.table(['Name', 'Orders', 'Spent'], rows.map(function (c) {
      return [util.escape(c.first_name + ' ' + c.last_name), c.orders, money.format(c.total_spent)];
    }))));
  });
});

router.get('/hits', function (req, res, next) {
  pagehit.flush(function (err) {
    if (err) return next(err);
    pagehit.top(util.today(), 20, function (err, rows) {
      if (err) return next(err);
      res.send(layout.admin('Hits', layout.table(['Page', 'Hits'], rows.map(function (h) { return [util.escape(h.path), h.hits]; }))));
    });
  });
});

// old sales report with its own SQL, the owner had a bookmark; nothing links to it
router.get('/sales_old', function (req, res, next) {
  db.all('SELECT c.last_name, p.name, l.qty FROM order_lines l, orders o, customers c, products p ' +
    'WHERE o.order_no = l.order_no AND c.id = o.customer_id AND p.sku = l.sku ORDER BY c.last_name, p.name', [], function (err, rows) {
    if (err) return next(err);
    res.send(layout.table(['Name', 'Product', 'Qty'], rows.map(function (r) { return [util.escape(r.last_name), util.escape(r.name), r.qty]; })));
  });
});

module.exports = router;
