// SMTP by hand over a socket. nodemailer did not send our From line in 2013.
var net = require('net');
var config = require('../config');
var log = require('./log');

function encode(text) { return '=?utf-8?B?' + new Buffer(text, 'utf8').toString('base64') + '?='; }

exports.compose = function (mail) {
  var subject = /^[\x20-\x7e]*$/.test(mail.subject) ? mail.subject : encode(mail.subject);
  return [
    'From: ' + config.name + ' <' + config.smtp.from + '>',
    'To: ' + mail.recipient,
    'Subject: ' + subject,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    new Buffer(mail.body, 'utf8').toString('base64').replace(/(.{76})/g, '$1\r\n')
  ].join('\r\n');
};

function talk(socket, lines, cb) {
  var step = 0;
  var done = false;
  function finish(err) {
    if (done) return;
    done = true;
    socket.end();
    cb(err);
  }
  socket.setEncoding('utf8');
  socket.setTimeout(10000, function () { finish(new Error('mail server does not answer')); });
  socket.on('error', finish);
  socket.on('data', function (data) {
    var code = parseInt(data, 10);
    if (code >= 400) return finish(new Error('mail server: ' + data.trim()));
    if (step >= lines.length) return finish(null);
    socket.write(lines[step] + '\r\n');
    step += 1;
  });
}

exports.transport = function (mail, cb) {
  var socket = net.connect(config.smtp.port, config.smtp.host);
  talk(socket, [
    'HELO ' + config.smtp.host,
    'MAIL FROM:<' + config.smtp.from + '>',
    'RCPT TO:<' + mail.recipient + '>',
    'DATA',
    exports.compose(mail) + '\r\n.',
    'QUIT'
  ], cb);
};

exports.send = function (mail, cb) {
  exports.transport(mail, function (err) {
    if (err) log.error('mail to ' + mail.recipient + ': ' + err.message);
    cb(err);
  });
};
