// 02:00. Closes old orders, fails the ones that were never paid.
var flow = require('../lib/flow');
var util = require('../lib/util');
var order = require('../models/order');
var pagehit = require('../models/pagehit');
var orderflow = require('../services/orderflow');

exports.failUnpaid = function (cb) {
  order.older('NEW', util.addDays(util.today(), -1), function (err, rows) {
    if (err) return cb(err);
    flow.each(rows, function (row, next) { orderflow.change(row.order_no, 'FAIL', 'nightly', next); }, function (err) {
      cb(err, rows.length);
    });
  });
};

exports.run = function (cb) {
  flow.parallel({ closed: orderflow.closeOld, failed: exports.failUnpaid, hits: pagehit.flush }, cb);
};

if (require.main === module) require('./start')('nightly', exports.run);
