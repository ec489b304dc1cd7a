var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (sku, cb) {
  db.get('SELECT * FROM products WHERE sku = ?', [sku], cb);
};

exports.many = function (skus, cb) {
  if (!skus.length) return cb(null, []);
  var marks = skus.map(function () { return '?'; }).join(', ');
  db.all('SELECT * FROM products WHERE sku IN (' + marks + ') ORDER BY sku', skus, cb);
};

exports.inCategory = function (id, paging, cb) {
  db.all('SELECT * FROM products WHERE category_id = ? AND active = 1 ORDER BY name LIMIT ? OFFSET ?',
    [id, paging.limit, paging.offset], cb);
};

exports.countInCategory = function (id, cb) {
  db.value('SELECT COUNT(*) FROM products WHERE category_id = ? AND active = 1', [id], cb);
};

exports.active = function (cb) {
  db.all('SELECT * FROM products WHERE active = 1 ORDER BY sku', [], cb);
};

exports.create = function (p, cb) {
  if (!p.sku || !p.name) return cb(new Error('a product needs a SKU and a name'));
  db.run('INSERT INTO products (sku, category_id, name, latin, description, price, weight_g, edible, sow_from, sow_to) ' +
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    [p.sku, p.category_id, p.name, p.latin, p.description, p.price, p.weight_g || 10, p.edible ? 1 : 0, p.sow_from, p.sow_to],
    function (err) {
      if (err) return cb(err);
      db.run('INSERT INTO stock (sku, on_hand) VALUES (?, 0)', [p.sku], cb);
    });
};

exports.update = function (sku, values, cb) {
  var names = ['name', 'latin', 'description', 'category_id', 'weight_g', 'edible', 'sow_from', 'sow_to', 'active'];
  names = names.filter(function (name) { return values[name] !== undefined; });
  if (!names.length) return cb(null, { changes: 0 });
  var set = names.map(function (name) { return name + ' = ?'; }).join(', ');
  var params = names.map(function (name) { return values[name]; });
  db.run('UPDATE products SET ' + set + ' WHERE sku = ?', params.concat(sku), cb);
};

exports.setSoldOut = function (sku, flag, cb) {
  db.run('UPDATE products SET sold_out = ? WHERE sku = ?', [flag ? 1 : 0, sku], cb);
};

exports.sowNow = function (cb) {
  var month = util.now().getUTCMonth() + 1;
  exports.active(function (err, rows) {
    if (err) return cb(err);
    cb(null, rows.filter(function (p) { return p.sow_from && util.inSeason(p, month); }));
  });
};
