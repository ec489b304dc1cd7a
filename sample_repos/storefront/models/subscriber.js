var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (email, cb) {
  db.get('SELECT * FROM subscribers WHERE email = ?', [email], cb);
};

exports.add = function (email, token, cb) {
  db.run('INSERT OR REPLACE INTO subscribers (email, token, since) VALUES (?, ?, ?)', [email, token, util.today()], cb);
};

exports.confirm = function (token, cb) {
  db.run('UPDATE subscribers SET confirmed = 1 WHERE token = ?', [token], function (err, info) {
    cb(err, info && info.changes > 0);
  });
};

exports.remove = function (token, cb) {
  db.run('DELETE FROM subscribers WHERE token = ?', [token], function (err, info) {
    cb(err, info && info.changes > 0);
  });
};

exports.confirmed = function (cb) {
  db.all('SELECT * FROM subscribers WHERE confirmed = 1 AND bounces < 3 ORDER BY email', [], cb);
};

exports.bounced = function (email, cb) {
  db.run('UPDATE subscribers SET bounces = bounces + 1 WHERE email = ?', [email], cb);
};
