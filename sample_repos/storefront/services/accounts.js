// Customers: registration, login, forgotten passwords.
var crypto = require('crypto');
var config = require('../config');
var db = require('../lib/db');
var util = require('../lib/util');
var customer = require('../models/customer');
var cart = require('../models/cart');
var mailqueue = require('../models/mailqueue');

// sha1 with the same salt for everybody; md5 before 2013
exports.hash = function (password) {
  return 'sha1$' + crypto.createHash('sha1').update(config.secret + password, 'utf8').digest('hex');
};

exports.matches = function (stored, password) {
  if (stored.indexOf('sha1$') === 0) return stored === exports.hash(password);
  return stored === util.md5(password);
};

exports.register = function (values, cb) {
  if (!util.validEmail(values.email)) return cb(new Error('e-mail address is not valid'));
  if (!values.password || values.password.length < 6) return cb(new Error('password needs six characters'));
  customer.byEmail(values.email, function (err, row) {
    if (err) return cb(err);
    if (row) return cb(new Error('there is an account for this e-mail address'));
    customer.create(util.extend({}, values, { password: exports.hash(values.password) }), function (err, id) {
      if (err) return cb(err);
      mailqueue.add(values.email, 'Welcome to ' + config.name, 'Dear ' + (values.first_name || 'gardener') + ',\n\n' +
        'your account is open: ' + config.base + '/account\n', function (err) {
        cb(err, id);
      });
    });
  });
};

// cb(err, customer or null); moves the visitor's basket to the customer
exports.login = function (email, password, basket, cb) {
  customer.byEmail(email, function (err, row) {
    if (err || !row || !exports.matches(row.password, password || '')) return cb(err, null);
    function merge(err) {
      if (err) return cb(err);
      cart.merge(row.id, basket || {}, function (err) {
        cb(err, row);
      });
    }
    if (row.password.indexOf('sha1$') === 0) return merge(null);
    customer.setPassword(row.id, exports.hash(password), merge);
  });
};

exports.forgot = function (email, cb) {
  customer.byEmail(email, function (err, row) {
    // the same answer for everybody
    if (err || !row) return cb(err);
    var token = util.token();
    db.run('INSERT INTO password_resets (token, customer_id, expires_at) VALUES (?, ?, ?)',
      [token, row.id, util.addDays(util.today(), 1)], function (err) {
        if (err) return cb(err);
        mailqueue.add(row.email, 'Your password', config.base + '/account/reset/' + token + '\n', cb);
      });
  });
};

exports.reset = function (token, password, cb) {
  db.get('SELECT * FROM password_resets WHERE token = ? AND expires_at >= ?', [token, util.today()], function (err, row) {
    if (err) return cb(err);
    if (!row) return cb(new Error('this link is not valid any more'));
    customer.setPassword(row.customer_id, exports.hash(password), function (err) {
      if (err) return cb(err);
      db.run('DELETE FROM password_resets WHERE token = ?', [token], cb);
    });
  });
};

// two accounts of the same person, by phone; touches whatever has a customer_id
exports.merge = function (keepId, dropId, who, cb) {
  db.run('UPDATE orders SET customer_id = ? WHERE customer_id = ?', [keepId, dropId], function (err) {
    if (err) return cb(err);
    db.run('UPDATE addresses SET customer_id = ? WHERE customer_id = ?', [keepId, dropId], function (err) {
      if (err) return cb(err);
      db.run('UPDATE customers SET total_spent = total_spent + (SELECT total_spent FROM customers WHERE id = ?) WHERE id = ?',
        [dropId, keepId], function (err) {
          if (err) return cb(err);
          db.run('DELETE FROM customers WHERE id = ?', [dropId], function (err) {
            if (err) return cb(err);
            util.audit(who, 'merge customers', keepId + '<-' + dropId, cb);
          });
        });
    });
  });
};
