var express = require('express');
var web = require('../lib/web');
var subscriber = require('../models/subscriber');
var newsletter = require('../services/newsletter');
var layout = require('../views/layout');

var router = express.Router();

router.get('/', function (req, res) {
  res.send(layout.page('Newsletter', layout.form('/newsletter', ['email'], 'Subscribe')));
});

router.post('/', function (req, res, next) {
  newsletter.subscribe(req.body.email, function (err) {
    if (err) return next(web.fail(400, err.message));
    res.send(layout.page('Newsletter', '<p>We have sent you a mail.</p>'));
  });
});

router.get('/confirm/:token', function (req, res, next) {
  subscriber.confirm(req.params.token, function (err, found) {
    if (err || !found) return next(err || web.fail(404, 'this link is not valid'));
    res.send(layout.page('Newsletter', '<p>Thank you.</p>'));
  });
});

router.get('/stop/:token', function (req, res, next) {
  subscriber.remove(req.params.token, function (err, found) {
    if (err || !found) return next(err || web.fail(404, 'this link is not valid'));
    res.send(layout.page('Newsletter', '<p>You will get no more letters.</p>'));
  });
});

module.exports = router;
