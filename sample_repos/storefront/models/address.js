var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (id, cb) {
  db.get('SELECT * FROM addresses WHERE id = ?', [id], cb);
};

exports.of = function (customerId, cb) {
  db.all('SELECT * FROM addresses WHERE customer_id = ? ORDER BY id', [customerId], cb);
};

exports.add = function (customerId, a, cb) {
  var postcode = util.postcode(a.postcode);
  if (!postcode) return cb(new Error('postcode is not valid'));
  if (!a.line1 || !a.town) return cb(new Error('address is not complete'));
  db.run('INSERT INTO addresses (customer_id, line1, line2, town, postcode) VALUES (?, ?, ?, ?, ?)',
    [customerId, a.line1, a.line2, a.town, postcode], function (err, info) {
      cb(err, info && info.id);
    });
};

exports.remove = function (customerId, id, cb) {
  db.run('DELETE FROM addresses WHERE customer_id = ? AND id = ?', [customerId, id], cb);
};

exports.format = function (a) {
  return [a.line1, a.line2, a.town, a.postcode].filter(Boolean).join(', ');
};
