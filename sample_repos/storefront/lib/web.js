// Small things for the routes.
var log = require('./log');
var util = require('./util');

exports.customerOnly = function (req, res, next) {
  if (!req.session.customer) return res.redirect('/account/login');
  next();
};

exports.staffOnly = function (req, res, next) {
  if (!req.session.staff) return res.redirect('/admin/login');
  next();
};

exports.role = function (wanted) {
  return function (req, res, next) {
    if (!req.session.staff) return res.redirect('/admin/login');
    if (req.session.staff.role !== wanted && req.session.staff.role !== 'owner') {
      return res.status(403).send('not for ' + req.session.staff.role);
    }
    next();
  };
};

exports.fail = function (status, message) {
  var err = new Error(message);
  err.status = status;
  return err;
};

// Express wants four arguments here, or it is no error handler
exports.errors = function (err, req, res, next) {
  if (res.headersSent) return next(err);
  if (!err.status) log.error(req.method + ' ' + req.url + ': ' + (err.stack || err));
  res.status(err.status || 500);
  if (/^\/api\//.test(req.url)) return res.send({ error: err.status ? err.message : 'internal' });
  res.send('<h1>Sorry</h1><p>' + util.escape(err.status ? err.message : 'Something went wrong.') + '</p>');
};
