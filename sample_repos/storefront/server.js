// node server.js, kept alive by forever. One process, see lib/db.js and lib/session.js.
var app = require('./app');
var config = require('./config');
var db = require('./lib/db');
var log = require('./lib/log');
var session = require('./lib/session');

db.open(config.db.file, function (err) {
  if (err) throw err;
  app.listen(config.port, function () {
    log.info('listening on ' + config.port);
    console.log('http://localhost:' + config.port + '/');
  });
  setInterval(session.sweep, 600000);
});
