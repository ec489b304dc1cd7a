// SQLite databases of a running program (sql.js, better-sqlite3): which ones it has open, what they hold just now, and the same put back.
// Everything goes through the program's own connection: sql.js keeps a database in the program's memory, and its export() closes and
// reopens it, which ends transactions and forgets functions and pragmas. So rows are copied into a second database, which is exported.
'use strict';
const crypto = require('crypto');

class Databases {
  constructor() {
    this.live = []; // {handle, library}, the oldest first
    this.kinds = new Map(); // library's name -> makes an empty database, or one of these bytes
    this.known = new WeakMap(); // handle -> {stamp, digest}
    this.opened = function () {};
  }

  // For `modules.loaded`: wraps what a library gives out.
  loader() {
    const self = this;
    const done = new WeakSet();
    return function (request, found) {
      if (request === 'sql.js' || /(^|\/)sql\.js(\/|$)/.test(request)) {
        if (typeof found === 'function' && !found.Database) return self.later(found);
        if (found && found.Database && !done.has(found)) {
          done.add(found);
          self.wrap(found, 'sql.js');
        }
      }
      if (request === 'better-sqlite3' && typeof found === 'function') return self.replaced('better-sqlite3', found);
      return undefined;
    };
  }

  // sql.js from 1.0 on: a function that promises the library.
  later(initialise) {
    const self = this;
    if (!this.promised) this.promised = new Map();
    if (!this.promised.has(initialise)) {
      const wrapped = function () {
        return Promise.resolve(initialise.apply(this, arguments)).then(function (library) {
          if (library && library.Database && !library.Database.figwright) self.wrap(library, 'sql.js');
          return library;
        });
      };
      this.promised.set(initialise, Object.assign(wrapped, initialise));
    }
    return this.promised.get(initialise);
  }

  wrap(library, name) { library.Database = this.replaced(name, library.Database); }

  replaced(name, Original) {
    const self = this;
    if (!this.wrapped) this.wrapped = new Map();
    if (this.wrapped.has(Original)) return this.wrapped.get(Original);
    const Watched = function () {
      const handle = Reflect.construct(Original, arguments, new.target && new.target !== Watched ? new.target : Original);
      self.live.push({ handle: handle, library: name });
      self.opened(handle);
      return handle;
    };
    Watched.prototype = Original.prototype;
    Object.setPrototypeOf(Watched, Original);
    Object.getOwnPropertyNames(Original).forEach(function (key) {
      if (['length', 'name', 'prototype', 'arguments', 'caller'].indexOf(key) < 0) Watched[key] = Original[key];
    });
    Watched.figwright = true;
    this.kinds.set(name, function (content) { return content && content.length ? new Original(content) : name === 'sql.js' ? new Original() : new Original(':memory:'); });
    this.wrapped.set(Original, Watched);
    return Watched;
  }

  open() {
    this.live = this.live.filter(function (one) { return !closed(one); });
    return this.live;
  }

  // A new database of the program's own kind, watched like the others.
  make(library, content) {
    if (!this.kinds.has(library)) return null;
    const given = content && content.length ? (library === 'sql.js' ? new Uint8Array(content) : Buffer.from(content)) : null;
    const one = { handle: this.kinds.get(library)(given), library: library };
    this.live.push(one);
    return one;
  }

  // [name, content] of each open database; the name says the library and which of its databases it is.
  snapshots(blobs) {
    const found = [];
    this.open().forEach(function (one, at) { found.push([one.library + ':' + at, this.snapshot(one, blobs)]); }, this);
    return found;
  }

  pragmas(one) { return { foreign_keys: pragma(one, 'foreign_keys') }; }

  putPragmas(one, wanted) {
    if (wanted && wanted.foreign_keys !== undefined) execute(one, 'PRAGMA foreign_keys = ' + (wanted.foreign_keys ? 'ON' : 'OFF'));
  }

  snapshot(one, blobs) {
    const known = this.now(one);
    if (known.digest === undefined) known.digest = blobs.put(this.bytes(one, known.held));
    return known.digest;
  }

  // What it holds just now, and a hash of that; read again only when something happened.
  now(one) {
    const stamp = stampOf(one);
    const known = this.known.get(one.handle);
    if (known && known.stamp === stamp) return known;
    const held = contentOf(one);
    const found = { stamp: stamp, held: held, rows: crypto.createHash('sha256').update(JSON.stringify(held)).digest('hex') };
    this.known.set(one.handle, found);
    return found;
  }

