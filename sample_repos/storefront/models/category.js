var db = require('../lib/db');

exports.all = function (cb) {
  db.all('SELECT * FROM categories ORDER BY position, title', [], cb);
};

exports.bySlug = function (slug, cb) {
  db.get('SELECT * FROM categories WHERE slug = ?', [slug], cb);
};

exports.create = function (slug, title, cb) {
  db.value('SELECT MAX(position) FROM categories', [], function (err, last) {
    if (err) return cb(err);
    db.run('INSERT INTO categories (slug, title, position) VALUES (?, ?, ?)', [slug, title, (last || 0) + 1], cb);
  });
};

// counts for the menu, one query per category (there were four in 2012)
exports.withCounts = function (cb) {
  var flow = require('../lib/flow');
  exports.all(function (err, rows) {
    if (err) return cb(err);
    flow.map(rows, function (row, next) {
      db.value('SELECT COUNT(*) FROM products WHERE category_id = ? AND active = 1', [row.id], function (err, n) {
        row.count = n;
        next(err, row);
      });
    }, cb);
  });
};
