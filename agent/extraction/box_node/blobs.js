// A folder of blobs under the digest of their content, compressed; what is there already is not written again.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

class Blobs {
  constructor(folder) {
    this.folder = folder;
    this.known = new Set();
  }

  // The digest under which it can be had again; empty for nothing.
  put(content) {
    if (!content || !content.length) return '';
    const digest = crypto.createHash('sha256').update(content).digest('hex');
    if (this.known.has(digest)) return digest;
    const place = this.path(digest);
    if (!fs.existsSync(place)) {
      for (const folder of [this.folder, path.dirname(place)]) {
        try { fs.mkdirSync(folder); } catch (error) { if (error.code !== 'EEXIST') throw error; }
      }
      fs.writeFileSync(place + '.' + process.pid, zlib.deflateSync(Buffer.from(content), { level: 1 }));
      fs.renameSync(place + '.' + process.pid, place);
    }
    this.known.add(digest);
    return digest;
  }

  get(digest) { return digest ? zlib.inflateSync(fs.readFileSync(this.path(digest))) : Buffer.alloc(0); }

  path(digest) { return path.join(this.folder, digest.slice(0, 2), digest); }
}

exports.Blobs = Blobs;
