// Express' own table in match order: every registration with its whole pattern, as an expression, with what handles it.
'use strict';
const inspector = require('inspector');

const PATHS = Symbol('figwright paths');
const APPS = Symbol('figwright applications');

// For `modules.loaded`: a layer forgets the text of its prefix once it is an expression, so that is kept when it is registered.
function loader() {
  const done = new WeakSet();
  return function (request, found) {
    if (typeof found !== 'function' || !isExpress(found) || done.has(found)) return undefined;
    done.add(found);
    const router = typeof found.Router.use === 'function' ? found.Router : found.Router.prototype;
    noting(router);
    const use = found.application.use;
    found.application.use = function () {
      const apps = flat(Array.from(arguments)).filter(function (one) { return one && one.handle && one.set; });
      const result = use.apply(this, arguments);
      const stack = (this._router || this.router).stack;
      stack.slice(stack.length - apps.length).forEach(function (layer, at) { if (apps.length) layer[APPS] = apps[at]; });
      return result;
    };
    return undefined;
  };
}

// By its shape: a repository may have its own copy, under any name.
function isExpress(found) {
  return Boolean(found.Router && found.application && typeof found.application.use === 'function' && (typeof found.Router.use === 'function' || found.Router.prototype));
}

function noting(router) {
  const use = router.use;
  router.use = function (first) {
    const before = this.stack.length;
    const result = use.apply(this, arguments);
    const paths = flat([first]);
    const given = paths.length && paths.every(function (one) { return typeof one !== 'function'; }) ? paths : ['/'];
    this.stack.slice(before).forEach(function (layer) { layer[PATHS] = given; });
    return result;
  };
}

function flat(list) {
  return list.reduce(function (found, one) { return found.concat(Array.isArray(one) ? flat(one) : [one]); }, []);
}

function escaped(text) { return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\\\//g, '/'); }

// A path as path-to-regexp 0.1 (Express 4) and 8 (Express 5) read it, without its anchors.
function expressionOf(path) {
  if (path instanceof RegExp) return path.source.replace(/^\^/, '').replace(/\\\//g, '/').replace(/\/?\??\$$/, '');
  let found = '', at = 0;
  const text = String(path).replace(/\/+$/, '');
  while (at < text.length) {
    const rest = text.slice(at);
    const named = /^(\/?):(\w+)(\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))+\))?([?*+])?/.exec(rest);
    const splat = /^\{?\/?\*(\w*)\}?/.exec(rest);
    if (named) {
      const value = named[3] ? '(?:' + named[3].slice(1, -1) + ')' : '[^/]+';
      const repeated = named[4] === '*' || named[4] === '+';
      const one = repeated ? value + '(?:/' + value + ')*' : value;
      found += named[4] === '?' || named[4] === '*' ? '(?:' + named[1] + one + ')?' : named[1] + one;
      at += named[0].length;
    } else if (splat && (rest[0] === '*' || rest[1] === '*' || rest[0] === '{')) {
      found += (splat[0].indexOf('/') >= 0 ? '/?' : '') + '.*';
      at += splat[0].length;
    } else if (/^\(/.test(rest) || /^[?+)]/.test(rest)) {
      found += rest[0] === '(' ? '(?:' : rest[0];
      at += 1;
    } else {
      found += escaped(rest[0]);
      at += 1;
    }
  }
  return found;
}

// As the plan writes it: /orders/{no}
function shown(path) {
  if (path instanceof RegExp) return '~' + path.source;
  return String(path).replace(/:(\w+)(\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))+\))?[?*+]?/g, '{$1}');
}

function joined(prefix, path) {
  const text = shown(path);
  const whole = (prefix.replace(/\/$/, '') + (text.startsWith('/') || text === '' || text.startsWith('~') ? text : '/' + text)) || '/';
  return whole.length > 1 ? whole.replace(/\/$/, '') : whole;
}

// [{pattern, expression, methods, handler}], in match order. `seen` bounds routers that contain themselves.
function table(app) {
  const found = [];
  const start = app && (app._router || (app.stack ? app : routerOf(app)));
  if (start) collect(start, '', '', found, []);
  return found;
}

