// 18:30 send, 07:00 with --answers.
var fs = require('fs');
var path = require('path');
var config = require('../config');
var flow = require('../lib/flow');
var util = require('../lib/util');
var carrier = require('../services/carrier');

exports.send = function (cb) {
  carrier.write(config.carrier.out, util.today(), function (err, name) {
    if (err || !name) return cb(err, null);
    carrier.upload(config.carrier.out, name, function (err) {
      cb(err, name);
    });
  });
};

exports.answers = function (cb) {
  fs.readdir(config.carrier.answers, function (err, names) {
    if (err) return cb(err);
    names = names.filter(function (name) { return /\.ANS$/.test(name); }).sort();
    flow.map(names, function (name, next) {
      var file = path.join(config.carrier.answers, name);
      fs.readFile(file, 'binary', function (err, text) {
        if (err) return next(err);
        carrier.answers(text, function (err, counts) {
          if (err) return next(err);
          fs.rename(file, file + '.done', function (err) { next(err, counts); });
        });
      });
    }, cb);
  });
};

if (require.main === module) {
  require('./start')('carrier', process.argv.indexOf('--answers') > 0 ? exports.answers : exports.send);
}
