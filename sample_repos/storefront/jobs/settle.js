// 23:10. Captures and invoices of the day. If it breaks off, ask the gateway's hotline
// how far it came before you start it again.
var settlement = require('../services/settlement');

exports.run = function (cb) {
  settlement.captureAll(cb);
};

if (require.main === module) require('./start')('settle', exports.run);
