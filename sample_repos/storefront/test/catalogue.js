var helper = require('./helper');
var assert = require('assert');
var category = require('../models/category');
var db = require('../lib/db');
var importer = require('../jobs/import_products');
var price = require('../models/price');
var product = require('../models/product');
var review = require('../models/review');
var search = require('../services/search');
var util = require('../lib/util');

describe('catalogue', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('lists categories in their order, with counts', function (done) {
    category.create('bulbs', 'Bulbs', function (err) {
      assert.ifError(err);
      category.withCounts(function (err, rows) {
        assert.deepEqual(rows.map(function (c) { return c.slug + c.count; }), ['vegetables2', 'flowers1', 'tools1', 'bulbs0']);
        done(err);
      });
    });
  });

  it('finds many products and skips unknown ones', function (done) {
    product.many(['TOM-1', 'NOPE', 'GAR-2'], function (err, rows) {
      assert.deepEqual(rows.map(function (p) { return p.sku; }), ['GAR-2', 'TOM-1']);
      done(err);
    });
  });

  it('finds none of none', function (done) {
    product.many([], function (err, rows) {
      assert.deepEqual(rows, []);
      done(err);
    });
  });

  it('wants a name', function (done) {
    product.create({ sku: 'X' }, function (err) {
      assert(/needs a SKU and a name/.test(err.message));
      done();
    });
  });

  it('makes a stock record with a product', function (done) {
    product.create({ sku: 'X', name: 'X', price: 1 }, function (err) {
      assert.ifError(err);
      db.value('SELECT on_hand FROM stock WHERE sku = ?', ['X'], function (err, n) {
        assert.strictEqual(n, 0);
        done(err);
      });
    });
  });

  it('changes only what it may', function (done) {
    product.update('TOM-1', { name: 'Tomato', price: 1, sku: 'Y' }, function (err, info) {
      assert.equal(info.changes, 1);
      product.find('TOM-1', function (err, p) {
        assert.deepEqual([p.name, p.price], ['Tomato', 199]);
        done(err);
      });
    });
  });

  it('knows what to sow in April', function (done) {
    product.sowNow(function (err, rows) {
      assert.deepEqual(rows.map(function (p) { return p.sku; }), ['SWP-3', 'TOM-1']);
      done(err);
    });
  });

  it('knows what to sow in January', function (done) {
    util.setNow('2015-01-10T00:00:00Z');
    product.sowNow(function (err, rows) {
      assert.deepEqual(rows.map(function (p) { return p.sku; }), ['GAR-2']);
      done(err);
    });
  });

  it('keeps old prices', function (done) {
    price.change('TOM-1', 249, 'ann', function (err, changed) {
      assert.strictEqual(changed, true);
      price.history('TOM-1', function (err, rows) {
        assert.deepEqual(rows.map(function (r) { return [r.price, r.changed_by]; }), [[199, 'ann']]);
        price.change('TOM-1', 249, 'ann', function (err, again) {
          assert.strictEqual(again, false);
          done(err);
        });
      });
    });
  });

  it('forgets prices after 28 days', function (done) {
    price.change('TOM-1', 149, 'ann', function (err) {
      assert.ifError(err);
      util.setNow('2015-05-11T10:00:00Z');
      price.lowest('TOM-1', function (err, was) {
        assert.equal(was, 199);
        util.setNow('2015-05-13T10:00:00Z');
        price.lowest('TOM-1', function (err, later) {
          assert.strictEqual(later, null);
          done(err);
        });
      });
    });
  });

  it('does not change the price of nothing', function (done) {
    price.change('NOPE', 1, 'ann', function (err) {
      assert.equal(err.message, 'no product NOPE');
      done();
    });
  });

  it('shows a review when it is approved', function (done) {
    review.add('TOM-1', 7, '4', 'nice', function (err, info) {
      assert.ifError(err);
      review.of('TOM-1', function (err, rows) {
        assert.equal(rows.length, 0);
        review.approve(info.id, function (err) {
          assert.ifError(err);
          product.find('TOM-1', function (err, p) {
            assert.equal(p.rating, 4);
            done(err);
          });
        });
      });
    });
  });

  it('takes one to five stars', function (done) {
    review.add('TOM-1', 7, 6, '', function (err) {
      assert.equal(err.message, 'one to five stars');
      done();
    });
  });

  it('imports a price list', function (done) {
    var text = 'SKU,Name,Price,Edible,Weight\nTOM-1,,2.05,,\nNEW-1,Basil,1.50,y,3\nBAD-1,Bad,free,,\nNEW-2,,1,,\n';
    importer.load(text, function (err, counts) {
      assert.deepEqual(counts, { created: 1, priced: 1, bad: 2 });
      product.find('NEW-1', function (err, p) {
        assert.deepEqual([p.price, p.edible, p.weight_g, p.category_id], [150, 1, 3, null]);
        done(err);
      });
    });
  });
});

