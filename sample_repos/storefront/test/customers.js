var helper = require('./helper');
var assert = require('assert');
var accounts = require('../services/accounts');
var address = require('../models/address');
var cart = require('../models/cart');
var customer = require('../models/customer');
var db = require('../lib/db');
var util = require('../lib/util');
var mailqueue = require('../models/mailqueue');

describe('accounts', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('registers and says welcome', function (done) {
    helper.customer('Ann@Reed.example', function (err, c) {
      assert.ifError(err);
      mailqueue.waiting(function (err, mails) {
        assert.equal(mails[0].subject, 'Welcome to Kettlewell Seeds');
        customer.byEmail(' ann@reed.EXAMPLE ', function (err, row) {
          assert.equal(row.id, c.id);
          done(err);
        });
      });
    });
  });

  it('does not register twice', function (done) {
    helper.customer('ann@reed.example', function (err) {
      assert.ifError(err);
      helper.customer('ann@reed.example', function (err) {
        assert(/there is an account/.test(err.message));
        done();
      });
    });
  });

  it('wants six characters', function (done) {
    accounts.register({ email: 'a@b.example', password: '12345' }, function (err) {
      assert(/six characters/.test(err.message));
      done();
    });
  });

  it('knows md5 passwords and renews them', function (done) {
    customer.create({ email: 'old@x.example', password: util.md5('oldpass') }, function (err, id) {
      assert.ifError(err);
      accounts.login('old@x.example', 'oldpass', {}, function (err, row) {
        assert.equal(row.id, id);
        customer.find(id, function (err, now) {
          assert.equal(now.password, accounts.hash('oldpass'));
          done(err);
        });
      });
    });
  });

  it('does not log in with a wrong password', function (done) {
    helper.customer('ann@reed.example', function (err) {
      assert.ifError(err);
      accounts.login('ann@reed.example', 'Secret1', {}, function (err, row) {
        assert.strictEqual(row, null);
        accounts.login('nobody@reed.example', undefined, {}, function (err, row) {
          assert.strictEqual(row, null);
          done(err);
        });
      });
    });
  });

  it('moves the basket at login, the bigger quantity wins', function (done) {
    helper.customer('ann@reed.example', function (err, c) {
      assert.ifError(err);
      helper.fill(c.id, { 'TOM-1': 5, 'SWP-3': 1 }, function (err) {
        assert.ifError(err);
        accounts.login(c.email, 'secret1', { 'TOM-1': 2, 'SWP-3': 4, 'GAR-2': 1 }, function (err) {
          assert.ifError(err);
          cart.forCustomer(c.id, function (err, row) {
            assert.ifError(err);
            cart.items(row.id, function (err, items) {
              assert.deepEqual(items, [{ sku: 'GAR-2', qty: 1 }, { sku: 'SWP-3', qty: 4 }, { sku: 'TOM-1', qty: 5 }]);
              done(err);
            });
          });
        });
      });
    });
  });

  it('resets a password once', function (done) {
    helper.customer('ann@reed.example', function (err) {
      assert.ifError(err);
      accounts.forgot('ann@reed.example', function (err) {
        assert.ifError(err);
        db.value('SELECT token FROM password_resets', [], function (err, token) {
          assert.ifError(err);
          accounts.reset(token, 'newpass', function (err) {
            assert.ifError(err);
            accounts.reset(token, 'again12', function (err) {
              assert(/not valid any more/.test(err.message));
              accounts.login('ann@reed.example', 'newpass', {}, function (err, row) {
                assert(row);
                done(err);
              });
            });
          });
        });
      });
    });
  });

  it('does not say who has an account', function (done) {
    accounts.forgot('nobody@reed.example', function (err) {
      assert.ifError(err);
      mailqueue.waiting(function (err, mails) {
        assert.equal(mails.length, 0);
        done(err);
      });
    });
  });

  it('has tiers', function () {
    assert.deepEqual([0, 14999, 15000, 50000].map(function (n) { return customer.tier({ total_spent: n }); }),
      ['bronze', 'bronze', 'silver', 'gold']);
  });

  it('merges two customers', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, orderNo, ann) {
      assert.ifError(err);
      helper.customer('ann2@reed.example', function (err, other) {
        assert.ifError(err);
        accounts.merge(other.id, ann.id, 'owner', function (err) {
          assert.ifError(err);
          db.get('SELECT customer_id FROM orders WHERE order_no = ?', [orderNo], function (err, row) {
            assert.equal(row.customer_id, other.id);
            customer.find(other.id, function (err, c) {
              assert.equal(c.total_spent, 199);
              done(err);
            });
          });
        });
      });
    });
  });

  it('checks addresses', function (done) {
    address.add(1, { line1: 'x', town: 'y', postcode: 'nope' }, function (err) {
      assert.equal(err.message, 'postcode is not valid');
      address.add(1, { line1: 'x', postcode: 'BH20 4AB' }, function (err) {
        assert.equal(err.message, 'address is not complete');
        done();
      });
    });
  });

  it('removes only own addresses', function (done) {
    helper.customer('ann@reed.example', function (err, c) {
      assert.ifError(err);
      address.remove(c.id + 1, c.address, function (err, info) {
        assert.equal(info.changes, 0);
        done(err);
      });
    });
  });
});

describe('account pages', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('sends strangers to the login', function (done) {
    helper.request().get('/account').expect(302).expect('Location', '/account/login', done);
  });

  it('says that the login is wrong', function (done) {
    helper.request().post('/account/login').type('form').send({ email: 'x', password: '"' }).expect(401, /is wrong/, done);
  });

  it('shows the account', function (done) {
    helper.login('ann@reed.example', function (err, agent) {
      assert.ifError(err);
      agent.get('/account').expect(200, /Ann Reed \(bronze\).*1 High St, Wareham, BH20 4AB/, done);
    });
  });

  it('logs out', function (done) {
    helper.login('ann@reed.example', function (err, agent) {
      assert.ifError(err);
      agent.get('/account/logout').expect(302, function () {
        agent.get('/account').expect(302, done);
      });
    });
  });

  it('registers in the browser', function (done) {
    var agent = helper.agent();
    agent.post('/account/register').type('form').send({ email: 'b@c.example', password: 'secret1', first_name: '<B>', last_name: 'C' })
      .expect('Location', '/account', function (err) {
        assert.ifError(err);
        agent.get('/account').expect(/&lt;B&gt; C/, done);
      });
  });

  it('keeps a wish list', function (done) {
    helper.login('ann@reed.example', function (err, agent) {
      assert.ifError(err);
      agent.post('/account/wishlist').type('form').send({ sku: 'TOM-1' }).expect(302, function () {
        agent.get('/account/wishlist').expect(/Tomato Moneymaker/, function (err) {
          assert.ifError(err);
          agent.post('/account/wishlist').type('form').send({ sku: 'TOM-1', remove: 1 }).end(function () {
            agent.get('/account/wishlist').end(function (err, res) {
              assert(res.text.indexOf('Tomato') < 0);
              done(err);
            });
          });
        });
      });
    });
  });

  it('takes a review', function (done) {
    helper.login('ann@reed.example', function (err, agent) {
      assert.ifError(err);
      agent.post('/product/TOM-1/review').type('form').send({ stars: 9 }).expect(400, function (err) {
        assert.ifError(err);
        agent.post('/product/TOM-1/review').type('form').send({ stars: 5, body: 'x' }).expect('Location', '/product/TOM-1', done);
      });
    });
  });
});
