var helper = require('./helper');
var assert = require('assert');
var db = require('../lib/db');
var gateway = require('../services/gateway');
var invoice = require('../models/invoice');
var order = require('../models/order');
var payment = require('../models/payment');
var settle = require('../jobs/settle');
var settlement = require('../services/settlement');
var fulfilment = require('../services/fulfilment');

function shipped(items, cb) {
  helper.order(items, function (err, no, customer) {
    if (err) return cb(err);
    fulfilment.pack(no, 'x', function (err) {
      if (err) return cb(err);
      fulfilment.ship(no, 'x', function (err) {
        cb(err, no, customer);
      });
    });
  });
}

describe('gateway', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('signs sorted values', function () {
    assert.equal(gateway.sign({ b: 2, a: 1 }), gateway.sign({ a: 1, b: 2 }));
    assert.notEqual(gateway.sign({ a: 1 }), gateway.sign({ a: 2 }));
    assert.equal(gateway.sign({ a: 1, b: 2 }), '7ffe738b9ff2ec22468b900700d89e54');
  });

  it('reads answers', function () {
    assert.deepEqual(gateway.parse('status = OK\r\nref=a=b\nrubbish\n=x\n'), { status: 'OK', ref: 'a=b' });
  });

  it('does not accept rubbish', function (done) {
    helper.gatewayAnswer = '<html>';
    gateway.capture('r', 1, function (err) {
      assert.equal(err.message, 'answer is not understood');
      done();
    });
  });

  it('sends the merchant and the signature', function (done) {
    gateway.capture('r', 1, function (err, ok) {
      assert.strictEqual(ok, true);
      var call = helper.gatewayCalls[0];
      assert.equal(call.url, '/capture');
      assert.equal(call.values.merchant, 'KETTLE01');
      assert.equal(call.values.sig.length, 32);
      done(err);
    });
  });
});

describe('settlement', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('captures only what was shipped', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err) {
      assert.ifError(err);
      settle.run(function (err, result) {
        assert.deepEqual(result, { captured: 0, failed: 0, amount: 0 });
        done(err);
      });
    });
  });

  it('captures and writes the invoice', function (done) {
    shipped({ 'TOM-1': 2, 'SWP-3': 2 }, function (err, no) {
      assert.ifError(err);
      settle.run(function (err, result) {
        assert.deepEqual(result, { captured: 1, failed: 0, amount: 991 });
        invoice.forOrder(no, function (err, i) {
          // flowers 498 and postage 95 with 20 percent inside, tomatoes without
          assert.deepEqual([i.invoice_no, i.net, i.vat, i.gross], ['R000001', 892, 99, 991]);
          done(err);
        });
      });
    });
  });

  it('captures once', function (done) {
    shipped({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      settle.run(function (err) {
        assert.ifError(err);
        settle.run(function (err, result) {
          assert.equal(result.captured, 0);
          assert.equal(helper.gatewayCalls.filter(function (c) { return c.url === '/capture'; }).length, 1);
          done(err);
        });
      });
    });
  });

  it('asks twice when it broke off (KS-402)', function (done) {
    shipped({ 'TOM-1': 2 }, function (err, no) {
      assert.ifError(err);
      var captured = payment.captured;
      payment.captured = function (id, cb) { cb(new Error('disk full')); };
      settle.run(function (err) {
        payment.captured = captured;
        assert.equal(err.message, 'disk full');
        settle.run(function (err) {
          assert.equal(helper.gatewayCalls.filter(function (c) { return c.url === '/capture'; }).length, 2);
          done(err);
        });
      });
    });
  });

  it('holds the order when the money does not come', function (done) {
    shipped({ 'TOM-1': 2 }, function (err, no) {
      assert.ifError(err);
      helper.gatewayAnswer = 'status=REFUSED';
      settle.run(function (err, result) {
        assert.deepEqual(result, { captured: 0, failed: 1, amount: 0 });
        order.find(no, function (err, o) {
          assert.equal(o.status, 'HOLD');
          done(err);
        });
      });
    });
  });

  it('stops when the gateway is away', function (done) {
    shipped({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      helper.gatewayAnswer = new Error('timeout');
      settle.run(function (err) {
        assert.equal(err.message, 'timeout');
        done();
      });
    });
  });

  it('writes one invoice per order', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      settlement.invoice(no, function (err, first) {
        assert.ifError(err);
        settlement.invoice(no, function (err, second) {
          assert.equal(first, second);
          done(err);
        });
      });
    });
  });

  it('refunds a part, never more than was paid', function (done) {
    shipped({ 'TOM-1': 2 }, function (err, no, c) {
      assert.ifError(err);
      settle.run(function (err) {
        assert.ifError(err);
        settlement.refund(1, 400, 'mouldy', 'x', function (err) {
          assert.ifError(err);
          settlement.refund(1, 94, 'again', 'x', function (err) {
            assert.equal(err.message, 'at most \u00a30.93');
            db.value('SELECT total_spent FROM customers WHERE id = ?', [c.id], function (err, spent) {
              assert.equal(spent, -2);
              done(err);
            });
          });
        });
      });
    });
  });

  it('does not refund what was not captured', function (done) {
    helper.order({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      settlement.refund(1, 1, '', 'x', function (err) {
        assert.equal(err.message, 'this payment cannot be refunded');
        done();
      });
    });
  });
});

describe('payment pages', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('lists what is due', function (done) {
    shipped({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      helper.staff('accounts', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/payments').expect(/K000001<\/a><\/td><td>\u00a34.93/, done);
      });
    });
  });

  it('is not for packers', function (done) {
    helper.staff('packer', function (err, agent) {
      assert.ifError(err);
      agent.get('/admin/payments').expect(403, 'not for packer', done);
    });
  });

  it('refunds', function (done) {
    shipped({ 'TOM-1': 2 }, function (err) {
      assert.ifError(err);
      settle.run(function (err) {
        assert.ifError(err);
        helper.staff('accounts', function (err, agent) {
          assert.ifError(err);
          agent.post('/admin/payments/1/refund').type('form').send({ amount: '1.00', reason: 'late' }).expect(302, function (err) {
            assert.ifError(err);
            agent.post('/admin/payments/1/refund').type('form').send({ amount: 'all' }).expect(400, /amount is not valid/, done);
          });
        });
      });
    });
  });

  it('shows an invoice', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      settlement.invoice(no, function (err) {
        assert.ifError(err);
        helper.staff('owner', function (err, agent) {
          assert.ifError(err);
          agent.get('/admin/payments/invoice/R000001').expect(/\u00a32.94/, function (err) {
            assert.ifError(err);
            agent.get('/admin/payments/invoice/R9').expect(404, done);
          });
        });
      });
    });
  });
});