describe('search', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  function skus(text, expected) {
    return function (done) {
      search.find(text, function (err, found) {
        assert.deepEqual(found.map(function (f) { return f.product.sku; }), expected);
        done(err);
      });
    };
  }

  it('drops short words', function () {
    assert.deepEqual(search.words('The Rose of a Thousand & 1'), ['rose', 'thousand']);
  });

  it('finds the name', skus('tomato', ['TOM-1']));
  it('finds the latin name', skus('lathyrus', ['SWP-3']));
  it('finds beginnings of words', skus('gar', ['GAR-2']));
  it('sorts the same score by name', skus('greenhouse', ['SWP-3', 'TOM-1']));
  it('wants all words', skus('greenhouse scented', ['SWP-3']));
  it('finds nothing for nothing', skus(' of ', []));

  it('does not see a change before it is told', function (done) {
    search.find('tomato', function (err) {
      assert.ifError(err);
      product.update('TOM-1', { name: 'Love apple' }, function (err) {
        assert.ifError(err);
        search.find('love', function (err, found) {
          assert.equal(found.length, 0);
          search.forget();
          search.find('love', function (err, found) {
            assert.equal(found.length, 1);
            done(err);
          });
        });
      });
    });
  });
});

describe('shop pages', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('has a home page', function (done) {
    helper.request().get('/').expect(200).expect(/Vegetables<\/a> \(2\)/).expect(/Sweet Pea Matucana/, done);
  });

  it('shows a category', function (done) {
    helper.request().get('/category/vegetables').expect(/page 1 of 1/).expect(/Garlic/, done);
  });

  it('shows a product', function (done) {
    helper.request().get('/product/SPD-9').expect(/Ash &amp; steel/).expect(/\u00a342.00/, done);
  });

  it('shows the old price', function (done) {
    price.change('TOM-1', 149, 'ann', function () {
      helper.request().get('/product/TOM-1').expect(/was \u00a31.99 now \u00a31.49/, done);
    });
  });

  it('does not show what is not active', function (done) {
    product.update('TOM-1', { active: 0 }, function () {
      helper.request().get('/product/TOM-1').expect(404, /no such product/, done);
    });
  });

  it('searches', function (done) {
    helper.request().get('/search?q=spade').expect(200, /Border Spade/, done);
  });

  it('has no page for everything', function (done) {
    helper.request().get('/nowhere<').expect(404, /There is no page \/nowhere/, done);
  });

  it('writes the feed', function (done) {
    helper.request().get('/feed/froogle.txt').expect('Content-Type', /text\/plain/).expect(/TOM-1\tTomato Moneymaker\t1.99/, done);
  });

  it('does not take reviews of strangers', function (done) {
    helper.request().post('/product/TOM-1/review').type('form').send({ stars: 5 }).expect('Location', '/account/login', done);
  });
});
