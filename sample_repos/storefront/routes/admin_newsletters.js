var express = require('express');
var db = require('../lib/db');
var util = require('../lib/util');
var web = require('../lib/web');
var newsletter = require('../services/newsletter');
var layout = require('../views/layout');

var router = express.Router();

router.use(web.staffOnly);

router.get('/', function (req, res, next) {
  db.all('SELECT * FROM newsletters ORDER BY id DESC', [], function (err, rows) {
    if (err) return next(err);
    res.send(layout.admin('Newsletters', rows.map(function (n) {
      return '<p>' + util.escape(n.subject) + ' ' + (n.sent_at || layout.form('/admin/newsletters/' + n.id + '/send', [], 'Send')) + '</p>';
    }).join('') + layout.form('/admin/newsletters', ['subject', 'body'], 'Save')));
  });
});

router.post('/', function (req, res, next) {
  newsletter.draft(req.body.subject, req.body.body, function (err) {
    if (err) return next(err);
    res.redirect('/admin/newsletters');
  });
});

router.post('/:id/send', function (req, res, next) {
  newsletter.send(req.params.id, function (err, n) {
    if (err) return next(web.fail(400, err.message));
    res.send(layout.admin('Newsletter', '<p>' + n + ' mails are waiting</p>'));
  });
});

module.exports = router;
