var db = require('../lib/db');
var util = require('../lib/util');

exports.add = function (sku, customerId, stars, body, cb) {
  stars = parseInt(stars, 10);
  if (!(stars >= 1 && stars <= 5)) return cb(new Error('one to five stars'));
  db.run('INSERT INTO reviews (sku, customer_id, stars, body, written_at) VALUES (?, ?, ?, ?, ?)',
    [sku, customerId, stars, body, util.stamp()], cb);
};

exports.of = function (sku, cb) {
  db.all('SELECT r.*, c.first_name FROM reviews r LEFT JOIN customers c ON c.id = r.customer_id ' +
    'WHERE r.sku = ? AND r.approved = 1 ORDER BY r.id DESC', [sku], cb);
};

exports.waiting = function (cb) {
  db.all('SELECT * FROM reviews WHERE approved = 0 ORDER BY id', [], cb);
};

exports.approve = function (id, cb) {
  db.get('SELECT sku FROM reviews WHERE id = ?', [id], function (err, row) {
    if (err || !row) return cb(err || new Error('no review ' + id));
    db.run('UPDATE reviews SET approved = 1 WHERE id = ?', [id], function (err) {
      if (err) return cb(err);
      db.run('UPDATE products SET rating = (SELECT AVG(stars) FROM reviews WHERE sku = ? AND approved = 1) WHERE sku = ?',
        [row.sku, row.sku], cb);
    });
  });
};
