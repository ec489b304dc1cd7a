var helper = require('./helper');
var assert = require('assert');
var cart = require('../models/cart');
var checkout = require('../services/checkout');
var customer = require('../models/customer');
var db = require('../lib/db');
var mailqueue = require('../models/mailqueue');
var nightly = require('../jobs/nightly');
var order = require('../models/order');
var orderflow = require('../services/orderflow');
var payment = require('../models/payment');
var pricing = require('../services/pricing');
var util = require('../lib/util');
var voucher = require('../models/voucher');

describe('pricing', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('gives the tenth packet free, for cheap ones', function () {
    assert.equal(pricing.paidQty({ price: 300 }, 20), 18);
    assert.equal(pricing.paidQty({ price: 301 }, 20), 20);
    assert.equal(pricing.paidQty({ price: 100 }, 9), 9);
  });

  it('adds up', function (done) {
    pricing.total([{ sku: 'TOM-1', qty: 10 }, { sku: 'SWP-3', qty: 1 }], null, 'BH20 4AB', function (err, sums) {
      assert.deepEqual([sums.goods, sums.postage, sums.total], [9 * 199 + 249, 95, 9 * 199 + 249 + 95]);
      done(err);
    });
  });

  it('leaves out what is gone', function (done) {
    db.run("UPDATE products SET active = 0 WHERE sku = 'TOM-1'", [], function () {
      pricing.lines([{ sku: 'TOM-1', qty: 1 }, { sku: 'NOPE', qty: 1 }, { sku: 'SWP-3', qty: 2 }], function (err, lines) {
        assert.deepEqual(lines.map(function (l) { return [l.sku, l.amount, l.weight]; }), [['SWP-3', 498, 10]]);
        done(err);
      });
    });
  });

  it('has free postage from 35 pounds, not over the water', function (done) {
    pricing.total([{ sku: 'SPD-9', qty: 1 }], null, 'BH20 4AB', function (err, here) {
      assert.equal(here.postage, 0);
      pricing.total([{ sku: 'SPD-9', qty: 1 }], null, 'JE2 3AB', function (err, there) {
        assert.equal(there.postage, 995);
        done(err);
      });
    });
  });

  it('does not post what is too heavy', function (done) {
    pricing.total([{ sku: 'SPD-9', qty: 12 }], null, 'JE2 3AB', function (err) {
      assert.equal(err.message, 'too heavy for the post');
      done();
    });
  });

  it('takes a voucher', function (done) {
    voucher.create({ code: 'spring', percent: 15, minimum: 500 }, function () {
      pricing.total([{ sku: 'TOM-1', qty: 3 }], ' Spring ', null, function (err, sums) {
        assert.deepEqual([sums.goods, sums.discount, sums.voucher, sums.total], [597, 90, 'SPRING', 602]);
        done(err);
      });
    });
  });

  it('says why a voucher is no good', function () {
    assert.equal(voucher.problem(undefined, 100), 'this voucher is not known');
    assert.equal(voucher.problem({ expires_on: '2015-04-12', uses_left: null, minimum: 0 }, 100), 'this voucher has expired');
    assert.equal(voucher.problem({ uses_left: 0, minimum: 0 }, 100), 'this voucher has been used');
    assert.equal(voucher.problem({ uses_left: null, minimum: 2000 }, 100), 'this voucher is for orders from \u00a320.00');
    assert.strictEqual(voucher.problem({ expires_on: '2015-04-13', uses_left: 1, minimum: 0 }, 100), null);
  });

  it('never gives more than the goods cost', function () {
    assert.equal(voucher.discount({ amount: 1000 }, 700), 700);
    assert.equal(voucher.discount(null, 700), 0);
  });

  it('shares the discount over the VAT rates', function () {
    var lines = [{ amount: 1000, vat_rate: 0 }, { amount: 500, vat_rate: 20 }];
    assert.deepEqual(pricing.vat(lines, 150), [{ rate: 0, gross: 900, vat: 0 }, { rate: 20, gross: 450, vat: 75 }]);
    assert.deepEqual(pricing.vat([], 0), []);
  });
});

