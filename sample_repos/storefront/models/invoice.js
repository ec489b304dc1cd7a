var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (no, cb) {
  db.get('SELECT * FROM invoices WHERE invoice_no = ?', [no], cb);
};

exports.forOrder = function (orderNo, cb) {
  db.get('SELECT * FROM invoices WHERE order_no = ?', [orderNo], cb);
};

exports.create = function (orderNo, net, vat, cb) {
  util.nextNumber('invoice', 'R', function (err, no) {
    if (err) return cb(err);
    db.run('INSERT INTO invoices (invoice_no, order_no, net, vat, gross, issued_on) VALUES (?, ?, ?, ?, ?, ?)',
      [no, orderNo, net, vat, net + vat, util.today()], function (err) {
        cb(err, no);
      });
  });
};

exports.between = function (from, to, cb) {
  db.all('SELECT * FROM invoices WHERE issued_on >= ? AND issued_on <= ? ORDER BY invoice_no', [from, to], cb);
};
