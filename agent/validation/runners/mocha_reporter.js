// A reporter for every mocha since 1.0, in the JavaScript of that time: one line of JSON a test, so that a crash loses little.
'use strict';
var fs = require('fs');

function titles(test) {
  if (typeof test.titlePath === 'function') return test.titlePath();
  var found = [];
  for (var one = test; one; one = one.parent) if (one.title) found.unshift(one.title);
  return found;
}

function shuffle(list, seed) { // Fisher-Yates over a small linear congruential generator, so that a seed repeats an order
  var state = seed >>> 0;
  for (var at = list.length - 1; at > 0; at--) {
    state = (state * 1664525 + 1013904223) % 4294967296;
    var other = Math.floor(state / 4294967296 * (at + 1));
    var kept = list[at];
    list[at] = list[other];
    list[other] = kept;
  }
}

module.exports = function (runner) {
  var file = process.env.FIGWRIGHT_OUT + '/mocha.jsonl';
  // Several mocha commands may run one after the other and write to the same file.
  var order = Number(process.env.FIGWRIGHT_ORDER || 0);
  var seen = [];
  var failures = 0;
  function put(entry) { fs.appendFileSync(file, JSON.stringify(entry) + '\n'); }
  function number(test) {
    var at = seen.indexOf(test);
    return at < 0 ? seen.push(test) - 1 : at;
  }
  function tell(status, test, error) {
    var text = error ? String((error && error.stack) || (error && error.message) || error) : '';
    if (error && error.message && text.indexOf(error.message) < 0) text = error.message + '\n' + text;
    put({ n: process.env.FIGWRIGHT_PART + ' ' + number(test), titles: titles(test), file: test.file || (test.parent && test.parent.file) || '', status: status,
          ms: test.duration || 0, hook: test.type === 'hook', message: text.slice(0, 4000) });
  }
  if (order && runner.suite && runner.suite.suites) shuffle(runner.suite.suites, order);
  put({ start: true });
  runner.on('pass', function (test) { tell('passed', test); });
  runner.on('pending', function (test) { tell('skipped', test); });
  runner.on('fail', function (test, error) { failures++; tell('failed', test, error); console.error('failed: ' + titles(test).join(' > ')); });
  runner.on('end', function () {
    put({ end: true });
    // What a test left open (a server, a timer) would keep the process alive for ever.
    var timer = setTimeout(function () { process.exit(failures ? 1 : 0); }, 5000);
    if (timer.unref) timer.unref();
    else process.nextTick(function () { clearTimeout(timer); });
  });
};