describe('cart', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('is made once', function (done) {
    cart.forCustomer(5, function (err, first) {
      assert.ifError(err);
      cart.forCustomer(5, function (err, second) {
        assert.equal(first.id, second.id);
        done(err);
      });
    });
  });

  it('takes 99 at most and drops zero', function (done) {
    helper.fill(5, { 'TOM-1': 500, 'SWP-3': 1 }, function (err) {
      assert.ifError(err);
      helper.fill(5, { 'SWP-3': 0 }, function (err) {
        assert.ifError(err);
        db.all('SELECT sku, qty FROM cart_items', [], function (err, rows) {
          assert.deepEqual(rows, [{ sku: 'TOM-1', qty: 99 }]);
          done(err);
        });
      });
    });
  });

  it('works for strangers', function (done) {
    var agent = helper.agent();
    agent.post('/basket/add').type('form').send({ sku: 'TOM-1', qty: 2 }).expect('Location', '/basket', function (err) {
      assert.ifError(err);
      agent.post('/basket/add').type('form').send({ sku: 'TOM-1' }).end(function () {
        agent.get('/basket').expect(/<td>3<\/td><td>\u00a35.97<\/td>/, done);
      });
    });
  });

  it('changes and empties', function (done) {
    var agent = helper.agent();
    agent.post('/basket/add').type('form').send({ sku: 'TOM-1' }).end(function () {
      agent.post('/basket/set').type('form').send({ sku: 'TOM-1', qty: 0 }).end(function () {
        agent.get('/basket').expect(/Your basket is empty/, done);
      });
    });
  });

  it('does not take what is sold out', function (done) {
    db.run("UPDATE products SET sold_out = 1 WHERE sku = 'TOM-1'", [], function () {
      helper.request().post('/basket/add').type('form').send({ sku: 'TOM-1' }).expect(400, /is sold out/, done);
    });
  });

  it('does not take what is not there', function (done) {
    helper.request().post('/basket/add').type('form').send({ sku: 'NOPE' }).expect(404, done);
  });

  it('comes along at login', function (done) {
    var agent = helper.agent();
    helper.customer('ann@reed.example', function (err) {
      assert.ifError(err);
      agent.post('/basket/add').type('form').send({ sku: 'SWP-3', qty: 4 }).end(function () {
        agent.post('/account/login').type('form').send({ email: 'ann@reed.example', password: 'secret1' }).end(function () {
          agent.get('/basket').expect(/<td>4<\/td><td>\u00a39.96<\/td>/, done);
        });
      });
    });
  });
});

describe('checkout', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('makes an order', function (done) {
    helper.order({ 'TOM-1': 2, 'SWP-3': 1 }, function (err, orderNo, c) {
      assert.ifError(err);
      assert.equal(orderNo, 'K000001');
      order.find(orderNo, function (err, o) {
        assert.deepEqual([o.status, o.goods, o.postage, o.total, o.paid_at], ['PAID', 647, 95, 742, '2015-04-13 10:00:00']);
        customer.find(c.id, function (err, row) {
          assert.equal(row.total_spent, 647);
          done(err);
        });
      });
    });
  });

  it('reserves stock and empties the basket', function (done) {
    helper.order({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      util.available('TOM-1', function (err, free) {
        assert.equal(free, 48);
        db.value('SELECT COUNT(*) FROM cart_items', [], function (err, n) {
          assert.equal(n, 0);
          done(err);
        });
      });
    });
  });

  it('sends a confirmation', function (done) {
    helper.order({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      mailqueue.waiting(function (err, mails) {
        assert.equal(mails[1].subject, 'Your order K000001');
        assert(/Tomato Moneymaker {23} {3}2 {7}\u00a33.98\n/.test(mails[1].body));
        done(err);
      });
    });
  });

  it('authorises the card', function (done) {
    helper.order({ 'TOM-1': 2 }, function (err, orderNo) {
      assert.ifError(err);
      var values = helper.gatewayCalls[0].values;
      assert.deepEqual([values.order, values.amount, values.card], [orderNo, 493, '4111111111111111']);
      payment.of(orderNo, function (err, rows) {
        assert.deepEqual([rows[0].status, rows[0].gateway_ref, rows[0].card_last4], ['AUTH', 'ref-1', '1111']);
        done(err);
      });
    });
  });

  it('writes the log of the order', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, orderNo) {
      assert.ifError(err);
      order.history(orderNo, function (err, rows) {
        assert.deepEqual(rows.map(function (r) { return r.old_status + '>' + r.new_status; }), ['NEW>PAID']);
        done(err);
      });
    });
  });

  it('refuses an empty basket', function (done) {
    helper.order({}, function (err) {
      assert.deepEqual([err.status, err.message], [400, 'your basket is empty']);
      done();
    });
  });

  it('refuses when the stock is short, and reserves nothing', function (done) {
    helper.order({ 'GAR-2': 9, 'TOM-1': 1 }, function (err) {
      assert.equal(err.message, 'not enough in stock: GAR-2');
      util.available('TOM-1', function (err, free) {
        assert.equal(free, 50);
        done(err);
      });
    });
  });

  it('refuses the address of somebody else', function (done) {
    helper.customer('bob@reed.example', function (err, bob) {
      assert.ifError(err);
      helper.customer('ann@reed.example', function (err, ann) {
        assert.ifError(err);
        helper.fill(ann.id, { 'TOM-1': 1 }, function () {
          checkout.place(ann, { address_id: bob.address, card: helper.CARD }, function (err) {
            assert.equal(err.message, 'please choose an address');
            done();
          });
        });
      });
    });
  });

  it('gives the stock back when the card is declined', function (done) {
    helper.gatewayAnswer = 'status=DECLINED\n';
    helper.order({ 'TOM-1': 1 }, function (err) {
      assert.deepEqual([err.status, err.message], [400, 'your card was declined']);
      util.available('TOM-1', function (err, free) {
        assert.equal(free, 50);
        order.find('K000001', function (err, o) {
          assert.equal(o.status, 'FAIL');
          done(err);
        });
      });
    });
  });

  it('does not bother the gateway with a mistyped number', function (done) {
    helper.customer('ann@reed.example', function (err, ann) {
      assert.ifError(err);
      helper.fill(ann.id, { 'TOM-1': 1 }, function () {
        checkout.place(ann, { address_id: ann.address, card: { number: '4111 1111 1111 1112' } }, function (err) {
          assert.equal(err.message, 'your card was declined');
          assert.equal(helper.gatewayCalls.length, 0);
          done();
        });
      });
    });
  });

  it('says when the gateway is away', function (done) {
    helper.gatewayAnswer = new Error('ECONNREFUSED');
    helper.order({ 'TOM-1': 1 }, function (err) {
      assert.equal(err.status, 502);
      done();
    });
  });

  it('needs no card when it costs nothing', function (done) {
    voucher.create({ code: 'ALL', amount: 10000, uses_left: 1 }, function () {
      helper.customer('ann@reed.example', function (err, ann) {
        assert.ifError(err);
        helper.fill(ann.id, { 'SPD-9': 1 }, function () {
          checkout.place(ann, { address_id: ann.address, voucher: 'all' }, function (err) {
            assert.ifError(err);
            assert.equal(helper.gatewayCalls.length, 0);
            voucher.find('ALL', function (err, v) {
              assert.equal(v.uses_left, 0);
              done(err);
            });
          });
        });
      });
    });
  });

  it('works in the browser', function (done) {
    helper.login('ann@reed.example', function (err, agent, ann) {
      assert.ifError(err);
      agent.post('/basket/add').type('form').send({ sku: 'TOM-1' }).end(function () {
        agent.get('/checkout').expect(/BH20 4AB/, function (err) {
          assert.ifError(err);
          agent.post('/checkout').type('form').send({ address_id: ann.address, number: helper.CARD.number })
            .expect('Location', '/orders/K000001', function (err) {
              assert.ifError(err);
              agent.get('/orders/K000001').expect(/PAID, 13\/04\/2015/, done);
            });
        });
      });
    });
  });

  it('tells the browser about a bad voucher', function (done) {
    helper.login('ann@reed.example', function (err, agent, ann) {
      assert.ifError(err);
      helper.fill(ann.id, { 'TOM-1': 1 }, function () {
        agent.post('/checkout').type('form').send({ address_id: ann.address, voucher: 'X', number: helper.CARD.number })
          .expect(400, /this voucher is not known/, done);
      });
    });
  });
});

