// Royal Freight: a fixed-width file every evening into their SFTP, answers in the morning.
var fs = require('fs');
var path = require('path');
var childProcess = require('child_process');
var config = require('../config');
var flow = require('../lib/flow');
var log = require('../lib/log');
var util = require('../lib/util');
var shipment = require('../models/shipment');

// record layout 4 of their manual: parcel 10, name 30, street 35, town 25, postcode 8, grams 6
exports.record = function (s) {
  return 'D' + util.padRight(s.parcel_no, 10) + util.padRight(s.first_name + ' ' + s.last_name, 30) +
    util.padRight(s.line1, 35) + util.padRight(s.town, 25) + util.padRight(s.postcode, 8) + util.pad(s.weight_g, 6);
};

exports.build = function (day, parcels) {
  var head = 'H' + util.padRight(config.carrier.account, 8) + day.replace(/-/g, '') + util.pad(parcels.length, 5);
  var lines = [head].concat(parcels.map(exports.record));
  lines.push('T' + util.pad(parcels.length, 5) + util.pad(util.sum(parcels, 'weight_g'), 9));
  return lines.join('\r\n') + '\r\n';
};

// cb(err, name or null)
exports.write = function (folder, day, cb) {
  shipment.unsent(function (err, parcels) {
    if (err || !parcels.length) return cb(err, null);
    var name = 'KW' + day.replace(/-/g, '') + '.TXT';
    // their system reads latin-1
    fs.writeFile(path.join(folder, name), new Buffer(exports.build(day, parcels), 'binary'), function (err) {
      if (err) return cb(err);
      flow.each(parcels, function (p, next) { shipment.inFile(p.parcel_no, name, next); }, function (err) {
        if (err) return cb(err);
        shipment.noteFile(name, parcels.length, function (err) {
          cb(err, name);
        });
      });
    });
  });
};

// the sftp program, replaced in the tests
exports.spawn = function (args, input, cb) {
  var child = childProcess.spawn('sftp', args);
  child.on('error', cb);
  child.on('exit', function (code) { cb(code ? new Error('sftp ended with ' + code) : null); });
  child.stdin.end(input);
};

exports.upload = function (folder, name, cb) {
  var args = ['-b', '-', '-i', config.carrier.keyFile, config.carrier.user + '@' + config.carrier.host];
  exports.spawn(args, 'put ' + path.join(folder, name) + ' in/' + name + '\nquit\n', function (err) {
    if (err) return cb(err);
    shipment.fileSent(name, cb);
  });
};

// lines 'A;P000001;tracking' or 'R;P000001;reason'
exports.answers = function (text, cb) {
  var counts = { accepted: 0, refused: 0, unknown: 0 };
  var lines = text.split(/\r?\n/).filter(Boolean);
  flow.each(lines, function (line, next) {
    var parts = line.split(';');
    shipment.find(parts[1], function (err, row) {
      if (err) return next(err);
      if (!row) {
        counts.unknown += 1;
        log.warn('carrier: no parcel ' + parts[1]);
        return next(null);
      }
      if (parts[0] === 'A') {
        counts.accepted += 1;
        return shipment.tracked(row.parcel_no, 'ACCEPTED', parts[2], next);
      }
      counts.refused += 1;
      shipment.tracked(row.parcel_no, 'REFUSED', parts[2], next);
    });
  }, function (err) {
    cb(err, counts);
  });
};
