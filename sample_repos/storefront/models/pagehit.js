// Hits per day, in memory first, written every 50 hits. The rest is lost at a restart.
var db = require('../lib/db');
var util = require('../lib/util');
var flow = require('../lib/flow');

var counts = {};
var pending = 0;

exports.hit = function (path, cb) {
  counts[path] = (counts[path] || 0) + 1;
  pending += 1;
  if (pending < 50) return cb(null);
  exports.flush(cb);
};

exports.flush = function (cb) {
  var batch = counts;
  counts = {};
  pending = 0;
  flow.each(Object.keys(batch), function (path, next) {
    db.run('UPDATE page_hits SET hits = hits + ? WHERE day = ? AND path = ?', [batch[path], util.today(), path], function (err, info) {
      if (err || info.changes) return next(err);
      db.run('INSERT INTO page_hits (day, path, hits) VALUES (?, ?, ?)', [util.today(), path, batch[path]], next);
    });
  }, cb);
};

exports.top = function (day, n, cb) {
  db.all('SELECT path, hits FROM page_hits WHERE day = ? ORDER BY hits DESC, path LIMIT ?', [day, n], cb);
};
