// Runs a package's tests in the box: build steps, then the test command with a reporter of ours, then lines that ran.
// In: a plan as JSON in the first argument. Out: files in plan.out; the exit code is that of the command.
'use strict';
const fs = require('fs');
const path = require('path');
const childProcess = require('child_process');
const plan = JSON.parse(process.argv[1]);
const cwd = process.cwd();

function environment() {
  const bins = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    bins.push(path.join(folder, 'node_modules', '.bin'));
    if (folder === plan.repo || folder === path.dirname(folder)) break;
  }
  const known = Object.assign({}, process.env, { npm_lifecycle_event: 'test', FIGWRIGHT_OUT: plan.out });
  try {
    const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8'));
    known.npm_package_name = String(manifest.name || '');
    known.npm_package_version = String(manifest.version || '');
  } catch (error) { /* a folder without a manifest */ }
  known.PATH = [plan.bin].concat(bins, [known.PATH || '/usr/bin:/bin']).filter(Boolean).join(':');
  if (plan.v8) known.NODE_V8_COVERAGE = path.join(plan.out, 'v8');
  return known;
}

function versionOf(name) {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    try {
      const file = path.join(folder, 'node_modules', name, 'package.json');
      return String(JSON.parse(fs.readFileSync(file, 'utf8')).version);
    } catch (error) { if (folder === path.dirname(folder)) return ''; }
  }
}

function below(version, limit) {
  const parts = version.split('.').map(Number), bounds = limit.split('.').map(Number);
  for (let at = 0; at < bounds.length; at++) if ((parts[at] || 0) !== bounds[at]) return (parts[at] || 0) < bounds[at];
  return false;
}

function quoted(word) { return "'" + String(word).replace(/'/g, "'\\''") + "'"; }

// Words that only some versions of a runner know: [module, from, below, word, ...]; an empty bound holds always.
function added(number) {
  const words = plan.words.map(function (word) { return word.replace('%n', number); });
  for (const rule of plan.rules) {
    const version = versionOf(rule[0]);
    if ((rule[1] && (!version || below(version, rule[1]))) || (rule[2] && !(version && below(version, rule[2])))) continue;
    words.push.apply(words, rule.slice(3));
  }
  return words;
}

function shell(text, env) {
  const done = childProcess.spawnSync('/bin/sh', ['-c', text], { stdio: ['ignore', 'inherit', 'inherit'], env: env });
  return done.status === null ? 1 : done.status;
}

function linesOf(source) {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

// Lines that hold code: not blank, not only comment, not only closing brackets.
function codeLines(source) {
  const found = [];
  let inside = false;
  source.split('\n').forEach(function (line, at) {
    let text = line.trim();
    if (inside) { const end = text.indexOf('*/'); if (end < 0) return; text = text.slice(end + 2).trim(); inside = false; }
    if (text.startsWith('/*')) { const end = text.indexOf('*/', 2); if (end < 0) { inside = true; return; } text = text.slice(end + 2).trim(); }
    if (text && !text.startsWith('//') && !text.startsWith('#!') && !/^[\])};,\s]+$/.test(text)) found.push(at + 1);
  });
  return found;
}

