// SQL with callbacks. MySQL until 2016, sqlite3 until the compiler was gone from the
// server, sql.js since: the whole database is in memory, written to the file two
// seconds after the last change. ONE process only.
var fs = require('fs');
var config = require('../config');
var log = require('./log');

// sql.js hooks uncaughtException and kills the process, we do not want that
var before = process.listeners('uncaughtException');
var SQL = require('sql.js');
process.listeners('uncaughtException').forEach(function (listener) {
  if (before.indexOf(listener) < 0) process.removeListener('uncaughtException', listener);
});

var database = null;
var file = null;
var timer = null;

function later(cb, err, result) {
  setImmediate(function () {
    cb(err, result);
  });
}

// a file name, nothing (empty, for the tests) or the bytes of a database (a copy of it)
exports.open = function (name, cb) {
  file = typeof name === 'string' ? name : null;
  if (!file) {
    database = new SQL.Database(name || undefined);
    return later(cb, null);
  }
  fs.readFile(file, function (err, data) {
    if (err && err.code !== 'ENOENT') return cb(err);
    database = err ? new SQL.Database() : new SQL.Database(data);
    cb(null);
  });
};

exports.dump = function () { return database.export(); };

exports.close = function () {
  if (timer) clearTimeout(timer);
  timer = null;
  if (database) database.close();
  database = null;
};

function flush() {
  timer = null;
  fs.writeFile(file, new Buffer(database.export()), function (err) {
    if (err) log.error('database not written: ' + err.message);
  });
}

function changed() {
  if (file && !timer) timer = setTimeout(flush, config.db.flushAfter);
}

// undefined would be bound as nothing at all
function clean(params) {
  return (params || []).map(function (value) {
    if (value === undefined) return null;
    if (value === true) return 1;
    if (value === false) return 0;
    return value;
  });
}

function rows(sql, params) {
  var statement = database.prepare(sql);
  var found = [];
  try {
    statement.bind(clean(params));
    while (statement.step()) found.push(statement.getAsObject());
  } finally {
    statement.free();
  }
  return found;
}

exports.all = function (sql, params, cb) {
  var found;
  try {
    found = rows(sql, params);
  } catch (e) {
    e.message += ' in ' + sql;
    return later(cb, e);
  }
  later(cb, null, found);
};

exports.get = function (sql, params, cb) {
  exports.all(sql, params, function (err, found) {
    cb(err, found && found[0]);
  });
};

// first column of the first row
exports.value = function (sql, params, cb) {
  exports.get(sql, params, function (err, row) {
    if (err || !row) return cb(err, null);
    cb(null, row[Object.keys(row)[0]]);
  });
};

// cb(err, {changes, id})
exports.run = function (sql, params, cb) {
  var info;
  try {
    rows(sql, params);
    info = { changes: database.getRowsModified(), id: rows('SELECT last_insert_rowid() AS id')[0].id };
  } catch (e) {
    e.message += ' in ' + sql;
    return later(cb, e);
  }
  changed();
  later(cb, null, info);
};

exports.script = function (text, cb) {
  try {
    database.run(text);
  } catch (e) {
    return later(cb, e);
  }
  changed();
  later(cb, null);
};
