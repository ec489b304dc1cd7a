// The repository's own modules while they are loaded: a way into each one's top level, and what each gave out at first.
'use strict';
const Module = require('module');
const path = require('path');
const plain = require('./plain');

const ENTRY = '__figwright_scope__';

class Modules {
  constructor(repository, isOurs) {
    this.repository = repository;
    this.isOurs = isOurs; // (path relative to the repository) -> whether its values are the program's
    this.scopes = new Map(); // path -> a function that evaluates an expression at the module's top level
    this.modules = new Map(); // path -> module
    this.first = new Map(); // path -> {name: function} as the module gave them out
    this.loaded = []; // functions (request, filename, exports) called for every module that was loaded
    this.classes = new Map();
  }

  install() {
    const self = this;
    Object.defineProperty(global, ENTRY, { value: function (module, look) { self.note(module, look); }, configurable: true });
    const compile = Module.prototype._compile;
    Module.prototype._compile = function (content, filename) {
      const name = self.nameOf(filename);
      if (name === null) return compile.apply(this, arguments);
      // On a line of its own at the end: no line of the program moves, and what a comment or a semicolon leaves open is closed
      const more = '\n;' + ENTRY + '(module, function (' + ENTRY + 'text) { return eval(' + ENTRY + 'text); });';
      const done = compile.call(this, content + more, filename);
      self.modules.set(name, this);
      self.first.set(name, functionsOf(this.exports));
      return done;
    };
    const load = Module._load;
    Module._load = function (request, parent) {
      let found = load.apply(this, arguments);
      for (const each of self.loaded) {
        const other = each(request, found, parent);
        if (other !== undefined) found = other;
      }
      return found;
    };
    return this;
  }

  // The path in the repository; null for a library's or anybody else's file.
  nameOf(filename) {
    if (typeof filename !== 'string' || !filename.startsWith(this.repository + path.sep)) return null;
    const name = filename.slice(this.repository.length + 1);
    return name.split(path.sep).indexOf('node_modules') >= 0 ? null : name;
  }

  note(module, look) {
    const name = this.nameOf(module.filename);
    if (name !== null) this.scopes.set(name, look);
  }

  value(name, variable) { return this.scopes.get(name)(variable); }

  // [name, module] of the program's own modules, in the order in which they were loaded.
  own() { return Array.from(this.modules).filter(function (pair) { return this.isOurs(pair[0]); }, this); }

  classOf(kind) {
    return typeof kind === 'function' && this.classes.has(kind) ? this.classes.get(kind) : null;
  }

  classAt(from) {
    try { return this.value(from[0], from[1]); } catch (error) { return null; }
  }

  // Functions that the module gives out and that are not those it gave out at first: what a test put in their place.
  replaced() {
    const found = [];
    for (const pair of this.own()) {
      const first = this.first.get(pair[0]) || {};
      for (const name of Object.keys(first)) {
        const now = valueAt(pair[1].exports, name);
        if (typeof now === 'function' && now !== first[name]) found.push([pair[0], name]);
      }
    }
    return found;
  }
}

function valueAt(target, name) {
  const described = target === null || target === undefined ? undefined : Object.getOwnPropertyDescriptor(Object(target), name);
  return described ? described.value : undefined;
}

function functionsOf(target) {
  const found = {};
  if (target === null || (typeof target !== 'object' && typeof target !== 'function')) return found;
  for (const name of Object.keys(target)) {
    const value = valueAt(target, name);
    if (typeof value === 'function') found[name] = value;
  }
  return found;
}

const NAME = /^[A-Za-z_$][\w$]*$/;

// path -> {variable: encoded}; `names` are the variables at each module's top level. "exports" stands for what the module gives out.
function read(modules, names, special) {
  const found = {}, left = [];
  for (const pair of modules.own()) {
    for (const name of names[pair[0]] || []) {
      let value;
      try { value = modules.value(pair[0], name); } catch (error) { continue; }
      if (typeof value === 'function' && !modules.classes.has(value)) modules.classes.set(value, [pair[0], name]);
    }
  }
  for (const pair of modules.own()) {
    const values = {};
    for (const name of names[pair[0]] || []) keep(values, name, function () { return modules.value(pair[0], name); }, special, left, pair[0]);
    keep(values, 'exports', function () { return pair[1].exports; }, special, left, pair[0]);
    if (Object.keys(values).length) found[pair[0]] = values;
  }
  return { values: found, left: left };
}

function keep(values, name, get, special, left, path) {
  let value;
  try { value = get(); } catch (error) { return; } // not bound yet
  if (typeof value === 'function') return;
  try { values[name] = plain.encode(value, special); } catch (error) {
    if (!(error instanceof plain.Opaque)) throw error;
    left.push(path + ' ' + name);
  }
}

// Put recorded values back; what the program (or a slice of it) does not have is none of its business.
function write(modules, values, special) {
  for (const path of Object.keys(values)) {
    const module = modules.modules.get(path);
    if (!module) continue;
    for (const name of Object.keys(values[path])) {
      try {
        if (name === 'exports') { plain.put(module.exports, values[path][name], special); continue; }
        if (!NAME.test(name)) continue;
        const now = modules.value(path, name);
        const made = plain.put(now, values[path][name], special);
        if (made === now || (made !== made && now !== now)) continue;
        global.__figwright_value__ = made;
        modules.value(path, name + ' = global.__figwright_value__');
      } catch (error) {
        if (!(error instanceof plain.Opaque || error instanceof ReferenceError || error instanceof TypeError)) throw error;
      } finally { delete global.__figwright_value__; }
    }
  }
}

module.exports = { Modules: Modules, read: read, write: write };
