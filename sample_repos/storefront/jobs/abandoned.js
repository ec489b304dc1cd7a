// 10:00. 'You left something in your basket', once per basket.
var config = require('../config');
var db = require('../lib/db');
var flow = require('../lib/flow');
var util = require('../lib/util');
var cart = require('../models/cart');
var mailqueue = require('../models/mailqueue');

exports.run = function (cb) {
  cart.abandoned(util.addDays(util.today(), -2), function (err, rows) {
    if (err) return cb(err);
    var told = 0;
    flow.each(rows, function (row, next) {
      db.get('SELECT email, first_name, mail_ok FROM customers WHERE id = ?', [row.customer_id], function (err, c) {
        if (err) return next(err);
        if (!c || !c.mail_ok) return next(null);
        told += 1;
        mailqueue.add(c.email, 'Your basket', 'Dear ' + c.first_name + ',\n\n' + row.lines + ' items wait in your basket: ' +
          config.base + '/basket\n', function (err) {
          if (err) return next(err);
          cart.reminded(row.id, next);
        });
      });
    }, function (err) {
      cb(err, told);
    });
  });
};

if (require.main === module) require('./start')('abandoned', exports.run);
