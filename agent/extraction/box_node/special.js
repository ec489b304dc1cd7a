// What a value of the program may be beside data: one of its databases, an object of one of its classes.
'use strict';

// `databases.open()` says which of them are there now, in their order.
function specialOf(modules, databases) {
  return {
    encode: function (value) {
      const at = databases.open().findIndex(function (one) { return one.handle === value; });
      return at < 0 ? undefined : { $database: at, library: databases.open()[at].library };
    },
    decode: function (value) {
      if (!('$database' in value)) return undefined;
      const known = databases.pairs ? databases.pairs[value.$database] : null;
      if (known) return known.handle;
      const made = databases.make(value.library, databases.wanted ? databases.wanted(value.$database) : null);
      if (databases.pairs && made) databases.pairs[value.$database] = made;
      return made ? made.handle : undefined;
    },
    classOf: function (kind) { return modules.classOf(kind); },
    classAt: function (from) { return modules.classAt(from); },
  };
}

// Stores of express-session that keep sessions in the program's memory, in the order in which they were made.
function sessionStores(stores) {
  const done = new WeakSet();
  return function (request, found) {
    if (request !== 'express-session' || typeof found !== 'function' || !found.MemoryStore || done.has(found)) return undefined;
    done.add(found);
    const prototype = found.MemoryStore.prototype;
    ['get', 'set', 'destroy', 'touch', 'all', 'clear', 'length'].forEach(function (name) {
      const original = prototype[name];
      if (typeof original !== 'function') return;
      prototype[name] = function () {
        if (stores.indexOf(this) < 0) stores.push(this);
        return original.apply(this, arguments);
      };
    });
    // The middleware makes its own store when it is given none: it is the one that it listens to
    const on = prototype.on;
    prototype.on = function () {
      if (stores.indexOf(this) < 0) stores.push(this);
      return on.apply(this, arguments);
    };
    return undefined;
  };
}

module.exports = { specialOf: specialOf, sessionStores: sessionStores };
