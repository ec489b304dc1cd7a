// Sessions and the baskets of visitors, in memory. The balancer must send a visitor
// to the same process, and a restart empties the baskets (KS-207).
var config = require('../config');
var util = require('./util');

var LIFE = 4 * 3600 * 1000;
var sessions = {};

function readCookie(header) {
  var found = null;
  (header || '').split(';').forEach(function (part) {
    var i = part.indexOf('=');
    if (part.slice(0, i).trim() === config.cookieName) found = part.slice(i + 1).trim();
  });
  return found;
}

module.exports = function (req, res, next) {
  var id = readCookie(req.headers.cookie);
  var session = id && sessions[id];
  if (session && util.now() - session.used > LIFE) {
    delete sessions[id];
    session = null;
  }
  if (!session) {
    id = util.token();
    session = sessions[id] = { id: id, basket: {}, customer: null, staff: null };
    res.setHeader('Set-Cookie', config.cookieName + '=' + id + '; Path=/; HttpOnly');
  }
  session.used = util.now();
  req.session = session;
  next();
};

module.exports.count = function () { return Object.keys(sessions).length; };

module.exports.clear = function () { sessions = {}; };

module.exports.readCookie = readCookie;

module.exports.sweep = function () {
  var gone = 0;
  Object.keys(sessions).forEach(function (id) {
    if (util.now() - sessions[id].used > LIFE) {
      delete sessions[id];
      gone += 1;
    }
  });
  return gone;
};
