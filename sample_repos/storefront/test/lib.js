var helper = require('./helper');
var assert = require('assert');
var csv = require('../lib/csv');
var db = require('../lib/db');
var flow = require('../lib/flow');
var mailer = require('../lib/mailer');
var money = require('../lib/money');
var session = require('../lib/session');
var util = require('../lib/util');

describe('money', function () {
  it('formats pence', function () {
    assert.equal(money.format(123456789), '\u00a31,234,567.89');
    assert.equal(money.format(5), '\u00a30.05');
    assert.equal(money.format(-250), '-\u00a32.50');
  });

  it('parses what people type', function () {
    assert.equal(money.parse('12.50'), 1250);
    assert.equal(money.parse(' \u00a3 7,5 '), 750);
    assert.equal(money.parse('3'), 300);
  });

  it('refuses what is not money', function () {
    assert.strictEqual(money.parse('1.234'), null);
    assert.strictEqual(money.parse('-1'), null);
    assert.strictEqual(money.parse(undefined), null);
  });

  it('finds the VAT inside a price', function () {
    assert.equal(money.vatInside(1200, 20), 200);
    assert.equal(money.vatInside(249, 20), 42);
    assert.equal(money.vatInside(249, 0), 0);
  });

  it('splits without losing a penny', function () {
    assert.deepEqual(money.split(100, [1, 1, 1]), [33, 33, 34]);
    assert.deepEqual(money.split(5, [0, 0]), [0, 5]);
  });
});

describe('util', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('knows the day', function () {
    assert.equal(util.today(), '2015-04-13');
    assert.equal(util.stamp(), '2015-04-13 10:00:00');
    assert.equal(util.uiDate(util.today()), '13/04/2015');
    assert.equal(util.uiDate(null), '');
  });

  it('adds days over the end of a month', function () {
    assert.equal(util.addDays('2015-02-27', 2), '2015-03-01');
    assert.equal(util.addDays('2016-01-01', -1), '2015-12-31');
  });

  it('pads', function () {
    assert.equal(util.pad(42, 5), '00042');
    assert.equal(util.pad(123456, 3), '123456');
    assert.equal(util.padRight('abcdef', 4), 'abcd');
    assert.equal(util.padRight(null, 2), '  ');
  });

  it('makes slugs', function () {
    assert.equal(util.slug("Bishop's Weed & Co."), 'bishops-weed-co');
  });

  it('escapes HTML', function () {
    assert.equal(util.escape('<b>"x" & y'), '&lt;b&gt;&quot;x&quot; &amp; y');
    assert.equal(util.escape(0), '0');
    assert.equal(util.escape(undefined), '');
  });

  it('checks postcodes', function () {
    assert.equal(util.postcode('bh204ab'), 'BH20 4AB');
    assert.equal(util.postcode('W1A 1AA'), 'W1A 1AA');
    assert.strictEqual(util.postcode('12345'), null);
  });

  it('knows what is offshore', function () {
    assert.equal(util.isOffshore('JE2 3AB'), true);
    assert.equal(util.isOffshore('BH20 4AB'), false);
    assert.equal(util.isOffshore(null), false);
  });

  it('checks card numbers', function () {
    assert.equal(util.luhn('4111 1111 1111 1111'), true);
    assert.equal(util.luhn('4111 1111 1111 1112'), false);
    assert.equal(util.luhn('abc'), false);
  });

  it('knows seasons over the turn of the year', function () {
    var garlic = { sow_from: 10, sow_to: 2 };
    assert.deepEqual([9, 10, 1, 2, 3].map(function (m) { return util.inSeason(garlic, m); }), [false, true, true, true, false]);
    assert.equal(util.inSeason({}, 7), true);
  });

  it('pages', function () {
    assert.deepEqual(util.paging('2', 30), { page: 2, pages: 2, offset: 24, limit: 24 });
    assert.equal(util.paging('99', 30).page, 2);
    assert.equal(util.paging('x', 0).page, 1);
  });

  it('gives numbers', function (done) {
    util.nextNumber('x', 'X', function (err, first) {
      assert.ifError(err);
      util.nextNumber('x', 'X', function (err, second) {
        assert.deepEqual([first, second], ['X000001', 'X000002']);
        done(err);
      });
    });
  });

  it('gives the same number twice at the same moment (KS-318)', function (done) {
    util.nextNumber('x', 'X', function (err) {
      assert.ifError(err);
      flow.parallel({
        a: function (cb) { util.nextNumber('x', 'X', cb); },
        b: function (cb) { util.nextNumber('x', 'X', cb); }
      }, function (err, both) {
        assert.deepEqual(both, { a: 'X000002', b: 'X000002' });
        done(err);
      });
    });
  });

  it('checks mail addresses', function () {
    assert.equal(util.validEmail('a@b.example'), true);
    assert.equal(util.validEmail('a@b'), false);
    assert.equal(util.validEmail(undefined), false);
  });
});