function marksOf(functions, length, shift) {
  const marks = new Uint8Array(length).fill(1);
  const ranges = [];
  functions.forEach(function (one) { one.ranges.forEach(function (range) { ranges.push(range); }); });
  ranges.sort(function (a, b) { return (b.endOffset - b.startOffset) - (a.endOffset - a.startOffset); });
  ranges.forEach(function (range) {
    marks.fill(range.count > 0 ? 1 : 0, Math.max(0, range.startOffset - shift), Math.max(0, range.endOffset - shift));
  });
  return marks;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function segments(text) { // one line of a source map: [generated column, source, line]
  const found = [];
  let column = 0;
  text.split(',').forEach(function (word) {
    const values = [];
    let value = 0, by = 0;
    for (const letter of word) {
      const digit = DIGITS.indexOf(letter);
      value |= (digit & 31) << by;
      by += 5;
      if (!(digit & 32)) { values.push(value & 1 ? -(value >> 1) : value >> 1); value = 0; by = 0; }
    }
    if (values.length) { column += values[0]; found.push([column, values[1] || 0, values[2] || 0, values.length]); }
  });
  return found;
}

function note(lines, file, line, ran) {
  const name = path.relative(plan.repo, file);
  if (name.startsWith('..') || name.split(path.sep).indexOf('node_modules') >= 0) return;
  const known = lines[name] || (lines[name] = {});
  known[line] = Boolean(known[line] || ran);
}

function throughMap(lines, file, cached, functions) {
  const lengths = cached.lineLengths, map = cached.data;
  if (!map || !map.mappings || !lengths) return;
  const marks = marksOf(functions, lengths.reduce(function (sum, length) { return sum + length + 1; }, 0), 0);
  let start = 0, source = 0, line = 0;
  map.mappings.split(';').forEach(function (text, at) {
    segments(text).forEach(function (segment) {
      source += segment[1];
      line += segment[2];
      const name = (map.sourceRoot || '') + map.sources[source];
      const target = name.startsWith('file://') ? decodeURIComponent(name.slice(7)) : path.resolve(path.dirname(file), name);
      if (segment[3] >= 4) note(lines, target, line + 1, marks[start + segment[0]]);
    });
    start += (lengths[at] || 0) + 1;
  });
}

function fromV8(lines) {
  let names = [];
  try { names = fs.readdirSync(path.join(plan.out, 'v8')).sort(); } catch (error) { return; }
  names.forEach(function (name) {
    let report;
    try { report = JSON.parse(fs.readFileSync(path.join(plan.out, 'v8', name), 'utf8')); } catch (error) { return; }
    const maps = report['source-map-cache'] || {};
    (report.result || []).forEach(function (script) {
      if (!/^file:\/\/\/|^\//.test(script.url) || script.url.indexOf('/node_modules/') >= 0) return;
      const file = decodeURIComponent(script.url.replace(/^file:\/\//, ''));
      if (path.relative(plan.repo, file).startsWith('..')) return;
      try {
        if (maps[script.url]) { throughMap(lines, file, maps[script.url], script.functions); return; }
        const source = fs.readFileSync(file, 'utf8');
        const end = script.functions[0].ranges[0].endOffset;
        // Before Node 12 a module is wrapped in one line that is 62 characters long.
        const marks = marksOf(script.functions, source.length, end === source.length + 66 ? 62 : 0);
        const starts = linesOf(source);
        codeLines(source).forEach(function (line) {
          const stop = line < starts.length ? starts[line] - 1 : source.length;
          let ran = false;
          for (let at = starts[line - 1]; at < stop && !ran; at++) ran = marks[at] === 1 && !/\s/.test(source[at]);
          note(lines, file, line, ran);
        });
      } catch (error) { /* a file that is gone: nothing is said of it */ }
    });
  });
}

function fromIstanbul(lines, number) {
  let report;
  const folder = path.join(plan.out, 'istanbul' + number);
  try { report = JSON.parse(fs.readFileSync(path.join(folder, 'coverage-final.json'), 'utf8')); } catch (error) { return; }
  Object.keys(report).forEach(function (file) {
    const one = report[file];
    Object.keys(one.statementMap || {}).forEach(function (id) {
      note(lines, one.path || file, one.statementMap[id].start.line, one.s[id] > 0);
    });
  });
}

Object.keys(plan.files).forEach(function (name) { fs.writeFileSync(path.join(plan.out, name), plan.files[name]); });
const env = environment();
let code = 0, failed = '';
for (const step of plan.before) {
  code = shell(step, Object.assign({}, env, { NODE_V8_COVERAGE: '' }));
  if (code) { failed = step; break; }
}
if (!failed) plan.mains.forEach(function (main, at) {
  const ended = shell([main].concat(added(at).map(quoted)).join(' '), Object.assign({}, env, { FIGWRIGHT_PART: String(at) }));
  code = code || ended;
});
fs.writeFileSync(path.join(plan.out, 'driver.json'), JSON.stringify({ root: plan.repo, cwd: cwd, failed: failed, code: code }));
if (plan.coverage && !failed) {
  const lines = {};
  fromV8(lines);
  plan.mains.forEach(function (main, at) { fromIstanbul(lines, at); });
  fs.writeFileSync(path.join(plan.out, 'lines.json'), JSON.stringify(lines));
}
process.exitCode = code;
