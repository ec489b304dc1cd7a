// Values as tagged JSON and back: numbers, text, bytes, dates, containers, and objects of the repository's own classes.
// What is more than data (functions, sockets, values that lead back to themselves) is left out and listed as opaque.
'use strict';

const MOST_DEPTH = 8;
const MOST_ITEMS = 5000;
const MOST_TEXT = 200000;

// No Error: there are many of them, and a stack costs more than the rest
class Opaque { constructor(what) { this.what = what; } }

// `special` may answer for a value that somebody else knows (a database, a class).
function encode(value, special, depth, above) {
  depth = depth || 0;
  above = above || [];
  if (value === null || typeof value === 'boolean') return value;
  if (value === undefined) return { $undefined: 1 };
  if (typeof value === 'string') {
    if (value.length > MOST_TEXT) throw new Opaque('long');
    return value;
  }
  if (typeof value === 'number') return isFinite(value) && !Object.is(value, -0) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (typeof value === 'bigint') return { $bigint: String(value) }; // eslint-disable-line valid-typeof
  if (typeof value !== 'object') throw new Opaque(typeof value);
  const known = special && special.encode ? special.encode(value) : undefined;
  if (known !== undefined) return known;
  if (depth > MOST_DEPTH || above.indexOf(value) >= 0) throw new Opaque('deep');
  const inner = above.concat([value]);
  const next = function (one) { return encode(one, special, depth + 1, inner); };
  if (value instanceof Date || kind(value) === '[object Date]') return { $date: Number(value) };
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) {
    if (value.length > MOST_TEXT) throw new Opaque('long');
    return { $bytes: Buffer.from(value).toString('base64'), buffer: Buffer.isBuffer(value) };
  }
  if (Array.isArray(value)) {
    if (value.length > MOST_ITEMS) throw new Opaque('long');
    return value.map(next);
  }
  if (value instanceof Map) return { $map: bounded(Array.from(value)).map(function (pair) { return pair.map(next); }) };
  if (value instanceof Set) return { $set: bounded(Array.from(value)).map(next) };
  if (value instanceof Error) return { $error: value.message, name: value.name, more: fields(value, next).values };
  return object(value, special, next);
}

function kind(value) { return Object.prototype.toString.call(value); }

function bounded(list) {
  if (list.length > MOST_ITEMS) throw new Opaque('long');
  return list;
}

// [name, encoded] of each own property that is data, and the names of the others.
function fields(value, next) {
  const found = { values: [], opaque: [] };
  for (const name of bounded(Object.keys(value))) {
    const described = Object.getOwnPropertyDescriptor(value, name);
    if (described.get || described.set) { found.opaque.push(name); continue; }
    try { found.values.push([name, next(described.value)]); } catch (error) {
      if (!(error instanceof Opaque)) throw error;
      found.opaque.push(name);
    }
  }
  return found;
}

function object(value, special, next) {
  const prototype = Object.getPrototypeOf(value);
  const found = fields(value, next);
  if (prototype === Object.prototype || prototype === null) {
    if (!found.opaque.length && !found.values.some(function (pair) { return pair[0][0] === '$'; })) {
      const plain = {};
      found.values.forEach(function (pair) { plain[pair[0]] = pair[1]; });
      return prototype === null ? { $object: found.values, bare: true } : plain;
    }
    return { $object: found.values, opaque: found.opaque };
  }
  const name = (value.constructor && value.constructor.name) || '';
  const from = special && special.classOf ? special.classOf(value.constructor) : null;
  if (!from) throw new Opaque(name); // a library's: what it holds is its own business
  return { $instance: name, from: from, values: found.values, opaque: found.opaque };
}

