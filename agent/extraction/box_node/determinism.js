// Makes a program answer alike twice: its clock stands where the recording's stood, chance begins anew with each request, and
// the world outside of the box is not there: mail is kept, every other call is noted and refused.
'use strict';
const crypto = require('crypto');
const dns = require('dns');
const net = require('net');

class Chance {
  constructor() { this.begin('start'); }

  begin(seed) {
    this.seed = String(seed);
    this.counter = 0;
  }

  read(count) {
    const found = [];
    let size = 0;
    while (size < count) {
      this.counter += 1;
      const part = hashOf(this.seed + ':' + this.counter);
      found.push(part);
      size += part.length;
    }
    return Buffer.concat(found).slice(0, count);
  }

  fraction() { return this.read(8).readUIntBE(0, 6) / 0x1000000000000; }
}

const createHash = crypto.createHash;
function hashOf(text) { return createHash('sha256').update(text).digest(); }

function fixChance(chance) {
  Math.random = function () { return chance.fraction(); };
  crypto.randomBytes = crypto.pseudoRandomBytes = crypto.rng = function (count, back) {
    const found = chance.read(count);
    if (typeof back !== 'function') return found;
    setImmediate(function () { back(null, found); });
    return undefined;
  };
  function fill(target, from, count) {
    const bytes = Buffer.from(target.buffer || target, target.byteOffset || 0, target.byteLength);
    const start = from || 0, length = count === undefined ? bytes.length - start : count;
    chance.read(length).copy(bytes, start);
    return target;
  }
  crypto.randomFillSync = fill;
  crypto.randomFill = function (target) {
    const rest = Array.from(arguments).slice(1), back = rest.pop();
    fill(target, rest[0], rest[1]);
    setImmediate(function () { back(null, target); });
  };
  if (crypto.randomUUID) crypto.randomUUID = function () { return uuid(chance.read(16)); };
  if (crypto.randomInt) {
    crypto.randomInt = function (low, high, back) {
      if (high === undefined || typeof high === 'function') { back = high; high = low; low = 0; }
      const found = low + Math.floor(chance.fraction() * (high - low));
      if (typeof back !== 'function') return found;
      setImmediate(function () { back(null, found); });
      return undefined;
    };
  }
  const web = global.crypto || crypto.webcrypto;
  if (web) {
    try {
      Object.defineProperty(web, 'getRandomValues', { value: function (target) { return fill(target); }, configurable: true, writable: true });
      Object.defineProperty(web, 'randomUUID', { value: function () { return uuid(chance.read(16)); }, configurable: true, writable: true });
    } catch (error) { /* this version does not allow it */ }
  }
}

function uuid(bytes) {
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = bytes.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

// `clock.at` are milliseconds since 1970.
function stopClock(clock) {
  const Real = Date;
  function Stopped() {
    if (!new.target) return new Real(clock.at).toString();
    const args = arguments.length ? Array.from(arguments) : [clock.at];
    return Reflect.construct(Real, args, new.target === Stopped ? Real : new.target);
  }
  Object.getOwnPropertyNames(Real).forEach(function (name) {
    if (['length', 'name', 'prototype'].indexOf(name) < 0) Object.defineProperty(Stopped, name, Object.getOwnPropertyDescriptor(Real, name));
  });
  Object.defineProperty(Stopped, 'name', { value: 'Date' });
  Object.defineProperty(Stopped, 'length', { value: 7 });
  Stopped.prototype = Real.prototype;
  Real.prototype.constructor = Stopped;
  Stopped.now = function now() { return clock.at; };
  global.Date = Stopped;
  process.hrtime = Object.assign(function (since) {
    return since ? [0, 0] : [Math.floor(clock.at / 1000), 0];
  }, { bigint: function () { return BigInt(Math.floor(clock.at)) * BigInt(1000000); } }); // eslint-disable-line no-undef
  process.uptime = function () { return 1; };
  if (global.performance) try { global.performance.now = function () { return 0; }; } catch (error) { /* read only */ }
}

// Notes what the program wanted of others. `open()` lets the server itself listen before.
class Outside {
  constructor() {
    this.mail = [];
    this.calls = [];
  }

  clear() {
    this.mail.length = 0;
    this.calls.length = 0;
  }

  refuseCalls() {
    const outside = this;
    net.Socket.prototype.connect = function () {
      const given = Array.isArray(arguments[0]) ? arguments[0][0] : arguments[0];
      const options = given && typeof given === 'object' ? given : { port: given, host: typeof arguments[1] === 'string' ? arguments[1] : 'localhost' };
      const where = options.path ? String(options.path) : (options.host || 'localhost') + ':' + options.port;
      outside.calls.push(where);
      const error = Object.assign(new Error('connect ECONNREFUSED ' + where), { code: 'ECONNREFUSED', errno: 'ECONNREFUSED', syscall: 'connect', address: options.host, port: options.port });
      const socket = this;
      process.nextTick(function () { socket.destroy(error); });
      return this;
    };
    dns.lookup = function (name, options, back) {
      outside.calls.push(String(name));
      const done = typeof options === 'function' ? options : back;
      const error = Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND', errno: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name });
      process.nextTick(function () { done(error); });
    };
  }

  // For `modules.loaded`: nodemailer's transports keep what they are given.
  loader() {
    const outside = this;
    return function (request, found) {
      if (request !== 'nodemailer' || !found || found.figwright) return undefined;
      found.figwright = true;
      found.createTransport = function () { return outside.transport(); };
      return undefined;
    };
  }

  transport() {
    const outside = this;
    return {
      use: function () { return this; }, on: function () { return this; }, close: function () {}, isIdle: function () { return true; },
      verify: function (back) { return answered(back, true); },
      sendMail: function (mail, back) {
        const to = [].concat(mail.to || [], mail.cc || [], mail.bcc || []).map(function (one) { return typeof one === 'string' ? one : one.address || ''; });
        const parts = ['subject', 'text', 'html'].filter(function (name) { return mail[name] !== undefined; });
        const from = typeof mail.from === 'string' || !mail.from ? String(mail.from || '') : mail.from.address || '';
        outside.mail.push([from, to.sort(), parts.map(function (name) { return name + ': ' + mail[name]; }).join('\n').replace(/\r\n/g, '\n')]);
        return answered(back, { accepted: to, rejected: [], messageId: '<figwright@localhost>', response: '250 OK' });
      },
    };
  }
}

function answered(back, value) {
  if (typeof back !== 'function') return Promise.resolve(value);
  setImmediate(function () { back(null, value); });
  return undefined;
}

module.exports = { Chance: Chance, Outside: Outside, fixChance: fixChance, stopClock: stopClock };
