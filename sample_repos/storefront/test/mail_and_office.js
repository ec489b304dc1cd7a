var helper = require('./helper');
var assert = require('assert');
var abandoned = require('../jobs/abandoned');
var cart = require('../models/cart');
var db = require('../lib/db');
var fulfilment = require('../services/fulfilment');
var mailqueue = require('../models/mailqueue');
var newsletter = require('../services/newsletter');
var pagehit = require('../models/pagehit');
var reports = require('../services/reports');
var sendMail = require('../jobs/send_mail');
var settle = require('../jobs/settle');
var subscriber = require('../models/subscriber');
var util = require('../lib/util');

describe('mail queue', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('sends what waits', function (done) {
    mailqueue.add('a@b.example', 'one', 'x', function () {
      mailqueue.add('bad@b.example', 'two', 'x', function () {
        mailqueue.add('c@b.example', 'three', 'x', function () {
          sendMail.run(function (err, counts) {
            assert.deepEqual(counts, { sent: 2, failed: 1 });
            assert.deepEqual(helper.mails.map(function (m) { return m.subject; }), ['one', 'three']);
            done(err);
          });
        });
      });
    });
  });

  it('gives up after five times', function (done) {
    mailqueue.add('bad@b.example', 'x', 'x', function () {
      db.run('UPDATE mail_queue SET tries = 4', [], function () {
        sendMail.run(function (err) {
          assert.ifError(err);
          mailqueue.waiting(function (err, rows) {
            assert.equal(rows.length, 0);
            db.value('SELECT last_error FROM mail_queue', [], function (err, text) {
              assert.equal(text, 'mail server: 550 no such user');
              done(err);
            });
          });
        });
      });
    });
  });

  it('reminds of a basket once', function (done) {
    helper.customer('ann@reed.example', function (err, c) {
      assert.ifError(err);
      helper.fill(c.id, { 'TOM-1': 1, 'SWP-3': 1 }, function () {
        util.setNow('2015-04-16T10:00:00Z');
        abandoned.run(function (err, n) {
          assert.equal(n, 1);
          abandoned.run(function (err, again) {
            assert.equal(again, 0);
            mailqueue.waiting(function (err, mails) {
              assert(/2 items wait/.test(mails[1].body));
              done(err);
            });
          });
        });
      });
    });
  });

  it('reminds again after a change', function (done) {
    helper.customer('ann@reed.example', function (err, c) {
      assert.ifError(err);
      helper.fill(c.id, { 'TOM-1': 1 }, function () {
        util.setNow('2015-04-16T10:00:00Z');
        abandoned.run(function () {
          helper.fill(c.id, { 'TOM-1': 2 }, function () {
            util.setNow('2015-04-20T10:00:00Z');
            abandoned.run(function (err, n) {
              assert.equal(n, 1);
              done(err);
            });
          });
        });
      });
    });
  });
});

describe('newsletter', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  function confirmed(email, cb) {
    newsletter.subscribe(email, function (err) {
      if (err) return cb(err);
      subscriber.find(email, function (err, s) {
        if (err) return cb(err);
        subscriber.confirm(s.token, cb);
      });
    });
  }

  it('asks before it writes', function (done) {
    newsletter.subscribe(' A@B.example ', function (err) {
      assert.ifError(err);
      subscriber.confirmed(function (err, list) {
        assert.equal(list.length, 0);
        mailqueue.waiting(function (err, mails) {
          assert.equal(mails[0].recipient, 'a@b.example');
          done(err);
        });
      });
    });
  });

  it('does not ask twice', function (done) {
    confirmed('a@b.example', function (err, found) {
      assert.strictEqual(found, true);
      newsletter.subscribe('a@b.example', function (err) {
        assert.ifError(err);
        mailqueue.waiting(function (err, mails) {
          assert.equal(mails.length, 1);
          done(err);
        });
      });
    });
  });

  it('fills in names', function () {
    assert.equal(newsletter.render('Dear {name}{nothing}!', { name: 'Ann' }), 'Dear Ann!');
  });

  it('is sent to everybody, by name', function (done) {
    helper.customer('ann@reed.example', function () {
      confirmed('ann@reed.example', function () {
        confirmed('b@c.example', function () {
          newsletter.draft('Spring', 'Dear {name}', function (err, id) {
            assert.ifError(err);
            newsletter.send(id, function (err, n) {
              assert.equal(n, 2);
              mailqueue.waiting(function (err, mails) {
                var bodies = mails.slice(-2).map(function (m) { return m.body.split('\n')[0]; });
                assert.deepEqual(bodies, ['Dear Ann', 'Dear gardener']);
                done(err);
              });
            });
          });
        });
      });
    });
  });

  it('leaves out who bounces three times', function (done) {
    confirmed('a@b.example', function () {
      newsletter.bounces('a@b.example\na@b.example\nrubbish\na@b.example\n', function (err) {
        assert.ifError(err);
        subscriber.confirmed(function (err, list) {
          assert.equal(list.length, 0);
          done(err);
        });
      });
    });
  });

  it('tells the customers about bounces', function (done) {
    helper.customer('ann@reed.example', function (err, c) {
      assert.ifError(err);
      newsletter.bounces('ann@reed.example', function () {
        db.value('SELECT mail_ok FROM customers WHERE id = ?', [c.id], function (err, ok) {
          assert.equal(ok, 0);
          done(err);
        });
      });
    });
  });

  it('is subscribed, confirmed and stopped in the browser', function (done) {
    var request = helper.request();
    request.post('/newsletter').type('form').send({ email: 'a@b.example' }).expect(200, function (err) {
      assert.ifError(err);
      subscriber.find('a@b.example', function (err, s) {
        assert.ifError(err);
        request.get('/newsletter/confirm/' + s.token).expect(200, /Thank you/, function (err) {
          assert.ifError(err);
          request.get('/newsletter/stop/' + s.token).expect(200, function (err) {
            assert.ifError(err);
            request.get('/newsletter/stop/' + s.token).expect(404, done);
          });
        });
      });
    });
  });

  it('wants a real address', function (done) {
    helper.request().post('/newsletter').type('form').send({ email: 'x' }).expect(400, /not valid/, done);
  });

  it('is written in the office', function (done) {
    helper.staff('owner', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/newsletters').type('form').send({ subject: '<S>', body: 'x' }).end(function () {
        agent.get('/admin/newsletters').expect(/&lt;S&gt;/, function (err) {
          assert.ifError(err);
          agent.post('/admin/newsletters/1/send').expect(/0 mails are waiting/, function (err) {
            assert.ifError(err);
            agent.post('/admin/newsletters/9/send').expect(400, done);
          });
        });
      });
    });
  });
});