// A new value. Throws Opaque for one that only exists in its own process.
function decode(value, special) {
  if (Array.isArray(value)) return value.map(function (one) { return decode(one, special); });
  if (value === null || typeof value !== 'object') return value;
  const next = function (one) { return decode(one, special); };
  if ('$undefined' in value) return undefined;
  if ('$number' in value) return Number(value.$number);
  if ('$bigint' in value) return BigInt(value.$bigint); // eslint-disable-line no-undef
  if ('$date' in value) return new Date(value.$date === null ? NaN : value.$date);
  if ('$bytes' in value) return value.buffer ? Buffer.from(value.$bytes, 'base64') : new Uint8Array(Buffer.from(value.$bytes, 'base64'));
  if ('$map' in value) return new Map(value.$map.map(function (pair) { return pair.map(next); }));
  if ('$set' in value) return new Set(value.$set.map(next));
  if ('$error' in value) {
    const made = new Error(value.$error);
    if (value.name && value.name !== 'Error') made.name = value.name;
    value.more.forEach(function (pair) { made[pair[0]] = next(pair[1]); });
    return made;
  }
  if ('$object' in value) return filled(value.bare ? Object.create(null) : {}, value.$object, next);
  if ('$instance' in value) {
    const kind = value.from && special && special.classAt ? special.classAt(value.from) : null;
    if (!kind || value.opaque.length) throw new Opaque(value.$instance);
    return filled(Object.create(kind.prototype), value.values, next);
  }
  const known = special && special.decode ? special.decode(value) : undefined;
  if (known !== undefined) return known;
  return filled({}, Object.keys(value).map(function (name) { return [name, value[name]]; }), next);
}

function filled(target, pairs, next) {
  pairs.forEach(function (pair) {
    Object.defineProperty(target, pair[0], { value: next(pair[1]), writable: true, enumerable: true, configurable: true });
  });
  return target;
}

function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

// The wanted value in the place of `current`: in the same object where that is possible, since others may hold it.
function put(current, wanted, special) {
  let now;
  try { now = encode(current, special); } catch (error) { now = undefined; }
  if (now !== undefined && same(now, wanted)) return current;
  if (Array.isArray(wanted) && Array.isArray(current)) {
    current.splice.apply(current, [0, current.length].concat(decode(wanted, special)));
    return current;
  }
  const container = current !== null && typeof current === 'object';
  if (container && wanted && wanted.$map && current instanceof Map) return refill(current, decode(wanted, special), function (pair) { current.set(pair[0], pair[1]); });
  if (container && wanted && wanted.$set && current instanceof Set) return refill(current, decode(wanted, special), function (one) { current.add(one); });
  const parts = container ? partsOf(wanted) : null;
  if (parts && !Array.isArray(current) && kind(current) === '[object Object]') return putFields(current, parts, special);
  return decode(wanted, special);
}

function refill(target, values, add) {
  target.clear();
  Array.from(values).forEach(add);
  return target;
}

function partsOf(wanted) {
  if (wanted === null || typeof wanted !== 'object' || Array.isArray(wanted)) return null;
  if (wanted.$object || wanted.$instance !== undefined) return { values: wanted.$object || wanted.values, opaque: wanted.opaque || [] };
  const names = Object.keys(wanted);
  if (names.some(function (name) { return name[0] === '$'; })) return null;
  return { values: names.map(function (name) { return [name, wanted[name]]; }), opaque: [] };
}

function putFields(target, parts, special) {
  const kept = new Set(parts.opaque.concat(parts.values.map(function (pair) { return pair[0]; })));
  Object.keys(target).forEach(function (name) {
    if (!kept.has(name) && typeof target[name] !== 'function') delete target[name];
  });
  parts.values.forEach(function (pair) {
    const described = Object.getOwnPropertyDescriptor(target, pair[0]);
    if (described && (described.get || described.set || !described.writable)) return;
    try {
      const made = put(described ? described.value : undefined, pair[1], special);
      if (!described || described.value !== made) target[pair[0]] = made;
    } catch (error) { if (!(error instanceof Opaque)) throw error; }
  });
  return target;
}

module.exports = { Opaque: Opaque, encode: encode, decode: decode, put: put, same: same };