  // The hashes of all that are open, in their order.
  hashes() { return this.open().map(function (one) { return this.now(one).rows; }, this); }

  bytes(one, held) {
    if (!held.tables.length && !held.others.length) return Buffer.alloc(0);
    const target = { handle: this.kinds.get(one.library)(null), library: one.library };
    try {
      fill(target, held);
      return Buffer.from(one.library === 'sql.js' ? target.handle.export() : target.handle.serialize());
    } finally { target.handle.close(); }
  }

  read(content, library) {
    const given = content && content.length ? (library === 'sql.js' ? new Uint8Array(content) : Buffer.from(content)) : null;
    const source = { handle: this.kinds.get(library)(given), library: library };
    try { return contentOf(source); } finally { source.handle.close(); }
  }

  // The recorded content in a database that the program has open; `rows` is its hash.
  restore(one, content, rows) {
    if (this.now(one).rows === rows) return;
    empty(one);
    fill(one, this.read(content, one.library));
  }
}

function closed(one) {
  return one.library === 'sql.js' ? one.handle.db === null : one.handle.open === false;
}

function all(one, sql) {
  if (one.library === 'sql.js') {
    const prototype = Object.getPrototypeOf(one.handle);
    const found = prototype.exec.call(one.handle, sql);
    return found.length ? found[0].values : [];
  }
  return one.handle.prepare(sql).raw().all();
}

function execute(one, sql) {
  if (one.library === 'sql.js') one.handle.run(sql);
  else one.handle.exec(sql);
}

