// Everything else. Please tidy up (since 2012).
var crypto = require('crypto');
var db = require('./db');
var config = require('../config');

var fixed = null;

exports.setNow = function (date) { fixed = date ? new Date(date) : null; };

exports.now = function () { return fixed ? new Date(fixed.getTime()) : new Date(); };

exports.stamp = function () { return exports.now().toISOString().slice(0, 19).replace('T', ' '); };

exports.today = function () { return exports.stamp().slice(0, 10); };

exports.addDays = function (day, n) {
  var d = new Date(day + 'T12:00:00Z');
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
};

exports.uiDate = function (day) {
  if (!day) return '';
  return day.slice(8, 10) + '/' + day.slice(5, 7) + '/' + day.slice(0, 4);
};

exports.pad = function (value, width, fill) {
  var text = String(value);
  while (text.length < width) text = (fill || '0') + text;
  return text;
};

exports.padRight = function (value, width) {
  var text = String(value === null || value === undefined ? '' : value).slice(0, width);
  while (text.length < width) text += ' ';
  return text;
};

exports.slug = function (text) {
  return text.toLowerCase().replace(/['\u2019]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
};

exports.escape = function (text) {
  return String(text === null || text === undefined ? '' : text)
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
};

exports.md5 = function (text) { return crypto.createHash('md5').update(text, 'utf8').digest('hex'); };

exports.token = function () { return crypto.randomBytes(16).toString('hex'); };

exports.extend = function (target) {
  Array.prototype.slice.call(arguments, 1).forEach(function (source) {
    for (var name in source) {
      if (Object.prototype.hasOwnProperty.call(source, name)) target[name] = source[name];
    }
  });
  return target;
};

exports.indexBy = function (list, name) {
  var index = {};
  list.forEach(function (item) { index[item[name]] = item; });
  return index;
};

exports.sum = function (list, name) {
  return list.reduce(function (total, item) { return total + item[name]; }, 0);
};

exports.validEmail = function (text) { return /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i.test(text || ''); };

// UK postcodes, Channel Islands too; with exactly one blank, or null
exports.postcode = function (text) {
  var squeezed = String(text || '').toUpperCase().replace(/\s+/g, '');
  if (!/^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/.test(squeezed)) return null;
  return squeezed.slice(0, -3) + ' ' + squeezed.slice(-3);
};

exports.isOffshore = function (postcode) { return /^(JE|GY|IM|HS|ZE|BT)/.test(postcode || ''); };

exports.luhn = function (number) {
  var digits = String(number).replace(/\s/g, '');
  if (!/^\d{12,19}$/.test(digits)) return false;
  var total = 0;
  digits.split('').reverse().forEach(function (c, i) {
    var n = parseInt(c, 10);
    if (i % 2) n = n * 2 > 9 ? n * 2 - 9 : n * 2;
    total += n;
  });
  return total % 10 === 0;
};

exports.paging = function (page, count) {
  var pages = Math.max(1, Math.ceil(count / config.pageSize));
  var current = Math.min(Math.max(parseInt(page, 10) || 1, 1), pages);
  return { page: current, pages: pages, offset: (current - 1) * config.pageSize, limit: config.pageSize };
};

// number ranges: orders, invoices, parcels. Two at the same moment get the same (KS-318)
exports.nextNumber = function (name, prefix, cb) {
  db.get('SELECT last FROM counters WHERE name = ?', [name], function (err, row) {
    if (err) return cb(err);
    var next = row ? row.last + 1 : 1;
    var sql = row ? 'UPDATE counters SET last = ? WHERE name = ?' : 'INSERT INTO counters (last, name) VALUES (?, ?)';
    db.run(sql, [next, name], function (err) {
      cb(err, prefix + exports.pad(next, 6));
    });
  });
};

exports.audit = function (who, what, id, cb) {
  db.run('INSERT INTO audit_log (at, who, what, ref) VALUES (?, ?, ?, ?)', [exports.stamp(), who, what, id], function (err) {
    if (cb) cb(err);
  });
};

// ---- shop rules that landed here ----

// edible seed is zero rated, flowers and tools are not
exports.vatRate = function (product) { return product.edible ? config.vat.zero : config.vat.standard; };

exports.inSeason = function (product, month) {
  if (!product.sow_from || !product.sow_to) return true;
  if (product.sow_from <= product.sow_to) return month >= product.sow_from && month <= product.sow_to;
  return month >= product.sow_from || month <= product.sow_to;
};

exports.available = function (sku, cb) {
  db.get('SELECT on_hand, reserved FROM stock WHERE sku = ?', [sku], function (err, row) {
    cb(err, row ? row.on_hand - row.reserved : 0);
  });
};

exports.customerName = function (id, cb) {
  db.get('SELECT first_name, last_name FROM customers WHERE id = ?', [id], function (err, row) {
    cb(err, row ? row.first_name + ' ' + row.last_name : '?');
  });
};
