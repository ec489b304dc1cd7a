// Files of the repository that a program keeps its data in: which ones differ from those it began with, and the same put back.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const MOST_FILES = 5000;
const MOST_BYTES = 4 << 20;
const LEFT_OUT = new Set(['node_modules', '.git', '.nyc_output', 'coverage', '.cache', 'mochawesome-report']);

// path -> what `stat` says, of everything that is no link.
function listed(root) {
  const found = new Map();
  const folders = [''];
  while (folders.length && found.size < MOST_FILES) {
    const folder = folders.pop();
    let names = [];
    try { names = fs.readdirSync(path.join(root, folder)).sort(); } catch (error) { continue; }
    for (const name of names) {
      if (LEFT_OUT.has(name) || name.endsWith('.log')) continue; // a log is written when there is time for it
      const place = folder ? folder + '/' + name : name;
      let about;
      try { about = fs.lstatSync(path.join(root, place)); } catch (error) { continue; }
      if (about.isDirectory()) folders.push(place);
      else if (about.isFile() && about.size <= MOST_BYTES) found.set(place, about.mtimeMs + ' ' + about.size + ' ' + about.ino);
    }
  }
  return found;
}

// `kept` is a folder that `keep` has filled before any process could change the repository.
class Files {
  constructor(root, kept) {
    this.root = root;
    this.kept = kept || '';
    this.first = kept ? new Map(JSON.parse(fs.readFileSync(path.join(kept, 'listed.json'), 'utf8'))) : listed(root);
    this.cache = new Map();
  }

  // path -> digest (null: it is gone) of what is no longer as it was when this began.
  changed(put) {
    const now = listed(this.root), found = {};
    for (const pair of now) {
      if (this.first.get(pair[0]) === pair[1]) continue;
      const known = this.cache.get(pair[0]);
      if (!known || known.stamp !== pair[1]) {
        const content = read(path.join(this.root, pair[0]));
        if (content === null) continue;
        this.cache.set(pair[0], { stamp: pair[1], digest: put(content) });
      }
      found[pair[0]] = this.cache.get(pair[0]).digest;
    }
    for (const name of this.first.keys()) if (!now.has(name)) found[name] = null;
    return found;
  }

  restore(wanted, get) {
    const now = this.changed(digestOf);
    for (const name of Object.keys(now)) {
      if (name in wanted) continue;
      const content = this.first.has(name) ? read(this.keptAs(name)) : null;
      if (!this.first.has(name)) remove(path.join(this.root, name));
      else if (content !== null && now[name] !== digestOf(content)) this.write(name, content);
    }
    for (const name of Object.keys(wanted)) {
      if (wanted[name] === null) { remove(path.join(this.root, name)); continue; }
      const content = get(wanted[name]);
      const there = read(path.join(this.root, name));
      if (there === null || !there.equals(content)) this.write(name, content);
    }
  }

  keptAs(name) { return path.join(this.kept, digestOf(Buffer.from(name))); }

  write(name, content) {
    const target = path.join(this.root, name);
    if (content === null || path.relative(this.root, target).startsWith('..')) return;
    name.split('/').slice(0, -1).reduce(function (above, part) {
      const here = path.join(above, part);
      if (!fs.existsSync(here)) fs.mkdirSync(here);
      return here;
    }, this.root);
    try { fs.writeFileSync(target, content); } catch (error) { /* read only: nobody could have changed it */ }
  }
}

function keep(root, kept) {
  const first = listed(root), files = new Files(root);
  files.kept = kept;
  first.forEach(function (stamp, name) { fs.writeFileSync(files.keptAs(name), read(path.join(root, name)) || ''); });
  fs.writeFileSync(path.join(kept, 'listed.json'), JSON.stringify(Array.from(first)));
}

function read(place) {
  try { return fs.readFileSync(place); } catch (error) { return null; }
}

function remove(place) {
  try { fs.unlinkSync(place); } catch (error) { /* it is not there */ }
}

function digestOf(content) { return content.length ? crypto.createHash('sha256').update(content).digest('hex') : ''; }

// [path, digest] of what a request changed; a file that is gone has an empty digest.
function differences(before, after) {
  return Array.from(new Set(Object.keys(before).concat(Object.keys(after)))).sort()
    .filter(function (name) { return before[name] !== after[name]; })
    .map(function (name) { return [name, after[name] || '']; });
}

module.exports = { Files: Files, keep: keep, digestOf: digestOf, differences: differences };
