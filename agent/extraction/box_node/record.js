// Records every HTTP request that is asked of a server in this process; preloaded into the repository's test run.
// Out: requests-<process>.jsonl, applications-<process>.json and blobs/ in the folder that FIGWRIGHT_RECORDING names.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const modulesOf = require('./modules');
const plain = require('./plain');
const routes = require('./routes');
const standIns = require('./stand_ins');
const specials = require('./special');
const Blobs = require('./blobs').Blobs;
const Databases = require('./databases').Databases;
const Files = require('./files').Files;

const UNKEPT = /^(FIGWRIGHT_|npm_|NODE_OPTIONS$|NODE_V8_COVERAGE$|PATH$|HOME$|TMPDIR$|PWD$|OLDPWD$|SHLVL$|_$|TERM$|LOADED_MOCHA_OPTS$)/;
const MOST_BODY = 8 << 20;
const MOST_REQUESTS = 20000;
const LONGEST_TEST_MS = 60000;

function start(folder, setup) {
  const tests = new Set(setup.tests);
  const modules = new modulesOf.Modules(setup.repository, function (name) { return !tests.has(name); }).install();
  const databases = new Databases();
  const blobs = new Blobs(path.join(folder, 'blobs'));
  const stores = [];
  const files = new Files(setup.repository);
  const special = specials.specialOf(modules, databases);
  const tables = new WeakMap(), found = new WeakMap(), applications = {};
  const core = { request: http.request, get: http.get };
  let test = '', active = 0, written = 0;
  modules.loaded.push(databases.loader(), routes.loader(), specials.sessionStores(stores), watchMocha, watchFactories());

  function watchMocha(request, loaded) {
    if (typeof loaded !== 'function') return undefined;
    const Runner = loaded.Runner || (/runner(\.js)?$/.test(request) ? loaded : null);
    if (!Runner || !Runner.prototype || !Runner.prototype.runTests || Runner.prototype.figwright) return undefined;
    Runner.prototype.figwright = true;
    const emit = Runner.prototype.emit;
    Runner.prototype.emit = function (event, what) {
      // Recording takes time, and a test that gives up half way makes fewer requests
      if ((event === 'test' || event === 'hook') && what && typeof what.timeout === 'function' && what.timeout() && what.timeout() < LONGEST_TEST_MS) what.timeout(LONGEST_TEST_MS);
      if (event === 'test') test = titleOf(what);
      if (event === 'hook' && what) test = what.ctx && what.ctx.currentTest && !/all"/.test(what.title) ? titleOf(what.ctx.currentTest) : titleOf(what.parent) + ' (' + what.title + ')';
      return emit.apply(this, arguments);
    };
    return undefined;
  }

  function titleOf(one) {
    const titles = [];
    for (let each = one; each; each = each.parent) if (each.title) titles.unshift(each.title);
    return titles.join(' > ');
  }

  // Who called express(): an application that no module gives out was made by a function.
  function watchFactories() {
    const wrapped = new Map();
    return function (request, loaded) {
      if (typeof loaded !== 'function' || !routes.isExpress(loaded)) return undefined;
      if (!wrapped.has(loaded)) {
        const made = function () {
          const app = loaded.apply(this, arguments);
          app.figwrightMade = callers(new Error().stack);
          return app;
        };
        Object.getOwnPropertyNames(loaded).forEach(function (name) {
          if (['length', 'name', 'prototype', 'arguments', 'caller'].indexOf(name) < 0) Object.defineProperty(made, name, Object.getOwnPropertyDescriptor(loaded, name));
        });
        wrapped.set(loaded, made);
      }
      return wrapped.get(loaded);
    };
  }

  function callers(stack) {
    return String(stack).split('\n').map(function (line) {
      const parts = /^\s*at (?:(?:Object\.|module\.|exports\.|new )*([\w$.<>]+) (?:\[as [^\]]+\] )?\()?(\/[^)]*?):\d+:\d+\)?$/.exec(line);
      const file = parts ? modules.nameOf(parts[2]) : null;
      return file === null ? null : [file, parts[1] || ''];
    }).filter(Boolean);
  }

  // How the program that answers can be had again: a value of one of its modules, or a function without arguments that made it.
  function makerOf(server) {
    const listeners = server.listeners('request');
    const wanted = listeners.concat([server]);
    const tried = [];
    for (const pair of modules.modules) tried.push(pair);
    for (const pair of tried) if (wanted.indexOf(pair[1].exports) >= 0 && modules.isOurs(pair[0])) return [[pair[0], '', '']];
    for (const pair of tried) {
      if (!modules.isOurs(pair[0]) || !pair[1].exports) continue;
      for (const name of Object.keys(pair[1].exports)) if (wanted.indexOf(plainly(pair[1].exports, name)) >= 0) return [[pair[0], name, '']];
    }
    for (const pair of tried) {
      if (!modules.isOurs(pair[0])) continue;
      for (const name of setup.names[pair[0]] || []) if (wanted.indexOf(variable(pair[0], name)) >= 0) return [[pair[0], '#' + name, '']];
    }
    for (const listener of listeners) {
      for (const maker of listener.figwrightMade || []) {
        const module = modules.modules.get(maker[0]);
        if (!modules.isOurs(maker[0]) || !module) continue;
        const name = maker[1].split('.').pop();
        const exported = module.exports;
        if (typeof exported === 'function' && (exported.name === name || !name) && !exported.length) return [[maker[0], '', '[]']];
        if (exported && typeof plainly(exported, name) === 'function' && !exported[name].length) return [[maker[0], name, '[]']];
      }
    }
    return null;
  }

  function plainly(target, name) {
    const described = Object.getOwnPropertyDescriptor(Object(target), name);
    return described && (described.value || (described.get && described.enumerable && safely(function () { return target[name]; })));
  }

  function variable(file, name) { return safely(function () { return modules.value(file, name); }); }

  function safely(get) {
    try { return get(); } catch (error) { return undefined; }
  }

  function applicationOf(server) {
    if (found.has(server)) return found.get(server);
    const makers = makerOf(server);
    const about = { framework: 'express', name: makers ? makers[0][0] : '', makers: makers || [] };
    if (!makers) about.cannot = 'no module of the repository gives out the application that answered, nor a function without arguments that makes it';
    const id = makers ? makers[0].join(' ').trim() : 'made by the tests';
    if (!applications[id]) {
      applications[id] = about;
      fs.writeFileSync(path.join(folder, 'applications-' + process.pid + '.json'), JSON.stringify(applications));
    }
    found.set(server, id);
    return id;
  }

  function tableOf(server) {
    for (const listener of server.listeners('request')) {
      if (!tables.has(listener)) tables.set(listener, routes.table(listener));
      if (tables.get(listener).length) return tables.get(listener);
    }
    return [];
  }

  function environment() {
    const kept = {};
    Object.keys(process.env).sort().forEach(function (name) { if (!UNKEPT.test(name)) kept[name] = process.env[name]; });
    return kept;
  }

  function began(server, req, res) {
    const state = modulesOf.read(modules, setup.names, special);
    const before = databases.snapshots(blobs);
    const one = {
      test: test || path.basename(process.argv[1] || 'process ' + process.pid), application: applicationOf(server), method: req.method, target: req.url,
      headers: pairs(req.rawHeaders), variables: [], clock: Date.now() / 1000, databases: before, cannot: '',
    };
    if (active) one.cannot = 'the program was answering another request at the same time';
    active += 1;
    const kept = { environ: environment(), modules: state.values, sessions: stores.map(function (store) { return Object.assign({}, store.sessions); }), pragmas: pragmasOf(), rows: databases.hashes(), files: files.changed(blobs.put.bind(blobs)) };
    const heard = standIns.listen(modules, special);
    const replaced = heard.log.map(function (entry) { return entry.module + ' ' + entry.name; });
    if (http.request !== core.request || http.get !== core.get) replaced.push('http.request');
    const asked = tap(req, 'push'), said = tapAnswer(res);
    let over = false;
    function ended(how) {
      if (over) return;
      over = true;
      active -= 1;
      heard.end();
      kept.stand_ins = heard.log;
      finish(server, one, req, res, kept, { asked: asked(), said: said(), replaced: replaced, how: how });
    }
    res.once('finish', function () { ended(''); });
    res.once('close', function () { ended('the connection was closed before the answer was complete'); });
  }

  function pragmasOf() {
    return databases.open().map(function (one) { return safely(function () { return databases.pragmas(one); }) || {}; });
  }

  function finish(server, one, req, res, kept, seen) {
    const after = databases.snapshots(blobs);
    const matched = routes.match(tableOf(server), one.method, one.target);
    const handler = matched ? routes.handlerOf(matched.handle, modules) : ['', ''];
    const headers = typeof res.getHeaders === 'function' ? res.getHeaders() : {};
    const record = Object.assign(one, {
      route: matched ? matched.pattern : '', handler: handler[0], handler_path: handler[1], body: blobs.put(seen.asked),
      state: blobs.put(Buffer.from(JSON.stringify(kept))), after: after, replaced: seen.replaced, status: res.statusCode,
      answer_headers: Object.keys(headers).sort().map(function (name) { return [name, String(headers[name])]; }), answer_body: blobs.put(seen.said),
    });
    if (seen.how && !record.cannot) record.cannot = seen.how;
    if (written < MOST_REQUESTS) fs.appendFileSync(path.join(folder, 'requests-' + process.pid + '.jsonl'), JSON.stringify(record) + '\n');
    written += 1;
  }

  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (type, req, res) {
    if (type === 'request' && req && res && !req.figwright && this.listeners('request').length) {
      req.figwright = true;
      began(this, req, res);
    }
    return emit.apply(this, arguments);
  };
}

