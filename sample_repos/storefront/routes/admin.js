var express = require('express');
var db = require('../lib/db');
var log = require('../lib/log');
var session = require('../lib/session');
var util = require('../lib/util');
var web = require('../lib/web');
var review = require('../models/review');
var staff = require('../models/staff');
var search = require('../services/search');
var layout = require('../views/layout');

var router = express.Router();

router.get('/login', function (req, res) {
  res.send(layout.admin('Login', layout.form('/admin/login', ['login', 'password'], 'Login')));
});

router.post('/login', function (req, res, next) {
  staff.login(req.body.login, req.body.password, function (err, row) {
    if (err) return next(err);
    if (!row) return next(web.fail(401, 'wrong login or password'));
    req.session.staff = row;
    res.redirect('/admin');
  });
});

router.get('/', web.staffOnly, function (req, res, next) {
  db.all('SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY status', [], function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Shop', layout.table(['Orders', ''], rows.map(function (r) { return [r.status, r.n]; }))));
  });
});

router.get('/reviews', web.staffOnly, function (req, res, next) {
  review.waiting(function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Reviews', rows.map(function (r) {
      return '<p>' + r.stars + ' ' + util.escape(r.body) + '</p>' + layout.form('/admin/reviews/' + r.id, [], 'Approve');
    }).join('')));
  });
});

router.post('/reviews/:id', web.staffOnly, function (req, res, next) {
  review.approve(req.params.id, function (err) {
    if (err) return next(web.fail(400, err.message));
    search.forget();
    res.redirect('/admin/reviews');
  });
});

// nothing links to these two
router.get('/log', web.staffOnly, function (req, res) {
  res.type('text/plain').send(log.last(100).join('\n'));
});

router.get('/wallboard', function (req, res, next) {
  db.value("SELECT COUNT(*) FROM orders WHERE status = 'PAID'", [], function (err, n) {
    if (err) return next(err);
    res.send('<h1>' + n + '</h1><p>' + session.count() + ' visitors</p>');
  });
});

module.exports = router;
