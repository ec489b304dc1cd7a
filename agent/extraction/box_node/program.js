// A recorded application as it is served again: made once in this process, then one request at a time, each from its own snapshot.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const determinism = require('./determinism');
const modulesOf = require('./modules');
const routes = require('./routes');
const sqlite = require('./databases');
const standIns = require('./stand_ins');
const specials = require('./special');
const files = require('./files');
const Blobs = require('./blobs').Blobs;

const MARK = 'x-figwright-request';
const UPSTREAM = 'X-Figwright-Upstream';

class Program {
  constructor(setup) {
    this.setup = setup;
    this.blobs = new Blobs(path.join(setup.recording, 'blobs'));
    this.clock = { at: 1700000000000 };
    this.chance = new determinism.Chance();
    this.outside = new determinism.Outside();
    this.modules = new modulesOf.Modules(setup.repository, function () { return true; });
    this.databases = new sqlite.Databases();
    this.stores = [];
    this.special = specials.specialOf(this.modules, this.databases);
    this.errors = [];
    this.requests = new Map();
    this.before = [];
    this.files = new files.Files(setup.repository, setup.kept);
    this.servers = [];
  }

  load() {
    const lines = fs.readFileSync(path.join(this.setup.recording, 'requests.jsonl'), 'utf8').split('\n');
    for (const line of lines) {
      if (!line || line.indexOf(JSON.stringify(this.setup.application.id)) < 0) continue;
      const request = JSON.parse(line);
      if (request.application !== this.setup.application.id) continue;
      this.requests.set(request.number, request);
      if (!this.first) this.first = request;
    }
  }

  stateOf(request) { return JSON.parse(this.blobs.get(request.state).toString('utf8') || '{}'); }

  putEnvironment(kept) {
    Object.keys(kept.environ || {}).forEach(function (name) { if (process.env[name] !== kept.environ[name]) process.env[name] = kept.environ[name]; });
  }

  make() {
    determinism.fixChance(this.chance);
    determinism.stopClock(this.clock);
    this.modules.loaded.push(this.databases.loader(), routes.loader(), specials.sessionStores(this.stores), this.outside.loader());
    this.modules.install();
    this.putEnvironment(this.stateOf(this.first));
    this.keepListening();
    const maker = this.setup.application.makers[0];
    const found = require(path.join(this.setup.repository, maker[0]));
    let made = maker[1] === '' ? found : maker[1][0] === '#' ? this.modules.value(maker[0], maker[1].slice(1)) : found[maker[1]];
    if (maker[2]) made = made();
    this.made = made;
    this.listeners = made && typeof made.listeners === 'function' && made instanceof http.Server ? made.listeners('request') : [made];
    if (typeof this.listeners[0] !== 'function') throw new Error(maker.join(' ') + ' gives out nothing that answers requests');
    this.table = this.listeners.map(routes.table).filter(function (one) { return one.length; })[0] || [];
  }

  // A module may start its own server when it is loaded: it is not to listen here.
  keepListening() {
    const servers = this.servers;
    http.Server.prototype.listen = function () {
      servers.push(this);
      const back = arguments[arguments.length - 1];
      if (typeof back === 'function') this.once('listening', back);
      setImmediate(this.emit.bind(this, 'listening'));
      return this;
    };
    http.Server.prototype.address = function () { return this.figwrightPort ? { port: this.figwrightPort, address: '::', family: 'IPv6' } : { port: 0, address: '::', family: 'IPv6' }; };
  }

  routes() {
    return this.table.map(function (one) {
      const handler = routes.handlerOf(one.handle, this.modules);
      return [one.pattern, one.methods, handler[0], handler[1], routes.whole(one.expression)];
    }, this);
  }

  // The recorded databases in those that the program has, or is given.
  restore(request, kept) {
    const libraries = request.databases.map(function (one) { return one[0].split(':')[0]; });
    const open = this.databases.open();
    const blobs = this.blobs;
    this.files.restore(kept.files || {}, blobs.get.bind(blobs));
    this.filesBefore = this.files.changed(files.digestOf);
    this.databases.pairs = libraries.map(function (library, at) { return open[at] && open[at].library === library ? open[at] : null; });
    this.databases.wanted = function (at) { return request.databases[at] ? blobs.get(request.databases[at][1]) : null; };
    modulesOf.write(this.modules, kept.modules || {}, this.special);
    this.before = request.databases.map(function (one, at) {
      const pair = this.databases.pairs[at];
      if (!pair) return null; // nothing of the program leads to it
      this.databases.restore(pair, blobs.get(one[1]), (kept.rows || [])[at]);
      this.databases.putPragmas(pair, (kept.pragmas || [])[at]);
      return { pair: pair, held: this.databases.now(pair).held };
    }, this);
    (kept.sessions || []).forEach(function (sessions, at) { if (this.stores[at]) this.stores[at].sessions = Object.assign(Object.create(null), sessions); }, this);
  }

