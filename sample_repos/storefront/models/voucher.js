var db = require('../lib/db');
var util = require('../lib/util');
var money = require('../lib/money');

exports.find = function (code, cb) {
  db.get('SELECT * FROM vouchers WHERE code = ?', [String(code || '').trim().toUpperCase()], cb);
};

exports.create = function (v, cb) {
  db.run('INSERT INTO vouchers (code, percent, amount, minimum, expires_on, uses_left) VALUES (?, ?, ?, ?, ?, ?)',
    [v.code.toUpperCase(), v.percent, v.amount, v.minimum || 0, v.expires_on, v.uses_left], cb);
};

// why it cannot be used, or null
exports.problem = function (voucher, goods) {
  if (!voucher) return 'this voucher is not known';
  if (voucher.expires_on && voucher.expires_on < util.today()) return 'this voucher has expired';
  if (voucher.uses_left !== null && voucher.uses_left <= 0) return 'this voucher has been used';
  if (goods < voucher.minimum) return 'this voucher is for orders from ' + money.format(voucher.minimum);
  return null;
};

// never more than the goods cost
exports.discount = function (voucher, goods) {
  if (!voucher) return 0;
  var off = voucher.percent ? money.percent(goods, voucher.percent) : voucher.amount;
  return Math.min(off, goods);
};

exports.use = function (code, cb) {
  db.run('UPDATE vouchers SET uses_left = uses_left - 1 WHERE code = ? AND uses_left IS NOT NULL', [code], cb);
};
