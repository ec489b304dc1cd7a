var db = require('../lib/db');
var util = require('../lib/util');

exports.find = function (parcelNo, cb) {
  db.get('SELECT * FROM shipments WHERE parcel_no = ?', [parcelNo], cb);
};

exports.of = function (orderNo, cb) {
  db.all('SELECT * FROM shipments WHERE order_no = ? ORDER BY parcel_no', [orderNo], cb);
};

exports.create = function (orderNo, weight, cb) {
  util.nextNumber('parcel', 'P', function (err, no) {
    if (err) return cb(err);
    db.run('INSERT INTO shipments (parcel_no, order_no, weight_g, packed_at) VALUES (?, ?, ?, ?)',
      [no, orderNo, weight, util.stamp()], function (err) {
        cb(err, no);
      });
  });
};

exports.unsent = function (cb) {
  db.all("SELECT s.*, a.line1, a.town, a.postcode, c.first_name, c.last_name FROM shipments s " +
    'JOIN orders o ON o.order_no = s.order_no JOIN addresses a ON a.id = o.address_id ' +
    "JOIN customers c ON c.id = o.customer_id WHERE s.status = 'PACKED' AND s.file_name IS NULL ORDER BY s.parcel_no", [], cb);
};

exports.inFile = function (parcelNo, name, cb) {
  db.run("UPDATE shipments SET file_name = ?, status = 'SENT' WHERE parcel_no = ?", [name, parcelNo], cb);
};

exports.tracked = function (parcelNo, status, tracking, cb) {
  db.run('UPDATE shipments SET status = ?, tracking = ? WHERE parcel_no = ?', [status, tracking, parcelNo], cb);
};

exports.noteFile = function (name, count, cb) {
  db.run('INSERT OR REPLACE INTO carrier_files (name, written_at, parcels) VALUES (?, ?, ?)', [name, util.stamp(), count], cb);
};

exports.fileSent = function (name, cb) {
  db.run('UPDATE carrier_files SET sent = 1 WHERE name = ?', [name], cb);
};
