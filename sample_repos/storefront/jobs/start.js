// Opens the database for a job and ends the process. The shop has the same file open and
// writes it as a whole: jobs run only while 'forever stop' is in effect (KS-377).
var config = require('../config');
var db = require('../lib/db');

module.exports = function (name, job) {
  db.open(config.db.file, function (err) {
    if (err) throw err;
    job(function (err, result) {
      if (err) {
        console.error(name + ': ' + err.message);
        process.exit(1);
      }
      console.log(name + ': ' + JSON.stringify(result));
      setTimeout(function () { process.exit(0); }, config.db.flushAfter + 500);
    });
  });
};
