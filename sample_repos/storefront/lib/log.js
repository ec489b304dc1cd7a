var fs = require('fs');
var config = require('../config');

var lines = [];

function write(level, text) {
  var line = new Date().toISOString() + ' ' + level + ' ' + text;
  lines.push(line);
  if (lines.length > 200) lines.shift();
  if (!config.log) return;
  fs.appendFile(config.log, line + '\n', function () {
    // disk full: nothing we could do
  });
}

exports.info = function (text) { write('INFO', text); };
exports.warn = function (text) { write('WARN', text); };
exports.error = function (text) { write('ERROR', text); };

// shown on /admin/log
exports.last = function (n) { return lines.slice(-n); };
