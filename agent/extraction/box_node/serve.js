// Serves the recorded application over HTTP for the requests of one test: makes it, says so, and listens when it is told to.
// Argument: a setup file. Orders come from the driver as messages; what HTTP does not show goes back the same way.
'use strict';
// Programs that were compiled to asm.js (sql.js) take seconds to be translated, for each process anew
require('v8').setFlagsFromString('--no-validate-asm');
const fs = require('fs');
const http = require('http');
const Program = require('./program').Program;
const Watch = require('./watch').Watch;

const createServer = http.createServer;
const listen = http.Server.prototype.listen;
const setup = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const program = new Program(setup);
const tell = process.send.bind(process);

['uncaughtException', 'unhandledRejection'].forEach(function (kind) {
  process.on(kind, function (error) {
    if (program.failed) program.failed(error);
    else tell({ failure: String((error && error.stack) || error).slice(-8000) });
  });
});
// What writes errors for people to read also says what a slice lacks
const complain = console.error;
console.error = function () {
  const text = Array.from(arguments).map(function (one) { return String((one && one.stack) || one); }).join(' ');
  if (program.errors.length < 20) program.errors.push(text);
  return complain.apply(console, arguments);
};

let watch = null;
try {
  if (setup.watch) watch = new Watch(setup.repository, setup.watch);
  program.load();
  program.make();
  tell({ ready: true, routes: process.argv[3] === 'routes' ? program.routes() : [] });
} catch (error) {
  tell({ failure: String((error && error.stack) || error).slice(-8000) });
}

process.on('message', function (order) {
  const server = createServer(function (req, res) {
    if (watch) watch.forget();
    program.answer(req, res, function (number, result) {
      if (watch) watch.keep(number);
      tell({ result: number, about: result });
    });
  });
  server.keepAliveTimeout = 0;
  server.figwright = true;
  server.on('error', function (error) { tell({ failure: String(error.stack) }); });
  const address = Object.getPrototypeOf(http.Server.prototype).address;
  listen.call(server, order.port, function () {
    const port = address.call(server).port;
    program.servers.forEach(function (one) { one.figwrightPort = port; });
    program.outside.refuseCalls();
    tell({ serving: port });
  });
});
process.on('disconnect', function () { process.exit(0); });