describe('db', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('calls back later, never at once', function (done) {
    var at = 'before';
    db.all('SELECT 1 AS one', [], function (err, rows) {
      assert.equal(at, 'after');
      assert.deepEqual(rows, [{ one: 1 }]);
      done(err);
    });
    at = 'after';
  });

  it('says which SQL was wrong', function (done) {
    db.all('SELECT * FROM nowhere', [], function (err) {
      assert(/no such table: nowhere in SELECT/.test(err.message));
      done();
    });
  });

  it('counts changes', function (done) {
    db.run('UPDATE products SET price = price + 1 WHERE edible = 1', [], function (err, info) {
      assert.equal(info.changes, 2);
      done(err);
    });
  });

  it('stores undefined as NULL and booleans as numbers', function (done) {
    db.run('INSERT INTO vouchers (code, percent, minimum) VALUES (?, ?, ?)', ['A', undefined, true], function (err) {
      assert.ifError(err);
      db.get('SELECT percent, minimum FROM vouchers', [], function (err, row) {
        assert.deepEqual(row, { percent: null, minimum: 1 });
        done(err);
      });
    });
  });

  it('has no value where there is no row', function (done) {
    db.value('SELECT code FROM vouchers', [], function (err, value) {
      assert.strictEqual(value, null);
      done(err);
    });
  });
});

describe('flow', function () {
  it('keeps the order', function (done) {
    flow.map([30, 1, 10], function (n, cb) { setTimeout(function () { cb(null, n * 2); }, n / 10); }, function (err, list) {
      assert.deepEqual(list, [60, 2, 20]);
      done(err);
    });
  });

  it('stops at the first error', function (done) {
    var seen = [];
    flow.each([1, 2, 3], function (n, cb) {
      seen.push(n);
      cb(n === 2 ? new Error('two') : null);
    }, function (err) {
      assert.equal(err.message, 'two');
      assert.deepEqual(seen, [1, 2]);
      done();
    });
  });

  it('calls back once when two things fail', function (done) {
    var calls = 0;
    function fail(cb) { setImmediate(function () { cb(new Error('x')); }); }
    flow.parallel({ a: fail, b: fail }, function () { calls += 1; });
    setTimeout(function () {
      assert.equal(calls, 1);
      done();
    }, 10);
  });

  it('does nothing with nothing', function (done) {
    flow.parallel({}, function (err, results) {
      assert.deepEqual(results, {});
      done(err);
    });
  });
});

describe('csv', function () {
  it('reads quotes, commas and line ends', function () {
    assert.deepEqual(csv.parse('a,"b ""c"", d"\r\n"x\ny",\n'), [['a', 'b "c", d'], ['x\ny', '']]);
    assert.deepEqual(csv.parse('a,b'), [['a', 'b']]);
  });

  it('makes objects', function () {
    assert.deepEqual(csv.objects('SKU, Price\nA,1\n,\nB\n'), [{ sku: 'A', price: '1' }, { sku: 'B', price: '' }]);
  });

  it('writes', function () {
    assert.equal(csv.format([['a"b', 1], [null, 'c,d']]), '"a""b",1\r\n,"c,d"\r\n');
  });
});

describe('session', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('reads its cookie among others', function () {
    assert.equal(session.readCookie('a=1; ksid=abc=; b=2'), 'abc=');
    assert.strictEqual(session.readCookie(undefined), null);
  });

  it('is kept between two pages', function (done) {
    var agent = helper.agent();
    agent.get('/').expect('Set-Cookie', /^ksid=[0-9a-f]{32}; Path=\/; HttpOnly$/, function (err) {
      assert.ifError(err);
      agent.get('/').end(function (err, res) {
        assert.strictEqual(res.headers['set-cookie'], undefined);
        assert.equal(session.count(), 1);
        done(err);
      });
    });
  });

  it('ends after four hours', function (done) {
    helper.agent().get('/').end(function (err) {
      assert.ifError(err);
      util.setNow('2015-04-13T13:59:00Z');
      assert.equal(session.sweep(), 0);
      util.setNow('2015-04-13T14:01:00Z');
      assert.equal(session.sweep(), 1);
      assert.equal(session.count(), 0);
      done();
    });
  });
});

describe('mailer', function () {
  it('encodes subject and body', function () {
    var text = mailer.compose({ recipient: 'a@b.example', subject: 'Caf\u00e9', body: 'p\u00e9' });
    assert(/Subject: =\?utf-8\?B\?Q2Fmw6k=\?=\r\n/.test(text));
    assert.equal(text.split('\r\n').pop(), 'cMOp');
  });

  it('leaves plain subjects alone and breaks long lines', function () {
    var text = mailer.compose({ recipient: 'a@b.example', subject: 'Hello', body: new Array(100).join('x') });
    assert(/Subject: Hello\r\n/.test(text));
    assert(text.split('\r\n').every(function (line) { return line.length <= 76; }));
  });
});
