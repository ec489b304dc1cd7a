var db = require('../lib/db');
var util = require('../lib/util');

// md5, no salt (KS-163)
exports.login = function (login, password, cb) {
  db.get('SELECT * FROM staff WHERE login = ? AND password = ?', [login, util.md5(password)], function (err, row) {
    if (err || !row) return cb(err, null);
    db.run('UPDATE staff SET last_login = ? WHERE login = ?', [util.stamp(), login], function (err) {
      cb(err, row);
    });
  });
};

exports.add = function (login, password, role, cb) {
  db.run('INSERT INTO staff (login, password, role) VALUES (?, ?, ?)', [login, util.md5(password), role], cb);
};
