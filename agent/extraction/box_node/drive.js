// Starts the servers, sends every recorded request over HTTP, and writes what came back: one JSON line an answer.
// Argument: a plan file. A process answers several tests; what it does not answer as it was recorded is asked of a fresh one, which is
// made while this one answers.
// With a facade configuration nginx stands before the sides. Everything started here ends with this process.
'use strict';
const childProcess = require('child_process');
const fs = require('fs');
const http = require('http');
const net = require('net');
const path = require('path');
const files = require('./files');
const Blobs = require('./blobs').Blobs;

const ANSWER_MS = 30000;
let patience = 0; // milliseconds for an answer of a slice with defects; 0: as long as any other, and a second try
const START_MS = 240000;
const MOST_TESTS = 25; // that one process answers, the recorded state put back before each request
const children = new Set();

process.on('exit', function () { children.forEach(function (child) { try { child.kill('SIGKILL'); } catch (error) { /* it has ended */ } }); });

function folder(place) {
  place.split(path.sep).reduce(function (above, name) {
    const here = above + path.sep + name;
    if (!fs.existsSync(here)) fs.mkdirSync(here);
    return here;
  });
  return place;
}

// One process that makes the application; messages come in their order, each waited for by what it says.
class Server {
  constructor(side, routes) {
    this.said = [];
    this.waiting = [];
    this.log = path.join(side.work, 'log');
    const out = fs.openSync(this.log, 'w');
    const env = Object.assign({}, process.env);
    delete env.NODE_OPTIONS;
    this.child = childProcess.spawn(process.execPath, [path.join(__dirname, 'serve.js'), side.setup].concat(routes ? ['routes'] : []), { cwd: side.plan.folder, env: env, stdio: ['ignore', out, out, 'ipc'] });
    fs.closeSync(out);
    children.add(this.child);
    const self = this;
    this.child.on('message', function (message) { self.hear(message); });
    this.ended = new Promise(function (resolve) {
      self.child.on('exit', function () {
        children.delete(self.child);
        self.over = true;
        self.hear({ failure: 'the server has ended\n' + self.printed() });
        resolve();
      });
    });
    this.ready = this.reply(['ready', 'failure'], START_MS);
  }

  printed() {
    try { return fs.readFileSync(this.log).slice(-4000).toString('utf8'); } catch (error) { return ''; }
  }

  hear(message) {
    const at = this.waiting.findIndex(function (one) { return one.wants(message); });
    if (at >= 0) this.waiting.splice(at, 1)[0].resolve(message);
    else this.said.push(message);
  }

  // The first message that has one of these keys (and, of results, this number).
  reply(keys, ms, number) {
    const self = this;
    function wants(message) {
      return keys.some(function (key) { return key in message; }) && !('result' in message && number !== undefined && message.result !== number);
    }
    const at = this.said.findIndex(wants);
    if (at >= 0) return Promise.resolve(this.said.splice(at, 1)[0]);
    if (this.over) return Promise.resolve({ failure: 'the server has ended\n' + this.printed() });
    return new Promise(function (resolve) {
      const one = { wants: wants, resolve: function (message) { clearTimeout(timer); resolve(message); } };
      const timer = setTimeout(function () {
        self.waiting.splice(self.waiting.indexOf(one), 1);
        resolve({ failure: 'the server said nothing for ' + ms / 1000 + ' seconds\n' + self.printed() });
      }, ms);
      self.waiting.push(one);
    });
  }

  end() {
    if (!this.over) this.child.kill('SIGKILL');
    return this.ended;
  }
}

class Side {
  constructor(plan, about, application, work) {
    this.plan = plan;
    this.name = about.name;
    this.port = about.port || 0;
    this.wanted = this.port;
    this.work = folder(work);
    this.setup = path.join(work, 'setup.json');
    fs.writeFileSync(this.setup, JSON.stringify({
      repository: plan.repository, recording: plan.recording, application: application, upstream: this.name,
      serves: about.serves, kept: path.join(plan.work, 'kept'), watch: plan.watch || '',
    }));
    this.spare = new Server(this, plan.routes);
  }

  start() { return this.spare.ready; }

  // A fresh process for the next test, listening.
  async fork() {
    if (this.current) await this.current.end();
    this.current = this.spare || new Server(this);
    this.spare = null;
    const ready = await this.current.ready;
    if ('failure' in ready) return ready;
    const serving = this.current.reply(['serving', 'failure'], START_MS);
    this.current.child.send({ port: this.wanted });
    const found = await serving;
    if ('serving' in found) this.port = found.serving;
    this.spare = new Server(this);
    return found;
  }

  async end() {
    for (const one of [this.current, this.spare]) if (one) await one.end();
  }
}

