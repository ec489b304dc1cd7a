var db = require('../lib/db');

// postage of a zone, smallest band that is enough; null when it is too heavy
exports.price = function (zone, grams, cb) {
  db.get('SELECT price FROM postage_rates WHERE zone = ? AND up_to_g >= ? ORDER BY up_to_g LIMIT 1', [zone, grams],
    function (err, row) {
      cb(err, row ? row.price : null);
    });
};

exports.all = function (cb) {
  db.all('SELECT * FROM postage_rates ORDER BY zone, up_to_g', [], cb);
};

exports.set = function (id, price, cb) {
  db.run('UPDATE postage_rates SET price = ? WHERE id = ?', [price, id], cb);
};
