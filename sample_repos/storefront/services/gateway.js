// PayHarbour (was: CardStream). Form in, lines 'key=value' out, over plain HTTP inside their VPN.
var http = require('http');
var querystring = require('querystring');
var config = require('../config');
var util = require('../lib/util');

function sign(values) {
  var text = Object.keys(values).sort().map(function (name) { return name + '=' + values[name]; }).join('&');
  return util.md5(text + config.gateway.key);
}

exports.sign = sign;

exports.parse = function (text) {
  var values = {};
  text.split(/\r?\n/).forEach(function (line) {
    var i = line.indexOf('=');
    if (i > 0) values[line.slice(0, i).trim()] = line.slice(i + 1).trim();
  });
  return values;
};

// replaced in the tests
exports.post = function (path, values, cb) {
  var done = false;
  function once(err, text) {
    if (done) return;
    done = true;
    cb(err, text);
  }
  var body = querystring.stringify(values);
  var req = http.request({
    host: config.gateway.host,
    port: config.gateway.port,
    path: path,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }
  }, function (res) {
    var text = '';
    res.setEncoding('utf8');
    res.on('data', function (chunk) { text += chunk; });
    res.on('end', function () { once(null, text); });
  });
  req.setTimeout(15000, function () { req.abort(); });
  req.on('error', once);
  req.end(body);
};

function call(path, values, cb) {
  values = util.extend({ merchant: config.gateway.merchant }, values);
  values.sig = sign(values);
  exports.post(path, values, function (err, text) {
    if (err) return cb(err);
    var answer = exports.parse(text);
    if (!answer.status) return cb(new Error('answer is not understood'));
    cb(null, answer);
  });
}

// cb(err, {ok, ref, last4})
exports.authorise = function (orderNo, amount, card, cb) {
  var number = String(card.number || '').replace(/\s/g, '');
  var last4 = number.slice(-4);
  if (!util.luhn(number)) return cb(null, { ok: false, last4: last4 });
  call('/authorise', { order: orderNo, amount: amount, card: number, expiry: card.expiry, cvc: card.cvc }, function (err, answer) {
    if (err) return cb(err);
    cb(null, { ok: answer.status === 'OK', ref: answer.ref, last4: last4 });
  });
};

exports.capture = function (ref, amount, cb) {
  call('/capture', { ref: ref, amount: amount }, function (err, answer) {
    cb(err, answer && answer.status === 'OK');
  });
};

exports.refund = function (ref, amount, cb) {
  call('/refund', { ref: ref, amount: amount }, function (err, answer) {
    cb(err, answer && answer.status === 'OK');
  });
};
