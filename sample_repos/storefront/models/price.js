var db = require('../lib/db');
var util = require('../lib/util');

// new price and the old one into the history
exports.change = function (sku, price, who, cb) {
  db.get('SELECT price FROM products WHERE sku = ?', [sku], function (err, row) {
    if (err) return cb(err);
    if (!row) return cb(new Error('no product ' + sku));
    if (row.price === price) return cb(null, false);
    db.run('INSERT INTO price_history (sku, price, changed_at, changed_by) VALUES (?, ?, ?, ?)',
      [sku, row.price, util.stamp(), who], function (err) {
        if (err) return cb(err);
        db.run('UPDATE products SET price = ? WHERE sku = ?', [price, sku], function (err) {
          cb(err, true);
        });
      });
  });
};

exports.history = function (sku, cb) {
  db.all('SELECT * FROM price_history WHERE sku = ? ORDER BY id DESC', [sku], cb);
};

// the lowest of the last 28 days, for 'was ... now ...'
exports.lowest = function (sku, cb) {
  var since = util.addDays(util.today(), -28);
  db.value('SELECT MIN(price) FROM price_history WHERE sku = ? AND changed_at >= ?', [sku, since], cb);
};
