// node jobs/import_products.js file.csv    price list of the wholesaler, by hand
var fs = require('fs');
var csv = require('../lib/csv');
var flow = require('../lib/flow');
var money = require('../lib/money');
var price = require('../models/price');
var product = require('../models/product');

exports.load = function (text, cb) {
  var counts = { created: 0, priced: 0, bad: 0 };
  flow.each(csv.objects(text), function (row, next) {
    var pence = money.parse(row.price);
    if (pence === null || !row.sku) {
      counts.bad += 1;
      return next(null);
    }
    product.find(row.sku, function (err, p) {
      if (err) return next(err);
      if (p) {
        return price.change(row.sku, pence, 'import', function (err, changed) {
          if (changed) counts.priced += 1;
          next(err);
        });
      }
      if (!row.name) {
        counts.bad += 1;
        return next(null);
      }
      product.create({
        sku: row.sku,
        name: row.name,
        latin: row.latin,
        price: pence,
        weight_g: parseInt(row.weight, 10) || 10,
        edible: row.edible === 'y',
        category_id: parseInt(row.category, 10) || null
      }, function (err) {
        counts.created += 1;
        next(err);
      });
    });
  }, function (err) {
    cb(err, counts);
  });
};

exports.run = function (cb) {
  fs.readFile(process.argv[2], 'utf8', function (err, text) {
    if (err) return cb(err);
    exports.load(text, cb);
  });
};

if (require.main === module) require('./start')('import', exports.run);
