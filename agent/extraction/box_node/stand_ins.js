// Functions that a test has put in the place of the program's own: what they were asked and what they answered is kept,
// and answered again when the test is no longer there.
'use strict';
const plain = require('./plain');

function encoded(value, special) {
  try { return plain.encode(value, special); } catch (error) {
    if (!(error instanceof plain.Opaque)) throw error;
    return { $opaque: typeof value };
  }
}

// Wraps the stand-ins for the length of one request; gives the log, and what takes the wrappers away again.
function listen(modules, special) {
  const log = [], undo = [];
  for (const pair of modules.replaced()) {
    const exports = modules.modules.get(pair[0]).exports, name = pair[1];
    const stand = exports[name];
    const entry = { module: pair[0], name: name, calls: [] };
    const wrapped = listening(stand, entry, special);
    try { exports[name] = wrapped; } catch (error) { continue; }
    if (exports[name] !== wrapped) continue;
    log.push(entry);
    undo.push(function () { if (exports[name] === wrapped) exports[name] = stand; });
  }
  return { log: log, end: function () { undo.forEach(function (each) { each(); }); } };
}

function listening(stand, entry, special) {
  const wrapped = function () {
    const call = { args: [], back: [], promise: null };
    entry.calls.push(call);
    let inside = true;
    const args = Array.from(arguments).map(function (value, at) {
      if (typeof value !== 'function') { call.args.push(encoded(value, special)); return value; }
      call.args.push({ $function: 1 });
      return function () {
        call.back.push({ at: at, args: Array.from(arguments).map(function (one) { return encoded(one, special); }), inside: inside });
        return value.apply(this, arguments);
      };
    });
    let result;
    try { result = new.target ? Reflect.construct(stand, args) : stand.apply(this, args); } catch (error) {
      call.throws = encoded(error, special);
      throw error;
    } finally { inside = false; }
    if (result && typeof result.then === 'function') {
      result.then(function (value) { call.promise = { value: encoded(value, special) }; }, function (error) { call.promise = { error: encoded(error, special) }; });
      call.promised = true;
    } else call.result = encoded(result, special);
    return result;
  };
  return Object.assign(wrapped, stand);
}

// Puts recorded answers in the place of those functions. `say` is told of each call, in words that are compared.
function answer(modules, log, special, say) {
  const undo = [];
  for (const entry of log || []) {
    const module = modules.modules.get(entry.module);
    if (!module || typeof module.exports[entry.name] !== 'function') continue;
    const real = module.exports[entry.name];
    module.exports[entry.name] = answering(entry, special, say);
    undo.push(function () { module.exports[entry.name] = real; });
  }
  return function () { undo.forEach(function (each) { each(); }); };
}

function answering(entry, special, say) {
  let number = 0;
  return function () {
    const args = Array.from(arguments);
    const shown = args.map(function (value) { return typeof value === 'function' ? { $function: 1 } : encoded(value, special); });
    say(entry.module + ' ' + entry.name + JSON.stringify(shown).slice(0, 2000));
    const call = entry.calls[number++];
    if (!call) throw new Error('the test had replaced ' + entry.module + ' ' + entry.name + ', and no such call was recorded');
    if (call.throws) throw plain.decode(call.throws, special);
    call.back.forEach(function (back) {
      const run = function () { if (typeof args[back.at] === 'function') args[back.at].apply(null, back.args.map(function (one) { return given(one, special); })); };
      if (back.inside) run();
      else setImmediate(run);
    });
    if (!call.promised) return given(call.result, special);
    const promise = call.promise;
    if (!promise) return new Promise(function () {});
    return promise.error !== undefined ? Promise.reject(given(promise.error, special)) : Promise.resolve(given(promise.value, special));
  };
}

function given(value, special) {
  if (value && value.$opaque) return undefined;
  return value === undefined ? undefined : plain.decode(value, special);
}

module.exports = { listen: listen, answer: answer };