describe('office', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('is closed', function (done) {
    helper.request().get('/admin/orders').expect('Location', '/admin/login', done);
  });

  it('knows its people', function (done) {
    helper.request().post('/admin/login').type('form').send({ login: 'owner', password: 'x' }).expect(401, done);
  });

  it('counts orders', function (done) {
    helper.order({ 'TOM-1': 1 }, function () {
      helper.staff('packer', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin').expect(/<td>PAID<\/td><td>1<\/td>/, done);
      });
    });
  });

  it('changes products', function (done) {
    helper.staff('buyer', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/products').type('form').send({ sku: 'NEW', name: 'New', price: '2.50', category_id: 1 }).expect('Location', '/admin/products/NEW', function (err) {
        assert.ifError(err);
        agent.post('/admin/products/NEW/price').type('form').send({ price: '3' }).expect(302, function (err) {
          assert.ifError(err);
          agent.get('/admin/products/NEW').expect(/<td>\u00a32.50<\/td>/, function (err) {
            assert.ifError(err);
            agent.post('/admin/products/NOPE').type('form').send({ name: 'x' }).expect(404, done);
          });
        });
      });
    });
  });

  it('does not take strange prices', function (done) {
    helper.staff('buyer', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/products/TOM-1/price').type('form').send({ price: 'x' }).expect(400, done);
    });
  });

  it('writes down who changed what', function (done) {
    helper.staff('buyer', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/products/TOM-1').type('form').send({ name: 'x' }).expect(302, function () {
        db.get('SELECT who, what, ref FROM audit_log', [], function (err, row) {
          assert.deepEqual(row, { who: 'buyer', what: 'change product', ref: 'TOM-1' });
          done(err);
        });
      });
    });
  });

  it('approves reviews', function (done) {
    db.run("INSERT INTO reviews (sku, stars, body) VALUES ('TOM-1', 4, 'good')", [], function () {
      helper.staff('owner', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/reviews').expect(/4 good/, function () {
          agent.post('/admin/reviews/1').expect(302, function () {
            agent.get('/product/TOM-1').expect(/4\/5 good \(a gardener\)/, done);
          });
        });
      });
    });
  });

  it('finds and merges customers', function (done) {
    helper.customer('ann@reed.example', function () {
      helper.customer('bob@reed.example', function () {
        helper.staff('owner', function (err, agent) {
          assert.ifError(err);
          agent.get('/admin/customers?q=bob').expect(/bob@reed/, function (err) {
            assert.ifError(err);
            agent.post('/admin/customers/merge').type('form').send({ keep: 1, drop: 1 }).expect(400, function (err) {
              assert.ifError(err);
              agent.post('/admin/customers/merge').type('form').send({ keep: 1, drop: 2 }).expect(302, done);
            });
          });
        });
      });
    });
  });

  it('has a wallboard', function (done) {
    helper.order({ 'TOM-1': 1 }, function () {
      helper.request().get('/admin/wallboard').expect(/<h1>1<\/h1>/, done);
    });
  });

  it('shows an order with everything', function (done) {
    helper.order({ 'TOM-1': 1 }, function () {
      helper.staff('packer', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/orders/K000001').expect(/<td>NEW<\/td><td>PAID<\/td>/).expect(/<td>AUTH<\/td><td>\u00a32.94<\/td>/, done);
      });
    });
  });
});

