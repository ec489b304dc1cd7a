var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (id, cb) {
  db.get('SELECT * FROM customers WHERE id = ?', [id], cb);
};

exports.byEmail = function (email, cb) {
  db.get('SELECT * FROM customers WHERE email = ?', [String(email || '').trim().toLowerCase()], cb);
};

exports.create = function (values, cb) {
  db.run('INSERT INTO customers (email, password, first_name, last_name, created_at) VALUES (?, ?, ?, ?, ?)',
    [values.email.trim().toLowerCase(), values.password, values.first_name, values.last_name, util.stamp()],
    function (err, info) {
      cb(err, info && info.id);
    });
};

exports.setPassword = function (id, hash, cb) {
  db.run('UPDATE customers SET password = ? WHERE id = ?', [hash, id], cb);
};

exports.rename = function (id, first, last, cb) {
  db.run('UPDATE customers SET first_name = ?, last_name = ? WHERE id = ?', [first, last, id], cb);
};

exports.setMailOk = function (id, flag, cb) {
  db.run('UPDATE customers SET mail_ok = ? WHERE id = ?', [flag ? 1 : 0, id], cb);
};

exports.search = function (text, cb) {
  var like = '%' + text + '%';
  db.all('SELECT * FROM customers WHERE email LIKE ? OR last_name LIKE ? ORDER BY last_name, first_name LIMIT 50',
    [like, like], cb);
};

// bronze, silver, gold: on the parcel slip and in the newsletter
exports.tier = function (customer) {
  if (customer.total_spent >= 50000) return 'gold';
  if (customer.total_spent >= 15000) return 'silver';
  return 'bronze';
};
