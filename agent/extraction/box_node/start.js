// Loads modules of a slice, one after the other, and prints what goes wrong with each. Argument: a plan file.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));

http.Server.prototype.listen = function () { return this; };
process.on('uncaughtException', function (error) { console.log(String((error && error.stack) || error)); });
Object.keys(plan.environ || {}).forEach(function (name) { process.env[name] = plan.environ[name]; });
plan.modules.forEach(function (name) {
  try { require(path.join(plan.repository, name)); } catch (error) { console.log('figwright: loading ' + name + '\n' + String((error && error.stack) || error)); }
});
setTimeout(function () { process.exit(0); }, 200);