describe('reports', function () {
  beforeEach(function (done) {
    helper.reset(function (err) {
      if (err) return done(err);
      helper.order({ 'TOM-1': 2, 'SWP-3': 1 }, function (err, no) {
        if (err) return done(err);
        util.setNow('2015-04-15T22:00:00Z');
        fulfilment.pack(no, 'x', function (err) {
          if (err) return done(err);
          fulfilment.ship(no, 'x', function (err) {
            if (err) return done(err);
            settle.run(done);
          });
        });
      });
    });
  });

  after(helper.restore);

  it('adds up sales by category', function (done) {
    reports.sales('2015-04-01', '2015-04-30', function (err, rows) {
      assert.deepEqual(rows, [{ title: 'Vegetables', pieces: 2, amount: 398 }, { title: 'Flowers', pieces: 1, amount: 249 }]);
      done(err);
    });
  });

  it('leaves out other days and returns', function (done) {
    reports.sales('2015-05-01', '2015-05-30', function (err, rows) {
      assert.deepEqual(rows, []);
      db.run("UPDATE orders SET status = 'RETN'", [], function () {
        reports.sales('2015-04-01', '2015-04-30', function (err, rows) {
          assert.deepEqual(rows, []);
          done(err);
        });
      });
    });
  });

  it('joins customers, payments, invoices and parcels', function (done) {
    reports.ledger('2015-04-01', '2015-04-30', function (err, rows) {
      assert.deepEqual(rows, [{ order_no: 'K000001', last_name: 'Reed', total: 742, payment: 'CAPT', amount: 742, invoice_no: 'R000001', tracking: null }]);
      done(err);
    });
  });

  it('knows the VAT', function (done) {
    reports.vatReturn('2015-04-01', '2015-04-30', function (err, row) {
      assert.deepEqual(row, { invoices: 1, net: 684, vat: 58 });
      done(err);
    });
  });

  it('knows the delay', function (done) {
    reports.delay('2015-04-01', '2015-04-30', function (err, row) {
      assert.deepEqual(row, { orders: 1, days: 2.5 });
      reports.delay('2014-04-01', '2014-04-30', function (err, none) {
        assert.deepEqual(none, { orders: 0, days: null });
        done(err);
      });
    });
  });

  it('knows the best customers', function (done) {
    reports.bestCustomers(5, function (err, rows) {
      assert.deepEqual([rows[0].last_name, rows[0].total_spent, rows[0].orders], ['Reed', 647, 1]);
      done(err);
    });
  });

  it('is shown in the browser', function (done) {
    helper.staff('owner', function (err, agent) {
      assert.ifError(err);
      agent.get('/admin/reports/sales.csv?from=2015-04-01').expect('Category,Pieces,Amount\r\nVegetables,2,3.98\r\nFlowers,1,2.49\r\n', function (err) {
        assert.ifError(err);
        agent.get('/admin/reports/ledger').expect(/<td>CAPT<\/td><td>R000001<\/td>/, function (err) {
          assert.ifError(err);
          agent.get('/admin/reports/delay').expect(/1 orders, 2.5 days/, done);
        });
      });
    });
  });

  ['sales', 'vat', 'best', 'sales_old'].forEach(function (name) {
    it('has a page ' + name, function (done) {
      helper.staff('owner', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/reports/' + name).expect(200, /<table>/, done);
      });
    });
  });
});

describe('page hits', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('are written when asked', function (done) {
    pagehit.flush(function () {
      db.run('DELETE FROM page_hits', [], function () {
        helper.request().get('/product/TOM-1').end(function () {
          helper.request().get('/product/TOM-1').end(function () {
            pagehit.flush(function () {
              pagehit.flush(function () {
                pagehit.top('2015-04-13', 5, function (err, rows) {
                  assert.deepEqual(rows, [{ path: '/product/TOM-1', hits: 2 }]);
                  done(err);
                });
              });
            });
          });
        });
      });
    });
  });
});

describe('api of the till', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('wants the key', function (done) {
    helper.request().get('/api/stock/TOM-1').expect(403, { error: 'key' }, done);
  });

  it('tells the stock', function (done) {
    helper.request().get('/api/stock/TOM-1?key=till-in-the-garden-shop').expect({ sku: 'TOM-1', name: 'Tomato Moneymaker', price: 199, free: 50 }, done);
  });

  it('knows no such thing', function (done) {
    helper.request().get('/api/stock/NOPE?key=till-in-the-garden-shop').expect(404, { error: 'no such product' }, done);
  });

  it('sells', function (done) {
    helper.request().post('/api/sold?key=till-in-the-garden-shop').send({ sku: 'SPD-9', qty: 2 }).expect({ ok: true }, function (err) {
      assert.ifError(err);
      db.value("SELECT sold_out FROM products WHERE sku = 'SPD-9'", [], function (err, flag) {
        assert.equal(flag, 1);
        done(err);
      });
    });
  });

  it('does not sell nothing', function (done) {
    helper.request().post('/api/sold?key=till-in-the-garden-shop').send({ sku: 'SPD-9', qty: 0 }).expect(400, done);
  });
});