function quoted(name) { return '"' + String(name).replace(/"/g, '""') + '"'; }

// Changes with everything that this connection does, transactions that are taken back included.
function stampOf(one) {
  return [all(one, 'SELECT total_changes()')[0][0], all(one, 'PRAGMA schema_version')[0][0], all(one, 'PRAGMA data_version').join()].join('/');
}

// {tables: [{name, sql, columns, keys, rowid, rows}], others: [sql], version, sequence}
function contentOf(one) {
  const found = { tables: [], others: [], version: all(one, 'PRAGMA user_version')[0][0], sequence: [] };
  const entries = all(one, "SELECT type, name, sql FROM sqlite_master ORDER BY rowid");
  const shadows = entries.filter(function (entry) { return /^\s*CREATE\s+VIRTUAL/i.test(entry[2] || ''); }).map(function (entry) { return entry[1] + '_'; });
  for (const entry of entries) {
    const name = entry[1], sql = entry[2];
    if (entry[0] === 'table' && name === 'sqlite_sequence') found.sequence = all(one, 'SELECT name, seq FROM sqlite_sequence');
    if (!sql || name.startsWith('sqlite_') || shadows.some(function (start) { return name.startsWith(start); })) continue;
    if (entry[0] === 'table') found.tables.push(tableOf(one, name, sql));
    else found.others.push(sql);
  }
  return found;
}

const shapes = new Map(); // a table's SQL -> its columns: the same text always declares the same ones

function shapeOf(one, name, sql) {
  const key = name + ' ' + sql;
  if (!shapes.has(key)) {
    const described = all(one, 'PRAGMA table_info(' + quoted(name) + ')');
    const keys = described.filter(function (row) { return row[5]; }).sort(function (a, b) { return a[5] - b[5]; });
    shapes.set(key, { columns: described.map(function (row) { return row[1]; }), keys: keys.map(function (row) { return row[0]; }) });
  }
  return shapes.get(key);
}

function tableOf(one, name, sql) {
  const columns = shapeOf(one, name, sql).columns, keys = shapeOf(one, name, sql).keys;
  const listed = columns.map(quoted).join(', ');
  const table = { name: name, sql: sql, columns: columns, keys: keys, rowid: true, rows: [] };
  try { table.rows = all(one, 'SELECT rowid, ' + listed + ' FROM ' + quoted(name)); } catch (error) {
    table.rowid = false; // WITHOUT ROWID
    table.rows = all(one, 'SELECT NULL, ' + listed + ' FROM ' + quoted(name));
  }
  return table;
}

function pragma(one, name) {
  const found = all(one, 'PRAGMA ' + name);
  return found.length ? found[0][0] : null;
}

function empty(one) {
  try { execute(one, 'ROLLBACK'); } catch (error) { /* no transaction was open */ }
  const keys = pragma(one, 'foreign_keys');
  execute(one, 'PRAGMA foreign_keys = OFF');
  for (const kind of ['trigger', 'view', 'table']) {
    all(one, "SELECT name FROM sqlite_master WHERE type = '" + kind + "' AND name NOT LIKE 'sqlite_%'").forEach(function (row) {
      try { execute(one, 'DROP ' + kind.toUpperCase() + ' IF EXISTS ' + quoted(row[0])); } catch (error) { /* went with another one */ }
    });
  }
  if (keys) execute(one, 'PRAGMA foreign_keys = ON');
}

function fill(one, held) {
  const keys = pragma(one, 'foreign_keys');
  if (keys) execute(one, 'PRAGMA foreign_keys = OFF');
  execute(one, 'BEGIN');
  held.tables.forEach(function (table) {
    execute(one, table.sql);
    insert(one, table);
  });
  if (held.sequence.length) {
    execute(one, 'DELETE FROM sqlite_sequence');
    insert(one, { name: 'sqlite_sequence', columns: ['name', 'seq'], keys: [0], rowid: false, rows: held.sequence.map(function (row) { return [null].concat(row); }) });
  }
  held.others.forEach(function (sql) { execute(one, sql); });
  execute(one, 'PRAGMA user_version = ' + Number(held.version));
  execute(one, 'COMMIT');
  if (keys) execute(one, 'PRAGMA foreign_keys = ON');
}

function insert(one, table) {
  if (!table.rows.length) return;
  const rowid = table.rowid && table.columns.indexOf('rowid') < 0;
  const names = (rowid ? ['rowid'] : []).concat(table.columns.map(quoted));
  const statement = one.handle.prepare('INSERT INTO ' + quoted(table.name) + ' (' + names.join(', ') + ') VALUES (' + names.map(function () { return '?'; }).join(', ') + ')');
  table.rows.forEach(function (row) {
    const values = rowid ? row : row.slice(1);
    if (one.library === 'sql.js') { statement.bind(values); statement.step(); statement.reset(); } else statement.run(values);
  });
  if (one.library === 'sql.js') statement.free();
}

function literal(value) {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Uint8Array) {
    const shown = Buffer.from(value).toString('hex');
    const digest = crypto.createHash('sha256').update(Buffer.from(value)).digest('hex');
    return "x'" + (shown.length <= 400 ? shown : shown.slice(0, 100) + '...' + digest) + "'";
  }
  if (typeof value === 'string') {
    let text = value;
    if (text.length > 20000) text = text.slice(0, 1000) + '...' + crypto.createHash('sha256').update(text).digest('hex');
    return "'" + text.replace(/'/g, "''") + "'";
  }
  return String(value);
}

function byKey(table) {
  const found = new Map();
  table.rows.forEach(function (row) {
    const key = table.keys.length ? table.keys.map(function (at) { return row[at + 1]; }) : [row[0]];
    let shown = key.map(literal).join(', ');
    // SQLite lets rows share an empty primary key
    if (key.indexOf(null) >= 0 || found.has(shown)) shown += ', ' + literal(row[0]);
    found.set(shown, row.slice(1));
  });
  return found;
}

// Every cell that differs: [database, table, row, column, literal before, literal after], sorted.
function changes(name, before, after) {
  const found = [];
  const left = tablesOf(before), right = tablesOf(after);
  const tables = Array.from(new Set(Object.keys(left).concat(Object.keys(right)))).sort();
  for (const table of tables) {
    const one = left[table] || { columns: [], keys: [], rows: [] }, other = right[table] || { columns: [], keys: [], rows: [] };
    const was = byKey(one), now = byKey(other);
    for (const key of Array.from(new Set(Array.from(was.keys()).concat(Array.from(now.keys())))).sort()) {
      const old = cells(one.columns, was.get(key)), fresh = cells(other.columns, now.get(key));
      for (const column of Array.from(new Set(Object.keys(old).concat(Object.keys(fresh)))).sort()) {
        const a = column in old ? old[column] : null, b = column in fresh ? fresh[column] : null;
        if (a !== b) found.push([name, table, key, column, a, b]);
      }
    }
  }
  return found;
}

function tablesOf(held) {
  const found = {};
  held.tables.forEach(function (table) { found[table.name] = table; });
  if (held.sequence.length) found.sqlite_sequence = { columns: ['name', 'seq'], keys: [0], rows: held.sequence.map(function (row) { return [null].concat(row); }) };
  return found;
}

function cells(columns, row) {
  const found = Object.create(null);
  if (row) columns.forEach(function (column, at) { found[column] = literal(row[at]); });
  return found;
}

module.exports = { Databases: Databases, changes: changes, contentOf: contentOf };