function send(port, request, blobs) {
  const body = blobs.get(request.body);
  return new Promise(function (resolve, reject) {
    const asked = http.request({ host: '127.0.0.1', port: port, method: request.method, path: request.target, agent: false, setHost: false });
    const names = new Map();
    request.headers.forEach(function (pair) {
      const lower = pair[0].toLowerCase();
      if (['content-length', 'connection', 'transfer-encoding', 'expect'].indexOf(lower) >= 0) return;
      if (names.has(lower)) names.get(lower)[1].push(pair[1]);
      else names.set(lower, [pair[0], [pair[1]]]);
    });
    if (!names.has('host')) names.set('host', ['Host', ['localhost']]);
    names.forEach(function (one) { asked.setHeader(one[0], one[1].length === 1 ? one[1][0] : one[1]); });
    if (body.length || ['POST', 'PUT', 'PATCH'].indexOf(request.method) >= 0) asked.setHeader('Content-Length', String(body.length));
    asked.setHeader('X-Figwright-Request', String(request.number));
    asked.setHeader('Connection', 'close');
    asked.setTimeout(patience || ANSWER_MS, function () { asked.destroy ? asked.destroy(new Error('timed out')) : asked.abort(); });
    asked.on('error', reject);
    asked.on('response', function (response) {
      const chunks = [];
      response.on('data', function (chunk) { chunks.push(chunk); });
      response.on('error', reject);
      response.on('aborted', function () { reject(new Error('the answer was cut short')); });
      response.on('end', function () {
        const headers = [];
        for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) headers.push([response.rawHeaders[at], response.rawHeaders[at + 1]]);
        resolve({ status: response.statusCode, headers: headers, body: Buffer.concat(chunks) });
      });
    });
    asked.end(body.length ? body : undefined);
  });
}

function headerOf(headers, name) {
  const found = headers.filter(function (pair) { return pair[0].toLowerCase() === name; })[0];
  return found ? found[1] : '';
}

// One answer; what HTTP does not show comes from the side that answered.
async function ask(sides, port, request, blobs) {
  let came;
  const begun = process.hrtime();
  try { came = await send(port, request, blobs); } catch (error) {
    return { request: request.number, trouble: 'no answer: ' + error.message, hangs: patience > 0 && error.message === 'timed out' };
  }
  const took = process.hrtime(begun);
  const upstream = headerOf(came.headers, 'x-figwright-upstream');
  const side = sides.filter(function (one) { return one.name === upstream; })[0];
  const said = side ? await side.current.reply(['result', 'failure'], patience || ANSWER_MS, request.number) : {};
  const about = said.about || (said.failure ? { failure: said.failure } : {});
  if (headerOf(came.headers, 'x-figwright-refused') || about.failure) {
    return { request: request.number, trouble: about.failure || came.body.toString('utf8'), upstream: upstream };
  }
  const kept = came.headers.filter(function (pair) { return !pair[0].toLowerCase().startsWith('x-figwright-'); });
  return Object.assign({ request: request.number, status: came.status, headers: kept, upstream: upstream, body: came.body.toString('latin1'), seconds: took[0] + took[1] / 1e9 }, about);
}

// [application, requests of one test], in their order: what a program remembers within a test, it shall remember again.
function grouped(requests) {
  const found = [];
  requests.forEach(function (request) {
    const last = found[found.length - 1];
    if (last && last.application === request.application && last.test === request.test) last.requests.push(request);
    else found.push({ application: request.application, test: request.test, requests: [request] });
  });
  return found;
}

// `fresh`: in a process that has answered nothing else.
async function answersOf(sides, port, requests, blobs, fresh) {
  const forked = fresh ? await Promise.all(sides.map(function (side) { return side.fork(); })) : [];
  const failed = forked.filter(function (one) { return 'failure' in one; })[0];
  if (failed) return requests.map(function (one) { return { request: one.number, trouble: failed.failure }; });
  const found = [];
  for (const request of requests) {
    const before = found[found.length - 1];
    // A process that hangs answers nothing more
    if (before && before.hangs) found.push({ request: request.number, trouble: before.trouble, hangs: true });
    else found.push(await ask(sides, port(), request, blobs));
  }
  return found;
}

// Whether these are not the recorded answers: then the process may be to blame that answered other tests before.
function unlike(answers, requests) {
  return answers.some(function (one, at) { return 'trouble' in one || one.status !== requests[at].status; });
}