function pairs(raw) {
  const found = [];
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at], raw[at + 1]]);
  return found;
}

function tap(req) {
  const chunks = [], push = req.push;
  let size = 0;
  req.push = function (chunk, encoding) {
    if (chunk && size < MOST_BODY) { chunks.push(Buffer.from(chunk, encoding)); size += chunk.length; }
    return push.apply(this, arguments);
  };
  return function () { return Buffer.concat(chunks); };
}

function tapAnswer(res) {
  const chunks = [];
  let size = 0;
  ['write', 'end'].forEach(function (name) {
    const original = res[name];
    res[name] = function (chunk, encoding) {
      if (chunk && typeof chunk !== 'function' && size < MOST_BODY) {
        const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8');
        chunks.push(bytes);
        size += bytes.length;
      }
      return original.apply(this, arguments);
    };
  });
  return function () { return Buffer.concat(chunks); };
}

// Programs that were compiled to asm.js (sql.js) take seconds to be translated
if (process.env.FIGWRIGHT_RECORDING) require('v8').setFlagsFromString('--no-validate-asm');
if (process.env.FIGWRIGHT_RECORDING) start(process.env.FIGWRIGHT_RECORDING, JSON.parse(fs.readFileSync(path.join(__dirname, 'setup.json'), 'utf8')));

module.exports = { start: start, UNKEPT: UNKEPT };