  changes() {
    let found = [];
    const open = this.databases.open();
    this.before.forEach(function (one, at) {
      if (!one) return;
      const name = 'database ' + at;
      if (open.indexOf(one.pair) < 0) { found.push([name, '', '', '', null, 'closed']); return; }
      const now = this.databases.now(one.pair).held;
      if (now !== one.held) found = found.concat(sqlite.changes(name, one.held, now));
    }, this);
    return found;
  }

  // -- one request

  answer(req, res, done) {
    const number = Number(req.headers[MARK]);
    const request = this.requests.get(number);
    clean(req, request);
    if (!request) { refuse(res, 404, this.setup.upstream, 'no such request was recorded'); done(number, {}); return; }
    let kept, undo;
    try {
      kept = this.stateOf(request);
      this.putEnvironment(kept);
      this.restore(request, kept);
      this.outside.clear();
      this.errors.length = 0;
      undo = standIns.answer(this.modules, kept.stand_ins, this.special, this.outside.calls.push.bind(this.outside.calls));
    } catch (error) {
      refuse(res, 500, this.setup.upstream, 'its state could not be restored');
      done(number, { failure: String((error && error.stack) || error) });
      return;
    }
    this.clock.at = request.clock * 1000;
    this.chance.begin(number);
    this.call(request, req, res, function (self) {
      undo();
      done(number, { changes: self.changes(), mail: self.outside.mail.slice(), calls: self.outside.calls.slice(), files: files.differences(self.filesBefore, self.files.changed(files.digestOf)), traceback: self.errors.join('\n').slice(-6000) });
    });
  }

  call(request, req, res, ended) {
    const self = this, upstream = this.setup.upstream;
    const writeHead = res.writeHead;
    res.writeHead = function () {
      this.setHeader(UPSTREAM, upstream);
      return writeHead.apply(this, arguments);
    };
    let over = false;
    function finished() {
      if (over) return;
      over = true;
      // What it still does after its answer belongs to the request: as far as it waits for nobody
      let turns = 0;
      (function wait() {
        turns += 1;
        if (turns < 5) setImmediate(wait);
        else ended(self);
      })();
    }
    res.once('finish', finished);
    res.once('close', finished);
    this.failed = function (error) {
      self.errors.push(String((error && error.stack) || error));
      if (!res.headersSent) { res.statusCode = 500; res.end(); } else if (res.socket) res.socket.destroy();
      finished();
    };
    const refusal = this.notOurs(request);
    if (refusal) { res.statusCode = 501; res.end(refusal); return; }
    try { this.listeners.forEach(function (listener) { listener.call(self.made, req, res); }); } catch (error) { this.failed(error); }
  }

  // Why this side refuses the request; empty when it answers.
  notOurs(request) {
    if (!this.setup.serves) return '';
    const matched = routes.match(this.table, request.method, request.target);
    const handler = matched ? routes.handlerOf(matched.handle, this.modules)[0] : '';
    const asked = [request.method, matched ? matched.pattern : '', handler];
    const own = this.setup.serves.some(function (one) { return one.join('\n') === asked.join('\n'); });
    return own ? '' : 'this side does not serve ' + asked.join(' ');
  }
}

// As the program met it: without what the replay put in.
function clean(req, request) {
  delete req.headers[MARK];
  const names = new Set((request ? request.headers : []).map(function (pair) { return pair[0].toLowerCase(); }));
  const raw = [];
  for (let at = 0; at + 1 < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at].toLowerCase();
    if (name === MARK || (name === 'connection' && !names.has('connection'))) continue;
    raw.push(req.rawHeaders[at], req.rawHeaders[at + 1]);
  }
  if (!names.has('connection')) delete req.headers.connection;
  req.rawHeaders = raw;
}

function refuse(res, status, upstream, text) {
  res.writeHead(status, { 'Content-Type': 'text/plain', [UPSTREAM]: upstream, 'X-Figwright-Refused': '1' });
  res.end(text);
}

module.exports = { Program: Program };
