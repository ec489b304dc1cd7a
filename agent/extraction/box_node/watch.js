// Which lines of the repository ran for a request: the engine's own counters, turned into lines.
'use strict';
const fs = require('fs');
const inspector = require('inspector');
const path = require('path');

class Watch {
  constructor(repository, out) {
    this.repository = repository;
    this.out = path.join(out, 'lines-' + process.pid + '.txt');
    this.session = new inspector.Session();
    this.session.connect();
    this.sources = new Map();
    this.seen = new Set();
    this.session.post('Debugger.enable');
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  take() {
    let found = [];
    this.session.post('Profiler.takePreciseCoverage', function (error, answer) { found = error ? [] : answer.result; });
    return found;
  }

  forget() { this.take(); }

  keep(number) {
    const lines = [];
    for (const script of this.take()) {
      const file = script.url.replace(/^file:\/\//, '');
      if (!file.startsWith(this.repository + '/') || file.indexOf('/node_modules/') >= 0) continue;
      const name = file.slice(this.repository.length + 1);
      for (const line of this.linesOf(script)) lines.push(number + ' ' + line + ' ' + name + '\n');
    }
    if (lines.length) fs.appendFileSync(this.out, lines.join(''));
  }

  source(id) {
    if (!this.sources.has(id)) {
      let text = '';
      this.session.post('Debugger.getScriptSource', { scriptId: id }, function (error, answer) { text = error ? '' : answer.scriptSource; });
      const starts = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.sources.set(id, { text: text, starts: starts });
    }
    return this.sources.get(id);
  }

  // Lines with code that is not blank, in functions that were called and in parts of them that ran.
  linesOf(script) {
    const ran = script.functions.filter(function (one) { return one.ranges[0].count > 0; });
    if (!ran.length) return [];
    const source = this.source(script.scriptId);
    const ranges = [];
    script.functions.forEach(function (one) { one.ranges.forEach(function (range) { ranges.push(range); }); });
    ranges.sort(function (a, b) { return (b.endOffset - b.startOffset) - (a.endOffset - a.startOffset); });
    const marks = new Uint8Array(source.text.length);
    ranges.forEach(function (range) { marks.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset); });
    const found = [];
    for (let at = 0; at < source.starts.length - 1; at += 1) { // the last line is our own
      const start = source.starts[at], end = source.starts[at + 1] - 1;
      for (let place = start; place < end; place += 1) {
        if (marks[place] && /[^\s{}()\[\];,]/.test(source.text[place])) { found.push(at + 1); break; }
      }
    }
    return found;
  }
}

exports.Watch = Watch;
