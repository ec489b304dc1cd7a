// Search in the shop: words against name, latin name and description.
var product = require('../models/product');

var STOP = ['a', 'an', 'and', 'for', 'in', 'of', 'the', 'with'];

// word -> SKUs, built once, thrown away when a product changes
var index = null;

function words(text) {
  return String(text || '').toLowerCase().split(/[^a-z0-9]+/).filter(function (word) {
    return word.length > 1 && STOP.indexOf(word) < 0;
  });
}

function weight(p) {
  var points = {};
  words(p.name).forEach(function (w) { points[w] = (points[w] || 0) + 3; });
  words(p.latin).forEach(function (w) { points[w] = (points[w] || 0) + 2; });
  words(p.description).forEach(function (w) { points[w] = (points[w] || 0) + 1; });
  return points;
}

function build(cb) {
  if (index) return cb(null, index);
  product.active(function (err, rows) {
    if (err) return cb(err);
    index = rows.map(function (p) { return { product: p, points: weight(p) }; });
    cb(null, index);
  });
}

exports.forget = function () { index = null; };

// all words must be there, the beginning of a word is enough
exports.find = function (text, cb) {
  var wanted = words(text);
  if (!wanted.length) return cb(null, []);
  build(function (err, entries) {
    if (err) return cb(err);
    var found = [];
    entries.forEach(function (entry) {
      var score = 0;
      var all = wanted.every(function (word) {
        var best = 0;
        Object.keys(entry.points).forEach(function (have) {
          if (have.indexOf(word) === 0) best = Math.max(best, entry.points[have]);
        });
        score += best;
        return best > 0;
      });
      if (all) found.push({ product: entry.product, score: score });
    });
    found.sort(function (a, b) {
      return b.score - a.score || (a.product.name < b.product.name ? -1 : 1);
    });
    cb(null, found);
  });
};

exports.words = words;
