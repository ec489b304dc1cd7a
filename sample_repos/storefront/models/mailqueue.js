var db = require('../lib/db');
var util = require('../lib/util');

exports.MAX_TRIES = 5;

exports.add = function (recipient, subject, body, cb) {
  db.run('INSERT INTO mail_queue (recipient, subject, body, queued_at) VALUES (?, ?, ?, ?)',
    [recipient, subject, body, util.stamp()], cb);
};

exports.waiting = function (cb) {
  db.all('SELECT * FROM mail_queue WHERE sent_at IS NULL AND tries < ? ORDER BY id', [exports.MAX_TRIES], cb);
};

exports.sent = function (id, cb) {
  db.run('UPDATE mail_queue SET sent_at = ? WHERE id = ?', [util.stamp(), id], cb);
};

exports.failed = function (id, message, cb) {
  db.run('UPDATE mail_queue SET tries = tries + 1, last_error = ? WHERE id = ?', [message, id], cb);
};
