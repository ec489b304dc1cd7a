// Newsletter: one mail per subscriber into the queue.
var config = require('../config');
var db = require('../lib/db');
var flow = require('../lib/flow');
var util = require('../lib/util');
var mailqueue = require('../models/mailqueue');
var subscriber = require('../models/subscriber');

exports.subscribe = function (email, cb) {
  email = String(email || '').trim().toLowerCase();
  if (!util.validEmail(email)) return cb(new Error('e-mail address is not valid'));
  subscriber.find(email, function (err, row) {
    if (err || (row && row.confirmed)) return cb(err);
    var token = util.token();
    subscriber.add(email, token, function (err) {
      if (err) return cb(err);
      mailqueue.add(email, 'Please confirm', config.base + '/newsletter/confirm/' + token + '\n', cb);
    });
  });
};

exports.render = function (text, values) {
  return text.replace(/\{(\w+)\}/g, function (all, name) {
    return values[name] === undefined ? '' : values[name];
  });
};

exports.draft = function (subject, body, cb) {
  db.run('INSERT INTO newsletters (subject, body) VALUES (?, ?)', [subject, body], function (err, info) {
    cb(err, info && info.id);
  });
};

// cb(err, how many); a second start sends everything again
exports.send = function (id, cb) {
  db.get('SELECT * FROM newsletters WHERE id = ?', [id], function (err, letter) {
    if (err || !letter) return cb(err || new Error('no newsletter ' + id));
    subscriber.confirmed(function (err, list) {
      if (err) return cb(err);
      flow.each(list, function (s, next) {
        // greeting and tier of customers, others are 'gardener'
        db.get('SELECT first_name, total_spent FROM customers WHERE email = ?', [s.email], function (err, c) {
          if (err) return next(err);
          var values = { name: c ? c.first_name : 'gardener', stop: config.base + '/newsletter/stop/' + s.token };
          mailqueue.add(s.email, letter.subject, exports.render(letter.body, values) + '\n' + values.stop + '\n', next);
        });
      }, function (err) {
        if (err) return cb(err);
        db.run('UPDATE newsletters SET sent_at = ?, recipients = ? WHERE id = ?', [util.stamp(), list.length, id], function (err) {
          cb(err, list.length);
        });
      });
    });
  });
};

// bounces come as a file from the mail server, one address a line
exports.bounces = function (text, cb) {
  flow.each(text.split(/\r?\n/).filter(util.validEmail), function (email, next) {
    subscriber.bounced(email, function (err) {
      if (err) return next(err);
      db.run('UPDATE customers SET mail_ok = 0 WHERE email = ?', [email], next);
    });
  }, cb);
};