describe('order flow', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('knows what may follow', function () {
    assert.equal(orderflow.may('PAID', 'PACK'), true);
    assert.equal(orderflow.may('DONE', 'PAID'), false);
    assert.equal(orderflow.may('???', 'PAID'), false);
  });

  it('refuses wrong steps', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      orderflow.change(no, 'DONE', 'x', function (err) {
        assert.equal(err.message, 'K000001 cannot go from PAID to DONE');
        orderflow.change('K9', 'DONE', 'x', function (err) {
          assert.equal(err.message, 'no order K9');
          done();
        });
      });
    });
  });

  it('cancels: stock, payment, mail', function (done) {
    helper.order({ 'TOM-1': 3 }, function (err, no) {
      assert.ifError(err);
      orderflow.cancel(no, 'ann', function (err) {
        assert.ifError(err);
        util.available('TOM-1', function (err, free) {
          assert.equal(free, 50);
          payment.of(no, function (err, rows) {
            assert.equal(rows[0].status, 'VOID');
            mailqueue.waiting(function (err, mails) {
              assert.equal(mails[2].subject, 'Your order K000001 was cancelled');
              done(err);
            });
          });
        });
      });
    });
  });

  it('does not write to those who want no mail', function (done) {
    helper.order({ 'TOM-1': 3 }, function (err, no, c) {
      assert.ifError(err);
      customer.setMailOk(c.id, false, function () {
        orderflow.cancel(no, 'ann', function (err) {
          assert.ifError(err);
          mailqueue.waiting(function (err, mails) {
            assert.equal(mails.length, 2);
            done(err);
          });
        });
      });
    });
  });

  it('is not for other customers', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      helper.login('bob@reed.example', function (err, agent) {
        assert.ifError(err);
        agent.get('/orders/' + no).expect(404, done);
      });
    });
  });

  it('fails what was never paid', function (done) {
    db.run("INSERT INTO orders (order_no, customer_id, goods, total, placed_at) VALUES ('K9', 1, 1, 1, '2015-04-11 09:00:00')", [], function () {
      nightly.run(function (err, result) {
        assert.deepEqual([result.failed, result.closed], [1, 0]);
        done(err);
      });
    });
  });
});
