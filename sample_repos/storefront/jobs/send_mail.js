// every five minutes
var sender = require('../services/sender');

exports.run = function (cb) {
  sender.flush(cb);
};

if (require.main === module) require('./start')('mail', exports.run);