// nginx before the sides.
class Facade {
  constructor(text, work, port) {
    this.port = port;
    ['logs', 'body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].forEach(function (name) { folder(path.join(work, name)); });
    const place = path.join(work, 'nginx.conf');
    fs.writeFileSync(place, text.split('{{work}}').join(work));
    this.log = path.join(work, 'said');
    const program = ((process.env.PATH || '') + ':/usr/sbin:/sbin:/usr/local/sbin').split(':').map(function (one) { return path.join(one || '/', 'nginx'); })
      .filter(function (one) { return fs.existsSync(one); })[0];
    this.failure = program ? '' : 'nginx is not installed: install it to run a facade';
    if (!program) return;
    const out = fs.openSync(this.log, 'w');
    this.child = childProcess.spawn(program, ['-p', work, '-c', place, '-e', 'stderr'], { stdio: ['ignore', out, out] });
    fs.closeSync(out);
    children.add(this.child);
    const self = this;
    this.ended = new Promise(function (resolve) { self.child.on('exit', function () { self.over = true; children.delete(self.child); resolve(); }); });
  }

  async ready() {
    for (let tries = 0; tries < 200 && !this.failure; tries += 1) {
      if (this.over) this.failure = 'nginx ended: ' + fs.readFileSync(this.log).slice(-2000).toString('utf8');
      else if (await open(this.port)) return;
      else await new Promise(function (resolve) { setTimeout(resolve, 50); });
    }
    this.failure = this.failure || 'nginx does not listen';
  }

  async end() {
    if (!this.child || this.over) return;
    this.child.kill('SIGTERM');
    const killed = setTimeout(this.child.kill.bind(this.child, 'SIGKILL'), 5000);
    await this.ended;
    clearTimeout(killed);
  }
}

function open(port) {
  return new Promise(function (resolve) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', function () { socket.destroy(); resolve(true); });
    socket.on('error', function () { resolve(false); });
  });
}

async function run(plan, application, groups, blobs, number, put) {
  const work = path.join(plan.work, 'application-' + number);
  const sides = plan.sides.map(function (side) { return new Side(plan, side, application, path.join(work, side.name)); });
  let facade = null;
  try {
    const ready = await Promise.all(sides.map(function (side) { return side.start(); }));
    let failures = ready.filter(function (one) { return 'failure' in one; }).map(function (one) { return one.failure; });
    if (!failures.length && plan.facade) {
      facade = new Facade(plan.facade, folder(path.join(work, 'facade')), plan.facade_port);
      await facade.ready();
      failures = facade.failure ? [facade.failure] : [];
    }
    if (failures.length) {
      groups.forEach(function (group) {
        group.requests.forEach(function (request) { put({ request: request.number, trouble: 'the program cannot be started', start: failures[0] }); });
      });
      return;
    }
    if (plan.routes) put({ routes: ready[0].routes, application: application.id });
    const port = function () { return facade ? facade.port : sides[0].port; };
    let tests = 0; // that this process has answered
    for (const group of groups) {
      let answers = await answersOf(sides, port, group.requests, blobs, tests === 0);
      if (tests > 0 && unlike(answers, group.requests) && !answers.some(function (one) { return one.hangs; })) {
        answers = await answersOf(sides, port, group.requests, blobs, true);
        tests = 0;
      }
      answers.forEach(put);
      tests = answers.some(function (one) { return 'trouble' in one; }) ? 0 : (tests + 1) % MOST_TESTS;
    }
  } finally {
    if (facade) await facade.end();
    for (const side of sides) await side.end();
  }
}

async function main(place) {
  const plan = JSON.parse(fs.readFileSync(place, 'utf8'));
  patience = 1000 * (plan.patience || 0);
  const blobs = new Blobs(path.join(plan.recording, 'blobs'));
  const applications = {};
  JSON.parse(fs.readFileSync(path.join(plan.recording, 'applications.json'), 'utf8')).forEach(function (one) { applications[one.id] = one; });
  const only = plan.only === null ? null : new Set(plan.only);
  const requests = fs.readFileSync(path.join(plan.recording, 'requests.jsonl'), 'utf8').split('\n').filter(Boolean).map(function (line) { return JSON.parse(line); })
    .filter(function (one) { return (!only || only.has(one.number)) && !one.cannot && !applications[one.application].cannot; });
  const found = new Map();
  grouped(requests).forEach(function (group) { found.set(group.application, (found.get(group.application) || []).concat([group])); });
  files.keep(plan.repository, folder(path.join(plan.work, 'kept')));
  const out = fs.openSync(plan.out, 'w');
  let number = 0;
  for (const pair of found) {
    await run(plan, applications[pair[0]], pair[1], blobs, number, function (answer) { fs.writeSync(out, JSON.stringify(answer) + '\n'); });
    number += 1;
  }
  fs.closeSync(out);
}

main(process.argv[2]).then(function () { process.exit(0); }, function (error) {
  console.error(error.stack);
  process.exit(1);
});