function routerOf(app) {
  try { return app.router && app.router.stack ? app.router : null; } catch (error) { return null; } // Express 4 throws here
}

function collect(router, prefix, expression, found, above) {
  if (above.length > 12 || above.indexOf(router) >= 0 || found.length > 5000) return;
  for (const layer of router.stack || []) {
    if (layer.route) {
      for (const path of flat([layer.route.path])) add(layer.route, prefix, expression, path, found);
      continue;
    }
    const app = layer[APPS];
    const inner = app ? app._router || routerOf(app) : layer.handle && layer.handle.stack ? layer.handle : null;
    if (!inner) continue;
    for (const path of layer[PATHS] || ['/']) collect(inner, joined(prefix, path).replace(/^\/$/, ''), expression + expressionOf(path), found, above.concat([router]));
  }
}

function add(route, prefix, expression, path, found) {
  const all = route.stack.some(function (layer) { return !layer.method; });
  const verbs = Array.from(new Set(route.stack.map(function (layer) { return String(layer.method || '').toUpperCase(); }))).filter(Boolean);
  const last = route.stack[route.stack.length - 1];
  if (all) { found.push({ pattern: joined(prefix, path), expression: expression + expressionOf(path), methods: [], handle: last && last.handle }); return; }
  for (const verb of verbs) {
    const own = route.stack.filter(function (layer) { return String(layer.method).toUpperCase() === verb; });
    const methods = verb === 'GET' && verbs.indexOf('HEAD') < 0 ? ['GET', 'HEAD'] : [verb];
    found.push({ pattern: joined(prefix, path), expression: expression + expressionOf(path), methods: methods, handle: own[own.length - 1].handle });
  }
}

function whole(expression) { return '^(?i:' + expression + ')/?$'; }

// The first route that answers this method and path; null when none does.
function match(routes, method, target) {
  const path = String(target).split('?')[0];
  for (const one of routes) {
    if (one.methods.length && one.methods.indexOf(method) < 0) continue;
    if (!one.compiled) one.compiled = new RegExp('^' + one.expression + '/?$', 'i');
    if (one.compiled.test(path)) return one;
  }
  return null;
}

let session = null;
const scripts = new Map();
const places = new WeakMap();

// [file, line] of a function as V8 knows it.
function placeOf(target) {
  if (typeof target !== 'function') return ['', 0];
  if (places.has(target)) return places.get(target);
  if (!session) {
    session = new inspector.Session();
    session.connect();
    session.on('Debugger.scriptParsed', function (message) { scripts.set(message.params.scriptId, message.params.url); });
    session.post('Debugger.enable');
  }
  let found = ['', 0];
  global.__figwright_function__ = target;
  try {
    session.post('Runtime.evaluate', { expression: 'global.__figwright_function__' }, function (error, answer) {
      if (error || !answer.result.objectId) return;
      session.post('Runtime.getProperties', { objectId: answer.result.objectId, ownProperties: true }, function (problem, properties) {
        const internal = (problem ? [] : properties.internalProperties || []).filter(function (one) { return one.name === '[[FunctionLocation]]'; })[0];
        if (!internal || !internal.value.value) return;
        found = [String(scripts.get(internal.value.value.scriptId) || '').replace(/^file:\/\//, ''), internal.value.value.lineNumber + 1];
      });
      session.post('Runtime.releaseObject', { objectId: answer.result.objectId });
    });
  } finally { delete global.__figwright_function__; }
  places.set(target, found);
  return found;
}

// [handler, its file in the repository]: path#name, or path:line for a function without a name.
function handlerOf(handle, modules) {
  const place = placeOf(handle);
  const file = modules.nameOf(place[0]);
  if (file === null) return [handle && handle.name ? 'library:' + handle.name : '', ''];
  return [handle.name ? file + '#' + handle.name : file + ':' + place[1], file];
}

module.exports = { isExpress: isExpress, loader: loader, table: table, match: match, handlerOf: handlerOf, placeOf: placeOf, whole: whole, expressionOf: expressionOf };
