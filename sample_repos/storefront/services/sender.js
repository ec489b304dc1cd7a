// Sends what is in the queue.
var flow = require('../lib/flow');
var mailer = require('../lib/mailer');
var mailqueue = require('../models/mailqueue');

exports.flush = function (cb) {
  var counts = { sent: 0, failed: 0 };
  mailqueue.waiting(function (err, mails) {
    if (err) return cb(err);
    flow.each(mails, function (mail, next) {
      mailer.send(mail, function (err) {
        if (err) {
          counts.failed += 1;
          return mailqueue.failed(mail.id, err.message, next);
        }
        counts.sent += 1;
        mailqueue.sent(mail.id, next);
      });
    }, function (err) {
      cb(err, counts);
    });
  });
};
